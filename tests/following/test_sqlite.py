"""SQLite as a follower's state: a batch and its watermark together, and readable where nothing may be written."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from archive.errors import CannotWrite, Damaged
from archive.following import SqliteWriter, open_read_only
from archive.model import Entry
from tests.store.archive_on_disk import START


class Words(SqliteWriter):
    SCHEMA = "CREATE TABLE IF NOT EXISTS words (seq INTEGER PRIMARY KEY, word TEXT NOT NULL)"

    def take(self, entry: Entry) -> None:
        self.db.execute("INSERT INTO words VALUES (?, ?)", (entry.seq, entry.body.get("word")))


def entry(seq: int, word: str | None = "valve") -> Entry:
    return Entry(seq, START, "statement", "I. Quill", {"word": word})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "what? 100%.sqlite"


def test_a_batch_and_its_watermark_come_together_or_not_at_all(path: Path) -> None:
    writer = Words(path)
    writer.apply([entry(1), entry(2)])
    with pytest.raises(Damaged):
        writer.apply([entry(3), entry(4, None)])
    assert writer.watermark == 2
    writer.apply([entry(3)])
    writer.close()
    db = open_read_only(path)
    assert [row["seq"] for row in db.execute("SELECT seq FROM words")] == [1, 2, 3]
    db.close()


def test_a_failure_in_taking_an_entry_rolls_its_batch_back(path: Path) -> None:
    class _Failing(Words):
        def take(self, entry: Entry) -> None:
            super().take(entry)
            if entry.seq == 2:
                raise Damaged("the text is damaged")

    writer = _Failing(path)
    with pytest.raises(Damaged, match="the text"):
        writer.apply([entry(1), entry(2)])
    assert writer.watermark == 0
    assert writer.db.execute("SELECT count(*) FROM words").fetchone()[0] == 0
    writer.close()


def test_closing_leaves_one_file_that_a_read_only_medium_can_serve(path: Path) -> None:
    writer = Words(path)
    writer.apply([entry(1)])
    writer.close()
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_reader_sees_each_batch_while_the_writer_stays_open(path: Path) -> None:
    writer = Words(path)
    writer.apply([entry(1)])
    db = open_read_only(path)
    assert db.execute("SELECT count(*) FROM words").fetchone()[0] == 1
    writer.apply([entry(2)])
    assert db.execute("SELECT count(*) FROM words").fetchone()[0] == 2
    writer.close()
    db.close()


def test_a_reader_cannot_write(path: Path) -> None:
    Words(path).close()
    db = open_read_only(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        db.execute("DELETE FROM words")
    db.close()


def test_words_that_were_deleted_are_gone_from_the_file(path: Path) -> None:
    writer = Words(path)
    writer.apply([entry(1, "quicksilver"), entry(2)])
    writer.close()
    assert b"quicksilver" in path.read_bytes()
    writer = Words(path)
    writer.db.execute("DELETE FROM words WHERE seq = 1")
    writer.close()
    assert b"quicksilver" not in path.read_bytes()


def test_what_is_no_database_is_damaged(path: Path) -> None:
    path.write_bytes(b"this is no database" * 99)
    with pytest.raises(Damaged, match="archive rebuild"):
        Words(path)
    with pytest.raises(Damaged, match="archive rebuild"):
        open_read_only(path)


def test_a_file_that_is_not_there_cannot_be_opened_for_reading(path: Path) -> None:
    with pytest.raises(CannotWrite, match="archive rebuild"):
        open_read_only(path)
    assert not path.exists()


def test_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="cannot be used"):
        Words(tmp_path / "absent" / "words.sqlite")


def test_a_follower_must_say_how_it_takes_an_entry(path: Path) -> None:
    writer = SqliteWriter(path)
    with pytest.raises(TypeError, match="SqliteWriter"):
        writer.apply([entry(1)])
    writer.close()
