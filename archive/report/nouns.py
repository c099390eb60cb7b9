"""The lineage as one value: what `lineage()` makes and every rendering is made from.

All texts are plain; dates are civil dates, moments aware UTC. A *cite* is the `id` of a row of `evidence`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

SCHEMA = "lineage/1"

Verdict = Literal["before", "after", "cannot be shown"]


@dataclass(frozen=True, slots=True)
class Cover:
    """What the report is about and what it rests on.

    Attributes:
        kind: of the key: `change_request`, `controlled_document`, `product`, `document` …
        at: sequence number of the last entry looked at; `at_time` is that entry's.
        today: the day on which open matters are counted; `as_of` the day on which they are to be true.
        rules: the program and the rules by which the log was read, in words; `engine` what found the documents.
    """

    key: str
    title: str
    kind: str
    house: str
    archive_id: str
    at: int
    at_time: datetime | None
    today: date
    as_of: date
    rules: str
    engine: str
    shows: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the answer.

    Attributes:
        about: the question that it answers.
        found: False where nothing is on file.
        alarm: stands before it in capitals, where what was found must not be overlooked.
    """

    about: str
    text: str
    found: bool
    cites: tuple[str, ...]
    alarm: str = ""


@dataclass(frozen=True, slots=True)
class Dates:
    """Three dates of one act.

    Attributes:
        written: the date its paper bears.
        evidenced: the date that a file bears by itself, and `evidenced_by` what shows it, `mail header of D-000007`.
        recorded: when the archive took the paper in; `seq` the entry.
    """

    words: str
    by: str
    written: date | None
    evidenced: date | None
    evidenced_by: str
    recorded: datetime | None
    seq: int | None
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Authorisation beside the incorporation of one item; the verdict is read *authorised … incorporated*.

    Attributes:
        days: how many days incorporation came first; negative where it came after, None where it cannot be shown.
    """

    change: str
    item: str
    authorisation: Dates | None
    incorporation: Dates | None
    verdict: Verdict
    days: int | None
    words: str


@dataclass(frozen=True, slots=True)
class Event:
    """A fact in time.

    Attributes:
        effective: the day that the paper's own words give; None where they give none.
        file_date: where they give none, the day in the properties of the file, which says nothing of the fact.
        recorded: when the archive took the paper in; `seq` the entry.
        days_late: how many days after `effective` that was, where it is late and not taken over.
        taken_over: it is late, and came with the first papers of the archive.
    """

    effective: date | None
    file_date: date | None
    recorded: datetime | None
    seq: int | None
    days_late: int | None
    taken_over: bool
    words: str
    document: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A step of a chain.

    Attributes:
        found: False is printed NOT FOUND, with `words` saying what is missing.
        leads: evidence that may bear on a step which no record states; it proves nothing by itself.
    """

    step: str
    found: bool
    date: date | None
    by: str
    words: str
    cites: tuple[str, ...]
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """One change, step by step."""

    key: str
    title: str
    state: str
    track: str
    waiting_for: str
    waiting_on: str
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision of an item.

    Attributes:
        changes: keys of the changes it says it carries out.
        documents: numbers of the documents in which it was issued.
        leads: what these say of a release that is not proven; it proves nothing by itself.
    """

    item: str
    rev: str
    released_on: date | None
    released_by: str
    supersedes: str
    changes: tuple[str, ...]
    documents: tuple[str, ...]
    words: str
    cites: tuple[str, ...]
    leads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """A passage that two issues of one item do not share: how the older and the newer say it; either may be empty."""

    item: str
    old_rev: str
    new_rev: str
    old: str
    new: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A link in which the key stands, with its words."""

    document: str
    source: str
    rel: str
    target: str
    status: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of evidence: exact words on a page.

    Attributes:
        words: each stands on that page, white space aside.
        stands: False where the words could not be found there.
        reading: `record`, `born digital`, `scan` or `not read`; `confidence` 0-100 of a scanned page.
    """

    id: str
    document: str
    name: str
    page: int
    words: tuple[str, ...]
    stands: bool
    reading: str
    confidence: float | None
    note: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A rule looked at, printed even when nothing was found.

    Attributes:
        result: `none found`, `found`, or why the rule is not asked here.
    """

    rule: str
    severity: str
    words: str
    result: str
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the report names, with what the papers say they did."""

    name: str
    acts: tuple[str, ...]
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Integrity:
    """How many of the cited files still have the digest that was logged when they were taken in."""

    files: int
    equal: int
    words: str
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class File:
    """One cited file in the hash annex; `state` is `intact`, or what is wrong."""

    number: str
    name: str
    sha256: str
    size: int
    seq: int
    state: str


@dataclass(frozen=True, slots=True)
class Command:
    """How to check one thing by hand."""

    words: str
    command: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """The whole report."""

    schema: str
    cover: Cover
    answer: tuple[Sentence, ...]
    comparisons: tuple[Comparison, ...]
    changes: tuple[Chain, ...]
    timeline: tuple[Event, ...]
    revisions: tuple[Revision, ...]
    differences: tuple[Difference, ...]
    citations: tuple[Citation, ...]
    gaps: tuple[Gap, ...]
    people: tuple[Person, ...]
    evidence: tuple[Row, ...]
    integrity: Integrity
    limits: tuple[str, ...]
    annex: tuple[File, ...]
    commands: tuple[Command, ...]

    def row(self, cite: str) -> Row:
        """The evidence a cite names."""
        return self.evidence[int(cite.removeprefix("E")) - 1]
