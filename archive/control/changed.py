"""What is wrong with the items of a change (DOMAIN §7): changed too early, not at all, or without being listed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from archive.control.findings import days_between, error, note, warning
from archive.control.guards import Case
from archive.control.items import ItemState, citing, first_releases, key_of, plain_rev, revision_node
from archive.control.nouns import Step
from archive.control.papers import says_yes
from archive.control.releasing import rivals
from archive.model import Finding
from archive.xref.names import revision_order


def item_findings(case: Case, steps: Iterable[Step]) -> Iterator[Finding]:
    """Findings about the affected items, given the ladder."""
    held = {step.step for step in steps if step.in_order}
    yield from _too_early(case)
    yield from _not_revised(case, "authorised" in held)
    yield from _listed_otherwise(case)
    yield from _unproven(case)
    yield from _revisions(case)
    if "incorporated" in held and "closed" not in held:
        yield _not_told(case)


def _changes(case: Case) -> Iterator[tuple[str, date]]:
    """What was changed, or is said to have been, and when."""
    for item in (*case.items, *case.others):
        if item.is_changed and item.day:
            yield item.new, item.day
        elif not item.done:
            for claim in item.claims:
                if claim.counts and claim.day and not says_yes(claim.record, "no_change_needed"):
                    yield f"{item.name} by {claim.name}", claim.day


def _too_early(case: Case) -> Iterator[Finding]:
    changes, change = list(_changes(case)), case.change
    asked = change.request.day if change.request else None
    for what, day in changes:
        if asked and day < asked:
            fix = f"changed on {day}, asked for on {asked} only: look at both dates and file the right one"
            yield error("impossible_order", f"{change.key}: {what}", fix)
    if change.track == "emergency" and case.outcome != "rejected":
        yield from _overdue(case, changes)
        return
    for what, day in changes:
        yield from _unauthorised(case, what, day)


def _unauthorised(case: Case, what: str, day: date) -> Iterator[Finding]:
    key, signed, last = case.change.key, case.authorised_from, case.authorised_to
    place = f"{key}: {what}"
    if signed is None:
        fix = f"changed on {day}, no valid authorisation is on file: archive add <the signed authorisation of {key}>"
        yield error("incorporated_without_authorisation", place, fix)
    elif day < signed:
        early = days_between((signed - day).days)
        who = case.signature.name if case.signature else key
        fix = (
            f"changed on {day}, {early} before it was authorised on {signed} ({who}); "
            "if somebody allowed that beforehand, archive add <that paper>"
        )
        yield error("incorporated_before_authorised", place, fix)
    elif last and day > last:
        fix = (
            f"changed on {day}, the authorisation ran out on {last}: archive add <a new signed authorisation of {key}>"
        )
        yield error("incorporated_without_authorisation", place, fix)


def _overdue(case: Case, changes: list[tuple[str, date]]) -> Iterator[Finding]:
    """An emergency change may come first; its papers then fall due."""
    if not changes:
        return
    change = case.change
    first = min(day for _, day in changes)
    due = first + timedelta(days=change.view.house.days("emergency_days"))
    papers = {
        "decision": case.decision.day if case.decision else None,
        "communication to the requester": case.reply.day if case.reply else None,
        "authorisation": case.authorised_from,
    }
    late = [name for name, day in papers.items() if (day or change.view.day) > due]
    if late:
        fix = f"changed on {first}, due by {due}: {', '.join(late)}; archive add <them>, or say in the file why late"
        yield warning("emergency_overdue", change.key, fix)


def _not_revised(case: Case, authorised: bool) -> Iterator[Finding]:
    begun = any(item.is_changed for item in case.items)
    for item in case.items:
        if item.done:
            continue
        place = f"{case.change.key}: {item.name}"
        claims = [claim for claim in item.claims if not says_yes(claim.record, "no_change_needed")]
        if claims:
            yield error("item_not_revised", place, f"{claims[0].name} says it was changed, but {item.missing}")
        elif authorised or begun:
            yield warning("item_not_revised", place, f"{item.missing}: archive add <its new state>")


def _listed_otherwise(case: Case) -> Iterator[Finding]:
    for item in case.others:
        what = item.new or f"{item.name}, by {item.claims[0].name},"
        fix = (
            f"{what} was changed for it, but the request does not list {item.name}: archive add <the corrected request>"
        )
        yield warning("affected_list_differs", case.change.key, fix)


def _unproven(case: Case) -> Iterator[Finding]:
    """Revisions that are there for the change and of which no release is on file."""
    change, view = case.change, case.change.view
    for item in case.items:
        if item.done or not item.node:
            continue
        released = {each.rev for each in view.releases(item.node)}
        for rev in view.revisions(item.node):
            name = key_of(revision_node(item.node, rev))
            if rev not in released and citing(change, revision_node(item.node, rev)):
                fix = f"latest on file: rev {rev}, release not proven: archive release {name} --by PERSON --on DAY"
                yield note("release_not_proven", f"{change.key}: {name}", fix)


def _revisions(case: Case) -> Iterator[Finding]:
    """What is odd about the released revisions of affected items."""
    change, view = case.change, case.change.view
    for item in case.items:
        if not item.node:
            continue
        current = rivals(view, item.node, view.day)
        if current:
            revs = " and ".join(f"rev {each.rev}" for each in current)
            fix = f"{revs} are in force at once: file a revision record that says which supersedes the other"
            yield error("two_current_revisions", f"{change.key}: {key_of(item.node)}", fix)
        for rev in _later(case, item):
            node = revision_node(item.node, rev)
            links = view.links(node, "implements", "cites")
            if not any((edge.target or "").startswith("change_request:") for edge in links):
                fix = "it is released and names no change: say in its revision record which change it implements"
                yield note("revision_without_change", f"{change.key}: {key_of(node)}", fix)


def _later(case: Case, item: ItemState) -> list[str]:
    """Released revisions after the one the item had; after the first, where that is not stated."""
    released = [each.rev for each in first_releases(case.change.view, item.node)]
    old = plain_rev(item.old)
    return [rev for rev in released if revision_order(rev) > revision_order(old)] if old else released[1:]


def _not_told(case: Case) -> Finding:
    change, done = case.change, case.incorporated_on
    waited = days_between((change.view.day - done).days) if done else "some time"
    fix = f"incorporated {waited} ago; tell {change.requester} and archive add <the letter or mail>"
    return warning("closure_not_told", change.key, fix)
