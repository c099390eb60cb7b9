"""The inbox ledger: what became of every path ever seen (state/inbox.sqlite).

It spares work and answers `archive inbox`; it is no truth. What was kept stands in the log.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.errors import CannotWrite, Damaged
from archive.following import open_read_only
from archive.ingest.names import shown
from archive.ingest.walk import FOLDER, place
from archive.model import Receipt

_SCHEMA = """
CREATE TABLE IF NOT EXISTS paths (
    path BLOB PRIMARY KEY, shown TEXT, stamp TEXT, status TEXT, reason TEXT, tries INTEGER, ref TEXT, seq INTEGER,
    time TEXT) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS paths_time ON paths (time);
CREATE INDEX IF NOT EXISTS paths_ref ON paths (ref);
"""


_FOLDER = "folder"
"""The stamp of a folder's row: it has no state of its own to be told by."""

_UNREAD = "('unreadable', 'needs_password')"


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file from another: device, inode, size in bytes, modification time in ns."""

    device: int
    inode: int
    size: int
    modified_ns: int

    def __str__(self) -> str:
        return f"{self.device}:{self.inode}:{self.size}:{self.modified_ns}"


def stamp_of(status: os.stat_result) -> Stamp:
    return Stamp(status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)


@dataclass(frozen=True, slots=True)
class Row:
    """One path and what became of it; `tries` counts the times it was looked at in vain."""

    path: str
    status: str
    reason: str
    tries: int
    ref: str | None
    time: datetime


class Inbox:
    """Opened when first used; every call is one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db: sqlite3.Connection | None = None

    def note(self, rows: Sequence[tuple[Path, str, Receipt, int]], moment: datetime) -> None:
        """Write down what became of some paths; one more copy of what could not be read could not be read either.

        Args:
            rows: path, stamp as text, receipt, sequence number of its accession (0 without one).
        """
        with self._open() as db:
            values = []
            for path, stamp, got, seq in rows:
                status, reason = _still_unread(db, got) or (got.status, got.reason)
                values.append((os.fsencode(path), shown(path), stamp, status, reason, got.ref, seq, moment.isoformat()))
            db.executemany(
                "INSERT INTO paths (path, shown, stamp, status, reason, tries, ref, seq, time)"
                " VALUES (?,?,?,?,?,1,?,?,?)"
                " ON CONFLICT (path) DO UPDATE SET stamp=excluded.stamp, status=excluded.status, ref=excluded.ref,"
                " reason=excluded.reason, seq=max(seq, excluded.seq), time=excluded.time,"
                " tries = CASE WHEN stamp = excluded.stamp THEN tries + 1 ELSE 1 END",
                values,
            )

    def stamp(self, path: Path) -> tuple[str, str] | None:
        """The stamp a path had when it was last dealt with, and the outcome."""
        with self._open() as db:
            row = db.execute("SELECT stamp, status FROM paths WHERE path = ?", (os.fsencode(path),)).fetchone()
        return (row["stamp"], row["status"]) if row else None

    def rows(self, *, failed: bool = False, since: datetime | None = None) -> list[Row]:
        """What became of paths, newest first; `failed` leaves only what needs a person."""
        where = "status IN ('failed', 'unreadable', 'needs_password', 'pending')" if failed else "1"
        after = since.isoformat() if since else ""
        with self._open() as db:
            rows = db.execute(f"SELECT * FROM paths WHERE {where} AND time > ? ORDER BY time DESC, path", (after,))
            return [_row(row) for row in rows]

    def learn(self, receipt: Receipt) -> None:
        """Take a new reading of a document in: every path it was met at has that outcome from now on."""
        values = (receipt.status, receipt.reason, receipt.ref)
        with self._open() as db:
            db.execute(f"UPDATE paths SET status = ?, reason = ? WHERE ref = ? AND status IN {_UNREAD}", values)

    def look_through(self, places: Sequence[Path], closed: Sequence[Receipt], moment: datetime) -> None:
        """Write down which folders could not be looked into, in place of what was known of those places before.

        Args:
            places: what a person named; what lies in them was looked through.
            closed: receipts of folders that could not be read; others are passed over.
        """
        folders = [(Path(each.path), _FOLDER, each, 0) for each in closed if each.media_type == FOLDER]
        with self._open() as db:
            for each in map(shown, map(place, places)):
                inside = f"{each.rstrip('/')}/"
                db.execute(
                    "DELETE FROM paths WHERE stamp = ? AND (shown = ? OR substr(shown, 1, ?) = ?)",
                    (_FOLDER, each, len(inside), inside),
                )
        if folders:
            self.note(folders, moment)

    def scrub(self, refs: Sequence[str]) -> None:
        """Forget the paths of destroyed documents."""
        with self._open() as db:
            db.executemany("DELETE FROM paths WHERE ref = ?", [(ref,) for ref in refs])
        with self._open() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def highest(self) -> int:
        """The highest sequence number that a receipt rests on; 0 where there is none."""
        if not self.path.exists():
            return 0
        with self._open() as db:
            return int(db.execute("SELECT coalesce(max(seq), 0) FROM paths").fetchone()[0])

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            if self._db is None:
                self._db = self._connected()
            with self._db:
                yield self._db
        except sqlite3.OperationalError as problem:
            raise CannotWrite(
                f"state/inbox.sqlite cannot be used ({problem}): check permissions and space"
            ) from problem
        except sqlite3.DatabaseError as problem:
            raise Damaged(f"state/inbox.sqlite is damaged ({problem}): move it away; nothing kept is lost") from problem

    def _connected(self) -> sqlite3.Connection:
        """The ledger, open for writing; where it is only to be read (a copy, another user), open for that."""
        db = sqlite3.connect(self.path, timeout=10, check_same_thread=False)
        try:
            db.row_factory = sqlite3.Row
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("PRAGMA secure_delete = ON")
            db.executescript(_SCHEMA)
        except sqlite3.Error:
            db.close()
            if not self.path.is_file() or os.access(self.path, os.W_OK):
                raise
            return open_read_only(self.path)
        return db


def _still_unread(db: sqlite3.Connection, got: Receipt) -> tuple[str, str] | None:
    """Status and reason that a further copy of known bytes takes over: those of a document nobody could read yet."""
    if got.status != "duplicate":
        return None
    found = db.execute(f"SELECT status, reason FROM paths WHERE ref = ? AND status IN {_UNREAD}", (got.ref,)).fetchone()
    return (found["status"], found["reason"]) if found else None


def _row(row: Any) -> Row:
    moment = datetime.fromisoformat(row["time"])
    return Row(row["shown"], row["status"], row["reason"], row["tries"], row["ref"], moment)
