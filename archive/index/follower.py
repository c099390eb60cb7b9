"""The index as a follower: entries in order become cards, cards and their texts become rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from archive.index.cards import TOMBSTONE, Card, about, card_of, take

if TYPE_CHECKING:
    from archive.index.documents import Document
    from archive.index.tantivy_engine import Session
    from archive.model import Entry, Truth
    from archive.settings import House

_RULES = "2"
_SHIFT = 32
_MOST_SUCCESSORS = 1000


class IndexFollower:
    """Full text and fields of every document on file."""

    name = "index"
    sections: tuple[str, ...] = ("languages", "timezone")
    batch = 2000

    @cached_property
    def version(self) -> str:
        from archive.index.tantivy_engine import ENGINE

        return f"{_RULES}/{ENGINE}"

    def writer(self, folder: Path, truth: Truth, house: House) -> IndexWriter:
        return IndexWriter(folder, truth, house)


INDEX = IndexFollower()


class IndexWriter:
    """One generation, open for writing.

    Raises:
        Busy: another program writes it.
        Damaged: what lies there cannot be gone on with.
    """

    def __init__(self, folder: Path, truth: Truth, house: House) -> None:
        from archive.index.tantivy_engine import Session

        self._truth = truth
        self._house = house
        self._session: Session = Session(folder, house.languages)
        self._watermark = self._session.snapshot.watermark()

    @property
    def watermark(self) -> int:
        return self._watermark

    @property
    def wants_new_generation(self) -> bool:
        """Whether so much was replaced that rankings drift from those of a fresh index."""
        from archive.index.tantivy_engine import is_worn

        return is_worn(self._session.folder)

    def apply(self, entries: Sequence[Entry]) -> None:
        fresh = [entry for entry in entries if entry.seq > self._watermark]
        if not fresh:
            return
        from archive.index.documents import document_of

        cards = _Cards(self._session)
        for entry in fresh:
            if ref := about(entry):
                cards.change(ref, take(cards.get(ref), entry, self._house))
        for card in cards.settled():
            if card.destroyed:
                self._session.put(card.ref, _remains(card), {}, card.spelled())
                continue
            document = document_of(card, self._truth.objects)
            self._session.put(card.ref, _texts(document), _numbers(document), card.spelled())
        self._session.commit(fresh[-1].seq)
        self._watermark = fresh[-1].seq

    def close(self) -> None:
        self._session.close()


class _Cards:
    """The cards a batch touches, over those that the last commit holds."""

    def __init__(self, session: Session) -> None:
        self._snapshot = session.snapshot
        self._seen: dict[str, Card | None] = {}
        self._changed: set[str] = set()
        self._judged: set[str] = set()

    def get(self, ref: str) -> Card | None:
        if ref not in self._seen:
            stored = self._snapshot.card(ref)
            self._seen[ref] = card_of(stored) if stored else None
        return self._seen[ref]

    def change(self, ref: str, card: Card | None) -> None:
        """Note a changed card; None changes nothing."""
        if card is None:
            return
        before = self.get(ref)
        self._judged |= {ref, card.version_of, before.version_of if before else ""}
        self._seen[ref] = card
        self._changed.add(ref)

    def settled(self) -> Iterable[Card]:
        """Every card that differs from what is committed, once it is known which are superseded."""
        judged = {ref: card for ref in self._judged - {""} if (card := self.get(ref)) is not None}
        known = [card for card in self._seen.values() if card is not None]
        replaced = {card.version_of for card in known if card.succeeds(card.version_of)}
        for ref, card in judged.items():
            if card.superseded != (found := ref in replaced or self._has_committed_successor(ref)):
                self._seen[ref] = replace(card, superseded=found)
                self._changed.add(ref)
        return [card for ref in sorted(self._changed) if (card := self._seen[ref]) is not None]

    def _has_committed_successor(self, ref: str) -> bool:
        """Whether a card that this batch does not touch stands in its place."""
        query = self._snapshot.term("version_of", ref)
        committed = [card_of(stored) for _, stored in self._snapshot.top(query, _MOST_SUCCESSORS)]
        return any(card.succeeds(ref) and card.ref not in self._seen for card in committed)


def _remains(card: Card) -> dict[str, Sequence[str]]:
    """What is kept of a destroyed document: whose next version it was; no search finds it."""
    return {"ref": [card.ref], "version_of": [card.version_of] if card.version_of else [], "marker": [TOMBSTONE]}


def _texts(document: Document) -> dict[str, Sequence[str]]:
    card = document.card
    return {
        "ref": [card.ref],
        "body": [document.body],
        "title": [card.title],
        "name": document.names,
        "path": document.paths,
        "extra": document.extra,
        "ids": [" ".join(("^", *each, "$")) for each in sorted(document.ids)],
        "keys": ["".join(each).casefold() for each in sorted(document.ids)],
        "skeletons": sorted(document.skeletons),
        "version_of": [card.version_of] if card.version_of else [],
        "shown": ["no"] if card.superseded or card.set_aside else [],
        "by_title": [f"{(card.title or ''.join(document.names[:1])).casefold()}\0{card.ref}"],
        **{name: sorted(values) for name, values in document.exact.items()},
    }


def _numbers(document: Document) -> dict[str, int]:
    number = int("".join(each for each in document.ref if each in "0123456789") or 0)
    received = document.received.toordinal()
    day = document.card.date.toordinal() if document.card.date else 0
    # The number makes each value one of a kind, so that an order is the same however the batches were cut.
    orders = {"by_date": (day << _SHIFT) + number, "by_received": (received << _SHIFT) + number}
    return {"received": received, **orders, **({"date": day} if day else {})}
