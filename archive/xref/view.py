"""One look at the file at two clocks: rows become edges with a status, references in words find their item."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from archive.model import Edge, Evidence, Release
from archive.xref.names import revision_order
from archive.xref.relations import UNDATED
from archive.xref.releases import in_force

EVER = 2**62

_SEEN = """
    e.known <= :upto AND (d.aside IS NULL OR d.aside > :upto)
    AND (d.retired IS NULL OR d.retired > :upto OR d.retired_on > :day
         OR e.rel IN ('version_of', 'attachment_of', 'issue_of'))
    AND coalesce(nullif(d.date, ''), d.received) <= :day
"""
# CROSS JOIN keeps SQLite's planner, which has no statistics here, from beginning with all documents.
_EDGES = f"""
SELECT e.*, s.name AS source_name, t.name AS target_name, d.retired AS gone,
    coalesce(nullif(d.date, ''), d.received) AS day
FROM edges e CROSS JOIN nodes s ON s.id = e.source CROSS JOIN nodes t ON t.id = e.target
CROSS JOIN documents d ON d.number = e.document
WHERE {_SEEN} AND
"""
_ISSUES = """
SELECT 1 FROM edges e CROSS JOIN documents d ON d.number = e.document CROSS JOIN nodes s ON s.id = e.source
CROSS JOIN documents f ON f.number = s.key
WHERE e.target IN (SELECT :node UNION ALL SELECT id FROM nodes WHERE master = :node) AND e.rel = 'issue_of'
    AND s.type = 'document' AND e.unconfirmed = 0 AND e.known <= :upto AND f.known <= :upto
    AND (d.aside IS NULL OR d.aside > :upto) AND (f.aside IS NULL OR f.aside > :upto) LIMIT 1
"""
_RELEASES = """
SELECT r.*, m.name AS item FROM releases r JOIN nodes n ON n.id = r.node JOIN nodes m ON m.id = n.master
LEFT JOIN documents d ON d.number = r.document
WHERE n.master = :master AND r.known <= :upto
    AND (d.retired IS NULL OR d.retired > :upto) AND (d.aside IS NULL OR d.aside > :upto)
"""
_MEANT = """
SELECT id, type, 0 AS by_name FROM nodes WHERE fold = :fold AND type NOT LIKE '?%'
UNION SELECT n.id, n.type, 1 FROM names m JOIN nodes n ON n.id = m.node WHERE m.fold = :fold
"""


class View:
    """Answers about one generation's file, as of one day and known up to one line of the log.

    Args:
        as_of: documents dated later do not count; None = whatever their date.
        upto: what came later in the log does not count; None = all.
    """

    def __init__(self, db: sqlite3.Connection, as_of: date | None = None, upto: int | None = None) -> None:
        self.db = db
        self.as_of = as_of or date.max
        self.clocks: dict[str, Any] = {"upto": EVER if upto is None else upto, "day": self.as_of.isoformat()}
        self._on_file: dict[int, bool] = {}
        self._meant: dict[int, list[int]] = {}
        self._nodes: dict[int, sqlite3.Row] = {}
        self._releases: dict[int, tuple[Release, ...]] = {}
        self._living: dict[str, bool] = {}

    def rows(self, condition: str, values: Iterable[object] = (), limit: int = -1) -> list[sqlite3.Row]:
        """Edges that count at both clocks and meet a condition on `e`, in the order of the log and the page."""
        named = {f"v{place}": value for place, value in enumerate(values)}
        order = 'ORDER BY e.known, e.document, e.page, e."start", e.edge'
        return self.db.execute(f"{_EDGES} {condition} {order} LIMIT {limit}", {**self.clocks, **named}).fetchall()

    def rows_of_document(self, number: str) -> list[sqlite3.Row]:
        """Every edge that a document states by then, whatever its date and whether a later version replaced it."""
        later = f"{_EDGES.partition('WHERE')[0]} WHERE e.document = :number AND e.known <= :upto"
        order = 'ORDER BY e.page, e."start", e.rel, e.edge'
        return self.db.execute(f"{later} {order}", {"number": number, "upto": self.clocks["upto"]}).fetchall()

    def node(self, number: int) -> sqlite3.Row:
        if number not in self._nodes:
            self._nodes[number] = self.db.execute("SELECT * FROM nodes WHERE id = ?", (number,)).fetchone()
        return self._nodes[number]

    def number_of(self, name: str) -> int | None:
        row = self.db.execute("SELECT id FROM nodes WHERE name = ?", (name,)).fetchone()
        return int(row[0]) if row else None

    def meant(self, number: int) -> list[int]:
        """What a node stands for: itself, or all that the words of an unresolved reference may mean."""
        node = self.node(number)
        if not node["type"].startswith("?"):
            return [number]
        if number not in self._meant:
            self._meant[number] = self._look_up(node["fold"], node["type"][1:])
        return self._meant[number]

    def _look_up(self, fold: str, kinds: str) -> list[int]:
        allowed = set(filter(None, kinds.split("|")))
        rows = self.db.execute(_MEANT, {"fold": fold}).fetchall()
        fitting = [row for row in rows if not allowed or row["type"] in allowed]
        by_key = {row["id"] for row in fitting if not row["by_name"]}
        return sorted(by_key or {row["id"] for row in fitting}, key=lambda each: str(self.node(each)["name"]))

    def words_for(self, number: int) -> list[int]:
        """The node and the unresolved references whose words mean it alone."""
        folds = [self.node(number)["fold"]]
        folds += [row[0] for row in self.db.execute("SELECT DISTINCT fold FROM names WHERE node = ?", (number,))]
        marks = ", ".join("?" * len(folds))
        rows = self.db.execute(f"SELECT id FROM nodes WHERE fold IN ({marks}) AND type LIKE '?%'", folds).fetchall()
        return [number, *(row[0] for row in rows if self.meant(row[0]) == [number])]

    def is_on_file(self, number: int) -> bool:
        """Whether a document is an issue of the node, or of one of its revisions; of a document, whether it is kept."""
        if number not in self._on_file:
            node = self.node(number)
            if node["type"] == "document":
                found = self.db.execute(
                    "SELECT 1 FROM documents WHERE number = ? AND known <= ?", (node["key"], self.clocks["upto"])
                ).fetchone()
            else:
                found = self.db.execute(_ISSUES, {"node": number, "upto": self.clocks["upto"]}).fetchone()
            self._on_file[number] = found is not None
        return self._on_file[number]

    def edge(self, row: sqlite3.Row) -> Edge:
        """The edge with its status; an unresolved end is named once its words mean one thing."""
        target = self.meant(row["target"])
        gone = row["gone"] if row["gone"] is not None and row["gone"] <= self.clocks["upto"] else None
        return Edge(
            edge=row["edge"],
            source=self.end(row["source"]),
            rel=row["rel"],
            target=self.node(target[0])["name"] if len(target) == 1 else None,
            raw=row["raw"],
            rev=row["rev"],
            method=row["method"],
            confidence=row["confidence"],
            document=row["document"],
            page=row["page"],
            start=row["start"],
            end=row["end"],
            snippet=row["snippet"],
            status=self.status(row),
            known=row["known"],
            retired=gone,
        )

    def end(self, number: int) -> str:
        """The name of one end of an edge; `?:words` where the words mean nothing or several things."""
        meant = self.meant(number)
        return str(self.node(meant[0])["name"]) if len(meant) == 1 else f"?:{self.node(number)['key']}"

    def status(self, row: sqlite3.Row) -> str:
        """The link's status in DOMAIN §4's words, worked out from what is on file at both clocks."""
        cited = self.meant(row["source"] if row["swapped"] else row["target"])
        if len(cited) > 1:
            return "ambiguous"
        if row["unconfirmed"]:
            return "unconfirmed"
        if not cited:
            return "dangling"
        node = self.node(cited[0])
        if node["master"] is None:
            return "ok" if self.is_on_file(cited[0]) else "dangling"
        if row["rel"] not in UNDATED and self._is_outdated(row, node):
            return "outdated"
        if self.is_on_file(cited[0]):
            return "ok"
        return "predated" if self.is_on_file(node["master"]) else "dangling"

    def _is_outdated(self, row: sqlite3.Row, revision: sqlite3.Row) -> bool:
        """Whether it cites an older revision than the one in force on its own day; on this day, while it is in use."""
        day = self.as_of if self._is_living(row["document"]) else date.fromisoformat(row["day"])
        releases = self.releases(revision["master"])
        current = in_force(releases, day)
        cited = revision["key"].rpartition(" rev ")[2]
        if current is None or current.rev == cited:
            return False
        if any(release.rev == cited for release in releases):
            return in_force([release for release in releases if release.rev == cited], day) is not None
        return revision_order(cited) < revision_order(current.rev)

    def _is_living(self, document: str) -> bool:
        """Whether a document is an issue in use: the revision in force, or of something without stated releases."""
        if document not in self._living:
            self._living[document] = any(self._is_in_use(row["target"]) for row in self.issues(document))
        return self._living[document]

    def issues(self, document: str) -> list[sqlite3.Row]:
        """The edges that say which items or revisions a document is an issue of."""
        number = self.number_of(f"document:{document}")
        return [] if number is None else self.rows("e.source = :v0 AND e.rel = 'issue_of'", (number,))

    def _is_in_use(self, number: int) -> bool:
        node = self.node(number)
        if node["master"] is None:
            return bool(node["type"] == "controlled_document")
        current = in_force(self.releases(node["master"]), self.as_of)
        return current is None or current.rev == node["key"].rpartition(" rev ")[2]

    def releases(self, master: int) -> tuple[Release, ...]:
        """Releases of an item's revisions stated by then, in order of their days."""
        if master not in self._releases:
            rows = self.db.execute(
                _RELEASES,
                {"master": master, "upto": self.clocks["upto"]},
            )
            found = [release_of(row) for row in rows]
            self._releases[master] = tuple(
                sorted(found, key=lambda each: (each.on, revision_order(each.rev), each.known))
            )
        return self._releases[master]

    @cached_property
    def released_items(self) -> Sequence[int]:
        """Every item that has a stated release, by name."""
        rows = self.db.execute(
            "SELECT DISTINCT m.id, m.name FROM releases r "
            "JOIN nodes n ON n.id = r.node JOIN nodes m ON m.id = n.master ORDER BY m.name"
        )
        return [row[0] for row in rows]


def release_of(row: sqlite3.Row) -> Release:
    """A row of releases, joined with its item's name, as the noun."""
    return Release(
        item=row["item"],
        rev=row["rev"],
        on=date.fromisoformat(row["on"]),
        by=row["by"],
        evidence=Evidence(row["proof"], row["page"], row["words"]) if row["proof"] else None,
        known=row["known"],
        effective=date.fromisoformat(row["effective"]) if row["effective"] else None,
    )
