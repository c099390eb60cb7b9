"""What a reader finds in a document: pages, words, fields, tables, links."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from archive.model import PAGE_BREAK


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
