"""The branches for Windows, driven through their seams on this machine: nothing here has run on Windows itself."""

from __future__ import annotations

import fcntl
import importlib.util
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from archive.errors import Busy
from archive.model import Actor, Finding
from archive.store import Store, create
from archive.store import fs as fs_here
from archive.store import lock as lock_here
from archive.store.verify import verify

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


_LK_NBLCK = 2


def _locking(descriptor: int, mode: int, count: int) -> None:
    """`msvcrt.locking` in small: refuses with OSError what another open file holds, gives back on closing."""
    assert (mode, count) == (_LK_NBLCK, 1)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise PermissionError(13, "the region is locked") from problem


def _as_on_windows(module: ModuleType, monkeypatch: pytest.MonkeyPatch, **others: object) -> ModuleType:
    """The same source, loaded as Windows would load it."""
    monkeypatch.setattr(sys, "platform", "win32")
    for name, value in others.items():
        monkeypatch.setitem(sys.modules, name, value)  # type: ignore[arg-type]
    spec = importlib.util.spec_from_file_location(f"{module.__name__}_on_windows", str(module.__file__))
    assert spec and spec.loader
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    monkeypatch.undo()
    return loaded


@pytest.fixture
def lock(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    msvcrt = SimpleNamespace(locking=_locking, LK_NBLCK=_LK_NBLCK)
    return _as_on_windows(lock_here, monkeypatch, msvcrt=msvcrt)


@pytest.fixture
def fs(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return _as_on_windows(fs_here, monkeypatch)


def test_a_lock_that_another_holds_is_busy_and_free_again_once_closed(lock: ModuleType, tmp_path: Path) -> None:
    first, second = lock.FileLock(tmp_path / "lock"), lock.FileLock(tmp_path / "lock")
    with first.held(0), pytest.raises(Busy), second.held(0):
        pass
    with second.held(0):
        pass


def test_a_shared_lock_holds_nobody_up(lock: ModuleType, tmp_path: Path) -> None:
    with lock.FileLock(tmp_path / "lock").held(0), lock.FileLock(tmp_path / "lock").held(0, shared=True):
        pass


def test_folders_are_not_synced_and_files_are_opened_for_writing_to_be(
    fs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flags: list[int] = []
    opened = os.open
    monkeypatch.setattr(os, "open", lambda path, how, *mode: flags.append(how) or opened(path, how, *mode))
    (tmp_path / "file").write_bytes(b"x")
    fs.OsFiles().sync_folder(tmp_path)
    assert flags == []
    fs.OsFiles().sync_file(tmp_path / "file")
    assert flags[0] & os.O_RDWR


def test_a_sealed_file_is_made_writable_before_it_is_removed(
    fs: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sealed"
    path.write_bytes(b"x")
    fs.OsFiles().seal(path)
    assert not path.stat().st_mode & stat.S_IWUSR
    modes: list[int] = []
    chmod = Path.chmod
    monkeypatch.setattr(Path, "chmod", lambda self, mode: modes.append(mode) or chmod(self, mode))
    monkeypatch.setattr(sys, "platform", "win32")
    fs.OsFiles().unlink(path)
    assert modes == [stat.S_IWRITE]
    assert not path.exists()


def test_an_archive_is_made_written_and_verified_through_that_seam(fs: ModuleType, tmp_path: Path) -> None:
    create(tmp_path / "home", NOW, fs.OsFiles())
    store = Store(tmp_path / "home", fs=fs.OsFiles())
    staged = store.objects.stage([b"some words"])
    store.objects.settle([staged])
    with store.writing() as session:
        session.commit([("settings", {"house": {}})], Actor("ida"), NOW)
    assert store.objects.read(staged.digest) == b"some words"
    findings = [found for found in verify(store) if isinstance(found, Finding)]
    assert [found.finding for found in findings] == ["orphan_object"]
