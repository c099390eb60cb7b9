"""Bytes by their SHA-256: staged in tmp/, then settled for good in objects/."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from hashlib import sha256
from os import urandom
from pathlib import Path
from typing import NamedTuple

from archive.errors import CannotWrite, Damaged, NotFound
from archive.store.fs import Files, Handle, cannot_write, reading, writing

RESERVE = 16 << 20
"""Bytes that stay free for log and entries when a file is copied in."""


class Staged(NamedTuple):
    """Bytes copied into tmp/ and hashed, not yet durable."""

    digest: str
    size: int
    path: Path
    handle: Handle


class Objects:
    """The folder objects/ of one archive."""

    def __init__(self, home: Path, fs: Files) -> None:
        self.folder = home / "objects"
        self.tmp = home / "tmp"
        self.fs = fs
        # Shelves whose own names this process has made durable.
        self._shelves: set[Path] = set()
        self._stopped = ""

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def has(self, digest: str) -> bool:
        return self.fs.size(self.path(digest)) is not None

    def stage(self, chunks: Iterable[bytes], expected: int = 0) -> Staged:
        """Copy bytes into tmp/ and hash them on the way; nothing is durable yet.

        Args:
            expected: size in bytes, as far as known; it must fit on the disk beforehand.
        Raises:
            CannotWrite: no room, or the write failed; nothing is left behind. What `chunks` raises passes through.
        """
        self._check_room(expected)
        path = self.tmp / f"{urandom(12).hex()}.part"
        with writing("a copy of the file"):
            handle = self.fs.create(path)
        digest, size = sha256(), 0
        try:
            for piece in chunks:
                digest.update(piece)
                size += len(piece)
                with writing("a copy of the file"):
                    handle.write(piece)
        except BaseException:
            self._drop(Staged("", size, path, handle))
            raise
        return Staged(digest.hexdigest(), size, path, handle)

    def settle(self, staged: Sequence[Staged]) -> None:
        """Make staged bytes durable under their digests: all files synced, all renamed, each folder synced once.

        Raises:
            Damaged: an object that is already there does not hold what its name says.
            CannotWrite: the disk refused; what was settled before stays, the rest is gone. After a failed
                sync of what lies in objects/ already, this process settles nothing more.
        """
        waiting = list(staged)
        try:
            self._settle(waiting)
        except OSError as problem:
            raise cannot_write("an object", problem) from problem
        finally:
            for each in waiting:
                self._drop(each)

    def _settle(self, waiting: list[Staged]) -> None:
        if self._stopped:
            raise CannotWrite(self._stopped)
        shelves: set[Path] = set()
        for each in waiting:
            each.handle.fsync()
            each.handle.close()
        while waiting:
            each = waiting[-1]
            target = self.path(each.digest)
            if self.fs.size(target) is None:
                self.fs.make_folder(target.parent)
                self.fs.seal(each.path)
                self.fs.rename(each.path, target)
            else:
                # "Exists, skip" lost acknowledged documents: the other writer may not have synced yet.
                self.check(each.digest)
                with self._doubt():
                    self.fs.sync_file(target)
                self.fs.unlink(each.path)
            shelves.add(target.parent)
            waiting.pop()
        with self._doubt():
            self._sync(shelves)

    def _sync(self, shelves: set[Path]) -> None:
        for shelf in sorted(shelves):
            self.fs.sync_folder(shelf)
        if not shelves <= self._shelves:
            # A shelf that was found here may be that of a writer killed before the shelf's own name was durable.
            self.fs.sync_folder(self.folder)
            self._shelves |= shelves

    @contextmanager
    def _doubt(self) -> Iterator[None]:
        """Settle nothing more once a sync has failed: the next may claim success for what was lost (fsync(2))."""
        try:
            yield
        except OSError as problem:
            self._stopped = str(cannot_write("an object", problem))
            raise

    def drop(self, staged: Sequence[Staged]) -> None:
        """Throw staged bytes away, as when they are known already."""
        for each in staged:
            self._drop(each)

    def _drop(self, staged: Staged) -> None:
        # What cannot be removed stays in tmp/, where `verify` lists it.
        with suppress(OSError):
            staged.handle.close()
        with suppress(OSError):
            self.fs.unlink(staged.path)

    def _check_room(self, expected: int) -> None:
        free = self.fs.free(self.tmp)
        if expected + RESERVE > free:
            raise CannotWrite(
                f"the disk is full: {expected:,} bytes are to be kept and {free:,} are free; "
                "free some space, then run the same command again"
            )

    def read(self, digest: str) -> bytes:
        """Return the bytes, hashed on the way.

        Raises:
            NotFound: there is no such object.
            Damaged: the bytes are not what the name says.
        """
        return b"".join(self.chunks(digest))

    def chunks(self, digest: str) -> Iterator[bytes]:
        """Yield the bytes; Damaged is raised behind the last piece when they do not hash to `digest`."""
        path, found = self.path(digest), sha256()
        if self.fs.size(path) is None:
            raise NotFound(f"object {digest[:12]}… is not in this archive: run archive verify")
        with reading(f"object {digest[:12]}…"):
            for piece in self.fs.chunks(path):
                found.update(piece)
                yield piece
        if found.hexdigest() != digest:
            raise Damaged(
                f"object {digest[:12]}… does not hold the bytes that were logged: run archive verify, "
                "and bring the file back from a backup"
            )

    def check(self, digest: str) -> None:
        """Hash an object; raises as `read` does."""
        for _ in self.chunks(digest):
            pass

    def remove(self, digest: str) -> None:
        """Remove an object for good (disposal only); one that is gone already is no error."""
        path = self.path(digest)
        if self.fs.size(path) is not None:
            with writing(f"the removal of object {digest[:12]}…"):
                self.fs.unlink(path)
                self.fs.sync_folder(path.parent)

    def every(self) -> Iterator[str]:
        """The digests of all objects, in order."""
        for shelf in self.fs.names(self.folder):
            yield from self.fs.names(self.folder / shelf)
