"""Catching up: what stands in the way is said, and never costs the generation that answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from archive.errors import Busy, CannotWrite, Damaged, Newer
from archive.following import Follower, Following, Lag, Writer
from archive.model import Entry, Truth
from archive.settings import House
from archive.store import FileLock
from archive.store.lines import entry_line, log_line
from tests.contract.followers import CASES, Tally, TallyWriter, answers, house_at, say_settings, tell
from tests.store.archive_on_disk import ACTOR, START, RealArchive, flip, write

TALLY = CASES[0]


@pytest.fixture
def archive(tmp_path: Path) -> RealArchive:
    made = RealArchive(tmp_path / "archive")
    tell(made)
    return made


def following(archive: RealArchive, follower: Follower | None = None) -> Following:
    store = archive.open()
    return Following(follower or Tally(), store, archive.home / "derived", house_at(store))


def folder(archive: RealArchive) -> Path:
    return archive.home / "derived" / "tally"


def generations(archive: RealArchive) -> list[str]:
    return sorted(path.name for path in folder(archive).iterdir() if path.name.isdigit())


def test_before_the_first_catching_up_nothing_answers(archive: RealArchive) -> None:
    assert following(archive).current() is None
    assert following(archive).answered() == 0


def test_catching_up_leaves_one_generation_with_its_watermark(archive: RealArchive) -> None:
    assert following(archive).catch_up() == Lag()
    assert following(archive).answered() == 17
    assert generations(archive) == ["1"]
    assert (folder(archive) / "current").read_text() == "1"


def test_what_is_caught_up_is_not_opened_again(archive: RealArchive) -> None:
    following(archive).catch_up()

    class _Untouched(Tally):
        def writer(self, folder: Path, truth: Truth, house: House) -> TallyWriter:
            raise AssertionError("nothing is new")

    assert following(archive, _Untouched()).catch_up() == Lag()


def test_a_busy_follower_answers_from_before_and_says_why(archive: RealArchive) -> None:
    following(archive).catch_up()
    archive.add(b"later")
    with FileLock(folder(archive) / "lock").held(0):
        lag = following(archive).catch_up(0.0)
        assert (lag.behind, "another program is writing" in lag.reason) == (1, True)
        with pytest.raises(Busy):
            following(archive).rebuild(0)
    assert following(archive).catch_up() == Lag()


@pytest.mark.parametrize("problem", [CannotWrite("the disk is full"), OSError(28, "No space left on device")])
def test_a_full_disk_leaves_the_older_generation_answering(archive: RealArchive, problem: Exception) -> None:
    following(archive).catch_up()
    before = answers(TALLY, archive)
    archive.add(b"later")

    class _Full(Tally):
        def writer(self, folder: Path, truth: Truth, house: House) -> TallyWriter:
            raise problem

    lag = following(archive, _Full()).catch_up()
    assert lag.behind == 1 and str(problem) in lag.reason
    assert answers(TALLY, archive) == before


def test_a_damaged_generation_is_made_anew(archive: RealArchive) -> None:
    following(archive).catch_up()
    before = answers(TALLY, archive)
    write(folder(archive) / "1" / "tally.sqlite", b"this is no database" * 99)
    archive.add(b"later")
    assert following(archive).catch_up() == Lag()
    assert generations(archive) == ["2"]
    assert answers(TALLY, archive)[:17] == before


def test_a_generation_that_is_damaged_over_and_over_is_said_to_be(archive: RealArchive) -> None:
    class _Spoiled(Tally):
        def writer(self, folder: Path, truth: Truth, house: House) -> TallyWriter:
            raise Damaged("spoiled again")

    assert following(archive, _Spoiled()).catch_up() == Lag(17, "spoiled again")


def test_damage_of_the_archive_costs_no_generation(archive: RealArchive) -> None:
    following(archive).catch_up()
    archive.add(b"later")
    flip(archive.entry_file(), archive.entry_file().stat().st_size - 30)
    with pytest.raises(Damaged, match="entry 18"):
        following(archive).catch_up()
    assert generations(archive) == ["1"]
    assert following(archive).answered() == 17
    assert len(answers(TALLY, archive)) == 17


def test_entries_of_a_newer_program_are_not_passed_over(archive: RealArchive) -> None:
    following(archive).catch_up()
    stated = json.loads(entry_line(18, "statement", {"says": "file"}, ACTOR, START))
    entry = json.dumps({**stated, "action": "telepathy"}).encode()
    before = archive.log().read_bytes().splitlines()[-1]
    write(archive.entry_file(), archive.entry_file().read_bytes() + entry + b"\n")
    write(archive.log(), archive.log().read_bytes() + log_line(18, before, entry, end=True) + b"\n")
    with pytest.raises(Newer):
        following(archive).catch_up()
    assert following(archive).answered() == 17


def test_another_version_of_a_follower_starts_anew(archive: RealArchive) -> None:
    following(archive).catch_up()

    class _Later(Tally):
        version = "2"

    assert following(archive, _Later()).catch_up() == Lag()
    assert generations(archive) == ["2"]


def test_settings_that_change_while_a_generation_is_built_begin_another(archive: RealArchive) -> None:
    assert following(archive).catch_up(0.0).behind
    say_settings(archive, languages=["de"])
    assert following(archive).catch_up() == Lag()
    assert generations(archive) == ["2"]


def test_a_disposal_while_a_generation_is_built_begins_another(archive: RealArchive) -> None:
    assert following(archive).catch_up(0.0).behind
    archive.dispose("D-000004")
    assert following(archive).catch_up() == Lag()
    assert generations(archive) == ["2"]


def test_what_an_interrupted_switch_left_is_removed_by_the_next(archive: RealArchive) -> None:
    following(archive).catch_up()
    (folder(archive) / "0").mkdir()
    (folder(archive) / "0" / "left").write_text("words")
    archive.add(b"later")
    following(archive).catch_up()
    assert generations(archive) == ["1"]


@pytest.mark.parametrize("content", ["", "7", "nonsense"])
def test_a_torn_note_of_which_generation_answers_is_made_good(archive: RealArchive, content: str) -> None:
    following(archive).catch_up()
    (folder(archive) / "current").write_text(content)
    assert following(archive).current() is None
    assert following(archive).catch_up() == Lag()
    assert generations(archive) == ["1"]


@pytest.mark.parametrize("content", ["", "[]", '{"fingerprint":'])
def test_a_torn_note_about_a_generation_makes_a_new_one(archive: RealArchive, content: str) -> None:
    following(archive).catch_up()
    (folder(archive) / "1" / "generation.json").write_text(content)
    assert following(archive).catch_up() == Lag()
    assert generations(archive) == ["2"]


def test_a_watermark_is_noted_only_once_the_follower_has_closed(archive: RealArchive) -> None:
    noted: list[int] = []
    driver = following(archive)

    class _Looking(TallyWriter):
        def apply(self, entries: Sequence[Entry]) -> None:
            super().apply(entries)
            noted.append(json.loads((folder(archive) / "1" / "generation.json").read_text())["watermark"])

    class _Follower(Tally):
        def writer(self, folder: Path, truth: Truth, house: House) -> TallyWriter:
            return _Looking(folder / "tally.sqlite", truth)

    driver = following(archive, _Follower())
    assert driver.catch_up() == Lag()
    assert noted == [0] * 6
    assert driver.answered() == 17


def test_a_shorter_log_than_was_applied_is_no_reason_to_go_back(archive: RealArchive) -> None:
    following(archive).catch_up()
    lines = archive.log().read_bytes().splitlines(keepends=True)
    write(archive.log(), b"".join(lines[:-1]))
    assert following(archive).catch_up() == Lag()
    assert len(answers(TALLY, archive)) == 17
    with pytest.raises(Damaged, match="line 17 is known"), archive.open(following(archive).answered).writing(0):
        pass


def test_the_smallest_follower_is_a_follower(archive: RealArchive, tmp_path: Path) -> None:
    follower: Follower = Tally()
    writer: Writer = follower.writer(tmp_path, archive.open(), House())
    assert writer.watermark == 0
    writer.close()
