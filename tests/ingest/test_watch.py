"""Watching folders: what is dropped is taken once it is still, and what became of it can be asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive.errors import Invalid, NotFound
from archive.ingest import accession, watch
from archive.store import FileLock
from tests.running import Home


def until(claim: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether a claim comes true before time is up."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if claim():
            return True
        time.sleep(0.05)
    return claim()


@contextmanager
def watching(home: Home, *args: str | Path, before: tuple[str, ...] = ()) -> Iterator[subprocess.Popen[str]]:
    """The real watcher; its receipts go to the file `receipts`, its words to `said`."""
    with (home.desk / "receipts").open("a") as out, (home.desk / "said").open("a") as err:
        process = subprocess.Popen(home.command(*before, "watch", "--json", *args), stdout=out, stderr=err)
        try:
            assert until(lambda: "watching" in said(home))
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def receipts(home: Home) -> list[dict[str, object]]:
    return [json.loads(line) for line in (home.desk / "receipts").read_text().splitlines()]


def said(home: Home) -> str:
    return (home.desk / "said").read_text()


# One round --------------------------------------------------------------------------------------------------


def test_what_lies_in_the_inbox_is_taken_and_moved_aside(home: Home) -> None:
    path = home.drop("letter.txt", "a letter about gaskets")
    done = home.watch_once()
    assert done.code == 0
    assert [(row["status"], row["name"]) for row in done.json] == [("stored", "letter.txt")]
    assert not path.exists()
    assert (home.path / "inbox" / "_taken" / "letter.txt").read_text() == "a letter about gaskets"
    assert home.found("gaskets") == ["D-000001"]


def test_a_name_that_is_on_the_shelf_already_gets_a_suffix(home: Home) -> None:
    for content in ("first", "second", "third"):
        home.drop("letter.txt", content)
        home.watch_once()
    shelf = home.path / "inbox" / "_taken"
    assert {path.name: path.read_text() for path in shelf.iterdir()} == {
        "letter.txt": "first",
        "letter (2).txt": "second",
        "letter (3).txt": "third",
    }


def test_sub_folders_of_the_inbox_keep_their_places_on_the_shelf(home: Home) -> None:
    home.drop("orders/2024/order.txt", "an order")
    home.watch_once()
    assert (home.path / "inbox" / "_taken" / "orders" / "2024" / "order.txt").is_file()


def test_what_is_ignored_is_counted_and_stays(home: Home) -> None:
    for name in (".DS_Store", "~$minutes.docx", "film.part", "Thumbs.db"):
        home.drop(name, "x")
    home.drop("paper.txt", "a paper")
    with home.opened() as archive:
        watcher = archive.watcher(settle_s=0)
        taken = [receipt.name for receipt in watcher.once()]
    assert taken == ["paper.txt"]
    assert watcher.ignored == 4
    assert (home.path / "inbox" / ".DS_Store").exists()


def test_a_link_in_the_inbox_is_not_followed(home: Home) -> None:
    (home.path / "inbox" / "link.txt").symlink_to(home.file("outside.txt", "outside"))
    done = home.watch_once()
    assert done.json == []
    assert home.entries("accession") == []


def test_a_duplicate_in_the_inbox_is_said_and_moved_too(home: Home) -> None:
    home.drop("a.txt", "the same")
    home.watch_once()
    path = home.drop("b.txt", "the same")
    [row] = home.watch_once().json
    assert (row["status"], row["ref"]) == ("duplicate", "D-000001")
    assert not path.exists()
    assert len(home.entries("occurrence")) == 1


def test_two_papers_of_one_name_in_the_inbox_are_two_documents(home: Home) -> None:
    """What is moved away leaves no place behind: the next scan.txt is another scan."""
    for content in ("the order of Monday", "the order of Tuesday"):
        home.drop("scan.txt", content)
        home.watch_once()
    assert [entry.body["version_of"] for entry in home.entries("reading")] == [None, None]


def test_a_folder_a_person_points_at_is_left_as_it_is(home: Home) -> None:
    path = home.file("share/plan.txt", "the first plan")
    home.watch_once(home.desk / "share")
    assert path.read_text() == "the first plan"
    assert not (home.desk / "share" / "_taken").exists()
    path.write_text("the second plan")
    home.watch_once(home.desk / "share")
    assert home.entries("reading")[1].body["version_of"]["number"] == "D-000001"


def test_folders_set_in_the_settings_are_watched_beside_the_inbox(home: Home) -> None:
    home.file("share/plan.txt", "the plan")
    home.drop("letter.txt", "the letter")
    (home.path / "archive.toml").write_text(f'[machine]\nwatch = ["{home.desk / "share"}"]\n')
    assert {row["name"] for row in home.watch_once().json} == {"plan.txt", "letter.txt"}


def test_a_round_is_written_down_only_when_something_came_of_it(home: Home) -> None:
    home.file("share/plan.txt", "the plan")
    home.watch_once(home.desk / "share")
    assert [entry.body["counts"] for entry in home.entries("reconciliation")] == [{"stored": 1}]
    before = home.entries()
    for _ in range(2):
        assert home.watch_once(home.desk / "share").json == []
    assert home.entries() == before
    assert home.is_intact()


def test_a_file_that_cannot_be_kept_stays_and_is_said_once(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is tried again later; neither the log nor the screen fills with it."""
    path = Path(os.fsdecode(os.fsencode(home.path / "inbox") + b"/Kr\xfcmmer.txt"))
    path.write_text("moving")
    before = home.entries()
    monkeypatch.setattr(watch, "RETRY_S", 0.0)
    monkeypatch.setattr(accession, "stamp_of", lambda status: object())
    with home.opened() as archive:
        watcher = archive.watcher(settle_s=0)
        told = [[receipt.status for receipt in watcher._patiently()] for _ in range(3)]
        watcher.intake().close()
        assert told == [["failed"], [], []]
        assert archive.inbox.rows()[0].tries == 3
    assert [entry.action for entry in home.entries()[len(before) :]] == ["reconciliation"]
    assert path.exists()


def test_what_an_earlier_run_kept_is_read_by_the_next_watcher(home: Home) -> None:
    with home.opened() as archive:
        intake = archive.intake()
        batch = [accession.copy_in(archive.store, home.file("kept.txt", "kept and not yet read"), True)]
        list(intake._keep(batch, lambda taken, receipt: None))
        intake._reading.clear()
        intake.close()
    done = home.watch_once()
    assert "D-000001 kept.txt: read now" in done.err
    assert home.found("yet") == ["D-000001"]


def test_the_archive_inside_a_watched_folder_is_not_taken(tmp_path: Path) -> None:
    home = Home(tmp_path / "share" / "home", tmp_path / "share").init()
    home.file("plan.txt", "the plan")
    rows = home.watch_once(tmp_path / "share").json
    assert [row["name"] for row in rows] == ["plan.txt"]
    assert home.watch_once(tmp_path / "share").json == []


def test_the_archive_is_left_out_by_whatever_way_its_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "share" / "home", tmp_path / "share").init()
    home.file("plan.txt", "the plan")
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    (tmp_path / "way").symlink_to(tmp_path / "share")
    for named in (Path("../share/home"), tmp_path / "way" / "home"):
        with Home(named, home.desk).opened() as archive:
            watcher = archive.watcher([tmp_path / "share"], 0)
            assert {receipt.name for receipt in watcher.once()} <= {"plan.txt"}


@pytest.mark.parametrize("inside", ["objects", "entries", "inbox/_taken", "."])
def test_a_folder_inside_the_archive_may_not_be_watched(home: Home, inside: str) -> None:
    (home.path / inside).mkdir(exist_ok=True)
    with home.opened() as archive, pytest.raises(Invalid, match="inside the archive"):
        archive.watcher([home.path / inside])


def test_a_watched_folder_must_be_there(home: Home) -> None:
    with home.opened() as archive, pytest.raises(NotFound, match="not a folder"):
        archive.watcher([home.desk / "nowhere"])
    assert home.run("watch", "--once", home.desk / "nowhere").code == 3


def test_a_file_that_is_still_growing_is_left_for_later(home: Home) -> None:
    path = home.drop("growing.txt", "one line\n")
    with home.opened() as archive:
        watcher = archive.watcher(settle_s=0.4)
        assert watcher._due()[0][1] == []
        with path.open("a") as file:
            file.write("one more\n")
        assert watcher._due()[0][1] == []
        assert until(lambda: watcher._due()[0][1] == [path], 5)


def test_a_growing_file_is_not_taken_in_a_single_round(home: Home) -> None:
    path = home.drop("growing.txt", "one line\n")
    still = home.drop("still.txt", "finished\n")
    process = home.start("watch", "--once", "--settle", "1", "--json")
    while process.poll() is None:
        with path.open("a") as file:
            file.write("one more\n")
        time.sleep(0.02)
    out, _ = process.communicate()
    assert [json.loads(line)["name"] for line in out.splitlines()] == ["still.txt"]
    assert path.exists()
    assert not still.exists()


# The running watcher -----------------------------------------------------------------------------------------


def test_a_running_watcher_takes_what_is_dropped_and_ends_cleanly_when_asked(home: Home) -> None:
    home.drop("early.txt", "lay there before")
    with watching(home, "--settle", "0.1") as process:
        assert until(lambda: len(receipts(home)) == 1)
        home.drop("late.txt", "came while it ran")
        home.drop("sub/deep.txt", "came into a folder")
        assert until(lambda: len(receipts(home)) == 3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert {row["name"] for row in receipts(home)} == {"early.txt", "late.txt", "deep.txt"}
    assert "Traceback" not in said(home)
    assert home.is_intact()


def test_a_watcher_that_polls_takes_what_is_dropped_too(home: Home) -> None:
    with watching(home, "--settle", "0.1", "--poll") as process:
        home.drop("late.txt", "came while it ran")
        assert until(lambda: len(receipts(home)) == 1)
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0


def test_a_watcher_started_again_takes_nothing_twice(home: Home) -> None:
    share = home.desk / "share"
    home.file("share/plan.txt", "the plan")
    for _ in range(2):
        with watching(home, "--settle", "0.1", share) as process:
            assert until(lambda: len(receipts(home)) == 1)
            time.sleep(0.5)
            process.terminate()
            assert process.wait(20) == 0
    assert len(receipts(home)) == 1
    assert len(home.entries("accession")) == 1


def test_settings_spoiled_while_the_watcher_runs_are_said_and_it_goes_on(home: Home) -> None:
    settings = home.path / "archive.toml"
    sound = settings.read_text()
    with watching(home, "--settle", "0.1") as process:
        home.drop("a.txt", "first")
        assert until(lambda: len(receipts(home)) == 1)
        settings.write_text("[house]\ntimezone = 'Nowhere/Town'\n")
        home.drop("b.txt", "second")
        assert until(lambda: len(receipts(home)) == 2)
        assert "goes on under the settings it had" in said(home)
        assert "Nowhere/Town" in said(home)
        settings.write_text(sound.replace('date_order = "iso"', 'date_order = "day-first"'))
        home.drop("c.txt", "third")
        assert until(lambda: len(receipts(home)) == 3)
        process.terminate()
        assert process.wait(20) == 0
    houses = [entry.body["house"]["date_order"] for entry in home.entries("settings")]
    assert houses == ["iso", "day-first"]


def test_a_watched_folder_that_is_gone_is_said_once_and_taken_up_when_it_is_back(home: Home) -> None:
    share = home.desk / "share"
    share.mkdir(parents=True)
    with watching(home, "--settle", "0.1", "--poll", share) as process:
        share.rmdir()
        assert until(lambda: "is not there" in said(home))
        time.sleep(2.5)
        home.file("share/plan.txt", "the plan")
        assert until(lambda: len(receipts(home)) == 1)
        process.terminate()
        assert process.wait(20) == 0
    assert said(home).count("is not there") == 1


def test_a_running_watcher_outlasts_a_busy_archive(home: Home) -> None:
    """Another writer may hold the lock for longer than the wait; the file is then taken in a later round."""
    with watching(home, "--settle", "0.1", "--poll", before=("--wait", "0.1")) as process:
        home.drop("first.txt", "first")
        assert until(lambda: len(receipts(home)) == 1)
        with FileLock(home.path / "state" / "lock").held(5):
            home.drop("second.txt", "second")
            assert until(lambda: "tries again" in said(home))
        assert until(lambda: len(receipts(home)) == 2)
        process.terminate()
        assert process.wait(20) == 0
    assert len(home.entries("accession")) == 2


def test_a_file_that_grows_after_it_was_taken_is_taken_again(home: Home) -> None:
    path = home.path / "inbox" / "slow.txt"
    with path.open("w", encoding="utf-8") as writer, watching(home, "--settle", "0.2") as process:
        writer.write("the first half\n")
        writer.flush()
        assert until(lambda: len(receipts(home)) == 1)
        writer.write("and the second half, long after\n")
        writer.flush()
        assert until(lambda: len(receipts(home)) == 2)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert home.found("second half, long after")
    assert [each.name for each in (home.path / "inbox" / "_taken").iterdir()] == ["slow.txt"]
