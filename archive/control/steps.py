"""The ladder of a change: the six steps of the fast track, each by its own evidence and in order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from archive.control.guards import Case, Objection
from archive.control.nouns import Step
from archive.control.papers import ChangeFile, Paper, originals, quote
from archive.model import Evidence

STEPS = ("received", "decided", "communicated", "authorised", "incorporated", "closed")

_QUOTED = {
    "decision": ("outcome", "decided_by", "decided_on", "reason"),
    "communication": ("from", "to", "sent_on", "conveys", "about", "subject"),
    "authorisation": ("scope", "authorised_by", "authority", "signed_on", "meaning"),
}


def ladder(case: Case) -> tuple[Step, ...]:
    """Every step in the order of the track; `in_order` ends with the first one that is not done."""
    steps = (
        _received(case.change),
        _decided(case),
        _communicated(case),
        _authorised(case),
        _incorporated(case),
        _closed(case),
    )
    holds, ordered = True, []
    for step in steps:
        holds = holds and step.done and not (step.step == "incorporated" and ran_out(case))
        ordered.append(replace(step, in_order=holds))
    return tuple(ordered)


def ran_out(case: Case) -> bool:
    """Whether an item was changed after the last day on which the authorisation allows it."""
    last = case.authorised_to
    return last is not None and any(item.day and item.day > last for item in case.items if item.is_changed)


def proof(change: ChangeFile, paper: Paper) -> tuple[Evidence, ...]:
    """What a paper says, and the documents that it cites for it."""
    record = paper.record
    return (quote(record, *_QUOTED[record.kind]), *originals(change, record))


def _done(step: str, day: date | None, by: str, evidence: tuple[Evidence, ...]) -> Step:
    return Step(step, True, False, day, by, tuple(dict.fromkeys(evidence)), "")


def _missing(step: str, words: str, evidence: tuple[Evidence, ...] = ()) -> Step:
    return Step(step, False, False, None, "", tuple(dict.fromkeys(evidence)), words)


def _refused(case: Case, step: str, objections: tuple[Objection, ...], otherwise: str) -> Step:
    """A step that papers claim and do not prove, or that no paper speaks of."""
    if not objections:
        return _missing(step, otherwise)
    words = "; ".join(f"{each.paper.name}: {each.words}" for each in objections)
    return _missing(step, words, tuple(each for one in objections for each in proof(case.change, one.paper)))


def _received(change: ChangeFile) -> Step:
    request = change.request
    if request is None:
        return _missing("received", "the request is not on file")
    record = request.record
    evidence = (quote(record, "requester", "requested_on", "description"), *originals(change, record))
    if request.contested:
        files = " and ".join(each.document for each in request.contested)
        return _missing("received", f"{files} bear one number and disagree", evidence)
    lacking = [name for name in ("requester", "description") if not record.text(name)]
    if request.day is None:
        lacking.append("date")
    if lacking:
        return _missing("received", f"the request states no {' and no '.join(lacking)}", evidence)
    if request.day is not None and request.day > change.view.day:
        return _missing("received", f"the request is of {request.day}, later than {change.view.day}", evidence)
    return _done("received", request.day, change.requester, evidence)


def _decided(case: Case) -> Step:
    decision = case.decision
    if decision is None:
        return _refused(case, "decided", case.refused_decisions, "no decision is on file")
    return _done("decided", decision.day, ", ".join(decision.by), proof(case.change, decision))


def _communicated(case: Case) -> Step:
    change, reply = case.change, case.reply
    if reply is not None:
        return _done("communicated", reply.day, ", ".join(reply.by), proof(change, reply))
    if case.decision is None:
        return _missing("communicated", "there is no decision to tell")
    told = f"no communication on file tells {change.requester or 'the requester'} of {case.decision.record.key}"
    evidence = tuple(each for letter in case.letters for each in proof(change, letter))
    return _missing("communicated", f"{told}{_why_not(case)}", evidence)


def _why_not(case: Case) -> str:
    """What is wrong with letters that convey the decision and do not count."""
    made = case.decision.day if case.decision else None
    reasons = []
    for letter in case.letters:
        if letter.contested:
            reasons.append(f"{letter.name} is there in texts that disagree")
        elif letter.day is None:
            reasons.append(f"{letter.name} does not say when it was sent")
        elif not case.change.tells_requester(letter):
            reasons.append(f"{letter.name} went to {', '.join(letter.record.many('to')) or 'nobody named'}")
        elif made and letter.day < made:
            reasons.append(f"{letter.name} was sent before the decision")
    return f"; {'; '.join(reasons)}" if reasons else ""


def _authorised(case: Case) -> Step:
    signature = case.signature
    evidence = proof(case.change, signature) if signature else ()
    if case.decision and not case.is_approved:
        return _missing("authorised", f"the decision is {case.outcome.replace('_', ' ')}", evidence)
    if signature is None:
        return _refused(case, "authorised", case.refused_signatures, "no authorisation is on file")
    if case.decision is None:
        return _missing("authorised", "no decision approves it", evidence)
    if case.open_risks:
        return _missing("authorised", f"critical risk not acknowledged: {'; '.join(case.open_risks)}", evidence)
    if case.authorised_from and case.authorised_from > case.change.view.day:
        return _missing("authorised", f"{signature.name} holds from {case.authorised_from} only", evidence)
    return _done("authorised", case.authorised_from, ", ".join(signature.by), evidence)


def _incorporated(case: Case) -> Step:
    items = case.items
    evidence = tuple(each for item in items for each in item.evidence)
    if not items:
        return _missing("incorporated", "the request names no affected item", evidence)
    missing = [item.missing or f"{item.name} has no new state" for item in items if not item.done]
    if missing:
        return _missing("incorporated", "; ".join(missing), evidence)
    by = ", ".join(dict.fromkeys(item.by for item in items if item.by))
    return _done("incorporated", case.incorporated_on, by, evidence)


def _closed(case: Case) -> Step:
    letter = case.closing
    if letter is not None:
        return _done("closed", letter.day, ", ".join(letter.by), proof(case.change, letter))
    if case.incorporated_on is None:
        return _missing("closed", "the change is not incorporated")
    who = case.change.requester or "the requester"
    return _missing("closed", f"no communication on file tells {who} that it is incorporated")
