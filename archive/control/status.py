"""Where a change stands, what it waits for, on whom, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from archive.control.changed import item_findings
from archive.control.findings import paper_findings
from archive.control.guards import Case, sums_of
from archive.control.nouns import ChangeStatus, Step
from archive.control.papers import APPROVED, REQUEST, ChangeFile, change_file, day_in
from archive.control.steps import ladder
from archive.control.view import OnFile
from archive.errors import NotFound
from archive.model import Finding
from archive.records import title_of

NOTHING_ON_FILE = "known, nothing on file"
NO_REQUEST = "request not on file"
INCOMPLETE = "incomplete"
SIX_STEPS = "derived on the six steps of the fast track; what the {track} track asks besides is not looked at yet"

_ABOUT_A_CHANGE = ("decision", "authorisation", "assessment", "incorporation")


def status_of(view: OnFile, key: str) -> ChangeStatus:
    """Derive the state of a change from what is on file.

    Raises NotFound, with the nearest key, when nothing on file is this change or names it.
    """
    change = change_file(view, key)
    kind = change.node.partition(":")[0]
    if kind != REQUEST:
        raise NotFound(f"{key} is no change request but a {kind.replace('_', ' ')}: archive show {key}")
    if not change.is_known and not view.is_cited(change.node):
        near = view.nearest(key, REQUEST)
        raise NotFound(f"{key}: there is no such change request{f'; did you mean {near}?' if near else ''}")
    case = Case(change)
    steps = ladder(case)
    state = _state(case, steps)
    waiting_for, waiting_on = _waiting(case, steps, state)
    known = change.is_known
    return ChangeStatus(
        key=change.key,
        title=_title(change),
        kind=REQUEST,
        track=change.track,
        state=state,
        steps=steps,
        waiting_for=waiting_for,
        waiting_on=waiting_on,
        days=_days(view.day, steps) if waiting_for else None,
        findings=(*paper_findings(case), *item_findings(case, steps)) if known else (),
        requester=change.requester,
        outcome=case.outcome,
        note=SIX_STEPS.format(track=change.track) if known and change.track != "fast" else "",
    )


def findings(view: OnFile) -> Iterator[Finding]:
    """Findings of every change on file, change by change in order of their keys."""
    for key in changes(view):
        yield from status_of(view, key).findings


def changes(view: OnFile) -> list[str]:
    """Keys of all changes that a record on file is, or is about."""
    keys = {view.named(record.key, REQUEST).partition(":")[2] or record.key for record in view.records(REQUEST)}
    for kind in _ABOUT_A_CHANGE:
        named = (view.named(text, REQUEST) for record in view.records(kind) for text in record.many("of"))
        keys |= {node.partition(":")[2] for node in named if node.startswith(f"{REQUEST}:")}
    return sorted(keys)


def _title(change: ChangeFile) -> str:
    kind = change.view.kinds.find(REQUEST)
    return title_of(kind, change.request.record.fields.values()) if kind and change.request else ""


def _state(case: Case, steps: tuple[Step, ...]) -> str:
    if case.change.request is None:
        return NO_REQUEST if case.change.is_known else NOTHING_ON_FILE
    held = [step.step for step in steps if step.in_order]
    if not held:
        return INCOMPLETE
    if case.outcome in ("rejected", "deferred") and "communicated" in held:
        return case.outcome
    return held[-1]


def _days(day: date, steps: tuple[Step, ...]) -> int | None:
    dates = [step.date for step in steps if step.in_order and step.date]
    return (day - max(dates)).days if dates else None


def _waiting(case: Case, steps: tuple[Step, ...], state: str) -> tuple[str, str]:
    """What has to happen next, and who has to do it."""
    change = case.change
    if not change.is_known:
        return "the request itself", ""
    waits = next((step for step in steps if not step.in_order), None)
    if waits is None or state == "rejected":
        return "", ""
    if state == "deferred":
        return _deferred(case)
    match waits.step:
        case "received":
            return f"a complete request: {waits.missing}", change.owner
        case "decided":
            return "a decision", _managers(case)
        case "communicated":
            outcome = case.outcome.replace("_", " ")
            return f"{change.requester} to be told: {outcome}", change.owner or _persons(case)
        case "authorised":
            return _authorisation(case)
        case "incorporated":
            return (
                f"the new state of every affected item: {waits.missing or 'within a valid authorisation'}",
                change.owner,
            )
        case _:
            return f"{change.requester} to be told that it is incorporated", change.owner


def _persons(case: Case) -> str:
    return " or ".join(case.decision.by) if case.decision else ""


def _managers(case: Case) -> str:
    return " or ".join(case.change.authorities.holders(case.change.view.day, product_manager=True))


def _deferred(case: Case) -> tuple[str, str]:
    until = day_in(case.change.view, case.decision.record, "until") if case.decision else None
    if until and until > case.change.view.day:
        return f"{until}, the day to which it is deferred", ""
    return f"a new decision, deferred{f' until {until}' if until else ''}", _managers(case)


def _authorisation(case: Case) -> tuple[str, str]:
    """An authorisation, by whoever holds an authority that covers what the change costs; or first another decision."""
    change = case.change
    if case.outcome not in APPROVED:
        return "the information asked for, then a new decision", change.requester
    day, amounts = change.view.day, sums_of(change, case.signature)
    others = change.authorities.holders(day, product_manager=False)
    able = [
        person
        for person in others or change.authorities.holders(day, product_manager=True)
        if not change.persons.is_among(person, [change.requester])
        and any(each.covers(amounts) for each in change.authorities.held(person, day))
    ]
    return "a signed authorisation", " or ".join(able)
