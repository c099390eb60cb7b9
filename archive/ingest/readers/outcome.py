"""What became of the reading of one document, concluded from whatever its process said before it ended."""

from __future__ import annotations

import stat
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from archive.ingest.readers.events import Event, Part, Problem, RecordKey, Said
from archive.model import Field, Link, Meta, Page, Reading, Table

_KEPT = {Page: 100_000, Field: 50_000, Table: 20_000, Link: 50_000, Meta: 2_000, Part: 2_000, Problem: 1_000}
_NAMES = {Page: "pages", Field: "fields", Table: "tables", Link: "links", Meta: "values", Part: "parts"}


@dataclass(frozen=True)
class Outcome:
    """How the reading of one document ended.

    Attributes:
        reading: partial where the reader was stopped; then `reason` and the reading's problems say so.
        parts: files in the job's scratch folder, to be taken in as documents of their own.
        reason: plain words; empty when all is well.
        tool, version: the reader, and its own and its library's version.
    """

    status: Literal["stored", "stored_no_text", "needs_password", "unreadable"]
    reading: Reading
    parts: tuple[Part, ...]
    reason: str
    tool: str
    version: str


class Heard:
    """What one document's process has said so far, within limits."""

    def __init__(self, media_type: str, scratch: Path | None = None) -> None:
        self.media_type, self.scratch = media_type, scratch
        self.lists: dict[type, list[Any]] = {kind: [] for kind in _KEPT}
        self.record: tuple[str, str] | None = None
        self.tool: tuple[str, str] = ("", "")
        self.end: tuple[str, str] | None = None
        self.picture: list[str] = []
        self.alone = False

    def take(self, event: Event | Said) -> None:
        match event:
            case Said("type", (media_type,)):
                self.media_type = media_type
            case Said("tool", (name, version)):
                self.tool = (name, version)
            case Said("end", (status, reason)):
                self.end = (status, reason)
            case Said("bytes", (text,)):
                self.picture.append(text)
            case Said():
                self.alone = self.alone or event.topic == "alone"
            case RecordKey():
                self.record = (event.kind, event.key)
            case Part():
                self._take_part(event)
            case Table():
                self._take_table(event)
            case _:
                self._append(event)

    def _append(self, event: Event) -> None:
        kept = self.lists[type(event)]
        if len(kept) < _KEPT[type(event)]:
            kept.append(event)
        elif type(event) in _NAMES:
            self.problem(f"more than {_KEPT[type(event)]} {_NAMES[type(event)]}; the rest is left out")

    def _take_part(self, part: Part) -> None:
        """Believe in a part only when it is a plain file of the scratch folder itself."""
        path = (self.scratch or Path()) / part.path
        try:
            plain = self.scratch is not None and stat.S_ISREG(path.lstat().st_mode)
        except OSError:
            plain = False
        if plain and all(path != other.path for other in self.lists[Part]):
            self._append(replace(part, path=path))
        else:
            self.problem("a part it announced is not there")

    def _take_table(self, table: Table) -> None:
        """Join the pieces of a long table."""
        tables = self.lists[Table]
        last = tables[-1] if tables else None
        if last and (last.sheet, last.page, last.first_row + len(last.rows)) == (
            table.sheet,
            table.page,
            table.first_row,
        ):
            tables[-1] = replace(last, rows=last.rows + table.rows)
        else:
            self._append(table)

    def problem(self, text: str) -> None:
        if all(text != known.text for known in self.lists[Problem]):
            self._append(Problem(text))

    def outcome(self, fate: str) -> Outcome:
        """Conclude; `fate` says in plain words why the process ended, for a document without an end."""
        said, reason = self.end if self.end is not None else ("unreadable", fate)
        pages = tuple(self.lists[Page])
        legible = any(page.text.strip() for page in pages)
        problems = [problem.text for problem in self.lists[Problem]]
        if reason:
            problems.insert(0, reason if not legible else f"read in part only: {reason}")
        status: Literal["stored", "stored_no_text", "needs_password", "unreadable"] = "stored_no_text"
        if said == "needs_password":
            status = "needs_password"
        elif legible:
            status = "stored"
        elif said == "unreadable" and not self.lists[Part]:
            status = "unreadable"
        reading = Reading(
            self.media_type,
            pages,
            tuple(self.lists[Field]),
            tuple(self.lists[Table]),
            tuple(self.lists[Link]),
            tuple(self.lists[Meta]),
            self.record,
            tuple(problems),
        )
        words = "; ".join(problems)[:500] or ("" if status == "stored" else "no text in it")
        return Outcome(status, reading, tuple(self.lists[Part]), words, *self.tool)
