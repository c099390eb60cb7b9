"""What state/ remembers of the newest commit, so that a log which lost its end is not written on."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from archive.store.fs import Files, reading, replace

NAME = "committed.json"


class Noted(NamedTuple):
    """A committed line of the log: its number and its SHA-256; 0 when nothing is known."""

    seq: int = 0
    line: str = ""


class Guard:
    """state/committed.json of one archive."""

    def __init__(self, home: Path, fs: Files) -> None:
        self.path = home / "state" / NAME
        self.fs = fs

    def note(self, seq: int, line: str) -> None:
        """Remember a line that is durable in the log; the note itself is not durable, and may be lost."""
        content = json.dumps({"seq": seq, "line": line}, separators=(",", ":")).encode() + b"\n"
        # The commit counts already: a note that cannot be written must not make it fail.
        with suppress(OSError):
            replace(self.fs, self.path, content, durable=False)

    def read(self) -> Noted:
        """What is remembered; a note that is lost, or not whole, says nothing.

        Raises:
            Unreadable: the file may not be read.
        """
        with reading(f"state/{NAME}"):
            try:
                content = self.fs.read(self.path)
            except FileNotFoundError:
                return Noted()
        try:
            found = json.loads(content)
            noted = Noted(found["seq"], found["line"])
        except (ValueError, KeyError, TypeError, RecursionError):
            return Noted()
        return noted if type(noted.seq) is int and noted.seq > 0 and isinstance(noted.line, str) else Noted()
