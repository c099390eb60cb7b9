"""The one seam between the store and a file system.

Everything the store does to disk goes through a `Files`, so that a model of a crashing disk can stand in
its place (tests/crash). Differences between operating systems are branches here and nowhere else.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from archive.errors import CannotWrite, Unreadable

CHUNK = 1 << 20

_WRITING = {
    errno.ENOSPC: "the disk is full: free some space, then run the same command again",
    errno.EDQUOT: "your disk quota is used up: free some space, then run the same command again",
    errno.EROFS: "the disk is read-only: open the archive from where it may be written",
    errno.EACCES: "permission is missing: ask whoever owns the archive",
    errno.EPERM: "permission is missing: ask whoever owns the archive",
    errno.EIO: "the disk reports an error: stop, copy the archive elsewhere, and have the disk looked at",
}


class Handle(Protocol):
    """A file open for writing; what is written counts only after `fsync`."""

    def write(self, content: bytes) -> None: ...

    def fsync(self) -> None: ...

    def close(self) -> None: ...


class Files(Protocol):
    """What the store asks of a file system. Paths are absolute; every failure is an OSError."""

    def create(self, path: Path) -> Handle:
        """Open a new file for writing; it must not exist."""

    def append(self, path: Path) -> Handle:
        """Open an existing file for writing at its end."""

    def rename(self, source: Path, target: Path) -> None:
        """Give a closed file another name in one step, taking the place of what had it."""

    def sync_folder(self, path: Path) -> None:
        """Make the names in a folder durable."""

    def sync_file(self, path: Path) -> None:
        """Make the content of a file that lies there durable."""

    def truncate(self, path: Path, size: int) -> None:
        """Cut a file to `size` bytes, durably."""

    def unlink(self, path: Path) -> None: ...

    def make_folder(self, path: Path) -> None:
        """Make a folder; that it is there already is no error."""

    def seal(self, path: Path) -> None:
        """Take the right to write from a file."""

    def size(self, path: Path) -> int | None:
        """Bytes in a file, or None when there is none."""

    def read(self, path: Path, start: int = 0) -> bytes:
        """Everything from `start` on."""

    def chunks(self, path: Path) -> Iterator[bytes]:
        """The content in pieces of at most CHUNK bytes."""

    def names(self, path: Path) -> list[str]:
        """Names in a folder, sorted; what is no folder, or not there, holds none."""

    def free(self, path: Path) -> int:
        """Bytes that may still be written there."""


def write_new(fs: Files, path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write a small file, in the place of one of that name; with `durable` its content is, and its name is not yet."""
    if fs.size(path) is not None:
        fs.unlink(path)
    handle = fs.create(path)
    try:
        handle.write(content)
        if durable:
            handle.fsync()
    finally:
        handle.close()


def replace(fs: Files, path: Path, content: bytes, *, durable: bool = True) -> None:
    """Give a file its content whole or not at all; with `durable` what it then holds is, and that it does is not."""
    aside = path.with_name(path.name + ".new")
    write_new(fs, aside, content, durable=durable)
    fs.rename(aside, path)


class _OsHandle:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def write(self, content: bytes) -> None:
        view = memoryview(content)
        while view:
            view = view[os.write(self._descriptor, view) :]

    def fsync(self) -> None:
        _full_sync(self._descriptor)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class OsFiles:
    """The file system of the machine."""

    def create(self, path: Path) -> Handle:
        return _OsHandle(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o666))

    def append(self, path: Path) -> Handle:
        return _OsHandle(os.open(path, os.O_WRONLY | os.O_APPEND | _BINARY))

    def rename(self, source: Path, target: Path) -> None:
        source.replace(target)

    def sync_folder(self, path: Path) -> None:
        if not _CAN_SYNC_FOLDERS:
            # Windows has no such call; NTFS keeps renames in its own journal.
            return
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def sync_file(self, path: Path) -> None:
        # Windows syncs only what is open for writing; elsewhere a sealed file may be synced as it is.
        descriptor = os.open(path, (os.O_RDONLY if _CAN_SYNC_FOLDERS else os.O_RDWR) | _BINARY)
        try:
            _full_sync(descriptor)
        finally:
            os.close(descriptor)

    def truncate(self, path: Path, size: int) -> None:
        mode = path.stat().st_mode
        if not mode & stat.S_IWUSR:
            path.chmod(mode | stat.S_IWUSR)
        descriptor = os.open(path, os.O_RDWR | _BINARY)
        try:
            os.ftruncate(descriptor, size)
            _full_sync(descriptor)
        finally:
            os.close(descriptor)

    def unlink(self, path: Path) -> None:
        if sys.platform == "win32" and path.exists():
            path.chmod(stat.S_IWRITE)
        path.unlink()

    def make_folder(self, path: Path) -> None:
        path.mkdir(exist_ok=True)

    def seal(self, path: Path) -> None:
        path.chmod(0o444)

    def size(self, path: Path) -> int | None:
        try:
            return path.stat().st_size
        except FileNotFoundError:
            return None

    def read(self, path: Path, start: int = 0) -> bytes:
        with path.open("rb") as file:
            file.seek(start)
            return file.read()

    def chunks(self, path: Path) -> Iterator[bytes]:
        with path.open("rb", buffering=0) as file:
            while piece := file.read(CHUNK):
                yield piece

    def names(self, path: Path) -> list[str]:
        try:
            return sorted(each.name for each in path.iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []

    def free(self, path: Path) -> int:
        from shutil import disk_usage

        return disk_usage(path).free


_BINARY = getattr(os, "O_BINARY", 0)
_CAN_SYNC_FOLDERS = sys.platform != "win32"


def _full_sync(descriptor: int) -> None:
    if sys.platform == "darwin":
        import fcntl

        # macOS' fsync leaves data in the drive's cache; F_FULLFSYNC does not (fsync(2) there).
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


@contextmanager
def writing(what: str) -> Iterator[None]:
    """Turn a failed write into CannotWrite that says what was being written, and what to do."""
    try:
        yield
    except OSError as problem:
        raise cannot_write(what, problem) from problem


def cannot_write(what: str, problem: OSError) -> CannotWrite:
    """The archive's words for a write that the operating system refused."""
    advice = _WRITING.get(problem.errno or 0, "try again; if it stays, ask whoever looks after this machine")
    return CannotWrite(f"{what} could not be written ({problem.strerror or problem}): {advice}")


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Turn a failed read into Unreadable."""
    try:
        yield
    except OSError as problem:
        words = f"{what} cannot be read ({problem.strerror or problem}): look at its permissions and its disk"
        raise Unreadable(words) from problem
