"""What state/ remembers of the newest commit, so that a log which lost its end is not written on."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from archive.store.fs import Files, reading, replace

_PLACE = "state/committed.json"


def note(fs: Files, home: Path, seq: int, line: str) -> None:
    """Remember a line that is durable in the log, and its SHA-256; the note itself may be lost with the power."""
    content = json.dumps({"seq": seq, "line": line}, separators=(",", ":")).encode() + b"\n"
    # The commit counts already: a note that cannot be written must not make it fail.
    with suppress(OSError):
        replace(fs, home / _PLACE, content, durable=False)


def noted(fs: Files, home: Path) -> tuple[int, str]:
    """The number and the SHA-256 of the line remembered; 0 where the note is lost or not whole.

    Raises:
        Unreadable: the file may not be read.
    """
    with reading(_PLACE):
        try:
            found = json.loads(fs.read(home / _PLACE))
            seq, line = found["seq"], found["line"]
        except (FileNotFoundError, ValueError, KeyError, TypeError, RecursionError):
            return 0, ""
    return (seq, line) if type(seq) is int and seq > 0 and isinstance(line, str) else (0, "")
