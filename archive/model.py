"""The nouns of the archive: frozen values that packages hand to each other.

Nothing here touches the outside world. Offsets count characters (code points) of a page's text, page
numbers begin at 1, boxes are fractions of the page (0 left or top, 1 right or bottom), times are aware
UTC `datetime`, dates people write are `date`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, Protocol

PAGE_BREAK = "\f"
"""Parts the pages inside a stored text."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name as typed or the account's, and how it was learned (`option`, `environment`, `account`)."""

    name: str
    via: str = "account"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the truth: a statement, or the tombstone that stands in its place.

    Attributes:
        seq: line number in the log, from 1.
        body: the statement's own keys (docs/format.md lists them by action).
        destroyed_under: of a tombstone, the key of the disposal; else None.
    """

    seq: int
    time: datetime
    action: str
    actor: str
    body: Mapping[str, Any]
    destroyed_under: str | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a page read by OCR: `text[start:end]` of its page, its box, its confidence 0-100."""

    start: int
    end: int
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Page:
    """One page's text and where it came from.

    Attributes:
        source: `embedded` (digital text), `ocr`, `none` (nothing legible: blank or not read).
        confidence: mean word confidence 0-100 of an OCR page; None otherwise.
        words: boxes of an OCR page in reading order; empty otherwise.
    """

    text: str
    source: Literal["embedded", "ocr", "none"] = "embedded"
    confidence: float | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A value that stands in a form or record, with where it stands.

    Attributes:
        value: text, a list of texts, or a list of rows (each a mapping of texts): never converted.
        line: line in the file, from 1; 0 where lines mean nothing.
        start, end: offsets in the page's text; equal where the words do not stand there as such.
    """

    name: str
    value: Any
    page: int = 1
    line: int = 0
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Meta:
    """A value about the document, and where it came from (`embedded`, `first page`, `file name`, `mail header` …)."""

    name: str
    value: str
    source: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text cells as the file has them; `sheet` names the sheet or table, `first_row` its first row's number."""

    sheet: str
    rows: tuple[tuple[str, ...], ...]
    first_row: int = 1
    page: int = 1


@dataclass(frozen=True, slots=True)
class Link:
    """A link the file itself declares: its target (an address or a name) and its words."""

    target: str
    text: str
    page: int = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found in one document: all that followers ever see of it.

    Attributes:
        media_type: the final media type, stated after the look inside.
        record: kind and key of a structured record, else None.
        problems: what was wrong with it, in plain words; the reading counts all the same.
    """

    media_type: str
    pages: tuple[Page, ...] = ()
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()
    links: tuple[Link, ...] = ()
    meta: tuple[Meta, ...] = ()
    record: tuple[str, str] | None = None
    problems: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return PAGE_BREAK.join(page.text for page in self.pages)


Status = Literal[
    "stored", "duplicate", "stored_no_text", "needs_password", "unreadable", "pending", "ignored", "failed"
]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one source path.

    Attributes:
        path: the path as shown to people.
        ref: `D-000123`; None when nothing was kept.
        reason: plain words, empty when all is well.
        parts: numbers of the documents found inside.
        record: key of the structured record it is, or None.
    """

    path: str
    status: Status
    ref: str | None = None
    digest: str | None = None
    name: str = ""
    media_type: str = ""
    pages: int = 0
    reason: str = ""
    parts: tuple[str, ...] = ()
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `check` or `verify` reports: a value, never raised."""

    finding: str
    severity: Literal["error", "warning", "note"]
    place: str
    fix: str


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


class Objects(Protocol):
    """Where kept bytes are read from."""

    def read(self, digest: str) -> bytes:
        """Return the bytes; raise Damaged when they do not hash to `digest`, NotFound when absent."""
        ...


class Truth(Protocol):
    """What a follower may see of the store: committed entries and the objects they name."""

    @property
    def objects(self) -> Objects: ...

    def entries(self, after: int, upto: int | None = None) -> Sequence[Entry]:
        """Committed entries with `after < seq <= upto`, in order."""
        ...
