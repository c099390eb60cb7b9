"""Which files of a folder are meant."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from archive.ingest.walk import FOLDER, gather, is_closed, is_ignored, walk


def files(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)


@pytest.mark.parametrize(
    "name",
    [
        *(".DS_Store", "._letter.pdf", "Thumbs.db", "desktop.ini", "~$minutes.docx", "scan.pdf.part"),
        *("film.crdownload", "upload.filepart", ".stfolder", "@eaDir", ".hidden", "_taken"),
    ],
)
def test_what_systems_leave_behind_is_ignored(name: str) -> None:
    assert is_ignored(name)


@pytest.mark.parametrize("name", ["letter.pdf", "part.txt", "apartment", "~draft.txt", "_taken.txt", "$~x"])
def test_what_only_looks_like_it_is_a_document(name: str) -> None:
    assert not is_ignored(name)


def test_files_come_in_order_of_their_names_folder_by_folder(tmp_path: Path) -> None:
    files(tmp_path, "b.txt", "a/2.txt", "a/1.txt", "c/d/e.txt")
    assert [path.relative_to(tmp_path).as_posix() for path, _ in walk(tmp_path)] == [
        *("a/1.txt", "a/2.txt", "b.txt", "c/d/e.txt"),
    ]


def test_every_name_is_accounted_for(tmp_path: Path) -> None:
    files(tmp_path, "paper.txt", ".hidden", "sub/deep.txt")
    (tmp_path / "link").symlink_to(tmp_path / "paper.txt")
    (tmp_path / "loop").symlink_to(tmp_path)
    wanted, others = gather([tmp_path], deep=False)
    assert [path.name for path in wanted] == ["paper.txt"]
    assert {receipt.name for receipt in others} == {".hidden", "link", "loop", "sub"}
    assert {receipt.status for receipt in others} == {"ignored"}
    assert all(receipt.reason for receipt in others)


def test_a_folder_is_never_gone_into_through_a_link(tmp_path: Path) -> None:
    files(tmp_path / "outside", "secret.txt")
    (tmp_path / "inside").mkdir()
    (tmp_path / "inside" / "way out").symlink_to(tmp_path / "outside")
    assert [reason != "" for _, reason in walk(tmp_path / "inside")] == [True]


def test_the_left_out_folder_is_named_and_not_gone_into(tmp_path: Path) -> None:
    files(tmp_path, "paper.txt", "home/objects/ab/cd")
    found = dict(walk(tmp_path, leave_out=tmp_path / "home"))
    assert found[tmp_path / "home"] == "it is the archive itself"
    assert found[tmp_path / "paper.txt"] == ""
    assert len(found) == 2


def test_the_archive_itself_is_not_taken_in_when_it_is_named(tmp_path: Path) -> None:
    files(tmp_path / "home", "archive.json", "objects/ab/cd")
    for named in (tmp_path / "home", tmp_path / "home" / "objects", tmp_path / "home" / "archive.json"):
        wanted, others = gather([named], deep=True, leave_out=tmp_path / "home")
        assert wanted == []
        assert [receipt.reason for receipt in others] == ["it is the archive itself"]


def test_the_inbox_of_the_archive_may_be_named(tmp_path: Path) -> None:
    files(tmp_path / "home", "archive.json", "inbox/letter.txt", "inbox/_taken/old.txt")
    wanted, _ = gather([tmp_path / "home" / "inbox"], deep=True, leave_out=tmp_path / "home")
    assert [path.name for path in wanted] == ["letter.txt"]


def test_a_path_that_is_not_there_is_said_and_the_others_are_taken(tmp_path: Path) -> None:
    files(tmp_path, "a.txt")
    wanted, others = gather([tmp_path / "a.txt", tmp_path / "b.txt"], deep=False)
    assert wanted == [tmp_path / "a.txt"]
    assert [(receipt.status, receipt.name) for receipt in others] == [("failed", "b.txt")]


def test_a_folder_that_cannot_be_looked_into_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files(tmp_path, "a.txt", "locked/b.txt")
    closed, scandir = tmp_path / "locked", os.scandir

    def refusing(folder: Path) -> object:
        if Path(folder) == closed:
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    wanted, [failed] = gather([tmp_path], deep=True)
    assert [path.name for path in wanted] == ["a.txt"]
    assert (failed.status, failed.name, failed.media_type) == ("failed", "locked", FOLDER)
    assert is_closed(failed.reason)
    assert "permissions" in failed.reason


def test_a_path_named_twice_is_taken_once(tmp_path: Path) -> None:
    files(tmp_path, "a.txt")
    assert gather([tmp_path, tmp_path / "a.txt", tmp_path / "a.txt"], deep=True)[0] == [tmp_path / "a.txt"]


def test_a_path_is_the_same_by_whatever_way_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A place is a place: a later state of the file is a version of it, however it was typed."""
    files(tmp_path, "sub/a.txt")
    monkeypatch.chdir(tmp_path / "sub")
    named = (Path("a.txt"), Path("../sub/a.txt"), tmp_path / "sub" / ".." / "sub" / "a.txt")
    assert {path for each in named for path in gather([each], deep=False)[0]} == {tmp_path / "sub" / "a.txt"}
