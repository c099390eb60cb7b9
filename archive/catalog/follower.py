"""Entries into tables: the catalog's schema and what each action changes in it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from archive.errors import Damaged, NotFound, Unreadable
from archive.following import SqliteWriter
from archive.following.more import unpacked
from archive.model import Entry, Truth, folded
from archive.settings import House
from archive.store.lines import stamp

FILE = "catalog.sqlite"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS documents (
    number TEXT PRIMARY KEY, seq INTEGER NOT NULL, received TEXT, digest TEXT, size INTEGER, name TEXT, source TEXT,
    in_place INTEGER, media_type TEXT, actor TEXT, parent TEXT, relation TEXT, status TEXT NOT NULL, reason TEXT,
    pages INTEGER, title TEXT, date TEXT, text TEXT, more TEXT, kind TEXT, key TEXT, fold TEXT, reading INTEGER,
    version_of TEXT, set_aside INTEGER, destroyed_under TEXT) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS documents_seq ON documents (seq);
CREATE INDEX IF NOT EXISTS documents_source ON documents (source, seq) WHERE in_place;
CREATE INDEX IF NOT EXISTS documents_digest ON documents (digest);
CREATE INDEX IF NOT EXISTS documents_parent ON documents (parent);
CREATE INDEX IF NOT EXISTS documents_name ON documents (name COLLATE NOCASE);
CREATE INDEX IF NOT EXISTS documents_fold ON documents (fold, seq) WHERE fold IS NOT NULL;
CREATE INDEX IF NOT EXISTS documents_status ON documents (status, seq);
CREATE INDEX IF NOT EXISTS documents_version ON documents (version_of) WHERE version_of IS NOT NULL;
CREATE TABLE IF NOT EXISTS sources (
    source TEXT, seq INTEGER, number TEXT, digest TEXT, name TEXT, in_place INTEGER,
    PRIMARY KEY (source, seq)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sources_number ON sources (number);
CREATE INDEX IF NOT EXISTS sources_name ON sources (name COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS fields (number TEXT PRIMARY KEY, content TEXT) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS about (number TEXT, seq INTEGER, action TEXT, PRIMARY KEY (number, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (seq INTEGER PRIMARY KEY, house TEXT);
CREATE TABLE IF NOT EXISTS statements (
    seq INTEGER PRIMARY KEY, time TEXT, actor TEXT, says TEXT, subject TEXT, body TEXT);
CREATE INDEX IF NOT EXISTS statements_subject ON statements (subject);
CREATE TABLE IF NOT EXISTS moments (seq INTEGER PRIMARY KEY, high TEXT);
CREATE INDEX IF NOT EXISTS moments_high ON moments (high);
CREATE TABLE IF NOT EXISTS keys (kind TEXT, fold TEXT, PRIMARY KEY (kind, fold)) WITHOUT ROWID;
"""


class _Writer(SqliteWriter):
    SCHEMA = _SCHEMA

    def __init__(self, path: Path, truth: Truth) -> None:
        super().__init__(path)
        self.truth = truth
        self._high = ""

    def take(self, entry: Entry) -> None:
        self._moment(entry)
        act = _ACTIONS.get(entry.action)
        if entry.destroyed_under is not None:
            self._destroyed(entry)
        elif act is not None:
            act(self, entry)
        number = entry.body.get("number")
        if isinstance(number, str):
            self.db.execute("INSERT INTO about VALUES (?, ?, ?)", (number, entry.seq, entry.action))

    def _moment(self, entry: Entry) -> None:
        """Where the log's highest time so far rises: one row a group, since a group has one time."""
        if not self._high:
            row = self.db.execute("SELECT max(high) FROM moments").fetchone()
            self._high = row[0] or ""
        if stamp(entry.time) > self._high:
            self._high = stamp(entry.time)
            self.db.execute("INSERT INTO moments VALUES (?, ?)", (entry.seq, self._high))

    def _destroyed(self, entry: Entry) -> None:
        """A tombstone keeps the number in place, and of a record its kind and key."""
        body, under = entry.body, f"under {entry.destroyed_under}"
        if entry.action == "accession":
            self.db.execute(
                "INSERT INTO documents (number, seq, received, status, reason, destroyed_under)"
                " VALUES (?, ?, ?, 'destroyed', ?, ?)",
                (body["number"], entry.seq, entry.time.isoformat(), under, entry.destroyed_under),
            )
        elif entry.action == "reading":
            key = body["keys"][0] if body["keys"] else None
            self.db.execute(
                "UPDATE documents SET kind = ?, key = ?, fold = ?, version_of = ? WHERE number = ?",
                (body["kind"], key, folded(key) if key else None, body["version_of"], body["number"]),
            )

    def _accession(self, entry: Entry) -> None:
        body = entry.body
        parent: Mapping[str, Any] = body.get("parent") or {}
        values = [body["number"], entry.seq, entry.time.isoformat(), body["digest"], body["size"], body["name"]]
        values += [body["source"], bool(body.get("in_place")), body["media_type"], entry.actor]
        values += [parent.get("number"), parent.get("relation")]
        self.db.execute(
            "INSERT INTO documents (number, seq, received, digest, size, name, source, in_place, media_type, actor,"
            " parent, relation, status, reason, pages, title, date)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?, 'unread', '', 0, ?, '')",
            (*values, body["name"]),
        )
        self._source(entry, body["digest"])

    def _occurrence(self, entry: Entry) -> None:
        row = self.db.execute("SELECT digest FROM documents WHERE number = ?", (entry.body["number"],)).fetchone()
        self._source(entry, row["digest"] if row else "")

    def _source(self, entry: Entry, digest: str) -> None:
        body = entry.body
        place = body["source"] or (inside(body["parent"]["number"]) if body.get("parent") else "")
        if place:
            row = (place, entry.seq, body["number"], digest, body["name"], bool(body.get("in_place")))
            self.db.execute("INSERT INTO sources VALUES (?, ?, ?, ?, ?, ?)", row)

    def _reading(self, entry: Entry) -> None:
        body = entry.body
        record: Mapping[str, Any] = body["record"] or {}
        older = (body["version_of"] or {}).get("number")
        values = [body["status"], body["reason"], body["media_type"], len(body["pages"]), *_title_and_date(body)]
        key = record.get("key")
        values += [body["text"], body["more"], record.get("kind"), key, folded(key) if key else None, entry.seq, older]
        self.db.execute(
            "UPDATE documents SET status=?, reason=?, media_type=?, pages=?, title=coalesce(?, name), date=?, text=?,"
            " more=?, kind=?, key=?, fold=?, reading=?, version_of=? WHERE number=?",
            (*values, body["number"]),
        )
        self._fields(body)
        if record:
            self.db.execute("INSERT OR IGNORE INTO keys VALUES (?, ?)", (record["kind"], folded(record["key"])))

    def _fields(self, body: Mapping[str, Any]) -> None:
        self.db.execute("DELETE FROM fields WHERE number = ?", (body["number"],))
        if body["record"] and body["more"]:
            fields = json.dumps(self._more(body["more"]).get("fields", []), ensure_ascii=False)
            self.db.execute("INSERT INTO fields VALUES (?, ?)", (body["number"], fields))

    def _more(self, digest: str) -> Mapping[str, Any]:
        """The reading's further object; one that is damaged costs its own fields, and verify reports it."""
        try:
            return unpacked(self.truth.objects.read(digest))
        except (Damaged, NotFound, Unreadable):
            return {}

    def _settings(self, entry: Entry) -> None:
        self.db.execute("INSERT INTO settings VALUES (?, ?)", (entry.seq, json.dumps(entry.body["house"])))

    def _statement(self, entry: Entry) -> None:
        body = entry.body
        subject = body.get("number") or body.get("item") or ""
        row = (entry.seq, entry.time.isoformat(), entry.actor, body["says"], subject)
        self.db.execute(
            "INSERT INTO statements VALUES (?, ?, ?, ?, ?, ?)", (*row, json.dumps(dict(body), ensure_ascii=False))
        )
        if body["says"] == "set aside":
            self.db.execute(
                "UPDATE documents SET set_aside = ? WHERE number = ? AND set_aside IS NULL", (entry.seq, body["number"])
            )


_ACTIONS = {
    "accession": _Writer._accession,
    "occurrence": _Writer._occurrence,
    "reading": _Writer._reading,
    "settings": _Writer._settings,
    "statement": _Writer._statement,
}


def inside(number: str) -> str:
    """The place of a part, as the table of sources names it."""
    return f"in:{number}"


def _title_and_date(body: Mapping[str, Any]) -> tuple[str | None, str]:
    title, date = body["title"], body["date"]
    return (title["value"] if title else None), (date["value"] if date else "")


class _Catalog:
    name = "catalog"
    version = "2"
    sections: tuple[str, ...] = ()
    batch = 1000

    def writer(self, folder: Path, truth: Truth, house: House) -> _Writer:
        return _Writer(folder / FILE, truth)


CATALOG = _Catalog()
