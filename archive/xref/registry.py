"""The tables' one way in: nodes are made when first named and go when nothing names them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from archive.schemes import fold
from archive.xref import schema
from archive.xref.declared import StatedRelease
from archive.xref.mining import Found
from archive.xref.names import Node

_EDGE_DIGITS = 20


class Registry:
    """Nodes, edges, names and releases of one cross-reference file, inside the writer's transaction."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._ids: dict[str, int] = {}
        self._loose: set[int] = set()

    def begin(self) -> None:
        """Forget what an earlier transaction, perhaps rolled back, left in memory."""
        self._ids.clear()
        self._loose.clear()

    def node(self, node: Node) -> int:
        """The node's number in this file, making it (and its master) when new."""
        known = self._ids.get(node.name)
        if known is None:
            row = self._db.execute("SELECT id FROM nodes WHERE name = ?", (node.name,)).fetchone()
            known = int(row[0]) if row else self._make(node)
            self._ids[node.name] = known
        return known

    def _make(self, node: Node) -> int:
        master = None
        if node.master:
            kind, _, key = node.master.partition(":")
            master = self.node(Node(kind, key))
        folded = node.fold
        made = self._db.execute(
            "INSERT INTO nodes VALUES (NULL, ?, ?, ?, ?, ?, ?)",
            (node.name, node.type, node.key, folded, folded[::-1], master),
        )
        return int(made.lastrowid or 0)

    def add_edges(self, found: Iterable[Found], document: str, known: int, origin: str) -> None:
        """Store edges of one document; `known` holds where they do not say otherwise."""
        seen: Counter[tuple[object, ...]] = Counter()
        rows = []
        for each in found:
            place = (each.source.name, each.rel, each.target.name, document, each.page, each.raw)
            seen[place] += 1
            rows.append(
                (
                    _edge_name(place, seen[place]),
                    self.node(each.source),
                    each.rel,
                    self.node(each.target),
                    each.raw,
                    each.rev,
                    each.method,
                    each.confidence,
                    document,
                    each.page,
                    each.start,
                    each.end,
                    each.snippet,
                    each.unconfirmed,
                    each.swapped,
                    each.known or known,
                    origin,
                )
            )
        self._db.executemany(schema.ADD_EDGE, rows)

    def add_name(self, node: Node, what: str, text: str, document: str, known: int) -> None:
        text = " ".join(text.split())
        if text and fold(text):
            self._db.execute(
                "INSERT INTO names VALUES (?, ?, ?, ?, ?, ?)",
                (self.node(node), what, text, fold(text), document, known),
            )

    def add_release(self, stated: StatedRelease, known: int, document: str | None) -> None:
        """Store a stated release; `document` is the record that states it, None for a person's own entry."""
        proof = stated.evidence
        where = (proof.document, proof.page, proof.words) if proof else (None, None, None)
        self._db.execute(
            "INSERT INTO releases VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (self.node(stated.node), stated.rev, stated.on, stated.effective, stated.by, *where, known, document),
        )

    def forget_edges(self, document: str, origin: str) -> None:
        """Take back what a document gave; nodes left without a use go with `sweep`."""
        for row in self._db.execute(schema.FORGET_EDGES, (document, origin)).fetchall():
            self._loose.update((row[0], row[1]))

    def forget_facts(self, document: str) -> None:
        """Take back the names and releases that a document's reading gave."""
        for statement in (schema.FORGET_NAMES, schema.FORGET_RELEASES):
            self._loose.update(row[0] for row in self._db.execute(statement, (document,)).fetchall())

    def forget_statement(self, seq: int) -> None:
        """Take back what a person's destroyed entry said."""
        gone = "DELETE FROM releases WHERE known = ? AND document IS NULL RETURNING node"
        self._loose.update(row[0] for row in self._db.execute(gone, (seq,)).fetchall())

    def sweep(self) -> None:
        """Remove nodes that nothing names any longer, as if they had never been."""
        while self._loose:
            node = self._loose.pop()
            if self._db.execute(schema.IS_USED, {"id": node}).fetchone()[0]:
                continue
            for name, master in self._db.execute("DELETE FROM nodes WHERE id = ? RETURNING name, master", (node,)):
                self._ids.pop(name, None)
                if master is not None:
                    self._loose.add(master)


def _edge_name(place: tuple[object, ...], occurrence: int) -> str:
    return sha256("\x1f".join(map(str, (*place, occurrence))).encode()).hexdigest()[:_EDGE_DIGITS]
