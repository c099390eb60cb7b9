"""Which papers prove the steps of a change, and why others do not (the guards of DOMAIN §3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from archive.control.items import ItemState, affected_items, other_changed
from archive.control.papers import APPROVED, ChangeFile, Paper, choice, day_in, rows_of
from archive.control.persons import highest, sums_in
from archive.records import Money


class Objection(NamedTuple):
    """Why a paper does not prove its step, and the finding that this is; the slug is empty where it is none."""

    paper: Paper
    slug: str
    words: str


@dataclass(frozen=True)
class Case:
    """A change with what counts of its papers."""

    change: ChangeFile

    @cached_property
    def refused_decisions(self) -> tuple[Objection, ...]:
        return tuple(filter(None, (_against_decision(self.change, each) for each in self.change.decisions)))

    @cached_property
    def valid_decisions(self) -> tuple[Paper, ...]:
        refused = [each.paper for each in self.refused_decisions]
        return tuple(each for each in self.change.decisions if each not in refused)

    @property
    def decision(self) -> Paper | None:
        """The newest decision that counts."""
        return self.valid_decisions[-1] if self.valid_decisions else None

    @property
    def outcome(self) -> str:
        return self.outcome_of(self.decision) if self.decision else ""

    def outcome_of(self, decision: Paper) -> str:
        return choice(self.change.view, decision.record, "outcome")

    @property
    def is_approved(self) -> bool:
        return self.outcome in APPROVED

    @cached_property
    def letters(self) -> tuple[Paper, ...]:
        """What conveys the decision, to whomever and whenever."""
        if self.decision is None:
            return ()
        node = self.change.view.named(self.decision.record.key, "decision")
        return tuple(self.change.conveying(node))

    @cached_property
    def reply(self) -> Paper | None:
        """The first communication by which the requester was told the decision."""
        made = self.decision.day if self.decision else None
        return next(
            (
                each
                for each in self.letters
                if each.counts and made and _from(each, made) and self.change.tells_requester(each)
            ),
            None,
        )

    @cached_property
    def refused_signatures(self) -> tuple[Objection, ...]:
        return tuple(filter(None, (self._against_signature(each) for each in self.change.authorisations)))

    @cached_property
    def signature(self) -> Paper | None:
        """The first authorisation that counts, whatever the outcome is."""
        refused = [each.paper for each in self.refused_signatures]
        return next((each for each in self.change.authorisations if each not in refused), None)

    @property
    def authorised_from(self) -> date | None:
        """The day from which the change may be made."""
        if self.signature is None or self.signature.day is None or not self.is_approved or self.open_risks:
            return None
        first = day_in(self.change.view, self.signature.record, "valid_from")
        return max(self.signature.day, first) if first else self.signature.day

    @property
    def authorised_to(self) -> date | None:
        """The last day on which it may be made; None where it is open."""
        return day_in(self.change.view, self.signature.record, "valid_to") if self.signature else None

    @cached_property
    def open_risks(self) -> tuple[str, ...]:
        """Critical risks of the newest assessment that nobody acknowledged."""
        papers = self.change.assessments[-1:]
        rows = [row for paper in papers for row in rows_of(self.change.view, paper.record, "risks")]
        critical = [row for row in rows if row.get("severity", "").casefold() == "critical"]
        return tuple(row.get("risk", "critical risk") for row in critical if not row.get("acknowledged_by"))

    @cached_property
    def items(self) -> tuple[ItemState, ...]:
        return affected_items(self.change)

    @cached_property
    def others(self) -> tuple[ItemState, ...]:
        return tuple(other_changed(self.change, self.items))

    @property
    def incorporated_on(self) -> date | None:
        """The day from which every affected item is in its new state."""
        days = [item.day for item in self.items if item.done and item.day]
        return max(days) if days and len(days) == len(self.items) else None

    @cached_property
    def closing(self) -> Paper | None:
        """The first communication by which the requester was told that the change is made."""
        done = self.incorporated_on
        if done is None:
            return None
        letters = [*self._conveying_incorporation(), *self.change.about()]
        told = [each for each in letters if each.counts and _from(each, done) and self._closes(each)]
        return min(told, key=lambda each: (each.day or date.max, each.record.known), default=None)

    def _conveying_incorporation(self) -> list[Paper]:
        view = self.change.view
        nodes = [view.named(each.record.key, "incorporation") for each in self.change.incorporations]
        return [letter for node in nodes for letter in self.change.conveying(node)]

    def _closes(self, letter: Paper) -> bool:
        """A letter that conveys nothing but decisions tells of no incorporation, whatever it is about."""
        conveyed = self.change.nodes(letter.record, "conveys", "decision", "incorporation")
        only_decisions = bool(conveyed) and all(node.startswith("decision:") for node in conveyed)
        return not only_decisions and self.change.tells_requester(letter)

    def _against_signature(self, paper: Paper) -> Objection | None:
        change = self.change
        incomplete = _incomplete(paper, "signed", "signer")
        if incomplete or paper.day is None:
            return Objection(paper, *(incomplete or ("", "")))
        signer = paper.by[0]
        if change.persons.is_among(signer, [change.requester]):
            return Objection(paper, "authoriser_is_requester", f"{signer} asked for the change")
        turned = [each for each in self.valid_decisions if self.outcome_of(each) in ("rejected", "deferred")]
        if any(each.day and each.day > paper.day for each in turned):
            return Objection(paper, "", f"it was signed before the change was {self.outcome_of(turned[-1])}")
        return _beyond_authority(change, paper, signer)


def _from(paper: Paper, day: date) -> bool:
    return paper.day is not None and paper.day >= day


def _incomplete(paper: Paper, verb: str, person: str) -> tuple[str, str] | None:
    if paper.contested:
        files = " and ".join(each.document for each in paper.contested)
        return "record_conflict", f"{files} bear one number and disagree"
    if paper.day is None:
        return "", f"it does not say when it was {verb}, or not as a date that can be read"
    return None if paper.by else ("", f"it names no {person}")


def _against_decision(change: ChangeFile, paper: Paper) -> Objection | None:
    incomplete = _incomplete(paper, "decided", "person who decided")
    if incomplete or paper.day is None:
        return Objection(paper, *(incomplete or ("", "")))
    if not choice(change.view, paper.record, "outcome"):
        return Objection(paper, "", "it states no outcome, or not in one of the words for it")
    if not paper.record.text("reason"):
        return Objection(paper, "", "it gives no reason")
    day = paper.day
    if change.authorities.begun(day) and not any(change.authorities.held(person, day) for person in paper.by):
        return Objection(paper, "authority_missing", f"{' and '.join(paper.by)} held no authority on {day}")
    return None


def _beyond_authority(change: ChangeFile, paper: Paper, signer: str) -> Objection | None:
    day = paper.day
    if day is None or not change.authorities.begun(day):
        return None
    held = change.authorities.held(signer, day)
    if not held:
        return Objection(paper, "authority_missing", f"{signer} held no authority on {day}")
    amounts = sums_of(change, paper)
    if any(each.covers(amounts) for each in held):
        return None
    told = " and ".join(str(each) for each in amounts)
    limits = " and ".join(each.record.text("limit") for each in held)
    if any(all(each.knows_currency(amount) for amount in amounts) for each in held):
        return Objection(paper, "authority_exceeded", f"{told} is above the limit of {signer}, {limits}")
    return Objection(paper, "authority_missing", f"{told} cannot be held against the limit of {signer}, {limits}")


def sums_of(change: ChangeFile, paper: Paper | None) -> tuple[Money, ...]:
    """What the change costs once: by its newest assessment and by the scope of its authorisation, the higher counts."""
    stated = sums_in(paper.record.text("scope")) if paper else []
    for assessment in change.assessments[-1:]:
        rows = rows_of(change.view, assessment.record, "costs")
        stated += _added([money for row in rows for money in sums_in(row.get("one_off", ""))])
    return highest(stated)


def _added(sums: Sequence[Money]) -> list[Money]:
    currencies = dict.fromkeys(each.currency for each in sums)
    return [
        Money(sum((each.amount for each in sums if each.currency == currency), start=Decimal(0)), currency)
        for currency in currencies
    ]
