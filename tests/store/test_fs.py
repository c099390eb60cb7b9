"""The machine's own file system behind the seam."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from archive.store.fs import CHUNK, OsFiles, cannot_write


def _write(path: Path, content: bytes) -> None:
    handle = OsFiles().create(path)
    handle.write(content)
    handle.fsync()
    handle.close()


def test_what_is_written_is_read_back_whole_in_parts_and_in_pieces(tmp_path: Path) -> None:
    content = os.urandom(CHUNK + 5)
    _write(tmp_path / "a", content)
    files = OsFiles()
    assert files.read(tmp_path / "a") == content
    assert files.read(tmp_path / "a", CHUNK) == content[CHUNK:]
    assert [len(piece) for piece in files.chunks(tmp_path / "a")] == [CHUNK, 5]
    assert files.size(tmp_path / "a") == CHUNK + 5


def test_a_file_is_never_created_over_another(tmp_path: Path) -> None:
    _write(tmp_path / "a", b"kept")
    with pytest.raises(FileExistsError):
        OsFiles().create(tmp_path / "a")
    assert OsFiles().read(tmp_path / "a") == b"kept"


def test_appending_goes_to_the_end_and_needs_a_file(tmp_path: Path) -> None:
    _write(tmp_path / "a", b"one")
    handle = OsFiles().append(tmp_path / "a")
    handle.write(b" two")
    handle.close()
    handle.close()
    assert OsFiles().read(tmp_path / "a") == b"one two"
    with pytest.raises(FileNotFoundError):
        OsFiles().append(tmp_path / "absent")


def test_a_sealed_file_can_be_renamed_over_synced_cut_and_removed(tmp_path: Path) -> None:
    files = OsFiles()
    _write(tmp_path / "a", b"0123456789")
    files.seal(tmp_path / "a")
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o444
    _write(tmp_path / "b", b"")
    files.rename(tmp_path / "a", tmp_path / "b")
    files.sync_file(tmp_path / "b")
    files.sync_folder(tmp_path)
    files.truncate(tmp_path / "b", 4)
    assert files.read(tmp_path / "b") == b"0123"
    files.unlink(tmp_path / "b")
    assert files.names(tmp_path) == []


def test_what_is_not_there_has_no_size_and_holds_no_names(tmp_path: Path) -> None:
    _write(tmp_path / "file", b"")
    assert OsFiles().size(tmp_path / "absent") is None
    assert OsFiles().names(tmp_path / "absent") == []
    assert OsFiles().names(tmp_path / "file") == []


def test_others_of_the_group_may_write_where_the_umask_allows_it(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        _write(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o664


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "free some space"), (errno.EROFS, "read-only"), (errno.EACCES, "permission"), (None, "try again")],
)
def test_a_refused_write_says_what_to_do(number: int | None, advice: str) -> None:
    told = cannot_write("an object", OSError(number, "refused") if number else OSError("refused"))
    assert told.exit_code == 9
    assert "an object could not be written" in str(told) and advice in str(told)
