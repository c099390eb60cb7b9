"""The papers a report cites: their pages as they were read, and exact words found on them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from archive.catalog import Catalog, Document
from archive.errors import Damaged, NotFound, Unreadable
from archive.following.more import unpacked
from archive.model import PAGE_BREAK, Field, Truth

_LABEL = re.compile(r"^\w[\w -]*:", re.MULTILINE)
_VALUE = re.compile(r"\w")
_SPACE = re.compile(r"\s+")
_APART = re.compile(r"; |\n")
_BLANK = re.compile(r"\n[ \t]*\n\s*")
_SENTENCE = re.compile(r"(?<!\bNo)(?<!\bNr)(?<!\bz\.B)(?<=[^\W_]{2}[.!?])\s+(?=[A-ZÄÖÜ0-9\"„“>])")
_LINE = re.compile(r"\n\s*")
_MARK = re.compile(r"[-*•>|#]|\d+(?:\.\d+)*[.)]?\s")
_SHORT = 60
"""A line of fewer characters is taken for one that its author ended, not the edge of the page."""

FILE_PROPERTY = "file property"

LONGEST = 400
"""Characters of a passage quoted from running text."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One document with what its newest reading up to the pin says.

    Attributes:
        pages: text of each page.
        sources: per page `embedded`, `ocr` or `none`; `confidence` likewise, None where it was not scanned.
        problem: why its text cannot be shown, else empty.
    """

    document: Document
    pages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    confidence: tuple[float | None, ...] = ()
    meta: tuple[tuple[str, str, str], ...] = ()
    problem: str = ""

    def text(self, page: int) -> str:
        return self.pages[page - 1] if 0 < page <= len(self.pages) else ""

    def reading(self, page: int) -> str:
        """How that page became text, in words."""
        if self.document.kind:
            return "record"
        source = self.sources[page - 1] if 0 < page <= len(self.sources) else "none"
        return {"embedded": "born digital", "ocr": "scan"}.get(source, "not read")

    def trust(self, page: int) -> float | None:
        return self.confidence[page - 1] if 0 < page <= len(self.confidence) else None

    def own_date(self) -> tuple[date, str] | None:
        """The date that the file bears by itself, and where: a mail's header before a property of the file."""
        for name, source in (("sent at", "mail header"), ("date", "mail header"), ("created", "embedded")):
            for found, value, where in self.meta:
                day = _day(value) if (found, where) == (name, source) else None
                if day:
                    return day, "mail header" if source == "mail header" else FILE_PROPERTY
        return None


class Papers:
    """Documents of one archive up to entry `at`, each read once."""

    def __init__(self, truth: Truth, catalog: Catalog, at: int, date_order: str = "iso") -> None:
        self.truth, self.catalog, self.at, self.date_order = truth, catalog, at, date_order
        self._known: dict[str, Paper | None] = {}

    def find(self, number: str) -> Paper | None:
        """The paper of that number; None where it is not on file at the pin."""
        if number not in self._known:
            document = self.catalog.find(number)
            on_file = document is not None and document.seq <= self.at
            self._known[number] = self._read(document) if document and on_file else None
        return self._known[number]

    def named(self, text: str) -> Paper | None:
        """The paper that a record's `source`, `files` or `evidence` names: a number, or a file's name."""
        if number := re.match(r"D-[0-9]{6,}", text.strip()):
            return self.find(number[0])
        for document in self.catalog.by_name(text.strip()):
            if document.counts(self.at):
                return self.find(document.number)
        return None

    def pieces(self, digest: str) -> Iterator[bytes]:
        """The bytes of an object; Damaged is raised where they are not what was logged."""
        yield self.truth.objects.read(digest)

    def _read(self, document: Document) -> Paper:
        if document.destroyed_under:
            return Paper(document, problem=f"destroyed under {document.destroyed_under}")
        body = self._reading(document.number)
        if body is None:
            return Paper(document, problem="it has not been read")
        rows = body.get("pages") or ()
        sources = tuple(row["source"] for row in rows)
        confidence = tuple(row.get("confidence") for row in rows)
        try:
            text = self.truth.objects.read(body["text"]).decode("utf-8", "replace") if body.get("text") else ""
            more = unpacked(self.truth.objects.read(body["more"])) if body.get("more") else {}
        except (Damaged, NotFound, Unreadable) as problem:
            return Paper(document, (), sources, confidence, (), str(problem))
        meta = tuple((each["name"], each["value"], each["source"]) for each in more.get("meta", ()))
        return Paper(document, tuple(text.split(PAGE_BREAK)), sources, confidence, meta)

    def _reading(self, number: str) -> Mapping[str, Any] | None:
        """The newest reading up to the pin."""
        for seq in sorted(self.catalog.entries_of(number), reverse=True):
            if seq <= self.at:
                (entry,) = self.truth.entries(seq - 1, seq)
                if entry.action == "reading" and entry.destroyed_under is None:
                    return entry.body
        return None


def _day(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        return None


def plain(text: str) -> str:
    """One line: runs of white space are one space."""
    return _SPACE.sub(" ", text).strip()


def stands(words: str, page: str) -> bool:
    """Whether these words stand on a page, white space aside."""
    return bool(plain(words)) and plain(words) in plain(page)


def exact(words: str, page: str) -> tuple[str, ...]:
    """The words as they stand on the page, in the pieces in which they stand there; empty where one does not."""
    if stands(words, page):
        return (plain(words),)
    pieces = tuple(plain(piece) for piece in _APART.split(words) if piece.strip())
    return pieces if pieces and all(stands(piece, page) for piece in pieces) else ()


def field_words(field: Field, page: str) -> tuple[str, ...]:
    """A record's field as it stands in its text, with the label before it."""
    if not field.start < field.end <= len(page):
        return ()
    label = next(reversed([*_LABEL.finditer(page, 0, field.start)]), None)
    start = label.start() if label and not _VALUE.search(page, label.end(), field.start) else field.start
    words = plain(page[start : field.end])
    return (words,) if words else ()


def bounds(page: str) -> list[int]:
    """Offsets at which a passage may begin: after a sentence, a blank line, a heading, a short line."""
    found = {0, len(page)}
    found.update(match.end() for match in _BLANK.finditer(page))
    found.update(match.end() for match in _SENTENCE.finditer(page))
    for match in _LINE.finditer(page):
        start = page.rfind("\n", 0, match.start()) + 1
        if match.start() - start < _SHORT or _MARK.match(page, match.end()):
            found.add(match.end())
    return sorted(found)


def passages(page: str) -> list[str]:
    """A page in sentences and lines, each as one line; none is empty."""
    marks = bounds(page)
    found = (plain(page[start:end]) for start, end in pairwise(marks))
    return [words for words in found if words]


def passage_span(page: str, start: int, end: int) -> tuple[int, int]:
    """The sentence around `start:end`, and the next one of the same paragraph while both are short."""
    marks = bounds(page)
    begin = max(mark for mark in marks if mark <= start)
    stop, *further = [mark for mark in marks if mark >= end]
    if further and "\n" not in page[stop - 1 : stop] and len(plain(page[begin : further[0]])) <= LONGEST:
        stop = further[0]
    return begin, stop


def passage(page: str, start: int, end: int) -> str:
    """The words of that span, cut around its place where they are too many."""
    begin, stop = passage_span(page, start, end)
    return cut(plain(page[begin:stop]), LONGEST, at=len(plain(page[begin:start])))


def cut(words: str, longest: int, at: int = 0) -> str:
    """At most `longest` characters of a line, between words, around offset `at`."""
    if len(words) <= longest:
        return words
    begin = max(0, min(at - longest // 3, len(words) - longest))
    begin = words.find(" ", begin) + 1 if begin else 0
    return words[begin : begin + longest].rsplit(" ", 1)[0]
