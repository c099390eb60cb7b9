"""Words as the index sees them, whatever engine: the port of an analyser, function words, and a tree made ready."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Protocol
from unicodedata import normalize

from archive.errors import Invalid
from archive.index.query import And, Node, Not, Or, Phrase, Word

_ENGLISH = """
a about above after again all also am an and any are as at be because been before being below between both but
by can could did do does doing down during each few for from further had has have having he her here hers him
his how i if in into is it its just me more most my no nor not now of off on once only or other our out over
own same she should so some such than that the their them then there these they this those through to too
under until up very was we were what when where which while who whom why will with would you your
"""
FUNCTION_WORDS = frozenset(_ENGLISH.split())
"""English words that say nothing in a bag of words; they count in phrases. Other languages have the engine's lists."""

SHORTEST_SKELETON = 5
"""Below it, too many identifiers look alike once what scanning confuses is folded."""

_REVISION = re.compile(r"rev|revision|issue|index", re.IGNORECASE)
_REVISION_MARK = re.compile(r"[A-Z]{1,2}|\d{1,2}|[A-Z]\d")
_MOST_ARRANGEMENTS = 300


class Analysis(Protocol):
    """Turns text into words, however its letters are composed; one for documents and queries."""

    languages: tuple[str, ...]

    def plain(self, text: str) -> list[str]:
        """Words in lower case with accents folded, in order."""
        ...

    def stems(self, language: str, text: str) -> list[str]:
        """The same words, each cut to its stem."""
        ...

    def is_function_word(self, text: str) -> bool:
        """Tell whether a word says nothing in a bag of words, in any language of the house."""
        ...


def made_ready(node: Node, analysis: Analysis) -> Node:
    """Prepare a tree for any engine: revisions as phrases, function words out of bags of words."""
    match node:
        case And(parts):
            ready = [made_ready(part, analysis) for part in _revisions_joined(parts)]
            telling = [part for part in ready if not _says_nothing(part, analysis)]
            return And(tuple(telling if any(not isinstance(part, Not) for part in telling) else ready))
        case Or(parts):
            return Or(tuple(made_ready(part, analysis) for part in parts))
        case Not(part):
            return Not(made_ready(part, analysis))
        case _:
            return node


def _says_nothing(node: Node, analysis: Analysis) -> bool:
    return isinstance(node, Word) and node.field in ("", "text") and analysis.is_function_word(node.text)


def _revisions_joined(parts: Sequence[Node]) -> list[Node]:
    """Read `Rev A` as a phrase: nearly every English page holds the word `a`."""
    joined: list[Node] = []
    for part in parts:
        before = joined[-1] if joined else None
        if (
            isinstance(part, Word)
            and isinstance(before, Word)
            and part.field == before.field
            and _REVISION.fullmatch(before.text.rstrip("."))
            and _REVISION_MARK.fullmatch(part.text)
        ):
            joined[-1] = Phrase(f"{before.text} {part.text}", part.field)
        else:
            joined.append(part)
    return joined


def arrangements(count: int, slop: int) -> list[tuple[int, ...]]:
    """Every way to place `count` words in order with at most `slop` others between them, as offsets from the first.

    Raises:
        Invalid: there are too many of them.
    """
    if count < 2 or not slop:
        return [tuple(range(count))]
    found = []
    for places in combinations(range(1, count + slop), count - 1):
        found.append((0, *places))
        if len(found) > _MOST_ARRANGEMENTS:
            raise Invalid(
                f"a phrase of {count} words cannot be searched with {slop} words between: use fewer of either"
            )
    return found


def wildcard(pattern: str, analysis: Analysis) -> str:
    """Fold the letters of a pattern as words are folded; what is neither letter, digit nor wildcard goes."""
    pieces = re.split(r"([*?])", pattern)
    return "".join(piece if piece in ("*", "?") else "".join(analysis.plain(piece)) for piece in pieces)


def any_like(pattern: str, values: Iterable[str]) -> bool:
    expression = re.compile("".join({"*": ".*", "?": "."}.get(each, re.escape(each)) for each in pattern), re.DOTALL)
    return any(expression.fullmatch(value) for value in values)


def distance(one: str, other: str) -> int:
    """Letters to insert, remove, replace or swap with the next (each pair once) to make one word the other."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, wanted in enumerate(other, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != wanted)))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                row[-1] = min(row[-1], before[j - 2] + 1)
        before, last = last, row
    return last[-1]


def clean(text: str) -> str:
    """Compose letters with their marks (NFC) and replace what no UTF-8 can hold, from broken file names."""
    return normalize("NFC", text.encode("utf-8", "replace").decode())


def folded(name: str, value: str) -> str:
    """Fold one exact value, of a document or of a query; `*` stays."""
    value = clean(value).casefold().strip()
    if name == "id":
        return re.sub(r"[^\w*]|_", "", value)
    return re.sub(r"[\s-]+", "_", value) if name == "kind" else value
