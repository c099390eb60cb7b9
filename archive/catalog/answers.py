"""Questions to one generation of the catalog."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from sqlite3 import Row
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from archive.catalog.follower import FILE
from archive.errors import NotFound
from archive.following import open_read_only
from archive.model import folded, ordinal
from archive.settings import House, house_of
from archive.store.lines import stamp

if TYPE_CHECKING:
    from archive.catalog.nouns import Document, Statement
    from archive.model import Record


class Catalog:
    """Reads one generation; made anew when another takes over.

    Raises:
        CannotWrite, Damaged: the file cannot be opened (see archive.following.open_read_only).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.db = open_read_only(folder / FILE)

    def close(self) -> None:
        self.db.close()

    @property
    def watermark(self) -> int:
        row = self.db.execute("SELECT value FROM meta WHERE key = 'watermark'").fetchone()
        return int(row[0]) if row else 0

    def house(self, upto: int | None = None) -> House:
        """The house settings in force after entry `upto` (default: the newest)."""
        row = self.db.execute(
            "SELECT seq, house FROM settings WHERE seq <= ? ORDER BY seq DESC LIMIT 1", (_end(upto),)
        ).fetchone()
        return house_of(json.loads(row["house"]), row["seq"]) if row else House()

    def find(self, number: str) -> Document | None:
        found = self._documents("number = ?", (number,))
        return found[0] if found else None

    def document(self, number: str) -> Document:
        """The document of that number; raises NotFound."""
        found = self.find(number)
        if found is None:
            raise NotFound(f"{number} is not in this archive; archive search finds documents by their words")
        return found

    def every(self, after: int = 0, limit: int = 1000) -> Sequence[Document]:
        """Documents in the order of their accession, from sequence number `after` on."""
        return self._documents("seq > ? ORDER BY seq LIMIT ?", (after, limit))

    def next_number(self) -> int:
        """The count of the next document; numbers are given in the order of accessions."""
        row = self.db.execute("SELECT number FROM documents ORDER BY seq DESC LIMIT 1").fetchone()
        return ordinal(row["number"]) + 1 if row else 1

    def live(self, digest: str) -> Document | None:
        """The first document with these bytes that was not destroyed."""
        found = self._documents("digest = ? AND destroyed_under IS NULL ORDER BY seq LIMIT 1", (digest,))
        return found[0] if found else None

    def by_digest(self, prefix: str) -> Sequence[Document]:
        end = prefix + "g"
        return self._documents("digest >= ? AND digest < ? ORDER BY seq LIMIT 20", (prefix, end))

    def by_name(self, name: str) -> Sequence[Document]:
        """Documents whose file name is `name`, newest first; at most 20.

        Capitals count for nothing, nor does how an accented letter is composed. Where no document is called so,
        those of which a copy was met under that name.
        """
        forms = (name, normalize("NFC", name), normalize("NFD", name))
        most = "COLLATE NOCASE IN (?, ?, ?) ORDER BY seq DESC LIMIT 20"
        if found := self._documents(f"name {most}", forms):
            return found
        copies = f"number IN (SELECT number FROM sources WHERE name {most})"
        if (found := self._documents(f"{copies} ORDER BY seq DESC", forms)) or name.isascii():
            return found
        # Only capitals of other letters than A to Z are left to tell apart: SQLite knows none.
        self.db.create_function("spelled", 1, _spelled, deterministic=True)
        alike = "length(name) < length(CAST(name AS BLOB)) AND spelled(name) = ? ORDER BY seq DESC LIMIT 20"
        return self._documents(alike, (_spelled(name),))

    def by_key(self, key: str, upto: int | None = None) -> Sequence[Document]:
        """Documents that are records of this key, newest accession first."""
        where = "fold = ? AND seq <= ? ORDER BY seq DESC"
        return self._documents(where, (folded(key), _end(upto)))

    def at_source(self, source: str) -> Document | None:
        """The document last taken from this path and left there."""
        row = self.db.execute(
            "SELECT number FROM sources WHERE source = ? AND in_place ORDER BY seq DESC LIMIT 1", (source,)
        ).fetchone()
        return self.find(row["number"]) if row else None

    def before_at_source(self, source: str, seq: int) -> Document | None:
        """The document that was taken in from this path before entry `seq`, left there, and is not destroyed."""
        where = "source = ? AND in_place AND seq < ? AND destroyed_under IS NULL ORDER BY seq DESC LIMIT 1"
        found = self._documents(where, (source, seq))
        return found[0] if found else None

    def occurrences(self, number: str) -> Sequence[tuple[str, str]]:
        """Further (name, source) where the same bytes were met."""
        rows = self.db.execute(
            "SELECT name, source FROM sources WHERE number = ? ORDER BY seq LIMIT -1 OFFSET 1", (number,)
        )
        return [(row["name"], row["source"]) for row in rows]

    def is_known_source(self, digest: str, source: str) -> bool:
        """Whether these bytes were met at this path (or, by `inside`, in this document) before."""
        row = self.db.execute("SELECT 1 FROM sources WHERE source = ? AND digest = ?", (source, digest)).fetchone()
        return row is not None

    def parts(self, number: str) -> Sequence[Document]:
        return self._documents("parent = ? ORDER BY seq", (number,))

    def unread(self, limit: int = 1000, after: int = 0) -> Sequence[Document]:
        """Documents that are kept and have no reading yet, in order of accession."""
        return self._documents("status = 'unread' AND seq > ? ORDER BY seq LIMIT ?", (after, limit))

    def chain(self, number: str) -> Sequence[Document]:
        """All versions of one document, oldest first."""
        chain, seen = [self.document(number)], {number}
        while (older := chain[0].version_of) and older not in seen:
            seen.add(older)
            chain.insert(0, self.document(older))
        while (newer := chain[-1].newer) and newer not in seen:
            seen.add(newer)
            chain.append(self.document(newer))
        return chain

    def entries_of(self, number: str) -> Sequence[int]:
        """Sequence numbers of the entries about one document."""
        return [row["seq"] for row in self.db.execute("SELECT seq FROM about WHERE number = ? ORDER BY seq", (number,))]

    def record(self, key: str, upto: int | None = None, kind: str | None = None) -> Record | None:
        """The newest version on file of a structured record."""
        for document in self.by_key(key, upto):
            if document.counts(upto) and kind in (None, document.kind):
                return self._record(document)
        return None

    def records(self, kind: str, upto: int | None = None) -> Iterator[Record]:
        """All records of one kind, by key; each in its newest version on file at `upto`."""
        keys = self.db.execute("SELECT fold FROM keys WHERE kind = ? ORDER BY fold", (kind,)).fetchall()
        for row in keys:
            found = self.record(row["fold"], upto, kind)
            if found is not None:
                yield found

    def _record(self, document: Document) -> Record:
        from archive.model import Field, Record

        row = self.db.execute("SELECT content FROM fields WHERE number = ?", (document.number,)).fetchone()
        found = [Field(**each) for each in json.loads(row["content"])] if row else []
        fields = {each.name: each for each in found}
        return Record(document.kind or "", document.key or "", document.number, document.seq, document.received, fields)

    def statements(self, says: str | None = None, upto: int | None = None) -> Sequence[Statement]:
        from archive.catalog.nouns import Statement

        rows = self.db.execute(
            "SELECT * FROM statements WHERE seq <= ? AND (? IS NULL OR says = ?) ORDER BY seq", (_end(upto), says, says)
        )
        return [
            Statement(
                row["seq"], datetime.fromisoformat(row["time"]), row["actor"], row["says"], json.loads(row["body"])
            )
            for row in rows
        ]

    def newest_moment(self) -> datetime | None:
        """The highest time of any entry; None in an empty log."""
        row = self.db.execute("SELECT max(high) AS high FROM moments").fetchone()
        return datetime.fromisoformat(row["high"]) if row["high"] else None

    def known_names(self, limit: int = 20_000) -> list[str]:
        """Keys of records and names of files, newest first, for a did-you-mean."""
        rows = self.db.execute(
            "SELECT key, name FROM documents WHERE destroyed_under IS NULL ORDER BY seq DESC LIMIT ?", (limit,)
        )
        return list(dict.fromkeys(each for row in rows for each in (row["key"], row["name"]) if each))

    def seq_before(self, end: datetime) -> int:
        """The last entry before the log's time first reached `end`; a clock set back later changes nothing."""
        row = self.db.execute("SELECT min(seq) FROM moments WHERE high >= ?", (stamp(end),)).fetchone()
        return int(row[0]) - 1 if row[0] else self.watermark

    def counts(self) -> dict[str, int]:
        """Documents by status."""
        rows = self.db.execute("SELECT status, count(*) AS n FROM documents GROUP BY status ORDER BY status")
        return {row["status"]: row["n"] for row in rows}

    def _documents(self, where: str, values: tuple[Any, ...]) -> list[Document]:
        rows = self.db.execute(f"SELECT {_columns()} FROM documents WHERE {where}", values)
        return [_document(row) for row in rows]


@cache
def _columns() -> str:
    """The nouns are made only where a document is asked for: a search needs none."""
    from dataclasses import fields

    from archive.catalog.nouns import Document

    names = (each.name for each in fields(Document))
    return ", ".join(f"({_NEWER}) AS newer" if name == "newer" else name for name in names)


_NEWER = "SELECT d.number FROM documents d WHERE d.version_of = documents.number ORDER BY d.seq DESC LIMIT 1"


def _spelled(name: str) -> str:
    return normalize("NFC", normalize("NFC", name).casefold())


def _end(upto: int | None) -> int:
    return (1 << 62) if upto is None else upto


def _document(row: Row) -> Document:
    from archive.catalog.nouns import Document

    values = dict(row)
    received = values["received"]
    values["received"] = datetime.fromisoformat(received) if received else _NEVER
    for name in ("digest", "name", "source", "media_type", "actor", "title", "date"):
        values[name] = values[name] or ""
    values["pages"], values["size"] = values["pages"] or 0, values["size"] or 0
    return Document(**values)


_NEVER = datetime.fromisoformat("0001-01-01T00:00:00+00:00")
