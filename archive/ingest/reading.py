"""What a reader found, as the objects and the entry that are kept of it (docs/format.md)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePath
from typing import Any

from archive.ingest.sandbox import Outcome
from archive.model import PAGE_BREAK, Meta, Reading, Word
from archive.schemes import Schemes, recognise

TITLE_LINES = 15
"""How many lines at the head of page 1 are taken for the title zone."""


def text_of(reading: Reading) -> bytes | None:
    """The text object; None where no page holds any."""
    text = PAGE_BREAK.join(page.text for page in reading.pages)
    return text.encode() if text.strip() else None


def more_of(reading: Reading) -> bytes | None:
    """The further object, packed; None where there is nothing in it. The same reading gives the same bytes."""
    boxes = {str(at): [_box(word) for word in page.words] for at, page in enumerate(reading.pages, 1) if page.words}
    content: dict[str, Any] = {
        "fields": [asdict(field) for field in reading.fields],
        "tables": [asdict(table) for table in reading.tables],
        "links": [asdict(link) for link in reading.links],
        "meta": [asdict(meta) for meta in reading.meta],
        "boxes": boxes,
    }
    found = {name: value for name, value in content.items() if value}
    if not found:
        return None
    return gzip.compress(json.dumps(found, ensure_ascii=False).encode(), mtime=0)


def _box(word: Word) -> list[float]:
    return [word.start, word.end, word.x0, word.y0, word.x1, word.y1, word.confidence]


def entry_of(number: str, name: str, outcome: Outcome, told: Mapping[str, Any]) -> dict[str, Any]:
    """The reading entry's body but for what is decided under the lock: text, more, parts and version_of.

    Args:
        told: what the reader was told (languages, whether to use OCR).
    """
    reading = outcome.reading
    pages = [{"source": page.source, "confidence": page.confidence, "chars": len(page.text)} for page in reading.pages]
    body: dict[str, Any] = {"number": number, "status": outcome.status, "reason": outcome.reason}
    body |= {"media_type": reading.media_type, "tool": outcome.tool, "version": outcome.version}
    body |= {"settings": dict(told), "pages": pages, "text": None, "more": None}
    body |= {"title": _title(reading.meta, name), "date": _first(reading.meta, "date")}
    record = {"kind": reading.record[0], "key": reading.record[1]} if reading.record else None
    return body | {"parts": [], "version_of": None, "record": record, "problems": list(reading.problems)}


def _title(meta: Sequence[Meta], name: str) -> dict[str, str]:
    return _first(meta, "title") or {"value": PurePath(name).stem or name, "source": "file name"}


def _first(meta: Sequence[Meta], name: str) -> dict[str, str] | None:
    for each in meta:
        if each.name == name and each.value.strip():
            return {"value": each.value.strip(), "source": each.source}
    return None


def numbers_in_title(text: str, schemes: Schemes) -> frozenset[tuple[str, str | None]]:
    """The numbers, with revisions, that stand exactly as written in the title zone."""
    zone = "\n".join(text.split(PAGE_BREAK, 1)[0].splitlines()[:TITLE_LINES])
    return frozenset((found.key, found.rev) for found in recognise(zone, schemes) if found.how == "exact")
