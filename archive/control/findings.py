"""What is wrong with the papers of a change (DOMAIN §7): persons, dates, proof."""

from __future__ import annotations

from collections.abc import Iterator

from archive.control.guards import Case
from archive.control.papers import ChangeFile, Paper, lost_papers
from archive.model import Finding, Record
from archive.records.values import is_stated

ASSESSED = ("relevance", "risks", "benefits", "costs")
ASKING_ASSESSMENT = frozenset({"full", "emergency"})


def paper_findings(case: Case) -> Iterator[Finding]:
    """Findings about the papers themselves, in the order of the steps."""
    yield from _request(case.change)
    yield from _unshown(case.change)
    yield from _decision(case)
    yield from _assessment(case)
    yield from _reply(case)
    yield from _authority(case)
    yield from _order(case)


def error(slug: str, place: str, fix: str) -> Finding:
    return Finding(slug, "error", place, fix)


def warning(slug: str, place: str, fix: str) -> Finding:
    return Finding(slug, "warning", place, fix)


def note(slug: str, place: str, fix: str) -> Finding:
    return Finding(slug, "note", place, fix)


def days_between(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def _papers(change: ChangeFile) -> Iterator[Paper]:
    if change.request:
        yield change.request
    yield from change.assessments
    yield from change.decisions
    yield from change.authorisations
    yield from change.incorporations
    yield from change.revisions


def _request(change: ChangeFile) -> Iterator[Finding]:
    if change.request is None and change.is_known:
        fix = f"papers are on file for it but not the request: archive add <the request {change.key}>"
        yield error("request_not_on_file", change.key, fix)
    for paper in _papers(change):
        if paper.contested:
            files = " and ".join(each.document for each in paper.contested)
            fix = f"{files} bear the number {paper.record.key} and disagree on person or day; set the wrong one aside"
            yield error("record_conflict", f"{change.key}: {paper.record.key}", fix)


def _unshown(change: ChangeFile) -> Iterator[Finding]:
    for paper in _papers(change):
        for text in lost_papers(change.view, paper.record):
            fix = f"it rests on {text}, which is not on file: archive add <{text}>"
            yield error("evidence_not_found", f"{change.key}: {paper.name}", fix)


def _decision(case: Case) -> Iterator[Finding]:
    change, request = case.change, case.change.request
    for paper in case.valid_decisions:
        if request and request.day and paper.day and paper.day < request.day:
            fix = f"decided on {paper.day}, asked for on {request.day}: look at both dates and file the right one"
            yield error("decided_before_requested", f"{change.key}: {paper.name}", fix)


def _assessment(case: Case) -> Iterator[Finding]:
    """Only where the track asks for an assessment."""
    change, decision = case.change, case.decision
    if decision is None or decision.day is None or change.track not in ASKING_ASSESSMENT:
        return
    before = [each for each in change.assessments if each.day is None or each.day <= decision.day]
    complete = [each for each in before if not _unstated(each.record)]
    if not complete:
        lacking = min((_unstated(each.record) for each in before), key=len, default=list(ASSESSED))
        fix = f"decided on {decision.day} without {', '.join(lacking)} on file: archive add <the assessment>"
        yield warning("decided_without_assessment", f"{change.key}: {decision.name}", fix)
    assessors = {change.persons.of(person) for each in before for person in each.by}
    if len(assessors) == 1 and assessors == {change.persons.of(person) for person in decision.by}:
        fix = f"{decision.by[0]} alone assessed and alone decided: have somebody else do one of the two"
        yield error("assessor_is_decider", f"{change.key}: {decision.name}", fix)


def _unstated(record: Record) -> list[str]:
    return [name for name in ASSESSED if name not in record.fields or not is_stated(record.fields[name].value)]


def _reply(case: Case) -> Iterator[Finding]:
    change, decision, reply = case.change, case.decision, case.reply
    if decision is None or decision.day is None:
        return
    place = f"{change.key}: {decision.name}"
    if reply is None or reply.day is None:
        waited = days_between((change.view.day - decision.day).days)
        fix = f"decided {waited} ago; tell {change.requester or 'the requester'} and archive add <the letter or mail>"
        yield warning("requester_not_told", place, fix)
        return
    took, allowed = (reply.day - decision.day).days, change.view.house.days("reply_days")
    if took > allowed:
        fix = f"told after {days_between(took)} by {reply.name}, the house allows {allowed}: say in the file why"
        yield warning("requester_told_late", place, fix)


def _authority(case: Case) -> Iterator[Finding]:
    change = case.change
    for objection in (*case.refused_decisions, *case.refused_signatures):
        place, words = f"{change.key}: {objection.paper.name}", objection.words
        match objection.slug:
            case "authoriser_is_requester":
                yield error("authoriser_is_requester", place, f"{words}: have somebody else sign")
            case "authority_exceeded":
                yield error("authority_exceeded", place, f"{words}: have somebody sign whose limit covers it")
            case "authority_missing":
                yield warning("authority_missing", place, f"{words}: archive add <the list of authorities>")
    for paper in (*case.valid_decisions, *(each for each in (case.signature,) if each)):
        yield from _unauthorised_person(change, paper)
    for paper in change.authorisations:
        if paper.by and not change.persons.knows(paper.by[0]):
            fix = f"{paper.by[0]} is no party on file: archive add <a party record with name and aliases>"
            yield warning("signer_unresolved", f"{change.key}: {paper.name}", fix)


def _unauthorised_person(change: ChangeFile, paper: Paper) -> Iterator[Finding]:
    """A paper that counts only because no authority of anybody was on file for its day."""
    day = paper.day
    if day is not None and not any(change.authorities.held(person, day) for person in paper.by):
        fix = f"no authority on file begins by {day}: archive add <what {' and '.join(paper.by)} could sign that day>"
        yield warning("authority_missing", f"{change.key}: {paper.name}", fix)


def _order(case: Case) -> Iterator[Finding]:
    """Dates that cannot be, beyond a decision older than its request."""
    change, signature = case.change, case.signature
    approvals = [each.day for each in case.valid_decisions if each.day and case.outcome_of(each).startswith("approved")]
    if signature and signature.day and approvals and signature.day < min(approvals):
        fix = f"signed on {signature.day}, approved on {min(approvals)} only: look at both dates and file the right one"
        yield error("impossible_order", f"{change.key}: {signature.name}", fix)
    for letter in case.letters:
        made = case.decision.day if case.decision else None
        if letter.day and made and letter.day < made and change.tells_requester(letter):
            fix = f"sent on {letter.day}, it conveys a decision of {made}: look at both dates and file the right one"
            yield error("impossible_order", f"{change.key}: {letter.name}", fix)
