"""Append-only lines in files of so many each: entries/ and log/ are two of them."""

from __future__ import annotations

import re
from pathlib import Path

from archive.errors import Damaged
from archive.store.fs import Files, Handle
from archive.store.lines import SEGMENT_LINES

_PLACES = 32
NAME = re.compile(r"\d{8}\.jsonl")


class Segments:
    """One folder of segments; line k of the folder lies in file (k-1) // `size` + 1."""

    def __init__(self, folder: Path, fs: Files, size: int = SEGMENT_LINES) -> None:
        self.folder = folder
        self.fs = fs
        self.size = size
        # For the readers that come back for what is new: {line: (its offset, the line before it)}. Another
        # process may have rewritten the segment since (disposal), so the line before is looked at again.
        self._places: dict[int, tuple[int, bytes]] = {}

    def path(self, number: int) -> Path:
        return self.folder / f"{number:08d}.jsonl"

    def number_of(self, line: int) -> int:
        """Number of the segment that a line lies in."""
        return (line - 1) // self.size + 1

    def last(self, *, strict: bool = False) -> int:
        """Number of the newest segment that holds anything and has all others before it; 0 when none does.

        Args:
            strict: for whoever builds on it: refuse a segment that lies behind a gap.
        Raises:
            Damaged: strict, and there is one.
        """
        held, behind = self._held()
        if strict and (full := [number for number in behind if self.fs.size(self.path(number))]):
            name = self.folder.name
            raise Damaged(
                f"{name}/{full[0]:08d}.jsonl is there, but {name}/{held + 1:08d}.jsonl is not: bring that one back "
                "from a backup; or, where the other is a copy that some program put there, move it out of the archive"
            )
        # An interruption may leave a new segment empty while lines still go into the one before.
        while held and not self.fs.size(self.path(held)):
            held -= 1
        return held

    def _held(self) -> tuple[int, list[int]]:
        """The last segment without a gap before it, and the numbers of those behind the gap."""
        numbers = [int(name[:8]) for name in self.fs.names(self.folder) if NAME.fullmatch(name)]
        held = next((at for at, number in enumerate(sorted(numbers)) if number != at + 1), len(numbers))
        return held, sorted(numbers)[held:]

    def strays(self) -> list[str]:
        """Names in the folder that belong to no segment of the archive, those behind a gap among them."""
        # Listed before it is counted: a segment that a writer makes meanwhile is no stray.
        names = self.fs.names(self.folder)
        own = {self.path(number).name for number in range(1, self._held()[0] + 1)}
        return [name for name in names if name not in own]

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
            number = self.number_of(first)
            wanted = min(upto, number * self.size) - first + 1
            piece = self._piece(first, number, wanted)
            found += piece
            if len(piece) < wanted:
                break
        return found

    def _piece(self, first: int, number: int, wanted: int) -> list[bytes]:
        start, lines = self._from(first, number)
        piece = lines[:-1][:wanted]
        if piece and (first + len(piece) - 1) % self.size:
            if len(self._places) >= _PLACES:
                self._places.clear()
            self._places[first + len(piece)] = (start + sum(map(len, piece)) + len(piece), piece[-1])
        return piece

    def _from(self, first: int, number: int) -> tuple[int, list[bytes]]:
        """The offset of line `first`, and its segment's lines from there on; the last is what no line feed ends."""
        offset, before = self._places.pop(first, (0, b""))
        if offset:
            start = offset - len(before) - 1
            lines = self.bytes_of(number, start).split(b"\n")
            if len(lines) > 1 and lines[0] == before:
                return offset, lines[1:]
        lines = self.bytes_of(number).split(b"\n")
        skip = min((first - 1) % self.size, len(lines) - 1)
        return sum(map(len, lines[:skip])) + skip, lines[skip:]

    def extend(self, first: int, lines: list[bytes]) -> None:
        """Append lines from number `first` on, durable on return."""
        while lines:
            number = self.number_of(first)
            room = number * self.size - first + 1
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
            self.fs.create(path).close()
        if not self.fs.size(path):
            # Also where another writer made it: that one may have been killed before its name was durable.
            self.fs.sync_folder(self.folder)
        return self.fs.append(path)
