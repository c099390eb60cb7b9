"""Searching: one snapshot of the index, opened on a generation's folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from archive.errors import Usage
from archive.index import tantivy_engine as engine
from archive.index.cards import TOMBSTONE, Card, card_of
from archive.index.compiling import Compiler, identifiers_in, ranks
from archive.index.query import Node, Query, Resolved, without_dates
from archive.settings import House

SORTS = ("relevance", "date", "received", "title")

EXACT = "exact identifier"
WORDS = "words"
LOOKALIKE = "possible OCR match"

Refs = Collection[str]


class Hit(NamedTuple):
    """One document found.

    Attributes:
        score: comparable within one answer only; 0 where the order is not by relevance.
        kind: of a structured record its kind, else `document`.
        date: the document's own, None where it states none.
        parent: number of the document it was met in first, or None.
        text: digest of its stored text, for the snippet; None without text.
        how: `exact identifier`, `words` or `possible OCR match`.
    """

    ref: str
    score: float
    title: str
    name: str
    kind: str
    date: dt.date | None
    received: dt.date
    digest: str
    keys: tuple[str, ...]
    parent: str | None
    text: str | None
    superseded: bool
    set_aside: bool
    how: str


class Hits(NamedTuple):
    """One page of an answer.

    Attributes:
        total: how many documents match in all.
        hidden: how many more match but are older versions or set aside; 0 when these were asked for.
        undated: how many others match but for a condition on `date:`, which they cannot meet as they have no date.
        watermark: the answer knows the log up to this line.
    """

    hits: tuple[Hit, ...]
    total: int
    hidden: int
    watermark: int
    undated: int = 0


class Scope(NamedTuple):
    """What a search may look at.

    Attributes:
        only, without: references to keep to, and to leave out.
        all_versions: older versions and documents set aside too.
        resolved: the documents that meet each condition the index cannot know.
    """

    only: Refs | None = None
    without: Refs | None = None
    all_versions: bool = False
    resolved: Mapping[Resolved, Refs] | None = None


class Index:
    """Answers from the last commit of a generation, as of opening.

    Raises:
        Damaged: the folder holds no index, or not a whole one.
    """

    def __init__(self, folder: Path, house: House) -> None:
        self._folder = folder
        self._snapshot = engine.open_snapshot(folder, house.languages)
        self.watermark = self._snapshot.watermark()

    @property
    def wants_new_generation(self) -> bool:
        """Whether so much was replaced that rankings drift from those of a fresh index."""
        return engine.is_worn(self._folder)

    def search(
        self,
        query: Query | Node,
        *,
        limit: int = 10,
        offset: int = 0,
        sort: str = "relevance",
        only: Refs | None = None,
        without: Refs | None = None,
        all_versions: bool = False,
        resolved: Mapping[Resolved, Refs] | None = None,
    ) -> Hits:
        """Find documents, best first; or newest first by `date` or `received`, or by `title`.

        A query that ranks nothing (only fields and patterns) is answered newest received first.

        Raises:
            Invalid: a condition that nobody resolved.
        """
        if sort not in SORTS:
            raise Usage(f"sort by {sort}: one of {', '.join(SORTS)} is expected")
        query = query if isinstance(query, Query) else Query(query)
        scope = Scope(only, without, all_versions, resolved)
        order = {"relevance": "" if ranks(query.tree) else "by_received", "title": "by_title"}.get(sort, f"by_{sort}")
        compiled = self._compiled(query, scope)
        found = self._snapshot.top(compiled, limit, offset, order, order == "by_title")
        cards = [(score, card_of(stored)) for score, stored in found]
        how = self._how(query, scope, [card.ref for _, card in cards])
        total = self._snapshot.count(compiled)
        hits = tuple(_hit(score, card, how.get(card.ref, WORDS)) for score, card in cards)
        undated = self._undated(query, scope, compiled)
        return Hits(hits, total, self._hidden(query, scope, total), self.watermark, undated)

    def count(
        self,
        query: Query | Node,
        *,
        only: Refs | None = None,
        without: Refs | None = None,
        all_versions: bool = False,
        resolved: Mapping[Resolved, Refs] | None = None,
    ) -> int:
        """Count the documents that match."""
        query = query if isinstance(query, Query) else Query(query)
        return self._snapshot.count(self._compiled(query, Scope(only, without, all_versions, resolved)))

    def _compiled(self, query: Query, scope: Scope, lookalikes: bool = True) -> engine.Query:
        compiler = Compiler(self._snapshot, scope.resolved or {}, query.text, lookalikes)
        return self._scoped([compiler.compiled(query.tree)], scope)

    def _scoped(self, wanted: list[engine.Query], scope: Scope) -> engine.Query:
        snapshot = self._snapshot
        excluded = [snapshot.any_of("marker", ("watermark", TOMBSTONE))]
        if not scope.all_versions:
            excluded.append(snapshot.term("shown", "no"))
        if scope.without:
            excluded.append(snapshot.any_of("ref", scope.without))
        if scope.only is not None:
            excluded.append(snapshot.all_true((), [snapshot.any_of("ref", scope.only)]))
        return snapshot.all_true(wanted, excluded)

    def _hidden(self, query: Query, scope: Scope, total: int) -> int:
        if scope.all_versions:
            return 0
        return (
            self._snapshot.count(self._compiled(query, Scope(scope.only, scope.without, True, scope.resolved))) - total
        )

    def _undated(self, query: Query, scope: Scope, compiled: engine.Query) -> int:
        dateless = without_dates(query.tree)
        if dateless == query.tree:
            return 0
        wide = self._compiled(Query(dateless, query.text), scope)
        return self._snapshot.count(self._snapshot.all_true([wide], [compiled]))

    def _how(self, query: Query, scope: Scope, refs: list[str]) -> dict[str, str]:
        """Why the shown hits of a query with identifiers match: asked again for these alone."""
        identifiers = identifiers_in(query.tree)
        if not identifiers or not refs:
            return {}
        shown = Scope(refs, None, True, scope.resolved)
        compiler = Compiler(self._snapshot, {})
        exact = self._scoped([self._snapshot.one_true([compiler.exactly(each) for each in identifiers])], shown)
        by_words = self._among(self._compiled(query, shown, lookalikes=False), refs)
        exactly = self._among(exact, refs)
        return {ref: EXACT if ref in exactly else WORDS if ref in by_words else LOOKALIKE for ref in refs}

    def _among(self, query: engine.Query, refs: list[str]) -> set[str]:
        return {card_of(stored).ref for _, stored in self._snapshot.top(query, len(refs))}


def _hit(score: float, card: Card, how: str) -> Hit:
    reading: Mapping[str, Any] = card.reading
    return Hit(
        ref=card.ref,
        score=score,
        title=card.title,
        name=card.names[0] if card.names else "",
        kind=card.kind,
        date=card.date,
        received=dt.date.fromisoformat(card.received),
        digest=card.digest,
        keys=card.keys,
        parent=card.parents[0].split()[0] if card.parents else None,
        text=reading.get("text"),
        superseded=card.superseded,
        set_aside=card.set_aside,
        how=how,
    )
