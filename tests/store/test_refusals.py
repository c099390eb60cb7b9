"""A disk that refuses any single operation costs nothing that was acknowledged, and says so in plain words."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive.errors import CannotWrite, Unreadable
from archive.store import OsFiles, Store, create
from archive.store.fs import Handle
from tests.store.archive_on_disk import START, RealArchive, as_nobody

KEPT = b"acknowledged before"
NEW = [b"new one", b"new two", KEPT]


class Failing(OsFiles):
    """Refuses the n-th change of the disk (from 0), or every one from there on.

    Args:
        only: names of the operations that count; all changes if empty.
    """

    def __init__(self, number: int, at: int, for_good: bool = False, only: tuple[str, ...] = ()) -> None:
        self.number, self.at, self.for_good, self.only = number, at, for_good, only
        self.count = 0

    def step(self, name: str) -> None:
        if self.only and name not in self.only:
            return
        refused = self.count >= self.at if self.for_good else self.count == self.at
        self.count += 1
        if refused:
            raise OSError(self.number, os.strerror(self.number))

    def create(self, path: Path) -> Handle:
        self.step("create")
        return _Handle(super().create(path), self)

    def append(self, path: Path) -> Handle:
        self.step("append")
        return _Handle(super().append(path), self)

    def rename(self, source: Path, target: Path) -> None:
        self.step("rename")
        super().rename(source, target)

    def sync_folder(self, path: Path) -> None:
        self.step("sync")
        super().sync_folder(path)

    def sync_file(self, path: Path) -> None:
        self.step("sync")
        super().sync_file(path)

    def truncate(self, path: Path, size: int) -> None:
        self.step("truncate")
        super().truncate(path, size)

    def unlink(self, path: Path) -> None:
        self.step("unlink")
        super().unlink(path)

    def make_folder(self, path: Path) -> None:
        self.step("make_folder")
        super().make_folder(path)

    def seal(self, path: Path) -> None:
        self.step("seal")
        super().seal(path)


class _Handle:
    """Writes half of what is refused, as a full disk does."""

    def __init__(self, inner: Handle, files: Failing) -> None:
        self._inner, self._files = inner, files

    def write(self, content: bytes) -> None:
        try:
            self._files.step("write")
        except OSError:
            self._inner.write(content[: len(content) // 2])
            raise
        self._inner.write(content)

    def fsync(self) -> None:
        self._files.step("sync")
        self._inner.fsync()

    def close(self) -> None:
        self._inner.close()


def _add(archive: RealArchive, store: Store) -> bool:
    staged = [store.objects.stage([content], len(content)) for content in NEW]
    store.objects.settle(staged)
    archive.commit([("reconciliation", {"list": each.digest}) for each in staged], store)
    return True


def _operations(archive: RealArchive) -> int:
    files = Failing(errno.EIO, 1 << 30)
    _add(archive, archive.open(fs=files))
    return files.count


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[RealArchive]:
    made = RealArchive(tmp_path / "archive", segment_lines=4)
    made.add(KEPT)
    yield made
    assert made.open().objects.read(made.open().entries(1, 2)[0].body["digest"]) == KEPT
    assert made.add(b"afterwards")
    assert {found.finding for found in made.findings()} <= {"orphan_object", "left_in_tmp"}


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES], ids=errno.errorcode.get)
@pytest.mark.parametrize("for_good", [False, True], ids=["once", "for good"])
def test_any_refused_operation_is_reported_and_loses_nothing(
    archive: RealArchive, number: int, for_good: bool, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    count = _operations(RealArchive(tmp_path / "other" / "archive", segment_lines=4))
    for at in range(count):
        store = archive.open(fs=Failing(number, at, for_good))
        try:
            _add(archive, store)
        except CannotWrite as problem:
            assert problem.exit_code == 9
        before = archive.open().tail()
        with archive.open().writing(0) as session:
            assert session.tail in (before, 2 + 3 * ((before - 2) // 3))
    assert count > 15


def test_a_refused_log_line_is_never_read_back(archive: RealArchive) -> None:
    with pytest.raises(CannotWrite, match="the disk is full"):
        archive.commit(
            [("statement", {"says": "file", "why": "x" * 99})],
            archive.open(fs=Failing(errno.ENOSPC, 1, only=("write",))),
        )
    assert archive.open().tail() == 2


@pytest.mark.parametrize("at", [1, 2])
def test_a_failed_sync_stops_the_writer_for_good(archive: RealArchive, at: int) -> None:
    store = archive.open(fs=Failing(errno.EIO, at, only=("sync",)))
    with pytest.raises(CannotWrite, match="the disk reports an error"):
        archive.commit([("statement", {"says": "file"})], store)
    with pytest.raises(CannotWrite, match="the disk reports an error"):
        archive.commit([("statement", {"says": "file"})], store)


def test_a_failed_sync_of_what_is_kept_settles_nothing_more(archive: RealArchive) -> None:
    store = archive.open(fs=Failing(errno.EIO, 1, only=("sync",)))
    for _ in range(2):
        staged = store.objects.stage([KEPT])
        with pytest.raises(CannotWrite, match="the disk reports an error"):
            store.objects.settle([staged])


def test_a_full_disk_is_said_before_anything_is_copied(archive: RealArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OsFiles, "free", lambda self, path: 1000)
    store = archive.open()
    with pytest.raises(CannotWrite, match="1,000 are free"):
        store.objects.stage([b"x"], 1)
    monkeypatch.undo()


def test_a_repair_that_finds_no_room_is_taken_up_by_the_next_writer(archive: RealArchive) -> None:
    archive.add(b"three")
    archive.log().chmod(0o644)
    archive.log().write_bytes(archive.log().read_bytes()[:-9])
    archive.forget()
    for at in range(4):
        with pytest.raises(CannotWrite), archive.open(fs=Failing(errno.ENOSPC, at, for_good=True)).writing(0):
            pass
    assert archive.open().tail() == 2


@pytest.mark.parametrize("at", range(12))
def test_a_new_archive_that_cannot_be_written_is_made_by_the_next_try(at: int, tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="the new archive could not be written"):
        create(tmp_path / "archive", START, Failing(errno.ENOSPC, at, for_good=True))
    assert create(tmp_path / "archive", START).tail() == 0


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from archive.model import Actor
from archive.store import Store
store = Store(Path(sys.argv[1]), segment_lines=50)
for at in range(40):
    content = f"{sys.argv[2]} {at}".encode()
    shared = f"shared {at}".encode()
    staged = [store.objects.stage([each], len(each)) for each in (content, shared)]
    store.objects.settle(staged)
    with store.writing(30) as session:
        assert not session.missing([each.digest for each in staged])
        drafts = [("reconciliation", {"folder": sys.argv[2], "at": at, "list": each.digest}) for each in staged]
        entries = session.commit(drafts, Actor(sys.argv[2]), datetime.now(UTC))
        print(*(entry.seq for entry in entries), flush=True)
"""


def test_two_processes_that_write_at_once_lose_nothing_and_mix_nothing(tmp_path: Path) -> None:
    archive = RealArchive(tmp_path / "archive", segment_lines=50)
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(archive.home), name], stdout=subprocess.PIPE, text=True)
        for name in ("first", "second")
    ]
    reader, seen = archive.open(), 0
    while any(writer.poll() is None for writer in writers):
        seen += len(reader.entries(seen))
    told = {name: writer.communicate()[0] for name, writer in zip(("first", "second"), writers, strict=True)}
    assert [writer.returncode for writer in writers] == [0, 0]
    entries = {entry.seq: entry for entry in archive.open().entries(0)}
    assert sorted(entries) == list(range(1, 162))
    for name, lines in told.items():
        for at, line in enumerate(lines.splitlines()):
            for seq in map(int, line.split()):
                assert (entries[seq].body["folder"], entries[seq].body["at"]) == (name, at)
    assert archive.findings() == []


@pytest.mark.parametrize("name", [".", "log", "entries"])
def test_a_folder_that_may_not_be_looked_into_is_said_to_be_unreadable(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        archive = RealArchive(Path(folder) / "archive")
        (archive.home / name).chmod(0o700 if os.geteuid() == 0 else 0)
        with as_nobody(), pytest.raises(Unreadable, match="permissions") as told:
            archive.open().entries(0)
        assert told.value.exit_code == 6
        (archive.home / name).chmod(0o755)
