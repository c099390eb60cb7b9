"""SQLite as a follower's state: one file a generation, write-ahead log, watermark in the same transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from archive.errors import CannotWrite, Damaged
from archive.model import Entry

_META = "CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID"


class SqliteWriter:
    """Base of followers that keep their state in SQLite: subclasses give `SCHEMA` and `take`."""

    SCHEMA = ""

    def __init__(self, path: Path) -> None:
        try:
            self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as problem:
            raise translated(path, problem) from problem
        try:
            self.db.execute("PRAGMA journal_mode = WAL")
            # Disposed words must not survive in freed pages (EVIDENCE §4).
            self.db.execute("PRAGMA secure_delete = ON")
            # A follower can be rebuilt: losing the last transactions on power loss only means applying them again.
            self.db.execute("PRAGMA synchronous = NORMAL")
            self.db.executescript(f"BEGIN; {_META}; {self.SCHEMA}; COMMIT")
        except sqlite3.Error as problem:
            self.db.close()
            raise translated(path, problem) from problem
        self.path = path
        self.db.row_factory = sqlite3.Row

    @property
    def watermark(self) -> int:
        try:
            row = self.db.execute("SELECT value FROM meta WHERE key = 'watermark'").fetchone()
        except sqlite3.Error as problem:
            raise translated(self.path, problem) from problem
        return int(row[0]) if row else 0

    @property
    def wants_new_generation(self) -> bool:
        """Never: rows that were replaced leave no trace in an answer."""
        return False

    def apply(self, entries: Sequence[Entry]) -> None:
        mark = self.watermark
        fresh = [entry for entry in entries if entry.seq > mark]
        if not fresh:
            return
        try:
            self.db.execute("BEGIN IMMEDIATE")
            for entry in fresh:
                self.take(entry)
            self.settle(fresh)
            self.db.execute("INSERT OR REPLACE INTO meta VALUES ('watermark', ?)", (fresh[-1].seq,))
            self.db.execute("COMMIT")
        except sqlite3.Error as problem:
            raise translated(self.path, problem) from problem
        finally:
            if self.db.in_transaction:
                self.db.execute("ROLLBACK")

    def take(self, entry: Entry) -> None:
        """Apply one entry inside the batch's transaction."""
        raise TypeError(f"{type(self).__name__} does not say how to take an entry")

    def settle(self, entries: Sequence[Entry]) -> None:
        """Finish a batch inside its transaction; what depends on several entries may wait for it."""

    def close(self) -> None:
        """Fold the write-ahead log back in, so that read-only media can serve the file alone."""
        try:
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as problem:
            raise translated(self.path, problem) from problem
        finally:
            self.db.close()


def open_read_only(path: Path) -> sqlite3.Connection:
    """Open a follower's file for reading, also on read-only media and for other users.

    `mode=ro` needs a writable folder for its shared memory file; where that fails, `immutable=1` is right
    only while no write-ahead log lies beside the file.

    Raises:
        CannotWrite: neither way is open.
    """
    for mode in ("mode=ro", "mode=ro&immutable=1"):
        if mode.endswith("immutable=1") and path.with_name(path.name + "-wal").exists():
            break
        try:
            return _opened(path, mode)
        except sqlite3.OperationalError:
            continue
        except sqlite3.DatabaseError as problem:
            raise translated(path, problem) from problem
    raise CannotWrite(f"{path.name} cannot be opened for reading; ask the archive's owner to run: archive rebuild")


def _opened(path: Path, mode: str) -> sqlite3.Connection:
    db = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, check_same_thread=False)
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        db.close()
        raise
    db.row_factory = sqlite3.Row
    return db


def translated(path: Path, problem: sqlite3.Error) -> CannotWrite | Damaged:
    """The archive's error for one of SQLite's: damage is told apart from a full disk or a lack of permission."""
    words = str(problem)
    if isinstance(problem, sqlite3.OperationalError):
        return CannotWrite(f"{path.name} cannot be used ({words}): free some disk space or check permissions")
    return Damaged(f"{path.name} is damaged ({words}): run archive rebuild, nothing is lost")
