"""Append-only lines in files of SEGMENT_LINES each: entries/ and log/ are two of them."""

from __future__ import annotations

from pathlib import Path

from archive.store.fs import Files, Handle
from archive.store.lines import SEGMENT_LINES

_PLACES = 32


class Segments:
    """One folder of segments; line k of the folder lies in file (k-1) // SEGMENT_LINES + 1."""

    def __init__(self, folder: Path, fs: Files) -> None:
        self.folder = folder
        self.fs = fs
        # Where a line begins, for the readers that come back for what is new: {line: its offset}.
        self._places: dict[int, int] = {}

    def path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.jsonl"

    def last(self) -> int:
        """Number of the newest segment; 0 when there is none."""
        names = [name for name in self.fs.names(self.folder) if name.endswith(".jsonl") and name[:8].isdigit()]
        return int(names[-1][:8]) if names else 0

    def bytes_of(self, number: int, start: int = 0) -> bytes:
        return b"" if self.fs.size(self.path(number)) is None else self.fs.read(self.path(number), start)

    def whole_lines(self, number: int) -> tuple[list[bytes], bytes]:
        """The lines of a segment without their line feeds, and what lies behind the last line feed."""
        *lines, rest = self.bytes_of(number).split(b"\n")
        return lines, rest

    def lines(self, after: int, upto: int) -> list[bytes]:
        """Lines `after` + 1 to `upto`; fewer when the files hold fewer."""
        found: list[bytes] = []
        while after + len(found) < upto:
            first = after + len(found) + 1
            number = segment_of(first)
            wanted = min(upto, number * SEGMENT_LINES) - first + 1
            piece = self._piece(first, number, wanted)
            found += piece
            if len(piece) < wanted:
                break
        return found

    def _piece(self, first: int, number: int, wanted: int) -> list[bytes]:
        known = self._places.pop(first, None)
        start, skip = (known, 0) if known is not None else (0, (first - 1) % SEGMENT_LINES)
        lines = self.bytes_of(number, start).split(b"\n")
        piece = lines[skip:-1][:wanted]
        if (first + len(piece) - 1) % SEGMENT_LINES:
            if len(self._places) >= _PLACES:
                self._places.clear()
            passed = lines[: skip + len(piece)]
            self._places[first + len(piece)] = start + sum(map(len, passed)) + len(passed)
        return piece

    def forget_places(self) -> None:
        """Lines moved (disposal rewrote a segment): remembered offsets no longer hold."""
        self._places.clear()

    def extend(self, first: int, lines: list[bytes]) -> None:
        """Append lines from number `first` on, durable on return."""
        while lines:
            number = segment_of(first)
            room = number * SEGMENT_LINES - first + 1
            piece, lines = lines[:room], lines[room:]
            handle = self._open(number)
            try:
                handle.write(b"".join(line + b"\n" for line in piece))
                handle.fsync()
            finally:
                handle.close()
            first += len(piece)
            if len(piece) == room:
                self.fs.seal(self.path(number))

    def _open(self, number: int) -> Handle:
        path = self.path(number)
        if self.fs.size(path) is None:
            handle = self.fs.create(path)
            try:
                handle.fsync()
            finally:
                handle.close()
            self.fs.sync_folder(self.folder)
        return self.fs.append(path)


def segment_of(seq: int) -> int:
    return (seq - 1) // SEGMENT_LINES + 1
