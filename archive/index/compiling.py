"""A tree made into an engine's query; `meaning.py` says the same in plain words and is its test."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from archive.errors import Invalid
from archive.index.parse import pointed
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
    leaves,
)
from archive.index.words import SHORTEST_SKELETON, arrangements, folded, made_ready, wildcard
from archive.schemes import identifier_shaped, segments, skeleton

if TYPE_CHECKING:
    from archive.index.tantivy_engine import Query as EngineQuery
    from archive.index.tantivy_engine import Snapshot

ON_TOP = 1000.0
"""Score of an identifier found exactly: above any sum of words."""

_PART = 5.0
_LOOKALIKE = 0.1
_TITLE = 2.0
_PLAIN = {"": ("body", "title", "extra"), "text": ("body",), "title": ("title",), "name": ("name",), "path": ("path",)}


class Compiler:
    """Compiles for one snapshot.

    Args:
        text: the query as typed, to point into.
        lookalikes: whether identifiers that scanning may have confused count as found.
    """

    def __init__(
        self,
        engine: Snapshot,
        resolved: Mapping[Resolved, Collection[str]],
        text: str = "",
        lookalikes: bool = True,
    ) -> None:
        self.engine, self.resolved, self.text, self.lookalikes = engine, resolved, text, lookalikes

    def compiled(self, node: Node) -> EngineQuery:
        return self.of(made_ready(node, self.engine.analysis), False)

    def of(self, node: Node, negated: bool) -> EngineQuery:
        engine = self.engine
        match node:
            case Everything():
                return engine.everything()
            case And(parts):
                positive = [self.of(part, negated) for part in parts if not isinstance(part, Not)]
                return engine.all_true(
                    positive, [self.of(part.part, not negated) for part in parts if isinstance(part, Not)]
                )
            case Or(parts):
                return engine.one_true([self.of(part, negated) for part in parts])
            case Not(part):
                return engine.all_true((), [self.of(part, not negated)])
            case Exact(name, value):
                return self.exact(name, folded(name, value))
            case Between(name, first, last):
                return engine.between("date" if name == "date" else "received", _ordinal(first), _ordinal(last))
            case Resolved():
                return self.condition(node)
            case Word() | Phrase() | Pattern() | Fuzzy():
                return self.said(node, negated)

    def said(self, node: Word | Phrase | Pattern | Fuzzy, negated: bool) -> EngineQuery:
        match node:
            case Word(text, field):
                return self.word(text, field, negated)
            case Phrase(text, field, slop):
                return self.in_a_row(self.engine.analysis.plain(text), field, slop)
            case Pattern(text, field):
                return self.pattern(text, field)
            case Fuzzy(text, field, distance):
                words = self.engine.analysis.plain(text)
                fields = _PLAIN[field] if len(words) == 1 else ()
                return self.engine.one_true([self.engine.fuzzy(each, words[0], distance) for each in fields])

    def word(self, text: str, field: str, negated: bool) -> EngineQuery:
        words = self.engine.analysis.plain(text)
        plain = self.stemmed(text, words, field) if len(words) == 1 else self.in_a_row(words, field, 0)
        if field or not identifier_shaped(text):
            return plain
        return self.engine.one_true([plain, *self.identifier(text, negated)])

    def stemmed(self, text: str, words: list[str], field: str) -> EngineQuery:
        engine = self.engine
        if field in ("name", "path"):
            return engine.term(field, words[0])
        forms = {language: engine.analysis.stems(language, text)[0] for language in engine.analysis.languages}
        return engine.one_true(
            [
                self.weighed(name, engine.term(f"{name}_{language}", stem))
                for name in _PLAIN[field]
                for language, stem in forms.items()
            ]
        )

    def weighed(self, name: str, query: EngineQuery) -> EngineQuery:
        return self.engine.boosted(query, _TITLE) if name == "title" else query

    def in_a_row(self, words: list[str], field: str, slop: int) -> EngineQuery:
        engine = self.engine
        return engine.one_true(
            [
                self.weighed(name, engine.phrase(name, words, places))
                for name in (_PLAIN[field] if words else ())
                for places in arrangements(len(words), slop)
            ]
        )

    def identifier(self, text: str, negated: bool) -> list[EngineQuery]:
        engine = self.engine
        wanted = segments(text)
        found = [
            self.exactly(text),
            engine.constant(engine.phrase("ids", wanted, range(len(wanted))), _PART),
            self.in_a_row(engine.analysis.plain(" ".join(wanted)), "", 0),
        ]
        alike = skeleton(text)
        if self.lookalikes and not negated and len(alike) >= SHORTEST_SKELETON:
            found.append(engine.constant(engine.term("skeletons", alike), _LOOKALIKE))
        return found

    def exactly(self, text: str) -> EngineQuery:
        anchored = ("^", *segments(text), "$")
        return self.engine.constant(self.engine.phrase("ids", anchored, range(len(anchored))), ON_TOP)

    def pattern(self, text: str, field: str) -> EngineQuery:
        pattern = wildcard(text, self.engine.analysis)
        fields = _PLAIN[field] if field else (*_PLAIN[field], "keys")
        return self.engine.one_true([self.engine.pattern(each, pattern) for each in fields])

    def exact(self, name: str, value: str) -> EngineQuery:
        if "*" in value or "?" in value:
            return self.engine.pattern(name, value)
        return self.engine.any_of(name, [value])

    def condition(self, node: Resolved) -> EngineQuery:
        if node not in self.resolved:
            sentence = f"{node.field}:{node.value} cannot be answered: this field is not available yet"
            raise Invalid(pointed(self.text, node.at, sentence), (sentence,))
        return self.engine.any_of("ref", self.resolved[node])


def identifiers_in(node: Node) -> list[str]:
    """Words of a query that are tried as identifiers first."""
    found = [leaf.text for leaf, negated in leaves(node) if isinstance(leaf, Word) and not (leaf.field or negated)]
    return [text for text in found if identifier_shaped(text)]


def ranks(node: Node) -> bool:
    """Tell whether anything in the query tells a better hit from a worse one."""
    return any(isinstance(leaf, Word | Phrase) and not negated for leaf, negated in leaves(node))


def _ordinal(day: date | None) -> int | None:
    return day.toordinal() if day else None
