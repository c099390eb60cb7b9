"""The inbox ledger: what became of every path ever seen."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.errors import CannotWrite, Damaged
from archive.ingest import Inbox
from archive.ingest.walk import FOLDER
from archive.model import Receipt
from tests.running import Home, keys_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def receipt(status: str, ref: str | None = None, reason: str = "") -> Receipt:
    return Receipt("shown", status, ref, name="shown", reason=reason)  # type: ignore[arg-type]


@pytest.fixture
def inbox(tmp_path: Path):  # type: ignore[no-untyped-def]
    ledger = Inbox(tmp_path / "inbox.sqlite")
    yield ledger
    ledger.close()


def test_tries_are_counted_while_a_file_stays_as_it_is(inbox: Inbox) -> None:
    path = Path("/desk/letter.pdf")
    for _ in range(3):
        inbox.note([(path, "1:2:3:4", receipt("failed", reason="no permission"), 0)], NOON)
    assert [(row.status, row.tries, row.reason) for row in inbox.rows()] == [("failed", 3, "no permission")]
    inbox.note([(path, "1:2:9:9", receipt("failed"), 0)], NOON)
    assert inbox.rows()[0].tries == 1


def test_the_newest_outcome_of_a_path_counts(inbox: Inbox) -> None:
    path = Path("/desk/letter.pdf")
    inbox.note([(path, "a", receipt("failed"), 0)], NOON)
    inbox.note([(path, "b", receipt("stored", "D-000001"), 7)], NOON + timedelta(minutes=1))
    [row] = inbox.rows()
    assert (row.status, row.ref, row.time) == ("stored", "D-000001", NOON + timedelta(minutes=1))
    assert inbox.stamp(path) == ("b", "stored")
    assert inbox.stamp(Path("/desk/other.pdf")) is None


def test_what_needs_a_person_can_be_asked_for(inbox: Inbox) -> None:
    for at, status in enumerate(("stored", "failed", "unreadable", "needs_password", "pending", "duplicate")):
        inbox.note([(Path(f"/desk/{status}"), "", receipt(status), at)], NOON)
    assert {row.status for row in inbox.rows(failed=True)} == {"failed", "unreadable", "needs_password", "pending"}
    assert inbox.highest() == 5


def test_what_could_not_be_read_stays_so_when_its_bytes_come_again(inbox: Inbox) -> None:
    locked = receipt("needs_password", "D-000001", "a password is needed")
    again = receipt("duplicate", "D-000001", "the same bytes are kept already as D-000001")
    inbox.note([(Path("/desk/locked.pdf"), "a", locked, 2)], NOON)
    inbox.note([(Path("/desk/locked.pdf"), "b", again, 0), (Path("/desk/copy.pdf"), "c", again, 0)], NOON)
    inbox.note([(Path("/desk/letter.txt"), "d", receipt("duplicate", "D-000002"), 0)], NOON)
    assert {(Path(row.path).name, row.reason) for row in inbox.rows(failed=True)} == {
        ("locked.pdf", "a password is needed"),
        ("copy.pdf", "a password is needed"),
    }
    inbox.learn(receipt("stored", "D-000001"))
    assert inbox.rows(failed=True) == []


def test_a_folder_that_was_closed_is_listed_until_it_was_looked_into(inbox: Inbox) -> None:
    closed = Receipt("/desk/sub/locked", "failed", name="locked", media_type=FOLDER, reason="cannot be read")
    inbox.look_through([Path("/desk")], [closed, receipt("ignored")], NOON)
    inbox.look_through([Path("/desk/su"), Path("/other")], [], NOON)
    assert [row.path for row in inbox.rows(failed=True)] == ["/desk/sub/locked"]
    inbox.look_through([Path("/desk")], [], NOON)
    assert inbox.rows(failed=True) == []


def test_only_what_came_since_is_listed(inbox: Inbox) -> None:
    inbox.note([(Path("/desk/old"), "", receipt("stored"), 1)], NOON)
    inbox.note([(Path("/desk/new"), "", receipt("stored"), 2)], NOON + timedelta(hours=1))
    assert len(inbox.rows(since=NOON)) == 1


def test_a_path_that_is_no_text_is_a_path_all_the_same(inbox: Inbox) -> None:
    path = Path(os.fsdecode(b"/desk/Kr\xfcmmer.txt"))
    inbox.note([(path, "s", receipt("stored"), 1)], NOON)
    assert inbox.stamp(path) == ("s", "stored")
    assert inbox.rows()[0].path == "/desk/Kr�mmer.txt"


def test_paths_of_destroyed_documents_are_forgotten_in_every_byte(inbox: Inbox) -> None:
    inbox.note([(Path("/desk/Zirkonium.txt"), "s", receipt("stored", "D-000001"), 1)], NOON)
    inbox.note([(Path("/desk/stays.txt"), "s", receipt("stored", "D-000002"), 2)], NOON)
    inbox.scrub(["D-000001"])
    assert len(inbox.rows()) == 1
    for path in inbox.path.parent.iterdir():
        assert b"Zirkonium" not in path.read_bytes()


def test_a_damaged_ledger_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "inbox.sqlite").write_bytes(b"this is no database, " * 100)
    inbox = Inbox(tmp_path / "inbox.sqlite")
    with pytest.raises(Damaged, match="move it away"):
        inbox.rows()
    inbox.close()


def test_a_ledger_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "inbox.sqlite").mkdir()
    with pytest.raises(CannotWrite, match="permissions"):
        Inbox(tmp_path / "inbox.sqlite").rows()


def test_a_lost_ledger_loses_no_document(home: Home) -> None:
    path = home.drop("letter.txt", "the letter")
    home.watch_once()
    for ledger in (home.path / "state").glob("inbox.sqlite*"):
        ledger.unlink()
    home.drop("letter.txt", "the letter")
    assert [row["status"] for row in home.watch_once().json] == ["duplicate"]
    assert len(home.entries("accession")) == 1
    assert not path.exists()


def test_the_inbox_verb_answers_by_path(home: Home) -> None:
    home.drop("a.txt", "first")
    home.drop("b.pdf", b"%PDF-1.4 broken")
    home.watch_once()
    rows = home.run("inbox", "--json").json
    assert {"path", "status", "reason", "tries", "ref"} <= keys_of(rows)
    assert {Path(row["path"]).name: row["status"] for row in rows}["a.txt"] == "stored"


def test_the_inbox_says_what_needs_a_person_and_ends_with_one(home: Home) -> None:
    assert home.run("inbox", "--failed").code == 0
    home.run("add", home.file("b.pdf", b"%PDF-1.4 broken"))
    failed = home.run("inbox", "--failed", "--json")
    assert failed.code == 1
    assert [row["status"] for row in failed.json] == ["unreadable"]


def test_a_long_inbox_is_cut_and_says_so(home: Home) -> None:
    for at in range(60):
        home.file(f"{at}.txt", f"paper {at}")
    home.run("add", "-r", home.desk)
    shown = home.run("inbox", "--json")
    assert shown.json[-1]["truncated"] is True
    assert len(shown.json) == 51
    assert len(home.run("inbox", "--all", "--json").json) == 60


def test_sqlite_is_never_left_open(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "inbox.sqlite")
    inbox.rows()
    inbox.close()
    with sqlite3.connect(inbox.path) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    db.close()
    assert not list(tmp_path.glob("*-wal"))
