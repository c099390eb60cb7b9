"""Many bytes on their way at once: files do not stay open, and what fails leaves nothing in tmp/."""

from __future__ import annotations

import errno
import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import CannotWrite
from archive.store import OsFiles
from archive.store.fs import Handle
from tests.store.archive_on_disk import RealArchive, digest
from tests.store.test_refusals import Failing


@pytest.fixture
def few_open_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (200, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


class _Listening(OsFiles):
    """Notes which files were synced by the descriptor that wrote them."""

    def __init__(self) -> None:
        self.synced: set[str] = set()

    def create(self, path: Path) -> Handle:
        return _Heard(super().create(path), path.name, self.synced)


class _Heard:
    def __init__(self, inner: Handle, name: str, synced: set[str]) -> None:
        self._inner, self._name, self._synced = inner, name, synced

    def write(self, content: bytes) -> None:
        self._inner.write(content)

    def fsync(self) -> None:
        self._inner.fsync()
        self._synced.add(self._name)

    def close(self) -> None:
        self._inner.close()


@pytest.mark.usefixtures("few_open_files")
def test_more_files_are_staged_than_a_process_may_have_open(real: RealArchive) -> None:
    store = real.open(fs=(files := _Listening()))
    staged = [store.objects.stage([b"part %d" % at]) for at in range(450)]
    store.objects.settle(staged)
    assert all(store.objects.has(digest(b"part %d" % at)) for at in range(450))
    assert {each.path.name for each in staged} <= files.synced
    assert list((real.home / "tmp").iterdir()) == []


@pytest.mark.parametrize("only", ["create", "write", "sync"])
def test_a_disk_that_refuses_midway_leaves_nothing_of_what_was_staged(real: RealArchive, only: str) -> None:
    store = real.open(fs=Failing(errno.EIO, 130 if only != "sync" else 40, only=(only,)))
    staged = []
    with pytest.raises(CannotWrite, match="the disk reports an error"):
        for at in range(200):
            staged.append(store.objects.stage([b"part %d" % at]))
    assert list((real.home / "tmp").iterdir()) == []
    with pytest.raises(CannotWrite, match="gone from tmp/"):
        store.objects.settle(staged)
    assert list(store.objects.every()) == []


def test_a_source_that_cannot_be_read_takes_only_its_own_copy_along(real: RealArchive) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ValueError

    objects = real.open().objects
    kept = objects.stage([b"kept"])
    with pytest.raises(ValueError):
        objects.stage(broken())
    assert list((real.home / "tmp").iterdir()) == [kept.path]
    objects.settle([kept])
    assert objects.read(kept.digest) == b"kept"
