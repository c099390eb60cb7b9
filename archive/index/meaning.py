"""The plain meaning of a query over one document, without any index: what every engine must agree with."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from archive.errors import Invalid
from archive.index.documents import Document
from archive.index.query import (
    And,
    Between,
    Everything,
    Exact,
    Fuzzy,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Resolved,
    Word,
)
from archive.index.words import (
    SHORTEST_SKELETON,
    Analysis,
    any_like,
    arrangements,
    distance,
    folded,
    made_ready,
    wildcard,
)
from archive.schemes import identifier_shaped, segments, skeleton


def matches(
    node: Node, document: Document, analysis: Analysis, resolved: Mapping[Resolved, Collection[str]] | None = None
) -> bool:
    """Tell whether a document meets a query; nothing is hidden here, neither older versions nor what was set aside."""
    return _Meaning(document, analysis, resolved or {}).holds(made_ready(node, analysis))


@dataclass(frozen=True)
class _Meaning:
    document: Document
    analysis: Analysis
    resolved: Mapping[Resolved, Collection[str]]

    def holds(self, node: Node, negated: bool = False) -> bool:
        match node:
            case Everything():
                return True
            case And(parts):
                return all(self.holds(part, negated) for part in parts)
            case Or(parts):
                return any(self.holds(part, negated) for part in parts)
            case Not(part):
                return not self.holds(part, not negated)
            case Exact(name, value):
                return any_like(folded(name, value), self.document.exact[name])
            case Between(name, first, last):
                return _between(self.document.card.date if name == "date" else self.document.received, first, last)
            case Resolved(name):
                if node not in self.resolved:
                    raise Invalid(f"{name}: cannot be answered here")
                return self.document.ref in self.resolved[node]
            case Word() | Phrase() | Pattern() | Fuzzy():
                return self.says(node, negated)

    def says(self, node: Word | Phrase | Pattern | Fuzzy, negated: bool) -> bool:
        values = self.values[node.field]
        match node:
            case Phrase(text, _, slop):
                return _in_a_row(self.analysis.plain(text), values, slop)
            case Fuzzy(text, _, most):
                words = self.analysis.plain(text)
                return len(words) == 1 and any(distance(words[0], each) <= most for value in values for each in value)
            case Pattern(text, field):
                pattern = wildcard(text, self.analysis)
                found = any(any_like(pattern, value) for value in values)
                return found or (not field and any_like(pattern, self.ids))
            case Word(text, field):
                return self.says_word(text, field) or (not field and self.has_identifier(text, negated))

    def says_word(self, text: str, field: str) -> bool:
        words = self.analysis.plain(text)
        if len(words) == 1:
            return self.says_stem(text, field)
        return _in_a_row(words, self.values[field], 0)

    def says_stem(self, text: str, field: str) -> bool:
        if field in ("name", "path"):
            return any(self.analysis.plain(text)[0] in value for value in self.values[field])
        for language in self.analysis.languages:
            stem = self.analysis.stems(language, text)[0]
            if any(stem in self.analysis.stems(language, value) for value in self.texts[field]):
                return True
        return False

    def has_identifier(self, text: str, negated: bool) -> bool:
        if not identifier_shaped(text):
            return False
        wanted = segments(text)
        if any(_part_of(wanted, each) for each in self.document.ids):
            return True
        if _in_a_row(self.analysis.plain(" ".join(wanted)), self.values[""], 0):
            return True
        found = skeleton(text)
        return not negated and len(found) >= SHORTEST_SKELETON and found in self.document.skeletons

    @cached_property
    def texts(self) -> dict[str, tuple[str, ...]]:
        document = self.document
        return {
            "": (document.body, document.card.title, *document.extra),
            "text": (document.body,),
            "title": (document.card.title,),
            "name": document.names,
            "path": document.paths,
        }

    @cached_property
    def values(self) -> dict[str, list[list[str]]]:
        return {name: [self.analysis.plain(text) for text in texts] for name, texts in self.texts.items()}

    @cached_property
    def ids(self) -> list[str]:
        return ["".join(each).casefold() for each in self.document.ids]


def _between(day: date | None, first: date | None, last: date | None) -> bool:
    return day is not None and (first is None or first <= day) and (last is None or day <= last)


def _in_a_row(words: list[str], values: list[list[str]], slop: int) -> bool:
    return bool(words) and any(
        all(
            start + place < len(value) and value[start + place] == word
            for word, place in zip(words, places, strict=True)
        )
        for places in arrangements(len(words), slop)
        for value in values
        for start in range(len(value))
    )


def _part_of(wanted: tuple[str, ...], whole: tuple[str, ...]) -> bool:
    return any(whole[start : start + len(wanted)] == wanted for start in range(len(whole)))
