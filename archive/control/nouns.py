"""What change control answers with: a change's state with its ladder of steps, and the revision in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from archive.model import Evidence, Finding


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a change.

    Attributes:
        step: `received`, `decided`, `communicated`, `authorised`, `incorporated` or `closed`.
        in_order: done, and so is every step that the track asks before it.
        date: the day from which it holds; None while it is not done, or where its papers bear no date.
        by: who did it, as the paper spells them; several are joined by `, `.
        evidence: what proves it, each paper with the words; of a step not done, what there is towards it.
        missing: plain words for what is not there; empty where it is done.
    """

    step: str
    done: bool
    in_order: bool
    date: date | None
    by: str
    evidence: tuple[Evidence, ...]
    missing: str


@dataclass(frozen=True, slots=True)
class ChangeStatus:
    """Where a change stands, derived from what is on file.

    Attributes:
        kind: `change_request`.
        track: `fast`, `full` or `emergency`; `full` where the request names none.
        state: the last step that holds with all before it; `rejected` or `deferred` once the requester was told;
            `incomplete` while the request lacks what receipt needs; `known, nothing on file` for one only cited.
        waiting_for: what has to happen next, in plain words; empty once nothing is to come.
        waiting_on: who has to do it; empty where the papers do not say.
        days: days since the last step that was done; None where no day is known.
        outcome: as the decision states it; empty without one.
        note: what the reader has to know about this answer, else empty.
    """

    key: str
    title: str
    kind: str
    track: str
    state: str
    steps: tuple[Step, ...]
    waiting_for: str
    waiting_on: str
    days: int | None
    findings: tuple[Finding, ...]
    requester: str = ""
    outcome: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class InForce:
    """Which revision of an item holds on a day.

    Attributes:
        item: its key, `SPC-1001-02`.
        rev: the revision in force; where no release is on file the latest one on file; None where there is neither.
        proven: whether a release says so.
        since: the day from which it holds; None where that is not proven.
        words: the answer in one line, `rev C, in force since 2024-05-06` or
            `latest on file: rev C, release not proven`.
    """

    item: str
    day: date
    rev: str | None
    proven: bool
    since: date | None
    by: str
    evidence: tuple[Evidence, ...]
    words: str
