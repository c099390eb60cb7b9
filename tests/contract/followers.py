"""The followers under contract, how their answers are compared, and a story for them to follow."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from archive.catalog import CATALOG, Catalog
from archive.errors import Damaged, NotFound
from archive.following import Follower, Following, SqliteWriter, open_read_only
from archive.index import INDEX, Index, parse
from archive.model import Entry, Truth
from archive.settings import HOUSE, House, house_of
from archive.store import Store
from archive.xref import FILE as XREF_FILE
from archive.xref import XREF
from tests.store.archive_on_disk import RealArchive, accession

SECRET = "quicksilver"


class TallyWriter(SqliteWriter):
    """Notes what each line is, and how many bytes its text has."""

    SCHEMA = "CREATE TABLE IF NOT EXISTS lines (seq INTEGER PRIMARY KEY, action TEXT, number TEXT, size INTEGER)"

    def __init__(self, path: Path, truth: Truth) -> None:
        super().__init__(path)
        self._truth = truth

    def take(self, entry: Entry) -> None:
        text = entry.body.get("text")
        try:
            size = len(self._truth.objects.read(text)) if text else 0
        except (Damaged, NotFound):
            size = -1
        row = (entry.seq, "destroyed" if entry.destroyed_under else entry.action, entry.body.get("number"), size)
        self.db.execute("INSERT INTO lines VALUES (?, ?, ?, ?)", row)


class Tally:
    """The smallest follower there can be."""

    name = "tally"
    version = "1"
    sections: tuple[str, ...] = ("languages",)
    batch = 3

    def writer(self, folder: Path, truth: Truth, house: House) -> TallyWriter:
        return TallyWriter(folder / "tally.sqlite", truth)


@dataclass(frozen=True)
class Case:
    """One follower, and a function from a generation to everything it answers.

    Attributes:
        own: a house part that differs from the defaults in the follower's own sections, if it has any.
    """

    follower: Follower
    answers: Callable[[Path], Any]
    own: dict[str, Any]


def tally_answers(folder: Path) -> Any:
    return _rows(folder / "tally.sqlite", "SELECT * FROM lines ORDER BY seq")


def catalog_answers(folder: Path) -> Any:
    with closing(Catalog(folder)) as catalog:
        documents = list(catalog.every())
        about = {
            each.number: (
                list(catalog.occurrences(each.number)),
                [part.number for part in catalog.parts(each.number)],
                [member.number for member in catalog.chain(each.number)],
                list(catalog.entries_of(each.number)),
            )
            for each in documents
        }
        records = list(catalog.records("change_request"))
        said = list(catalog.statements())
        return documents, about, records, said, catalog.house(), catalog.counts(), catalog.next_number()


QUERIES = (
    "valve",
    "gasket",
    SECRET,
    '"the valve"',
    "ECR-2024-0001",
    "SPC-1001-02",
    "name:letter*",
    "kind:change_request",
)


def index_answers(folder: Path) -> Any:
    index = Index(folder, House())
    found: dict[str, Any] = {}
    for words in QUERIES:
        query = parse(words)
        hits = index.search(query, limit=100, all_versions=True)
        found[words] = sorted(hit.ref for hit in hits.hits), index.search(query).hidden
        for sort in ("date", "received", "title"):
            found[f"{words} by {sort}"] = [hit.ref for hit in index.search(query, limit=100, sort=sort).hits]
    return found


def xref_answers(folder: Path) -> Any:
    """Everything the reader reads, under the names of the nodes instead of their numbers."""
    path = folder / XREF_FILE
    edges = (
        "SELECT edge, s.name, rel, t.name, raw, rev, method, confidence, document, page, start, end, snippet, known"
        " FROM edges JOIN nodes s ON s.id = source JOIN nodes t ON t.id = target ORDER BY edge, 2, 4, known"
    )
    names = "SELECT name, what, text, document, known FROM names JOIN nodes ON id = node ORDER BY 1, 2, 3, 4, 5"
    releases = 'SELECT name, rev, "on", by, known FROM releases JOIN nodes ON id = node ORDER BY 1, 2, 3, 4, 5'
    nodes = "SELECT n.name, m.name FROM nodes n LEFT JOIN nodes m ON m.id = n.master ORDER BY 1"
    tables = ("SELECT * FROM documents ORDER BY number", "SELECT * FROM filed ORDER BY document")
    return [_rows(path, words) for words in (*tables, edges, names, releases, nodes)]


def _rows(path: Path, words: str) -> list[tuple[Any, ...]]:
    with closing(open_read_only(path)) as db:
        db.row_factory = None
        return db.execute(words).fetchall()


CASES = (
    Case(Tally(), tally_answers, {"languages": ["en", "de"]}),
    Case(CATALOG, catalog_answers, {}),
    Case(INDEX, index_answers, {"languages": ["en", "de"]}),
    Case(XREF, xref_answers, {"date_order": "day-first"}),
)


def house_at(store: Store) -> Callable[[int], House]:
    """The newest house settings at a line, straight from the log."""

    def found(seq: int) -> House:
        stated = [entry for entry in store.entries(0, seq) if entry.action == "settings"]
        return house_of(stated[-1].body["house"], stated[-1].seq) if stated else House()

    return found


def following(case: Case, archive: RealArchive, follower: Follower | None = None) -> Following:
    store = archive.open()
    return Following(follower or case.follower, store, archive.home / "derived", house_at(store))


def answers(case: Case, archive: RealArchive) -> Any:
    """What the generation that answers now answers."""
    folder = following(case, archive).current()
    assert folder is not None
    return case.answers(folder)


def say_settings(archive: RealArchive, **values: Any) -> None:
    archive.commit([("settings", {"house": {**HOUSE, **values}})])


_RECORD = {"kind": "change_request", "key": "ECR-2024-0001"}
_TITLE = {"value": "Specification SPC-1001-02", "source": "first page"}
_COPY = {"name": "copy.txt", "name_raw": "copy.txt", "source": "/in/copy.txt", "parent": None}
_RELEASE = {"item": "controlled_document:SPC-1001-02", "rev": "A", "by": "I. Quill", "on": "2026-01-31", "why": ""}
_FILED = {"item": "controlled_document:SPC-1001-02", "rev": "B", "why": "the stamp says so"}
_PROOF = {"document": "D-000001", "page": 1, "words": "the valve"}
_OLDER = {"number": "D-000001", "method": "path", "evidence": "the same path"}


@dataclass(frozen=True)
class _Teller:
    archive: RealArchive

    def received(self, number: int, name: str, parent: str | None = None) -> None:
        self.archive.commit([accession(number, self.archive.put(name.encode()), name, parent)])

    def read(self, number: str, text: str, **more: Any) -> None:
        pages = [{"source": "embedded", "confidence": None, "chars": len(text)}]
        self.archive.read(number, text.encode(), pages=pages, **more)

    def record(self, text: str, **values: Any) -> None:
        fields = [
            {"name": name, "value": value, "page": 1, "line": at, "start": 0, "end": 0}
            for at, (name, value) in enumerate(values.items(), 1)
        ]
        packed = gzip.compress(json.dumps({"fields": fields}).encode(), mtime=0)
        self.read("D-000002", text, record=_RECORD, more=self.archive.put(packed))

    def said(self, says: str, **body: Any) -> None:
        self.archive.commit([("statement", {"says": says, **body})])

    def reconciled(self) -> None:
        body = {"folder": "/in", "counts": {"stored": 5}, "list": self.archive.put(b"list")}
        self.archive.commit([("reconciliation", body)])


def story(archive: RealArchive) -> Sequence[Callable[[], object]]:
    """Steps that write a line each: every action that followers take, corrections and versions among them."""
    tell = _Teller(archive)
    return (
        lambda: tell.received(1, "letter.txt"),
        lambda: tell.read("D-000001", "SPC-1001-02 rev A\nthe valve sticks", title=_TITLE),
        lambda: tell.received(2, "request.md"),
        lambda: tell.record("ECR-2024-0001 changes SPC-1001-02", title="Gasket", affects=["SPC-1001-02"]),
        lambda: archive.commit([("occurrence", {"number": "D-000001", **_COPY})]),
        lambda: tell.received(3, "letter of March.txt"),
        lambda: tell.read("D-000003", "SPC-1001-02 rev B\nthe gasket holds\fsecond page", version_of=_OLDER),
        lambda: tell.said("file", number="D-000003", **_FILED),
        lambda: tell.said("release", **_RELEASE, evidence=_PROOF),
        lambda: tell.received(4, "mail.eml"),
        lambda: tell.received(5, "attachment.txt", "D-000004"),
        lambda: tell.read("D-000004", f"the valve and {SECRET}", parts=["D-000005"]),
        lambda: tell.read("D-000005", f"{SECRET} for ECR-2024-0001"),
        tell.reconciled,
        lambda: tell.record("ECR-2024-0001 now changes nothing", title="Gasket"),
        lambda: tell.said("set aside", number="D-000003", why="dropped by mistake"),
    )


def tell(archive: RealArchive) -> None:
    """The whole story, nobody following."""
    for step in story(archive):
        step()
