"""Questions to one generation of the cross-references; every look-up goes through an index."""

from __future__ import annotations

import difflib
import re
import sqlite3
from collections.abc import Collection
from datetime import date
from pathlib import Path

from archive.errors import Ambiguous, NotFound
from archive.following.sqlite import open_read_only
from archive.model import Edge, Release
from archive.schemes import fold
from archive.xref import walks
from archive.xref.follower import FILE
from archive.xref.names import revision_order
from archive.xref.nouns import Clash, Dangling, Issue, Item, Walk
from archive.xref.paths import shortest
from archive.xref.view import View

_EXAMPLES = 3
_BESIDE = 16
_SHOWN = 20
_NUMBER = re.compile(r"[dD]-0*([0-9]{1,9})")
_NOT_DUE = ("party", "?party")
_CITED = """
SELECT n.id FROM nodes n
WHERE (SELECT count(*) FROM (SELECT 1 FROM edges e WHERE e.unconfirmed = 0 AND
    ((e.target = n.id AND e.swapped = 0) OR (e.source = n.id AND e.swapped = 1 )) LIMIT 1)) > 0
ORDER BY n.type, n.fold, n.name
"""
_BY_NAME = """
SELECT n.name FROM names m JOIN nodes n ON n.id = m.node
WHERE m.fold = ? AND m.what IN ('alias', 'title') ORDER BY n.name
"""
_BY_BEGINNING = """
SELECT name FROM nodes WHERE fold >= :from AND fold < :to AND type NOT LIKE '?%'
UNION SELECT n.name FROM names m JOIN nodes n ON n.id = m.node
WHERE m.fold >= :from AND m.fold < :to AND m.what IN ('alias', 'title') ORDER BY 1 LIMIT :most
"""


class Xref:
    """The cross-references of one generation, opened read only.

    Nodes are spelled `type:key`; wherever one is asked for, a key, a document's number, a title or a nickname that
    means one thing does as well.

    Args:
        folder: the generation's folder.
    Raises:
        CannotWrite: the file cannot be opened for reading.
    """

    def __init__(self, folder: Path) -> None:
        self._db = open_read_only(folder / FILE)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    @property
    def watermark(self) -> int:
        """Highest sequence number that answers take into account."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'watermark'").fetchone()
        return int(row[0]) if row else 0

    def links(
        self,
        thing: str,
        depth: int = 1,
        rels: Collection[str] | None = None,
        direction: str = "both",
        *,
        as_of: date | None = None,
        upto: int | None = None,
        hub: int = walks.HUB,
        most: int = walks.MOST_EDGES,
    ) -> Walk:
        """Links in and out of a thing, nearest first; a master stands with its revisions, each with its documents.

        Args:
            rels: relations to follow, inverse names too; None = all.
            direction: `out`, `in` or `both`.
            hub: things with more links than this are not walked through; most: links shown at most.
        Raises:
            NotFound, Ambiguous: `thing` means nothing, or several things, of this archive.
        """
        view = View(self._db, as_of, upto)
        limits = walks.Limits(depth, direction, walks.allowed(rels), hub, most)
        return walks.walk(view, self._number(view, thing), limits)

    def why(
        self, one: str, other: str, max_depth: int = 6, *, as_of: date | None = None, upto: int | None = None
    ) -> list[Edge] | None:
        """The shortest chain of proven links between two things; None when there is none within `max_depth`.

        Raises:
            NotFound, Ambiguous: as for `links`.
        """
        view = View(self._db, as_of, upto)
        ends = self._number(view, one), self._number(view, other)
        if ends[0] == ends[1]:
            return []
        return shortest(walks.between(view, *ends, max_depth), *ends)

    def _number(self, view: View, thing: str) -> int:
        number = view.number_of(thing) if ":" in thing else None
        if number is not None and view.node(number)["type"].startswith("?"):
            number = None
        if number is not None:
            return number
        found = self.resolve(thing)
        if not found:
            raise NotFound(f"{thing}: nothing in this archive is called so or cites it; try archive search")
        if len(found) > 1:
            raise Ambiguous(f"{thing} may mean {len(found)} things: name one of them", tuple(found))
        return view.number_of(found[0]) or 0

    def resolve(self, text: str) -> list[str]:
        """The nodes a text may mean: by number or key, else by title or nickname, else by how they begin.

        At most 20, by name; an item and its revision of the same spelling never both.
        """
        typed = " ".join(text.split())
        exact = self._db.execute("SELECT name FROM nodes WHERE name = ? AND type NOT LIKE '?%'", (typed,)).fetchall()
        if exact:
            return [exact[0][0]]
        folded = fold(f"D-{int(found[1]):06d}" if (found := _NUMBER.fullmatch(typed)) else typed)
        if not folded:
            return []
        by_key = "SELECT name FROM nodes WHERE fold = ? AND type NOT LIKE '?%' ORDER BY name LIMIT ?"
        ways = ((by_key, (folded, _SHOWN)), (_BY_NAME, (folded,)))
        for statement, values in ways:
            if rows := self._db.execute(statement, values).fetchall():
                return list(dict.fromkeys(row[0] for row in rows))[:_SHOWN]
        span = {"from": folded, "to": folded + "\U0010ffff", "most": _SHOWN}
        return _without_revisions([row[0] for row in self._db.execute(_BY_BEGINNING, span)])

    def dangling(self, *, as_of: date | None = None, upto: int | None = None) -> list[Dangling]:
        """Everything cited of which nothing is on file, most cited first, each with the nearest known thing.

        People without a record are not among them. Looks at every node once.
        """
        view = View(self._db, as_of, upto)
        found = [each for row in self._db.execute(_CITED).fetchall() if (each := self._dangling(view, row[0]))]
        return sorted(found, key=lambda each: (-each.count, each.key, each.node))

    def _dangling(self, view: View, number: int) -> Dangling | None:
        node = view.node(number)
        if node["type"] in _NOT_DUE or len(view.meant(number)) > 1 or any(map(view.is_on_file, view.meant(number))):
            return None
        if node["master"] is not None and view.is_on_file(node["master"]):
            return None
        cites = "e.unconfirmed = 0 AND ((e.target = :v0 AND e.swapped = 0) OR (e.source = :v0 AND e.swapped = 1))"
        rows = view.rows(cites, (number,))
        if not rows:
            return None
        kind = self._type_of(view, number)
        examples = tuple(view.edge(row) for row in rows[:_EXAMPLES])
        name = "" if node["type"].startswith("?") else str(node["name"])
        return Dangling(name, node["key"], len(rows), examples, self._near(view, node["key"], kind))

    def _type_of(self, view: View, number: int) -> list[str]:
        """The types among which the nearest known thing is sought."""
        node = view.node(number)
        if node["master"] is not None:
            return [str(view.node(node["master"])["type"])]
        kinds = str(node["type"]).lstrip("?")
        return [kind for kind in kinds.split("|") if kind]

    def nearest(self, text: str, *kinds: str, upto: int | None = None) -> str | None:
        """The most similar thing on file of these types as `type:key`; None where nothing is similar."""
        return self._near(View(self._db, None, upto), text, list(kinds))

    def _near(self, view: View, text: str, kinds: list[str]) -> str | None:
        """Look at what stands beside it in the order of keys, read from the front and from the back."""
        folded = fold(text)
        beside: dict[str, str] = {}
        for kind in kinds:
            for column, wanted in (("fold", folded), ("dlof", folded[::-1])):
                for sign, order in ((">=", "ASC"), ("<", "DESC")):
                    where = f"type = ? AND {column} {sign} ? ORDER BY {column} {order} LIMIT ?"
                    rows = self._db.execute(f"SELECT id, fold, name FROM nodes WHERE {where}", (kind, wanted, _BESIDE))
                    beside |= {row["fold"]: row["name"] for row in rows.fetchall() if view.is_on_file(row["id"])}
        near = difflib.get_close_matches(folded, sorted(beside), n=1, cutoff=0.75)
        return beside[near[0]] if near else None

    def items(self, kind: str | None = None) -> list[Item]:
        """All items of a type (of every type but documents where none is named), by key."""
        view = View(self._db)
        which, values = ("type = ?", (kind,)) if kind else ("type NOT LIKE '?%' AND type != 'document'", ())
        rows = self._db.execute(f"SELECT id FROM nodes WHERE {which} ORDER BY type, fold, name", values).fetchall()
        return [self._item(view, row[0]) for row in rows]

    def item(self, thing: str, *, upto: int | None = None) -> Item:
        """One item with its title and other names; raises NotFound or Ambiguous."""
        view = View(self._db, None, upto)
        return self._item(view, self._number(view, thing))

    def _item(self, view: View, number: int) -> Item:
        node = view.node(number)
        named = self._db.execute(
            "SELECT what, text FROM names WHERE node = ? AND what != 'file' AND known <= ? ORDER BY known, text",
            (number, view.clocks["upto"]),
        ).fetchall()
        titles = [row["text"] for row in named if row["what"] == "title"]
        others = dict.fromkeys(row["text"] for row in named if row["what"] == "alias")
        title = titles[-1] if titles else ""
        return Item(node["name"], node["type"], node["key"], title, tuple(others), view.is_on_file(number))

    def revisions(self, thing: str, *, upto: int | None = None) -> list[str]:
        """The revisions of an item that are on file, oldest first."""
        view = View(self._db, None, upto)
        rows = self._db.execute("SELECT id, key FROM nodes WHERE master = ?", (self._number(view, thing),)).fetchall()
        return sorted(
            (row["key"].rpartition(" rev ")[2] for row in rows if view.is_on_file(row["id"])), key=revision_order
        )

    def documents_of(self, thing: str, rev: str | None = None, *, upto: int | None = None) -> list[Issue]:
        """The documents that are issues of an item or of its revisions (of one, with `rev`), as they came on file."""
        view = View(self._db, None, upto)
        number = self._number(view, thing)
        members = self._db.execute("SELECT id FROM nodes WHERE id = ? OR master = ? ORDER BY name", (number, number))
        rows = [
            row
            for member in members.fetchall()
            for row in view.rows("e.target = :v0 AND e.rel = 'issue_of'", (member[0],))
        ]
        issues = [issue for row in rows if (issue := _issue(view, row)) and (rev is None or issue.rev == rev.upper())]
        return sorted(issues, key=lambda issue: (issue.edge.known, issue.document, issue.node))

    def issues_of(self, document: str, *, upto: int | None = None) -> list[Issue]:
        """What a document is an issue of; more than one where several forms say so."""
        view = View(self._db, None, upto)
        return [issue for row in view.issues(document) if (issue := _issue(view, row))]

    def item_of(self, document: str, *, upto: int | None = None) -> str | None:
        """The one item or revision that a document is, as `type:key`; None for an unfiled one."""
        found = {issue.node for issue in self.issues_of(document, upto=upto)}
        return found.pop() if len(found) == 1 else None

    def edges_of_document(self, number: str, *, upto: int | None = None) -> list[Edge]:
        """Every edge that a document's own words state, in their order, also those a later version replaced."""
        view = View(self._db, None, upto)
        rows = view.rows_of_document(number)
        return [view.edge(row) for row in rows]

    def releases(self, thing: str | None = None, *, upto: int | None = None) -> list[Release]:
        """Stated releases of an item (of all items), each item's in order of their days."""
        view = View(self._db, None, upto)
        items = view.released_items if thing is None else [self._number(view, thing)]
        return [release for item in items for release in view.releases(item)]

    def contradictions(self) -> list[Clash]:
        """Documents whose title zone and file name state different numbers."""
        rows = self._db.execute("SELECT * FROM contradictions ORDER BY document")
        return [Clash(row["document"], row["one"], row["other"]) for row in rows]

    def unread(self) -> list[str]:
        """Documents whose reading could not be loaded, so that they give no references."""
        return [row[0] for row in self._db.execute("SELECT number FROM documents WHERE unread = 1 ORDER BY number")]


def _issue(view: View, row: sqlite3.Row) -> Issue | None:
    edge = view.edge(row)
    kind, _, number = edge.source.partition(":")
    if kind != "document" or edge.target is None:
        return None
    rev = edge.target.rpartition(" rev ")[2] if edge.target.startswith("revision:") else None
    return Issue(number, edge.target, rev, edge)


def _without_revisions(names: list[str]) -> list[str]:
    """Leave out the revisions of items that are in the list themselves."""
    keys = {name.partition(":")[2] for name in names if not name.startswith("revision:")}
    return [
        name
        for name in names
        if not name.startswith("revision:") or name.partition(":")[2].rpartition(" rev ")[0] not in keys
    ]
