"""What an interruption left is moved aside; what else may have happened is for a person to look at."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.errors import Damaged
from tests.store.archive_on_disk import RealArchive, flip, write


def _tear(path: Path, keep: bytes, back: int) -> None:
    """Leave `keep` of what follows the file's last `back` lines' start."""
    lines = path.read_bytes().splitlines(keepends=True)
    write(path, b"".join(lines[: len(lines) - back]) + keep)
    (path.parents[1] / "state" / "committed.json").unlink()


def _torn_line(path: Path) -> None:
    """Zeros where a piece of the file's second line was lost."""
    lines = path.read_bytes().splitlines(keepends=True)
    write(path, lines[0] + b"\0" * 40 + lines[1][40:] + b"".join(lines[2:]))
    (path.parents[1] / "state" / "committed.json").unlink()


def _reopened(archive: RealArchive) -> list[str]:
    store = archive.open()
    with store.writing(0):
        return store.repaired


def test_a_group_without_its_end_is_moved_to_tmp_and_reported(real: RealArchive) -> None:
    real.add(b"one", b"two")
    _tear(real.log(), b'{"seq":3', 1)
    assert real.open().tail() == 1
    said = _reopened(real)
    assert len(said) == 2
    assert all("none of it had been acknowledged" in words for words in said)
    assert [len(path.read_bytes().splitlines()) for path in (real.log(), real.entry_file())] == [1, 1]
    moved = sorted(path.name.rsplit("-", 1)[0] for path in (real.home / "tmp").iterdir())
    assert moved == ["torn-entries-00000001", "torn-log-00000001"]
    assert real.add(b"three")[0].seq == 2
    assert real.slugs() == {"left_in_tmp", "orphan_object"}


def test_entries_without_their_log_lines_are_moved_aside(real: RealArchive) -> None:
    whole = real.log().read_bytes()
    real.add(b"one", b"two")
    write(real.log(), whole)
    real.forget()
    assert len(_reopened(real)) == 1
    assert real.add(b"three")[0].seq == 2


def test_a_long_running_writer_notices_entries_that_a_killed_one_left(real: RealArchive) -> None:
    watcher = real.open()
    real.add(b"one", store=watcher)
    before = real.log().read_bytes()
    real.add(b"two")
    write(real.log(), before)
    real.forget()
    real.add(b"three", store=watcher)
    assert [entry.body.get("number") for entry in real.open().entries(0)] == [None, "D-000001", "D-000002"]


def test_the_first_group_of_all_may_be_torn(tmp_path: Path) -> None:
    archive = RealArchive(tmp_path / "archive")
    write(archive.log(), b"")
    archive.forget()
    assert _reopened(archive)
    assert archive.open().tail() == 0
    assert archive.commit([("settings", {"house": {}})])[0].seq == 1


def test_a_group_may_be_torn_over_the_border_of_a_segment(short: RealArchive) -> None:
    short.add(b"1", b"2", b"3", b"4", b"5")
    _tear(short.log(2), b"", 1)
    assert short.open().tail() == 1
    _reopened(short)
    assert [short.log(number).stat().st_size > 0 for number in (1, 2)] == [True, False]
    reader = short.open()
    assert reader.tail() == 1
    for seq in (2, 3, 4, 5):
        assert short.add(b"%d" % seq)[0].seq == seq
        assert reader.tail() == seq
    assert "log_damaged" not in short.slugs()


@pytest.mark.parametrize("lost", [1, 2, 6, 9])
def test_a_torn_group_of_many_segments_is_gone_back_to_its_beginning(short: RealArchive, lost: int) -> None:
    short.add(b"one", b"two")
    short.add(*(b"%d" % at for at in range(14)))
    kept = b"".join(short.log(number).read_bytes() for number in range(1, 6)).splitlines(keepends=True)[:-lost]
    for number in range(1, 6):
        write(short.log(number), b"".join(kept[(number - 1) * 4 : number * 4]))
    short.forget()
    assert short.open().tail() == 3
    with short.open().writing(0) as session:
        assert session.tail == 3
    assert short.add(b"later")[0].seq == 4


def test_a_log_line_of_another_spelling_ends_a_group_all_the_same(real: RealArchive) -> None:
    real.add(b"one")
    lines = real.log().read_bytes().splitlines(keepends=True)
    write(real.log(), lines[0] + lines[1].replace(b'"end":true', b'"end" : true'))
    assert real.open().tail() == 2


@pytest.mark.parametrize("folder", ["log", "entries"])
def test_a_copy_that_some_program_put_beside_a_segment_is_never_emptied(short: RealArchive, folder: str) -> None:
    short.add(b"1", b"2", b"3")
    copy = short.home / folder / "00000001 (conflict).jsonl"
    copy.write_bytes(short.log(1).read_bytes())
    short.add(b"4")
    assert copy.read_bytes() == short.log(1).read_bytes()


@pytest.mark.parametrize("folder", ["log", "entries"])
def test_a_segment_behind_a_gap_is_refused_and_left_alone(short: RealArchive, folder: str) -> None:
    short.add(b"1", b"2", b"3")
    stray = short.home / folder / "00000009.jsonl"
    stray.write_bytes(short.log(1).read_bytes())
    for refused in (short.open().tail, short.open().writing(0).__enter__):
        with pytest.raises(Damaged, match=f"{folder}/00000009.jsonl is there, but {folder}/00000002.jsonl is not"):
            refused()
    assert stray.read_bytes() == short.log(1).read_bytes()
    stray.unlink()
    assert short.add(b"4")[0].seq == 5


def test_a_gap_before_the_end_of_the_torn_group_is_no_damage(real: RealArchive) -> None:
    real.add(b"one", b"two", b"three")
    _torn_line(real.log())
    assert real.open().tail() == 1
    assert list(real.open().entries(0))
    assert _reopened(real)
    assert real.open().tail() == 1


@pytest.mark.parametrize("groups", [1, 2])
def test_a_gap_before_further_groups_is_damage(real: RealArchive, groups: int) -> None:
    real.add(b"one", b"two")
    for at in range(groups):
        real.add(b"later %d" % at)
    _torn_line(real.log())
    before = real.log().read_bytes()
    with pytest.raises(Damaged, match="line 2, and whole groups follow") as told, real.open().writing(0):
        pass
    assert told.value.exit_code == 7
    assert real.log().read_bytes() == before


def test_a_lost_end_of_a_segment_before_another_is_damage(short: RealArchive) -> None:
    for at in range(5):
        short.add(b"%d" % at)
    _tear(short.log(1), b"", 1)
    with pytest.raises(Damaged, match="later ones follow"), short.open().writing(0):
        pass


def test_a_lost_end_of_an_older_segment_is_damage(short: RealArchive) -> None:
    for at in range(9):
        short.add(b"%d" % at)
    _tear(short.log(1), b"", 1)
    with pytest.raises(Damaged, match="holds 3 lines, not 4"), short.open().writing(0):
        pass


def test_what_is_known_to_be_committed_is_never_moved_aside(real: RealArchive) -> None:
    real.add(b"one", b"two")
    _tear(real.log(), b"", 1)
    before = {path: path.read_bytes() for path in real.files()}
    with pytest.raises(Damaged, match="line 3 is known to have been committed"), real.open(lambda: 3).writing(0):
        pass
    assert {path: path.read_bytes() for path in real.files()} == before


def test_a_newest_entry_that_is_not_the_logged_one_stops_the_writer(real: RealArchive) -> None:
    real.add(b"one")
    flip(real.entry_file(), real.entry_file().stat().st_size - 30)
    with pytest.raises(Damaged, match="entry 2"), real.open().writing(0):
        pass


def test_a_changed_time_of_the_newest_log_line_is_damage(real: RealArchive) -> None:
    real.add(b"one")
    line = real.log().read_bytes().splitlines(keepends=True)
    write(real.log(), line[0] + line[1].replace(b"2026", b"2025"))
    real.forget()
    with pytest.raises(Damaged, match="entry 2"), real.open().writing(0):
        pass


def test_what_was_repaired_is_not_repaired_again(real: RealArchive) -> None:
    real.add(b"one", b"two")
    _tear(real.log(), b"", 2)
    _reopened(real)
    assert _reopened(real) == []
