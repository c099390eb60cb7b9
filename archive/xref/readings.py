"""A reading as the log holds it, made whole again from its objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date as day
from typing import Any

from archive.errors import Damaged
from archive.following.more import unpacked
from archive.model import PAGE_BREAK, Field, Objects


@dataclass(frozen=True, slots=True)
class Read:
    """What mining needs of a reading: pages with how they were read, fields, record, title, date.

    Attributes:
        ocr: page numbers whose text was recognised from an image.
        record: kind and key, else None.
        date: ISO text, empty where the document states none.
    """

    media_type: str
    pages: tuple[str, ...]
    ocr: frozenset[int]
    fields: tuple[Field, ...]
    record: tuple[str, str] | None
    title: str
    date: str


def read(body: Mapping[str, Any], objects: Objects) -> Read:
    """Load the objects that a `reading` entry names.

    Raises:
        Damaged: an object is not what was logged. NotFound: it is gone.
    """
    text = objects.read(body["text"]).decode("utf-8", "replace") if body.get("text") else ""
    record = body.get("record")
    return Read(
        media_type=str(body.get("media_type") or ""),
        pages=tuple(text.split(PAGE_BREAK)) if text else (),
        ocr=frozenset(n for n, page in enumerate(body.get("pages") or (), 1) if page.get("source") == "ocr"),
        fields=_fields(objects.read(body["more"])) if body.get("more") else (),
        record=(record["kind"], record["key"]) if record else None,
        title=_value(body.get("title")),
        date=_day(_value(body.get("date"))),
    )


def _value(stated: Mapping[str, Any] | None) -> str:
    return str(stated.get("value") or "") if stated else ""


def _day(text: str) -> str:
    """The day as ISO text; empty where it is none."""
    try:
        return day.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _fields(packed: bytes) -> tuple[Field, ...]:
    try:
        return tuple(Field(**row) for row in unpacked(packed).get("fields") or ())
    except TypeError as problem:
        raise Damaged("the fields of a reading cannot be unpacked: run archive reread") from problem
