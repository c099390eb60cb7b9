"""Making a lineage: the parts gathered for one key, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from archive import __version__
from archive.catalog import CATALOG, Catalog
from archive.control import OnFile, status_of
from archive.control.items import ITEM_KINDS, item_node, key_of
from archive.control.papers import change_file
from archive.errors import NotFound
from archive.model import Edge, Truth
from archive.report import answer as answers
from archive.report.acts import Case, case_of, comparisons
from archive.report.chain import chain_of
from archive.report.events import event_of_sheet, events_of, events_of_citations, in_order, people_of
from archive.report.exhibits import Exhibits
from archive.report.gaps import (
    file_findings,
    gaps_of,
    late_findings,
    link_findings,
    release_findings,
    shown_findings,
)
from archive.report.items import differences_of, revisions_of
from archive.report.nouns import (
    SCHEMA,
    Citation,
    Cover,
    Difference,
    Event,
    Integrity,
    Lineage,
    Revision,
    Sentence,
)
from archive.report.numbering import numbered
from archive.report.papers import Paper, Papers
from archive.report.proofs import commands_of, files_of, integrity_of
from archive.report.wording import LIMITS, SHOWS, UNLISTED
from archive.xref import XREF, Xref

MOST_CITATIONS = 1000
"""Passages that name the thing which are listed; the limits of the report say how many more there are."""

MOST_LINKS = 20_000


@dataclass(frozen=True)
class Sources:
    """Where a report reads from, beside the view.

    Attributes:
        truth: the store: entries up to the pin, and the objects they name.
        archive_id: as in archive.json; `engine` names what found the documents.
    """

    truth: Truth
    catalog: Catalog
    xref: Xref
    archive_id: str
    engine: str = ""


@dataclass
class _Parts:
    """What a kind of key gives beside cover, evidence and annex."""

    title: str
    kind: str
    cases: list[Case] = field(default_factory=list)
    answer: list[Sentence] = field(default_factory=list)
    revisions: tuple[Revision, ...] = ()
    differences: tuple[Difference, ...] = ()
    nodes: tuple[str, ...] = ()
    unlisted: int = 0


def lineage(view: OnFile, sources: Sources, key: str, *, at: int) -> Lineage:
    """Make the report on a change, an item, a record or a document; nothing is written.

    The same key, view, pin and rules give an equal value whenever it is asked for. Every cited file is read and
    hashed.

    Args:
        view: what is on file at entry `at`; its `today` is the day on which open matters are counted.
        at: sequence number of the last entry that counts.

    Raises:
        NotFound: nothing is known by that key.
    """
    papers = Papers(sources.truth, sources.catalog, at, view.house.date_order)
    return _Report(view, sources, Exhibits(papers), at).make(key)


@dataclass(frozen=True)
class _Report:
    view: OnFile
    sources: Sources
    exhibits: Exhibits
    at: int

    def make(self, key: str) -> Lineage:
        node = self._node(key)
        parts = self._parts(node)
        return self._proved(numbered(self._draft(node, parts)), parts)

    def _draft(self, node: str, parts: _Parts) -> Lineage:
        """All that the papers say; what only hashing and the rules can add is still empty."""
        citations = self._citations(node, parts)
        return Lineage(
            schema=SCHEMA,
            cover=self._cover(key_of(node), parts),
            answer=tuple(parts.answer),
            comparisons=tuple(row for case in parts.cases for row in comparisons(case)),
            changes=tuple(chain_of(case) for case in parts.cases),
            timeline=in_order(self._events(parts, node, citations), self._first_day()),
            revisions=parts.revisions,
            differences=parts.differences,
            citations=citations,
            gaps=(),
            people=people_of(parts.cases),
            evidence=self.exhibits.rows,
            integrity=Integrity(0, 0, "", ()),
            limits=(*LIMITS, *([UNLISTED.format(parts.unlisted)] if parts.unlisted else ())),
            annex=(),
            commands=(),
        )

    def _proved(self, draft: Lineage, parts: _Parts) -> Lineage:
        """The draft with every cited file hashed and every rule looked at."""
        files = files_of(self.exhibits.papers, {row.document for row in draft.evidence})
        integrity = integrity_of(files, self.at)
        edges = [edge for file in files for edge in self._out(file.number)]
        findings = [*(each for case in parts.cases for each in case.status.findings), *late_findings(draft.timeline)]
        findings += [*shown_findings(draft.evidence), *link_findings(edges), *file_findings(files)]
        findings += release_findings(draft, findings)
        gaps = gaps_of(findings, [case.change.track for case in parts.cases])
        return replace(
            draft,
            answer=answers.completed(draft.answer, integrity, gaps),
            gaps=gaps,
            integrity=integrity,
            annex=files,
            commands=commands_of(files, self.at),
        )

    def _node(self, key: str) -> str:
        """What the key names; raises NotFound where nothing on file is it or names it."""
        document = self.exhibits.papers.find(key.strip().upper())
        if document is not None:
            return f"document:{document.document.number}"
        found = self.view.named(key)
        if not found or not (self.view.originals(key_of(found)) or self.view.is_cited(found)):
            raise NotFound(f"{key}: nothing by that name was on file at entry {self.at}; try archive search")
        return found

    def _parts(self, node: str) -> _Parts:
        kind = node.partition(":")[0]
        if kind == "change_request":
            return self._change(node)
        if kind in (*ITEM_KINDS, "revision"):
            item, _ = item_node(self.view, key_of(node))
            return self._item(item or node)
        return self._other(node)

    def _case(self, key: str) -> Case:
        return case_of(change_file(self.view, key), status_of(self.view, key), self.exhibits)

    def _change(self, node: str) -> _Parts:
        case = self._case(key_of(node))
        differences = tuple(
            each for item in case.items if item.is_changed for each in self._differences(item.node, item.old, item.new)
        )
        changed = [f"revision:{item.new}" for item in case.items if item.is_changed]
        replaced = [
            f"revision:{key_of(item.node)} rev {item.old}" for item in case.items if item.is_changed and item.old
        ]
        nodes = (node, *changed, *replaced)
        parts = _Parts(case.status.title or "the request is not on file", "change_request", [case], nodes=nodes)
        parts.answer = list(answers.answer_of(case, comparisons(case), differences))
        parts.differences = differences
        items = dict.fromkeys(item.node for item in case.items if item.node)
        parts.revisions = tuple(row for item in items for row in revisions_of(self.view, item, self.exhibits))
        return parts

    def _differences(self, item: str, old: str, new: str) -> Iterable[Difference]:
        rev = new.rpartition(" rev ")[2]
        return differences_of(self.view, item, (old, rev), self.exhibits) if old else ()

    def _item(self, item: str) -> _Parts:
        revisions = revisions_of(self.view, item, self.exhibits)
        keys = [key_of(self.view.named(key, "change_request")) for row in revisions for key in row.changes]
        for rel in ("affects", "concerns"):
            keys += [record.key for record in self.view.stating("change_request", rel, item)]
        cases = [self._case(key) for key in dict.fromkeys(sorted(filter(None, keys)))]
        parts = _Parts(self._title(item), item.partition(":")[0], cases, revisions=revisions)
        for older, newer in pairwise(revisions):
            parts.differences += tuple(differences_of(self.view, item, (older.rev, newer.rev), self.exhibits))
        parts.nodes = (item, *(f"revision:{key_of(item)} rev {row.rev}" for row in revisions))
        parts.answer = list(answers.answer_of_item(self.view, item, revisions, cases))
        return parts

    def _other(self, node: str) -> _Parts:
        papers = self._sheets(node)
        parts = _Parts(self._title(node), node.partition(":")[0], nodes=(node,))
        parts.answer = list(answers.answer_of_papers(papers, self.exhibits))
        return parts

    def _title(self, node: str) -> str:
        for sheet in self._sheets(node):
            return sheet.document.title or sheet.document.name
        return "known by name only; nothing of it is on file"

    def _sheets(self, node: str) -> list[Paper]:
        """The papers that are this thing itself."""
        kind, _, key = node.partition(":")
        numbers = [key] if kind == "document" else [number for number, _ in self.view.originals(key)]
        found = map(self.exhibits.papers.find, numbers)
        return [sheet for sheet in found if sheet is not None]

    def _events(self, parts: _Parts, node: str, citations: Sequence[Citation]) -> Iterable[Event]:
        events = [event for case in parts.cases for event in events_of(case)]
        known = {event.document for event in events}
        issued = {number: f"{row.item} rev {row.rev}, " for row in parts.revisions for number in row.documents}
        for sheet in (*self._sheets(node), *filter(None, map(self.exhibits.papers.find, issued))):
            number = sheet.document.number
            if number not in known:
                known.add(number)
                words = f"{issued.get(number, '')}{sheet.document.title or sheet.document.name} ({number})"
                events.append(event_of_sheet(sheet, words, (self.exhibits.whole(number),), self.exhibits))
        numbers = dict.fromkeys(each.document for each in citations)
        sheets = [paper for number in numbers if (paper := self.exhibits.papers.find(number))]
        return dict.fromkeys([*events, *events_of_citations(citations, sheets, known, self.exhibits)])

    def _first_day(self) -> date | None:
        """The day on which the archive took its first paper in."""
        first = self.sources.catalog.every(limit=1)
        return first[0].received.date() if first else None

    def _citations(self, node: str, parts: _Parts) -> tuple[Citation, ...]:
        """Papers that name these things, each passage once, the chains' own left out."""
        told = {paper.record.document for case in parts.cases for paper in case.papers}
        found: dict[str, Citation] = {}
        alone = not (parts.cases or parts.revisions)
        own = [edge for sheet in self._sheets(node) for edge in self._out(sheet.document.number)] if alone else []
        edges = [each for each in (*self._links(parts.nodes or (node,)), *own) if each.document not in told]
        for at, edge in enumerate(edges):
            if len(found) == MOST_CITATIONS:
                parts.unlisted = len(edges) - at
                break
            cite = self.exhibits.around(edge)
            source, target = self._called(edge), key_of(edge.target or "") or edge.raw
            row = Citation(edge.document, source, edge.rel.replace("_", " "), target, edge.status, (cite,))
            found.setdefault(cite, row)
        return tuple(found.values())

    def _called(self, edge: Edge) -> str:
        """What names the thing: a document by its number and title, anything else by its key."""
        sheet = self.exhibits.papers.find(edge.document)
        if sheet is None or not edge.source.startswith("document:"):
            return f"{key_of(edge.source)} ({edge.document})"
        return f"{edge.document}, {sheet.document.title or sheet.document.name}"

    def _links(self, nodes: Sequence[str]) -> list[Edge]:
        found: dict[str, Edge] = {}
        for node in nodes:
            if self.view.is_cited(node):
                walk = self.sources.xref.links(node, direction="in", as_of=self.view.day, upto=self.at, most=MOST_LINKS)
                found |= {each.edge.edge: each.edge for each in walk if each.edge.rel != "issue_of"}
        return sorted(found.values(), key=lambda edge: (edge.known, edge.document, edge.page, edge.start, edge.edge))

    def _out(self, number: str) -> list[Edge]:
        return self.sources.xref.edges_of_document(number, upto=self.at)

    def _cover(self, key: str, parts: _Parts) -> Cover:
        view, sources = self.view, self.sources
        house = view.house
        rules = f"program {__version__}; rules of the house as of entry {house.seq}; "
        rules += f"rules of the program: papers {CATALOG.version}, links {XREF.version}"
        when = next((entry.time for entry in sources.truth.entries(self.at - 1, self.at)), None) if self.at else None
        return Cover(
            key=key,
            title=parts.title,
            kind=parts.kind,
            house=house.name,
            archive_id=sources.archive_id,
            at=self.at,
            at_time=when,
            today=view.today,
            as_of=view.day,
            rules=rules,
            engine=sources.engine,
            shows=SHOWS,
        )
