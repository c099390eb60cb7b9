"""Who did what, when, by which paper: the acts of one change with their three dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from archive.control import ChangeStatus, Step
from archive.control.items import ItemState, affected_items, other_changed
from archive.control.papers import ChangeFile, Paper, cited_papers, originals
from archive.model import Evidence, Record
from archive.report.exhibits import Exhibits
from archive.report.nouns import Comparison, Dates, Verdict
from archive.report.papers import Paper as Sheet
from archive.report.telling import telling


@dataclass(frozen=True)
class Case:
    """One change with everything that the report's parts look at."""

    change: ChangeFile
    status: ChangeStatus
    exhibits: Exhibits
    items: tuple[ItemState, ...]

    @property
    def key(self) -> str:
        return self.change.key

    def step(self, name: str) -> Step:
        return next(step for step in self.status.steps if step.step == name)

    def cites(self, evidence: Sequence[Evidence], step: str) -> tuple[str, ...]:
        """Cite what proves a step: records by their fields, other papers by what they say of it."""
        return tuple(dict.fromkeys(self._cite(each, step) for each in evidence))

    def _cite(self, evidence: Evidence, step: str) -> str:
        record = self._record(evidence.document)
        sheet = None if record else self.exhibits.papers.find(evidence.document)
        if sheet is not None and not sheet.document.kind:
            place = telling(sheet.text(evidence.page), self.key, step)
            if place is not None:
                return self.exhibits.span(evidence.document, evidence.page, *place)
            if not evidence.words:
                return self.exhibits.whole(evidence.document)
        return self.exhibits.cite(evidence, record)

    def _record(self, number: str) -> Record | None:
        return next((paper.record for paper in self.papers if paper.record.document == number), None)

    @property
    def papers(self) -> list[Paper]:
        change = self.change
        asked = [change.request] if change.request else []
        told = [*change.about(), *(each for paper in change.decisions for each in change.conveying(_node(paper)))]
        every = [*asked, *change.assessments, *change.decisions, *told, *change.authorisations]
        every += [*change.incorporations, *change.revisions]
        return list({paper.record.document: paper for paper in every}.values())

    def sheets(self, record: Record) -> list[Sheet]:
        """The documents on file that a record names as what it rests on."""
        view, found = self.change.view, []
        for text in (*cited_papers(record), *record.many("files")):
            for number, _ in view.originals(text):
                sheet = self.exhibits.papers.find(number)
                if sheet is not None and number != record.document:
                    found.append(sheet)
        return list({sheet.document.number: sheet for sheet in found}.values())

    def proof(self, record: Record, step: str) -> tuple[str, ...]:
        """Cites of the originals a record names, by what they say of a step."""
        return self.cites(originals(self.change, record), step)

    def paper_at(self, evidence: Sequence[Evidence], papers: Sequence[Paper]) -> Paper | None:
        """The paper among these that a step's evidence rests on; else the last of them."""
        numbers = {each.document for each in evidence}
        chosen = [paper for paper in papers if paper.record.document in numbers]
        return chosen[0] if chosen else papers[-1] if papers else None


def case_of(change: ChangeFile, status: ChangeStatus, exhibits: Exhibits) -> Case:
    """Open a change for the report."""
    listed = affected_items(change)
    return Case(change, status, exhibits, (*listed, *other_changed(change, listed)))


def _node(paper: Paper) -> str:
    return f"{paper.record.kind}:{paper.record.key}"


def dates_of(case: Case, record: Record, act: tuple[str, str, date | None], cites: tuple[str, ...]) -> Dates:
    """Three dates of one act (its words, by whom, when): as written, as a file it rests on bears it, as recorded."""
    words, by, day = act
    evidenced, shown = None, ""
    for sheet in case.sheets(record):
        if found := sheet.own_date():
            evidenced, shown = found[0], f"{found[1]} of {sheet.document.number}"
            break
    return Dates(words, by, day, evidenced, shown, record.received, record.known, cites)


def authorised(case: Case) -> Dates | None:
    """The authorisation that counts; where none does, the last one on file."""
    step = case.step("authorised")
    paper = case.paper_at(step.evidence, case.change.authorisations)
    if paper is None:
        return None
    record = paper.record
    cites = tuple(
        filter(
            None,
            (case.exhibits.quote(record, "authorised_by", "signed_on", "scope"), *case.proof(record, "authorised")),
        )
    )
    words = record.key if step.done else f"{record.key}, which does not count: {step.missing}"
    return dates_of(case, record, (words, ", ".join(paper.by), paper.day), cites)


def incorporated(case: Case, item: ItemState) -> Dates:
    """The change of one item: its release, as the record of the revision and its file have it."""
    cites = case.cites(item.evidence, "incorporated")
    record = case.change.view.record("revision", item.new)
    if record is None:
        number = item.evidence[0].document if item.evidence else ""
        sheet = case.exhibits.papers.find(number) if number else None
        own = sheet.own_date() if sheet else None
        recorded, seq = (sheet.document.received, sheet.document.seq) if sheet else (None, None)
        shown = f"{own[1]} of {number}" if own else ""
        return Dates(item.new, item.by, item.day, own[0] if own else None, shown, recorded, seq, cites)
    return dates_of(case, record, (f"release of {item.new}", item.by, item.day), cites)


def comparisons(case: Case) -> tuple[Comparison, ...]:
    """Authorisation beside incorporation, for each item that was changed; one row where none was."""
    signed, changed = authorised(case), [item for item in case.items if item.is_changed]
    if case.status.outcome not in ("approved", "approved_with_conditions") and not changed and signed is None:
        return ()
    rows = []
    for item in changed:
        made = incorporated(case, item)
        verdict, days, words = verdict_of(case, signed, made)
        rows.append(Comparison(case.key, item.new, signed, made, verdict, days, words))
    if not rows:
        names = ", ".join(item.name for item in case.items) or "any item"
        rows.append(
            Comparison(case.key, names, signed, None, "cannot be shown", None, "No item is on file as changed.")
        )
    return tuple(rows)


def verdict_of(case: Case, signed: Dates | None, made: Dates) -> tuple[Verdict, int | None, str]:
    """Whether the authorisation came before the incorporation, as far as the dates can show it."""
    if signed is None or not case.step("authorised").done:
        why = "no authorisation is on file" if signed is None else "no authorisation on file counts"
        return "cannot be shown", None, f"{_upper(made.words)} is dated {made.written}, and {why}."
    if signed.written is None or made.written is None:
        return "cannot be shown", None, "One of the two bears no date that can be read."
    days = (signed.written - made.written).days
    if days == 0:
        return "cannot be shown", 0, f"Both are dated {made.written}; the order within the day cannot be shown."
    if days < 0 and signed.evidenced and signed.evidenced > made.written:
        words = f"The paper dates the signature {signed.written}, the {signed.evidenced_by} says {signed.evidenced}, "
        return "cannot be shown", days, words + f"which is after {made.written}."
    if days > 0:
        return (
            "after",
            days,
            f"{_upper(made.words)} came on {made.written}, {_days(days)} before the signature of {signed.written}.",
        )
    return (
        "before",
        days,
        f"The signature is dated {signed.written}, {_days(-days)} before {made.words} on {made.written}.",
    )


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
