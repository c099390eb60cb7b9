"""Bytes by their SHA-256: staged in tmp/, then settled for good in objects/."""

from __future__ import annotations

import re
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

SCRATCH = "parts-"
"""What the names of readers' folders in tmp/ begin with."""

_OPEN = 100
"""Staged files that stay open until they are synced; a process may have some 250 open on a default macOS."""

_SHELF = re.compile("[0-9a-f]{2}")
_DIGEST = re.compile("[0-9a-f]{64}")


class Staged(NamedTuple):
    """Bytes copied into tmp/ and hashed, not yet kept."""

    digest: str
    size: int
    path: Path


class Objects:
    """The folder objects/ of one archive."""

    def __init__(self, home: Path, fs: Files) -> None:
        self.folder = home / "objects"
        self.tmp = home / "tmp"
        self.fs = fs
        # Shelves whose own names this process has made durable.
        self._shelves: set[Path] = set()
        # Staged and neither settled nor dropped; None once synced and closed.
        self._staged: dict[Path, Handle | None] = {}
        self._stopped = ""

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def has(self, digest: str) -> bool:
        return self.fs.size(self.path(digest)) is not None

    def stage(self, chunks: Iterable[bytes], expected: int = 0) -> Staged:
        """Copy bytes into tmp/ and hash them on the way; they count once they are settled.

        Args:
            expected: size in bytes, as far as known; it must fit on the disk beforehand.
        Raises:
            CannotWrite: no room, or the write failed; nothing of what is staged so far is left behind. What
                `chunks` raises passes through, and takes only these bytes with it.
        """
        try:
            with writing("a copy of the file"):
                self._make_room(expected)
                path = self.tmp / f"{urandom(12).hex()}.part"
                self._staged[path] = handle = self.fs.create(path)
            return self._copied(path, handle, chunks)
        except CannotWrite:
            self._drop_all(list(self._staged))
            raise

    def _copied(self, path: Path, handle: Handle, chunks: Iterable[bytes]) -> Staged:
        digest, size = sha256(), 0
        try:
            for piece in chunks:
                digest.update(piece)
                size += len(piece)
                with writing("a copy of the file"):
                    handle.write(piece)
        except BaseException:
            self._drop_all([path])
            raise
        return Staged(digest.hexdigest(), size, path)

    def _make_room(self, expected: int) -> None:
        """See that the disk holds what comes, and that not too many files are open."""
        free = self.fs.free(self.tmp)
        if expected + RESERVE > free:
            raise CannotWrite(
                f"the disk is full: {expected:,} bytes are to be kept and {free:,} are free; "
                "free some space, then run the same command again"
            )
        if sum(handle is not None for handle in self._staged.values()) >= _OPEN:
            for path in self._staged:
                self._sync_staged(path)

    def _sync_staged(self, path: Path) -> None:
        """Sync by the descriptor that wrote: one opened later may not be told what was lost (fsync(2))."""
        handle = self._staged[path]
        if handle is not None:
            handle.fsync()
            handle.close()
            self._staged[path] = None

    def settle(self, staged: Sequence[Staged]) -> None:
        """Make staged bytes durable under their digests: all files synced, all renamed, each folder synced once.

        Raises:
            Damaged: an object that is already there does not hold what its name says.
            CannotWrite: the disk refused; what was settled before stays, the rest is gone. After a failed
                sync of what lies in objects/ already, this process settles nothing more.
        """
        try:
            self._settle(staged)
        except OSError as problem:
            raise cannot_write("an object", problem) from problem
        finally:
            self._drop_all([each.path for each in staged])

    def _settle(self, staged: Sequence[Staged]) -> None:
        if self._stopped:
            raise CannotWrite(self._stopped)
        shelves: set[Path] = set()
        for each in staged:
            if each.path not in self._staged:
                raise CannotWrite("a copy of the file is gone from tmp/: run the same command again")
            self._sync_staged(each.path)
        for each in reversed(staged):
            self._shelve(each)
            shelves.add(self.path(each.digest).parent)
        with self._doubt():
            self._sync(shelves)

    def _shelve(self, staged: Staged) -> None:
        target = self.path(staged.digest)
        if self.fs.size(target) is None:
            self.fs.make_folder(target.parent)
            self.fs.seal(staged.path)
            self.fs.rename(staged.path, target)
        else:
            # "Exists, skip" lost acknowledged documents: the other writer may not have synced yet.
            self.check(staged.digest)
            with self._doubt():
                self.fs.sync_file(target)
            self.fs.unlink(staged.path)
        del self._staged[staged.path]

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
        self._drop_all([each.path for each in staged])

    def _drop_all(self, paths: Sequence[Path]) -> None:
        for path in paths:
            if path not in self._staged:
                continue
            handle = self._staged.pop(path)
            # What cannot be removed stays in tmp/, where `verify` lists it.
            with suppress(OSError):
                if handle is not None:
                    handle.close()
            with suppress(OSError):
                self.fs.unlink(path)

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
        return (place[3:] for place, own in self._places() if own)

    def strays(self) -> Iterator[str]:
        """What lies there and is no object, as places below objects/."""
        return (place for place, own in self._places() if not own)

    def _places(self) -> Iterator[tuple[str, bool]]:
        for shelf in self.fs.names(self.folder):
            for name in self.fs.names(self.folder / shelf) if _SHELF.fullmatch(shelf) else [""]:
                yield f"{shelf}/{name}".rstrip("/"), bool(_DIGEST.fullmatch(name)) and name.startswith(shelf)
