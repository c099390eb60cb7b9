"""The follower `xref`: one entry after the other becomes nodes, edges and releases.

What a document gives is a pure function of its accession, its newest reading, the newest statement that
files it, and the house settings; each of these arriving derives that document anew. Nothing is read from
what other documents gave, so any cut into batches ends in equal tables.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from archive.errors import Damaged, NotFound
from archive.following.contract import Writer
from archive.following.sqlite import SqliteWriter
from archive.model import Entry, Evidence, Truth
from archive.settings import House
from archive.xref import chains
from archive.xref.declared import StatedRelease
from archive.xref.given import Source, beside_the_text, give, rules_of
from archive.xref.names import document_node, stated
from archive.xref.readings import Read, read
from archive.xref.registry import Registry
from archive.xref.schema import SCHEMA

FILE = "xref.sqlite"

_log = logging.getLogger(__name__)


class XrefFollower:
    """The registry of items and the edges between them."""

    name = "xref"
    version = "1"
    sections: tuple[str, ...] = ("schemes", "kinds", "date_order", "timezone")
    batch = 500

    def writer(self, folder: Path, truth: Truth, house: House) -> Writer:
        return XrefWriter(folder / FILE, truth, house)


class XrefWriter(SqliteWriter):
    """One generation, open for writing."""

    SCHEMA = SCHEMA

    def __init__(self, path: Path, truth: Truth, house: House) -> None:
        super().__init__(path)
        self._truth = truth
        self._house = house
        self._rules = rules_of(house)
        self._registry = Registry(self.db)

    def apply(self, entries: Sequence[Entry]) -> None:
        self._registry.begin()
        super().apply(entries)

    def take(self, entry: Entry) -> None:
        if entry.destroyed_under is not None:
            return
        match entry.action:
            case "accession":
                self._accession(entry)
            case "occurrence":
                self._part_of(entry)
            case "reading":
                self._reading(entry)
            case "statement":
                self._statement(entry)
            case "disposal" if entry.body.get("stage") == "begun":
                self._disposal(entry)
        self._registry.sweep()

    def _accession(self, entry: Entry) -> None:
        body = entry.body
        received = self._house.civil(entry.time).isoformat()
        self.db.execute(
            "INSERT INTO documents (number, known, received, name) VALUES (?, ?, ?, ?)",
            (body["number"], entry.seq, received, body["name"]),
        )
        self._registry.add_name(document_node(body["number"]), "file", body["name"], body["number"], entry.seq)
        self._part_of(entry)

    def _part_of(self, entry: Entry) -> None:
        """Link a part with what it was found in; also for bytes that were on file before."""
        body, parent = entry.body, entry.body.get("parent")
        if not parent or not self._document(body["number"]):
            return
        here = document_node(body["number"])
        found = beside_the_text(here, "attachment_of", document_node(parent["number"]), "declared", str(body["name"]))
        self._registry.add_edges([found], body["number"], entry.seq, f"arrival {entry.seq}")

    def _reading(self, entry: Entry) -> None:
        if self._document(entry.body["number"]):
            self._derive(entry.body["number"], entry)

    def _statement(self, entry: Entry) -> None:
        match entry.body.get("says"):
            case "release":
                self._release(entry)
            case "file":
                self._file(entry)
            case "set aside":
                self.db.execute("UPDATE documents SET aside = ? WHERE number = ?", (entry.seq, entry.body["number"]))

    def _release(self, entry: Entry) -> None:
        body, proof = entry.body, entry.body.get("evidence")
        node = stated(body["item"], body["rev"], self._rules.schemes)
        evidence = Evidence(proof["document"], proof.get("page") or 1, proof.get("words") or "") if proof else None
        on = date.fromisoformat(body["on"]).isoformat()
        rev = str(body["rev"]).strip().upper()
        self._registry.add_release(StatedRelease(node, rev, on, "", body["by"], evidence), entry.seq, None)

    def _file(self, entry: Entry) -> None:
        row = self._document(entry.body["number"])
        if not row:
            return
        self.db.execute("INSERT OR REPLACE INTO filed VALUES (?, ?)", (entry.body["number"], entry.seq))
        self._derive(entry.body["number"], self._entry(row["reading"]))

    def _disposal(self, entry: Entry) -> None:
        for number in entry.body["numbers"]:
            self._forget(number)
        for seq in entry.body.get("lines") or ():
            self._registry.forget_statement(int(seq))

    def _forget(self, number: str) -> None:
        family = chains.members(self.db, number)
        origins = self.db.execute("SELECT DISTINCT origin FROM edges WHERE document = ?", (number,)).fetchall()
        for row in origins:
            self._registry.forget_edges(number, row[0])
        self._registry.forget_facts(number)
        for table, column in (("documents", "number"), ("filed", "document"), ("contradictions", "document")):
            self.db.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))
        chains.settle(self.db, family)

    def _derive(self, number: str, entry: Entry | None) -> None:
        """Make anew everything that a document's reading and filing give."""
        row = self._document(number)
        self._registry.forget_edges(number, "reading")
        self._registry.forget_facts(number)
        self.db.execute("DELETE FROM contradictions WHERE document = ?", (number,))
        loaded = self._load(number, entry)
        self._note(row, entry, loaded)
        filed = self._filed(number)
        given = give(Source(number, row["name"], entry.body if entry else {}, loaded, filed), self._rules)
        self._registry.add_edges(given.edges, number, row["known"], "reading")
        for node, what, text in given.names:
            self._registry.add_name(node, what, text, number, row["known"])
        if given.release:
            self._registry.add_release(given.release, row["known"], number)
        if given.contradiction:
            clash = (number, given.contradiction.one, given.contradiction.other)
            self.db.execute("INSERT INTO contradictions VALUES (?, ?, ?)", clash)

    def _load(self, number: str, entry: Entry | None) -> Read | None:
        if entry is None:
            return None
        try:
            return read(entry.body, self._truth.objects)
        except (Damaged, NotFound) as problem:
            # One damaged text must not stop what follows all others; `Xref.unread` names it.
            _log.warning("%s gives no references: %s", number, problem)
            return None

    def _note(self, row: Mapping[str, Any], entry: Entry | None, loaded: Read | None) -> None:
        number, version = row["number"], (entry.body.get("version_of") or {}).get("number") if entry else None
        family = chains.members(self.db, number)
        self.db.execute(
            "UPDATE documents SET reading = ?, date = ?, version_of = ?, unread = ? WHERE number = ?",
            (entry and entry.seq, loaded.date if loaded else "", version, bool(entry) and not loaded, number),
        )
        if version or len(family) > 1:
            chains.settle(self.db, family | chains.members(self.db, number))

    def _filed(self, number: str) -> Entry | None:
        row = self.db.execute("SELECT seq FROM filed WHERE document = ?", (number,)).fetchone()
        return self._entry(row[0]) if row else None

    def _entry(self, seq: int | None) -> Entry | None:
        found = self._truth.entries(seq - 1, seq) if seq else ()
        return found[0] if found and found[0].destroyed_under is None else None

    def _document(self, number: str) -> Any:
        return self.db.execute("SELECT * FROM documents WHERE number = ?", (number,)).fetchone()
