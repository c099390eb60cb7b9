"""Plain text, CSV, JSON and XML as text: decoded, with form feeds parting the pages."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from archive.ingest.identify import utf16_without_mark
from archive.ingest.readers import Context
from archive.ingest.readers.events import MAX_TEXT, Event, Problem, safe
from archive.model import Page, Table

VERSION = "1"
LIBRARY = ""
MAX_BYTES = 64_000_000
ROWS = 2_000
"""Rows sent at a time."""
SEEN = 65_536
"""Bytes that are looked at to tell the alphabet."""
_WIDE = ("utf_16", "utf_16_le", "utf_16_be", "utf_32", "utf_32_le", "utf_32_be")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def read(path: Path, context: Context) -> Iterator[Event]:
    text, problems = load(path)
    yield from problems
    yield from pages(text)
    if context.media_type in ("text/csv", "text/tab-separated-values"):
        yield from _table(text, context.name)


def load(path: Path) -> tuple[str, list[Problem]]:
    """Return the file's text with `\\n` line ends, and what is to be said about it."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    problems = []
    if len(content) > MAX_BYTES:
        problems.append(Problem(f"the text beyond {MAX_BYTES // 10**6} MB is left out"))
        content = content[:MAX_BYTES]
    text, doubt = decode(content)
    if doubt:
        problems.append(Problem(doubt))
    return text.replace("\r\n", "\n").replace("\r", "\n"), problems


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and a doubt about it in plain words, empty where the encoding is certain."""
    for mark, coding in _MARKS:
        if content.startswith(mark):
            return content.decode(coding, "replace"), ""
    order = utf16_without_mark(content[:4096])
    if order:
        return content.decode(order, "replace"), ""
    try:
        return content.decode("utf-8"), ""
    except UnicodeDecodeError:
        return _guess(content)


def _guess(content: bytes) -> tuple[str, str]:
    """Take Western Windows where its accents are as rare as in Western words, else ask charset-normalizer.

    That library alone reads short Western notes as Baltic or Japanese; UTF-16 and 32 were looked for before.
    """
    head = content[:SEEN]
    if not _is_western(head):
        import charset_normalizer

        best = charset_normalizer.from_bytes(head, cp_exclusion=["utf_7", *_WIDE]).best()
        coding = best.encoding if best else "cp1252"
        with contextlib.suppress(UnicodeDecodeError):
            return content.decode(coding), ""
    text = content.decode("cp1252", "replace")
    return text, "some characters could not be decoded" if "\ufffd" in text else ""


def _is_western(head: bytes) -> bool:
    text = head.decode("cp1252", "replace")
    letters = [sign for sign in text if sign.isalpha()]
    accents = sum(sign > "\x7f" for sign in letters)
    return "\ufffd" not in text and accents <= len(letters) * (0.6 if len(head) < 100 else 0.2)


def pages(text: str) -> Iterator[Event]:
    """Yield one page per form feed, pieces of a page longer than a page may be as pages of their own."""
    for page in text.split("\f"):
        for start in range(0, max(len(page), 1), MAX_TEXT):
            yield page_of(page[start : start + MAX_TEXT])


def page_of(text: str) -> Page:
    clean = safe(text)
    return Page(clean, "embedded" if clean.strip() else "none")


def _table(text: str, name: str) -> Iterator[Event]:
    csv.field_size_limit(1_000_000)
    rows = csv.reader(io.StringIO(text.replace("\f", "\n"), newline=""), delimiter=delimiter_of(text))
    chunk: list[tuple[str, ...]] = []
    first = 1
    try:
        for row in rows:
            chunk.append(tuple(safe(cell) for cell in row))
            if len(chunk) == ROWS:
                yield Table(name, tuple(chunk), first)
                first, chunk = first + ROWS, []
    except csv.Error as problem:
        yield Problem(f"row {first + len(chunk)} is no row of a table: {problem}")
    if chunk:
        yield Table(name, tuple(chunk), first)


def delimiter_of(text: str) -> str:
    """Return the sign among `, ; tab |` that parts the first lines most evenly; a comma where none does."""
    lines = [line for line in text[:20_000].split("\n") if line.strip()][:20]

    def evenness(sign: str) -> tuple[int, int]:
        counts = [line.count(sign) for line in lines]
        usual = max(counts, key=counts.count, default=0)
        return (counts.count(usual) if usual else 0, usual)

    return max(",;\t|", key=evenness)
