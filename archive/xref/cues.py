"""Cue words around an identifier: which relation they state, what a title block labels as its own number."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_REACH = 80
_MARKS = r"[\s:,.('\"„“”«»*|#\[\]\-–—]"
_PARAGRAPH = re.compile(r"\n[ \t\r]*\n")
_EDGES = " \t\r\n:,.('\"*|#-–—_"


@dataclass(frozen=True, slots=True)
class Cue:
    """A relation stated in words.

    Attributes:
        relation: its name, which may be an inverse.
        start: offset in the page of the first cue word.
        only: kinds that may be named so; empty = any.
    """

    relation: str
    start: int
    only: frozenset[str]

    def fits(self, kind: str) -> bool:
        return not self.only or kind in self.only


@dataclass(frozen=True)
class Cues:
    """Cue words of all languages, compiled for text in small letters (twice as fast as ignoring case)."""

    words: re.Pattern[str]
    relations: Mapping[str, tuple[str, frozenset[str]]]
    filler: re.Pattern[str]
    joins: re.Pattern[str]
    subject: re.Pattern[str]
    labels: frozenset[str]
    revision: re.Pattern[str]
    letter: re.Pattern[str]
    about: frozenset[str]

    def before(self, text: str, start: int, floor: int) -> Cue | None:
        """The cue that ends right before `start` with only filler words between; looks back no further than `floor`."""
        begin = max(floor, start - _REACH)
        window = text[begin:start].lower()
        last = None
        for last in self.words.finditer(window):  # noqa: B007
            pass
        # Where small letters are longer than the text (İ), places would be wrong.
        if last is None or len(window) != start - begin or not self._is_filler(window[last.end() :]):
            return None
        relation, only = self.relations[_plain(last[0])]
        return Cue(relation, begin + last.start(), only)

    def _is_filler(self, gap: str) -> bool:
        return self.filler.fullmatch(gap) is not None and _PARAGRAPH.search(gap) is None

    def joined(self, gap: str) -> bool:
        """Whether these words between two identifiers make them a list."""
        if not gap.strip() or len(gap) > _REACH or _PARAGRAPH.search(gap):
            return False
        return self.joins.fullmatch(gap.lower()) is not None

    def is_subject(self, gap: str) -> bool:
        """Whether, with these words before the cue, it speaks of the identifier before; never across lines."""
        return len(gap) <= _REACH and "\n" not in gap and self.subject.fullmatch(gap.lower()) is not None

    def labelled(self, prefix: str, more: Iterable[str] = ()) -> bool:
        """Whether the words before a number on its line are labels of the document's own number, or nothing."""
        words = [word.strip(_EDGES).casefold() for word in re.split(r"[\s:|]+", prefix)]
        known = self.labels.union(more)
        return all(word in known for word in words if word)


@cache
def load_cues() -> Cues:
    """Compile the words/*.toml of the package."""
    tables = [
        tomllib.loads(path.read_text("utf-8")) for path in sorted((Path(__file__).parent / "words").glob("*.toml"))
    ]
    relations: dict[str, tuple[str, frozenset[str]]] = {}
    for table in tables:
        for name, rule in table["relations"].items():
            for phrase in rule["words"]:
                relations[_plain(phrase)] = (name, frozenset(rule.get("only", ())))
    filler, joins = _all(tables, "filler", "words"), _all(tables, "joins", "words")
    return Cues(
        words=re.compile(rf"(?<!\w)(?:{_any(relations)})"),
        relations=relations,
        filler=re.compile(rf"{_MARKS}*(?:(?:{_any(filler)}){_MARKS}*)*"),
        joins=re.compile(rf"[\s,;/&+()]*(?:(?:{_any([*joins, *filler])})[\s,;/&+()]*)*"),
        subject=re.compile(rf"[\s,()]*(?:(?:{_any(_all(tables, 'subject', 'words'))})\s*)*"),
        labels=frozenset(word for label in _all(tables, "own", "labels") for word in label.casefold().split()),
        revision=re.compile(
            rf"^[\W_]*(?:{_any(_all(tables, 'own', 'revision'))})[ \t.:|]*(?:no|nr)?[ \t.:|]+"
            r"(?P<rev>[A-Z]{1,2}|[0-9]{1,3})[ \t|\r]*$",
            re.IGNORECASE | re.MULTILINE,
        ),
        letter=re.compile(rf"^[ \t]*(?:{_any(_all(tables, 'own', 'letter'))})", re.IGNORECASE | re.MULTILINE),
        about=frozenset(word.casefold() for word in _all(tables, "own", "about")),
    )


def _all(tables: Iterable[Mapping[str, Any]], section: str, name: str) -> list[str]:
    return [word for table in tables for word in table[section][name]]


def _any(phrases: Iterable[str]) -> str:
    """An alternation of phrases, the longest first, each ending where a word does."""
    ordered = sorted({phrase.lower() for phrase in phrases}, key=lambda phrase: (-len(phrase), phrase))
    return "|".join(_phrase(phrase) for phrase in ordered)


def _phrase(phrase: str) -> str:
    body, colon = phrase.removesuffix(":"), phrase.endswith(":")
    words = r"\s+".join(re.escape(word) for word in body.split())
    return words + (r"\s?:" if colon else r"(?!\w)" if body[-1].isalnum() else "")


def _plain(phrase: str) -> str:
    """One spelling of a phrase, whatever its case and spaces."""
    return re.sub(r"\s+:", ":", " ".join(phrase.lower().split()))
