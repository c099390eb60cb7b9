"""What is concluded from readings, each with the words that prove it: mentions, edges, records, releases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.model.reading import Field


@dataclass(frozen=True, slots=True)
class Mention:
    """An identifier recognised in a text.

    Attributes:
        kind: what the scheme numbers (`change_request`, `controlled_document` …).
        key: canonical spelling without the revision (`SPC-1001-02`).
        rev: revision cited with it, or None.
        raw: the words as they stand.
        how: `exact`, `lenient`, `skeleton` or `fuzzy`.
        confidence: 1.0, .9, .85 or .6 (DOMAIN §5).
    """

    kind: str
    key: str
    rev: str | None
    raw: str
    start: int
    end: int
    how: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Edge:
    """A proven link: what points at what, by which words, on which page of which document.

    Attributes:
        edge: stable name, a hash of source, relation, target, document, page, raw text and occurrence.
        source, target: `type:key`, or `document:D-000001`; target None while nothing is known by that number.
        method: `declared`, `imported`, `extracted`, `inferred` or `confirmed`.
        known: sequence number from which the fact is on file; `retired`: from which it no longer counts.
    """

    edge: str
    source: str
    rel: str
    target: str | None
    raw: str
    rev: str | None
    method: str
    confidence: float
    document: str
    page: int
    start: int
    end: int
    snippet: str
    status: str
    known: int
    retired: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a statement stands: a document, a page, the words."""

    document: str
    page: int = 1
    words: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A structured record on file: its newest version's fields, untyped, with their places.

    Attributes:
        known: sequence number of the accession of the version shown.
        received: when that version came into custody.
    """

    kind: str
    key: str
    document: str
    known: int
    received: datetime
    fields: Mapping[str, Field] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """The field as one line of text, empty where it is not stated."""
        found = self.fields.get(name)
        return found.value.strip() if found is not None and isinstance(found.value, str) else ""

    def many(self, name: str) -> tuple[str, ...]:
        """The field as a list of texts: a list as it stands, one text as a list of one."""
        found = self.fields.get(name)
        if found is None:
            return ()
        values = found.value if isinstance(found.value, list) else [found.value]
        return tuple(value.strip() for value in values if isinstance(value, str) and value.strip())

    def rows(self, name: str) -> tuple[Mapping[str, str], ...]:
        """The field as a list of rows; texts among them are left out."""
        found = self.fields.get(name)
        values = found.value if found is not None and isinstance(found.value, list) else []
        return tuple(value for value in values if isinstance(value, dict))

    def evidence(self, name: str) -> Evidence:
        """Where the field stands, quoting its words."""
        found = self.fields.get(name)
        return Evidence(self.document, found.page if found else 1, _words(found.value) if found else "")


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_words(inner)}" for name, inner in value.items())
    return "; ".join(_words(inner) for inner in value)


@dataclass(frozen=True, slots=True)
class Release:
    """A stated release (or end) of a revision, with what proves it; `effective` where it holds from a later day."""

    item: str
    rev: str
    on: date
    by: str
    evidence: Evidence | None
    known: int
    effective: date | None = None
