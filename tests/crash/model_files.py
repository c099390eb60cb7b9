"""The store's file system seam, on a disk in memory."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

from archive.store.fs import CHUNK, Handle
from tests.crash.model_disk import Disk, File, Folder, Killed

_SITES = (
    (r"[0-9a-f]{64}", "*"),
    (r"^objects/[0-9a-f]{2}(?=/|$)", "objects/*"),
    (r"segment-\d+", "segment-*"),
    (r"^tmp/[0-9a-f]{24}\.part$", "tmp/*.part"),
    (r"torn-[^/]*", "torn-*"),
    (r"0{5}\d{3}\.jsonl", "*.jsonl"),
)


class ModelFiles:
    """One process's view of a `Disk`.

    Args:
        root: the real path that stands for the disk's root.
        lives: how many operations the process does before it is killed.
    """

    def __init__(self, disk: Disk, root: Path, home: str = "archive", lives: int | None = None) -> None:
        self.disk, self.root, self.home, self.lives = disk, root, home, lives

    def _parts(self, path: Path) -> tuple[str, ...]:
        return path.relative_to(self.root).parts

    def _step(self) -> None:
        if self.lives is not None:
            if self.lives <= 0:
                raise Killed
            self.lives -= 1

    def site(self, kind: str, path: Path) -> str:
        """The class of places in the program that a sync belongs to."""
        parts = self._parts(path)
        name = "/".join(parts[1:] if parts[:1] == (self.home,) else ("..", *parts))
        for pattern, word in _SITES:
            name = re.sub(pattern, word, name)
        return f"{kind} {name or '.'}"

    def _folder(self, path: Path) -> Folder:
        return self.disk.folder(self._parts(path))

    def file(self, path: Path) -> File:
        node = self.disk.find(self._parts(path))
        if not isinstance(node, File):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
        return node

    def create(self, path: Path) -> Handle:
        self._step()
        folder = self._folder(path.parent)
        if path.name in folder.now:
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path))
        file = File()
        folder.put(path.name, file)
        self.disk.after()
        return _ModelHandle(self, path, file)

    def append(self, path: Path) -> Handle:
        file = self.file(path)
        if file.sealed:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return _ModelHandle(self, path, file)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        file = self.file(source)
        self._folder(target.parent).put(target.name, file)
        self._folder(source.parent).put(source.name, None)
        self.disk.after()

    def sync_folder(self, path: Path) -> None:
        self._step()
        self.disk.sync(self.site("sync_folder", path), self._folder(path))
        self.disk.after()

    def sync_file(self, path: Path) -> None:
        self._step()
        self.disk.sync(self.site("sync_file", path), self.file(path))
        self.disk.after()

    def truncate(self, path: Path, size: int) -> None:
        self._step()
        file = self.file(path)
        file.now, file.sealed = file.now[:size], False
        self.disk.after()
        self.disk.sync(self.site("truncate", path), file)
        self.disk.after()

    def unlink(self, path: Path) -> None:
        self._step()
        self.file(path)
        self._folder(path.parent).put(path.name, None)
        self.disk.after()

    def make_folder(self, path: Path) -> None:
        self._step()
        folder = self._folder(path.parent)
        if path.name not in folder.now:
            folder.put(path.name, Folder())
            self.disk.after()

    def seal(self, path: Path) -> None:
        self._step()
        self.file(path).sealed = True

    def size(self, path: Path) -> int | None:
        node = self.disk.find(self._parts(path))
        return None if node is None else len(node.now)

    def read(self, path: Path, start: int = 0) -> bytes:
        return self.file(path).now[start:]

    def chunks(self, path: Path) -> Iterator[bytes]:
        content = self.file(path).now
        for start in range(0, len(content), CHUNK):
            yield content[start : start + CHUNK]

    def names(self, path: Path) -> list[str]:
        node = self.disk.find(self._parts(path))
        return sorted(node.now) if isinstance(node, Folder) else []

    def free(self, path: Path) -> int:
        return 1 << 40


class _ModelHandle:
    def __init__(self, files: ModelFiles, path: Path, file: File) -> None:
        self._files, self._path, self._file = files, path, file

    def write(self, content: bytes) -> None:
        self._files._step()
        self._file.now += content
        self._files.disk.after()

    def fsync(self) -> None:
        self._files._step()
        self._files.disk.sync(self._files.site("fsync", self._path), self._file)
        self._files.disk.after()

    def close(self) -> None:
        pass
