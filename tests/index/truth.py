"""A truth in memory: entries in order and the objects they name."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.index.cards import about, take
from archive.index.documents import Document, document_of
from archive.index.follower import INDEX
from archive.index.reader import Index
from archive.model import Entry
from archive.settings import House, house_of
from tests.in_memory import MemoryObjects

HOUSE = House()
START = datetime(2024, 5, 1, 9, 0, tzinfo=UTC)


class MemoryTruth:
    """Entries made by short calls; numbers and times count up."""

    def __init__(self) -> None:
        self.objects = MemoryObjects()
        self.log: list[Entry] = []
        self.numbers = 0

    def entries(self, after: int, upto: int | None = None) -> Sequence[Entry]:
        return [entry for entry in self.log if after < entry.seq and (upto is None or entry.seq <= upto)]

    def state(self, action: str, destroyed_under: str | None = None, **body: Any) -> Entry:
        seq = len(self.log) + 1
        entry = Entry(seq, START + timedelta(days=seq), action, "tester", body, destroyed_under)
        self.log.append(entry)
        return entry

    def accession(self, name: str = "file.txt", source: str = "", **body: Any) -> str:
        self.numbers += 1
        number = f"D-{self.numbers:06}"
        body = {"digest": sha256(number.encode()).hexdigest(), "media_type": "text/plain", "parent": None} | body
        self.state("accession", number=number, name=name, source=source, **body)
        return number

    def reading(self, number: str, text: str = "", *, more: Mapping[str, Any] | None = None, **body: Any) -> None:
        for name in ("title", "date"):
            if isinstance(body.get(name), str):
                body[name] = {"value": body[name], "source": "first page"}
        if isinstance(body.get("version_of"), str):
            body["version_of"] = {"number": body["version_of"], "method": "name", "evidence": ""}
        packed = gzip.compress(json.dumps(more).encode()) if more else None
        self.state(
            "reading",
            number=number,
            status="stored",
            text=self.objects.put(text.encode()) if text else None,
            more=self.objects.put(packed) if packed else None,
            **({"media_type": "text/plain"} | body),
        )

    def document(self, text: str, name: str = "file.txt", source: str = "", **body: Any) -> str:
        number = self.accession(name, source)
        self.reading(number, text, **body)
        return number


def built(truth: MemoryTruth, folder: Path, cuts: Sequence[int] = (), house: House = HOUSE) -> Index:
    """Apply a whole log in batches that end at the cuts, and open the result."""
    folder.mkdir(exist_ok=True)
    writer = INDEX.writer(folder, truth, house)
    try:
        for start, end in zip([0, *cuts], [*cuts, len(truth.log)], strict=True):
            writer.apply(truth.entries(start, end))
    finally:
        writer.close()
    return Index(folder, house)


def documents(truth: MemoryTruth, house: House = HOUSE) -> dict[str, Document]:
    """Every document as its own entries leave it, without an index."""
    cards: dict[str, Any] = {}
    for entry in truth.log:
        if (ref := about(entry)) and (card := take(cards.get(ref), entry, house)):
            cards[ref] = card
    return {ref: document_of(card, truth.objects) for ref, card in cards.items() if not card.destroyed}


def german_too() -> House:
    return house_of({"languages": ["en", "de"]}, 1)
