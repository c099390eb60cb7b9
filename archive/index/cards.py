"""What the index remembers of one document, from that document's own entries."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from archive.index.words import clean

if TYPE_CHECKING:
    from archive.model import Entry
    from archive.settings import House

TOMBSTONE = "tombstone"
"""Marks a row of the index that no search finds."""

_READING = ("text", "more", "media_type", "title", "date", "record", "version_of", "parts")


@dataclass(frozen=True, slots=True)
class Card:
    """What the index remembers of a document between two batches; plain JSON values only.

    Attributes:
        received: ISO civil date of the accession in the house's time zone.
        parents: numbers of the documents it was met in, with the relation (`D-000007 attachment`).
        reading: of the newest reading, what is searched or shown; empty before the first.
        destroyed: only its place in a row of versions is left.
        superseded: a newer reading on file says that it is the next version of this document.
    """

    ref: str
    digest: str
    media_type: str
    received: str
    names: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    set_aside: bool = False
    superseded: bool = False
    destroyed: bool = False

    @property
    def version_of(self) -> str:
        return str((self.reading.get("version_of") or {}).get("number", ""))

    def succeeds(self, ref: str) -> bool:
        """Whether it stands in the place of another document: its next version, and not set aside itself."""
        return self.version_of == ref != self.ref and not self.set_aside

    @property
    def record(self) -> Mapping[str, str]:
        return self.reading.get("record") or {}

    @property
    def kind(self) -> str:
        return self.record.get("kind", "document")

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.record["key"],) if self.record.get("key") else ()

    @property
    def title(self) -> str:
        return clean(str((self.reading.get("title") or {}).get("value", "")))

    @property
    def date(self) -> date | None:
        """The document's date; where only month or year is stated, the first day of it."""
        written = re.match(r"\d{4}(-\d\d)?(-\d\d)?", str((self.reading.get("date") or {}).get("value", "")))
        try:
            return date.fromisoformat((written[0] + "-01-01")[:10]) if written else None
        except ValueError:
            return None

    def spelled(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def card_of(text: str) -> Card:
    """Take a card back from its spelling."""
    values = json.loads(text)
    return Card(**{**values, **{name: tuple(values[name]) for name in ("names", "sources", "parents")}})


def take(card: Card | None, entry: Entry, house: House) -> Card | None:
    """What an entry makes of its document's card; None where the entry says nothing about a document on file."""
    body = entry.body
    if entry.destroyed_under is not None:
        return _what_remains(body) if entry.action == "reading" else None
    if entry.action == "accession":
        fresh = Card(body["number"], body["digest"], body["media_type"], house.civil(entry.time).isoformat())
        return _met_at(fresh, body)
    if card is None or card.destroyed:
        return None
    if entry.action == "occurrence":
        return _met_at(card, body)
    if entry.action == "reading":
        kept = {name: body[name] for name in _READING if body.get(name)}
        ocr = any(page.get("source") == "ocr" for page in body.get("pages") or ())
        return replace(card, reading={**kept, "ocr": True} if ocr else kept)
    if entry.action == "statement" and body.get("says") == "set aside":
        return replace(card, set_aside=True)
    return None


def about(entry: Entry) -> str:
    """The number of the document that an entry is about, or nothing; of what is destroyed only readings say more."""
    if entry.destroyed_under is not None and entry.action != "reading":
        return ""
    return str(entry.body.get("number") or "")


def _what_remains(body: Mapping[str, Any]) -> Card:
    older = body.get("version_of")
    return Card(body["number"], "", "", "", reading={"version_of": {"number": older}} if older else {}, destroyed=True)


def _met_at(card: Card, body: Mapping[str, Any]) -> Card:
    parent = body.get("parent") or {}
    met_in = f"{parent['number']} {parent.get('relation', '')}".strip() if parent else ""
    return replace(
        card,
        names=_with(card.names, body.get("name") or ""),
        sources=_with(card.sources, body.get("source") or ""),
        parents=_with(card.parents, met_in),
    )


def _with(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if not value or value in values else (*values, value)
