"""The chain of one change, from the request to the closure; a step nobody recorded is a link too, NOT FOUND."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from archive.control import Step
from archive.control.papers import Paper
from archive.model import Record
from archive.report.acts import Case
from archive.report.answer import REQUEST
from archive.report.nouns import Chain, Link
from archive.report.papers import cut, plain
from archive.report.telling import cue_of, labelled, sections

_FIELDS = ("relevance", "risks", "benefits", "costs")
MOST_LEADS = 3


def chain_of(case: Case) -> Chain:
    """Make the chain of a change; every step of EVIDENCE §5 is in it, found or not."""
    status = case.status
    links = (
        _request(case),
        *(_assessed(case, name) for name in _FIELDS),
        _unrecorded(
            case, "presentation", "no record says when it was presented to the product manager, or in which papers"
        ),
        _step(case, "decision", "decided", _decision(case)),
        _step(case, "authorisation", "authorised", _authorisation(case)),
        _step(case, "communication", "communicated", _letter(case, "communicated")),
        _step(case, "incorporation", "incorporated", _incorporation(case)),
        _revisions(case),
        _unrecorded(case, "verification", "no record says that anybody checked it"),
        _step(case, "closure", "closed", _letter(case, "closed")),
    )
    title = status.title or "the request is not on file"
    return Chain(case.key, title, status.state, status.track, status.waiting_for, status.waiting_on, links)


def _request(case: Case) -> Link:
    step, request = case.step("received"), case.change.request
    if request is None:
        return Link("request", False, None, "", _upper(step.missing or "the request is not on file"), ())
    record = request.record
    words = plain(record.text("description")) or "it does not say what is to change"
    reason = plain(record.text("reason"))
    cites = (case.exhibits.quote(record, *REQUEST), *case.proof(record, "request"))
    words = f"{_ended(words)} Reason: {reason}" if reason else words
    return Link("request", step.done, request.day, ", ".join(request.by), words, tuple(filter(None, cites)))


def _ended(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]


def _assessed(case: Case, name: str) -> Link:
    """One part of the assessment: an assessment record states it; relevance may stand in the request too."""
    sources: list[Paper] = [paper for paper in case.change.assessments if paper.counts]
    if name == "relevance" and case.change.request is not None:
        sources.append(case.change.request)
    for paper in sources:
        cite = case.exhibits.quote(paper.record, name)
        if cite:
            words = plain(paper.record.evidence(name).words)
            return Link(name, True, paper.day, ", ".join(paper.by), cut(words, 300), (cite,))
    return _unrecorded(case, name, f"no assessment on file states {name}")


def _unrecorded(case: Case, step: str, words: str) -> Link:
    return Link(step, False, None, "", _upper(words), (), _leads(case, step))


def _leads(case: Case, step: str) -> tuple[str, ...]:
    """Passages that speak of it in the papers of this change: what stands there, not what it proves."""
    found: dict[str, None] = {}
    for number, page, start, end in _grounds(case):
        sheet = case.exhibits.papers.find(number)
        text = sheet.text(page) if sheet else ""
        cue = cue_of(step).search(text, start, end)
        if cue and len(found) < MOST_LEADS:
            found[case.exhibits.span(number, page, *labelled(text, cue.start(), cue.end()))] = None
    return tuple(found)


def _grounds(case: Case) -> Iterator[tuple[str, int, int, int]]:
    """Where the papers of this change speak of it: of a minute only the items that name it."""
    done: set[str] = set()
    for paper in (case.change.request, *case.change.decisions):
        if paper is None or paper.record.document in done:
            continue
        done.add(paper.record.document)
        own = case.exhibits.papers.find(paper.record.document)
        text = own.text(1) if own else ""
        yield paper.record.document, 1, max(text.find("\n---", 4), 0), len(text)
        for sheet in case.sheets(paper.record):
            if sheet.document.number in done:
                continue
            done.add(sheet.document.number)
            for page, words in enumerate(sheet.pages, 1):
                yield from ((sheet.document.number, page, start, end) for start, end in sections(words, case.key))


def _step(case: Case, name: str, step_name: str, words: str) -> Link:
    step = case.step(step_name)
    cites = case.cites(step.evidence, step_name)
    if not step.done:
        return Link(name, False, None, "", _upper(step.missing or "nothing on file"), (), cites)
    return Link(name, True, step.date, step.by, words, cites or _fallback(case, step))


def _fallback(case: Case, step: Step) -> tuple[str, ...]:
    """A step that is done is never without a paper: the request is one."""
    request = case.change.request
    return (case.exhibits.quote(request.record, "id"),) if request and step.done else ()


def _decision(case: Case) -> str:
    paper = case.paper_at(case.step("decided").evidence, case.change.decisions)
    if paper is None:
        return ""
    outcome = case.status.outcome.replace("_", " ") or paper.record.text("outcome")
    conditions = "; ".join(paper.record.many("conditions"))
    limits = f" Conditions: {conditions}." if conditions else ""
    return f"{paper.record.key}: {outcome}.{limits} Reason: {_ended(plain(paper.record.text('reason')))}"


def _authorisation(case: Case) -> str:
    paper = case.paper_at(case.step("authorised").evidence, case.change.authorisations)
    if paper is None:
        return ""
    scope = plain(paper.record.text("scope"))
    return (
        f"{paper.record.key}, under {paper.record.text('authority') or 'no stated authority'}. Scope: {_ended(scope)}"
    )


def _letter(case: Case, step: str) -> str:
    """What the requester was told, as the communication has it."""
    numbers = {each.document for each in case.step(step).evidence}
    for paper in case.papers:
        if paper.record.kind == "communication" and paper.record.document in numbers:
            record = paper.record
            to, medium = ", ".join(record.many("to")), record.text("medium") or "no stated medium"
            return f"{record.key}, by {medium} to {to}: {_ended(plain(record.text('subject')))}"
    return "the requester was told"


def _incorporation(case: Case) -> str:
    return _ended(", ".join(item.new for item in case.items if item.done))


def _revisions(case: Case) -> Link:
    """The revisions that carry the change out, each as its own record states it."""
    cites: list[str] = []
    words: list[str] = []
    days: list[date] = []
    people: list[str] = []
    for paper in case.change.revisions:
        record = paper.record
        words.append(f"{record.key}: {revision_words(record)}")
        cites.append(case.exhibits.quote(record, "of", "rev", "released_on", "released_by", "implements", "supersedes"))
        days += [paper.day] if paper.day else []
        people += record.many("released_by")
    told = {paper.record.key for paper in case.change.revisions}
    for item in case.items:
        if item.is_changed and item.new not in told:
            words.append(f"{item.new}, released on {item.day} by {item.by or 'nobody named'}.")
            cites += case.cites(item.evidence, "incorporated")
    if not words:
        wanted = ", ".join(item.name for item in case.items) or "the items it affects"
        return Link("revisions", False, None, "", f"No revision of {wanted} says that it carries this change out", ())
    day: date | None = min(days, default=None)
    found = tuple(dict.fromkeys(filter(None, cites)))
    return Link("revisions", True, day, ", ".join(dict.fromkeys(people)), " ".join(words), found)


def revision_words(record: Record) -> str:
    """What a revision record says of itself, in a sentence."""
    parts = []
    if record.text("released_on"):
        parts.append(f"released on {record.text('released_on')} by {record.text('released_by') or 'nobody named'}")
    if record.text("supersedes"):
        parts.append(f"supersedes {record.text('supersedes')}")
    note = plain(record.text("change_note"))
    words = ", ".join(parts) or "no release stated"
    return f"{words[:1].upper()}{words[1:]}." + (f" {_ended(note)}" if note else "")
