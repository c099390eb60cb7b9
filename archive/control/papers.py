"""The papers of one change: its request and every record that speaks of it, each with its day and its persons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from archive.control.persons import Authorities, Authority, Persons, authority_of
from archive.control.view import OnFile
from archive.errors import Invalid
from archive.model import Evidence, Record
from archive.records import as_bool, as_choice, as_date, as_rows, date_of

REQUEST = "change_request"
TRACKS = ("fast", "full", "emergency")
APPROVED = frozenset({"approved", "approved_with_conditions"})
LONGEST_QUOTE = 200

_BY = {
    REQUEST: "requester",
    "assessment": "assessor",
    "decision": "decided_by",
    "communication": "from",
    "authorisation": "authorised_by",
    "incorporation": "done_by",
}
_FILE = re.compile(r"(?:D-[0-9]{6,}|.+\.[A-Za-z0-9]{2,5})(?:#p?[0-9]+|,? p(?:age|\.)? ?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Paper:
    """A record as change control reads it.

    Attributes:
        day: the day it speaks of; None where none is stated that can be read.
        by: who asked, decided, signed, sent or did it.
        contested: files of one key that disagree on person or day, so that none counts; else empty.
    """

    record: Record
    day: date | None
    by: tuple[str, ...]
    contested: tuple[Record, ...] = ()

    @property
    def name(self) -> str:
        """As a finding names it: `AUT-2024-0011 (D-000021)`."""
        return f"{self.record.key} ({self.record.document})"

    @property
    def counts(self) -> bool:
        return self.day is not None and not self.contested


@dataclass(frozen=True)
class ChangeFile:
    """Everything on file about one change at the view's two clocks; papers are in order of day, then of filing."""

    view: OnFile
    key: str
    node: str
    request: Paper | None

    @cached_property
    def persons(self) -> Persons:
        authorities = self.view.records("authority")
        return Persons(self.view.records("party"), [record.text("person") for record in authorities])

    @cached_property
    def authorities(self) -> Authorities:
        order = self.view.house.date_order
        found = (authority_of(record, order) for record in self.view.records("authority"))
        return Authorities(tuple(each for each in found if isinstance(each, Authority)), self.persons)

    @cached_property
    def decisions(self) -> tuple[Paper, ...]:
        return self._papers("decision", "decides")

    @cached_property
    def authorisations(self) -> tuple[Paper, ...]:
        return self._papers("authorisation", "authorises")

    @cached_property
    def assessments(self) -> tuple[Paper, ...]:
        return self._papers("assessment", "assesses")

    @cached_property
    def incorporations(self) -> tuple[Paper, ...]:
        return self._papers("incorporation", "implements")

    @cached_property
    def revisions(self) -> tuple[Paper, ...]:
        """Revision records that say they implement the change."""
        return self._papers("revision", "implements")

    @property
    def requester(self) -> str:
        return self.request.record.text("requester") if self.request else ""

    @property
    def owner(self) -> str:
        return self.request.record.text("owner") if self.request else ""

    @property
    def track(self) -> str:
        stated = choice(self.view, self.request.record, "track") if self.request else ""
        return stated or "full"

    @property
    def is_known(self) -> bool:
        """Whether anything is on file that is about this change."""
        return any((self.request, self.decisions, self.authorisations, self.incorporations, self.assessments))

    def conveying(self, node: str) -> list[Paper]:
        """Communications that say they convey the node."""
        return list(self._of(self.view.stating("communication", "conveys", node)))

    def about(self) -> list[Paper]:
        """Communications that name the change among what they are about."""
        letters = self.view.stating("communication", "cites", self.node)
        return [each for each in self._of(letters) if self.node in self.nodes(each.record, "about", REQUEST)]

    def nodes(self, record: Record, field: str, *kinds: str) -> tuple[str, ...]:
        """What a field of references names."""
        return tuple(self.view.named(text, *kinds) for text in record.many(field))

    def tells_requester(self, letter: Paper) -> bool:
        return self.persons.is_among(self.requester, letter.record.many("to"))

    def _papers(self, kind: str, rel: str) -> tuple[Paper, ...]:
        return tuple(self._of(self.view.stating(kind, rel, self.node)))

    def _of(self, records: Iterable[Record]) -> Iterator[Paper]:
        papers = (paper_of(self.view, record) for record in records)
        dated = [paper for paper in papers if paper.day is None or paper.day <= self.view.day]
        yield from sorted(dated, key=lambda paper: (paper.day or date.min, paper.record.known))


def change_file(view: OnFile, key: str) -> ChangeFile:
    """Open the papers of a change, by its key in whatever spelling a scheme knows, or by its node."""
    key = key.strip().removeprefix(f"{REQUEST}:")
    node = view.named(key, REQUEST) or f"{REQUEST}:{key}"
    spelled = node.partition(":")[2]
    request = view.record(REQUEST, spelled) or view.record(REQUEST, key)
    return ChangeFile(view, spelled, node, paper_of(view, request) if request else None)


def paper_of(view: OnFile, record: Record) -> Paper:
    """Read a record's day and persons, and whether other files of its key disagree."""
    copies = tuple(view.copies(record)) if record.kind in _BY else ()
    differ = len({_claim(view, each) for each in copies}) > 1
    name = _BY.get(record.kind, "")
    return Paper(record, own_day(view, record), record.many(name) if name else (), copies if differ else ())


def _claim(view: OnFile, record: Record) -> tuple[object, ...]:
    return own_day(view, record), tuple(" ".join(each.split()).casefold() for each in record.many(_BY[record.kind]))


def own_day(view: OnFile, record: Record) -> date | None:
    """The day a record speaks of by its kind."""
    kind = view.kinds.find(record.kind)
    return date_of(kind, record.fields.values(), view.house.date_order) if kind else None


def day_in(view: OnFile, record: Record, name: str) -> date | None:
    """The day a field states; None where it states none that can be read."""
    with suppress(Invalid):
        return as_date(record.text(name), view.house.date_order)
    return None


def choice(view: OnFile, record: Record, name: str) -> str:
    """The word of an enum field that is meant, or nothing."""
    kind = view.kinds.find(record.kind)
    rule = kind.field(name) if kind else None
    text = record.text(name)
    with suppress(Invalid):
        return as_choice(rule, text) if rule and text else ""
    return ""


def says_yes(record: Record, name: str) -> bool:
    with suppress(Invalid):
        return bool(record.text(name)) and as_bool(record.text(name))
    return False


def rows_of(view: OnFile, record: Record, name: str) -> tuple[dict[str, str], ...]:
    """The rows of a field under their columns' own names."""
    kind = view.kinds.find(record.kind)
    rule = kind.field(name) if kind else None
    field = record.fields.get(name)
    return as_rows(rule, field.value) if rule and rule.columns and field else ()


def quote(record: Record, *names: str) -> Evidence:
    """One citation of the fields that decide, `outcome: approved; decided_on: 2024-04-23`; long ones are cut."""
    stated = [name for name in names if record.evidence(name).words.strip()]
    words = "; ".join(f"{name}: {_short(record.evidence(name).words)}" for name in stated)
    page = record.evidence(stated[0]).page if stated else 1
    return Evidence(record.document, page, words)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"


def originals(change: ChangeFile, record: Record) -> list[Evidence]:
    """The documents a record cites as its proof, each with its words about the change where it has any."""
    found = []
    for text in cited_papers(record):
        if change.view.named(text) == change.node:
            continue
        for number, page in change.view.originals(text):
            if number != record.document:
                links = change.view.links(f"document:{number}")
                own = (edge for edge in links if edge.document == number and edge.target == change.node)
                words = next(own, None)
                found.append(Evidence(number, words.page if words else page, words.snippet if words else ""))
    return list(dict.fromkeys(found))


def cited_papers(record: Record) -> tuple[str, ...]:
    """What a record names as the papers it rests on."""
    return tuple(dict.fromkeys(text for name in ("source", "evidence", "of") for text in record.many(name)))


def lost_papers(view: OnFile, record: Record) -> list[str]:
    """Papers a record rests on that cannot be shown: file names and document numbers that are not on file."""
    named = [text for name in ("source", "evidence") for text in record.many(name)]
    return [text for text in dict.fromkeys(named) if _FILE.fullmatch(text) and not view.originals(text)]
