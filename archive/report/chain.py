"""The chain of one change, from the request to the closure; a step nobody recorded is a link too, NOT FOUND."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from archive.control import Step
from archive.control.papers import Paper
from archive.model import Record
from archive.report.acts import Case
from archive.report.nouns import Chain, Link
from archive.report.papers import cut, plain

_FIELDS = {"relevance": "relevance", "risks": "risks", "benefits": "benefits", "costs": "costs"}
_CUES = {
    "relevance": r"relevance|bedeutung",
    "risks": r"risks?|risik(?:o|en)",
    "benefits": r"benefits?|nutzen",
    "costs": r"(?:one-off )?costs?|(?:einmalige )?kosten",
    "presentation": r"presents|presented|stellt\b[^.]{0,60}\bvor|vorgestellt",
    "verification": r"verified|verification|abgenommen|tested to|geprüft",
}
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
        _step(case, "communication", "communicated", "the decision was told to the requester"),
        _step(case, "incorporation", "incorporated", _incorporation(case)),
        _revisions(case),
        _unrecorded(case, "verification", "no record says that anybody checked it"),
        _step(case, "closure", "closed", "the requester was told that the change had been made"),
    )
    title = status.title or "the request is not on file"
    return Chain(case.key, title, status.state, status.track, status.waiting_for, status.waiting_on, links)


def _request(case: Case) -> Link:
    step, request = case.step("received"), case.change.request
    if request is None:
        return Link("request", False, None, "", step.missing or "the request is not on file", ())
    record = request.record
    words = plain(record.text("description")) or "it does not say what is to change"
    reason = plain(record.text("reason"))
    cites = (case.exhibits.quote(record, "requester", "requested_on", "description", "reason"), *case.proof(record))
    words = f"{_ended(words)} Reason: {reason}" if reason else words
    return Link("request", step.done, request.day, ", ".join(request.by), words, tuple(filter(None, cites)))


def _ended(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def _assessed(case: Case, name: str) -> Link:
    """One part of the assessment: an assessment record states it; relevance may stand in the request too."""
    sources: list[Paper] = [paper for paper in case.change.assessments if paper.counts]
    if name == "relevance" and case.change.request is not None:
        sources.append(case.change.request)
    for paper in sources:
        cite = case.exhibits.quote(paper.record, _FIELDS[name])
        if cite:
            words = plain(paper.record.evidence(_FIELDS[name]).words)
            return Link(name, True, paper.day, ", ".join(paper.by), cut(words, 300), (cite,))
    return _unrecorded(case, name, f"no assessment on file states {name}")


def _unrecorded(case: Case, step: str, words: str) -> Link:
    return Link(step, False, None, "", words, (), tuple(_leads(case, step)))


def _leads(case: Case, step: str) -> Iterator[str]:
    """Passages that speak of it in the papers of this change: what stands there, not what it proves."""
    cue = re.compile(rf"^\W*(?:{_CUES[step]})\b|\b(?:{_CUES[step]}):|(?<=[.;] )(?:{_CUES[step]})\b", re.I | re.M)
    if step in ("presentation", "verification"):
        cue = re.compile(rf"\b(?:{_CUES[step]})", re.IGNORECASE)
    count = 0
    for number, page, start, end in _grounds(case):
        sheet = case.exhibits.papers.find(number)
        found = cue.search(sheet.text(page), start, end) if sheet else None
        if found:
            at = found.start()
            # A heading says nothing by itself: the words below it are meant.
            ends = found.end() + 1 if _is_heading(sheet.text(page) if sheet else "", found.end()) else found.end()
            yield case.exhibits.passage(number, page, at, ends)
            count += 1
        if count >= MOST_LEADS:
            return


def _is_heading(page: str, end: int) -> bool:
    return page[end : end + 2].startswith("\n")


def _grounds(case: Case) -> Iterator[tuple[str, int, int, int]]:
    """Where the papers of this change speak of it: of a minute only the item that names it."""
    for paper in (case.change.request, *case.change.decisions):
        if paper is None:
            continue
        own = case.exhibits.papers.find(paper.record.document)
        if own is not None:
            body = own.text(1).find("\n---", 4)
            yield paper.record.document, 1, max(body, 0), len(own.text(1))
        for sheet in case.sheets(paper.record):
            for page, text in enumerate(sheet.pages, 1):
                yield from ((sheet.document.number, page, start, end) for start, end in _about(text, case.key))


def _about(text: str, key: str) -> Iterator[tuple[int, int]]:
    """The parts of a page from where this key stands to where another of its kind does."""
    prefix = key.partition("-")[0]
    marks = [*re.finditer(rf"\b{re.escape(prefix)}-[0-9-]+", text)]
    for at, mark in enumerate(marks):
        if mark[0] == key:
            following = next((other.start() for other in marks[at + 1 :] if other[0] != key), len(text))
            yield mark.start(), following
            return


def _step(case: Case, name: str, step_name: str, words: str) -> Link:
    step = case.step(step_name)
    cites = case.cites(step.evidence)
    if not step.done:
        return Link(name, False, None, "", step.missing or "nothing on file", (), cites)
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
        words.append(revision_words(record))
        cites.append(case.exhibits.quote(record, "of", "rev", "released_on", "released_by", "implements", "supersedes"))
        days += [paper.day] if paper.day else []
        people += record.many("released_by")
    told = {paper.record.key for paper in case.change.revisions}
    for item in case.items:
        if item.is_changed and item.new not in told:
            words.append(f"{item.new}, released on {item.day} by {item.by or 'nobody named'}.")
            cites += case.cites(item.evidence)
    if not words:
        wanted = ", ".join(item.name for item in case.items) or "the items it affects"
        return Link("revisions", False, None, "", f"no revision of {wanted} says that it carries this change out", ())
    day: date | None = min(days, default=None)
    found = tuple(dict.fromkeys(filter(None, cites)))
    return Link("revisions", True, day, ", ".join(dict.fromkeys(people)), " ".join(words), found)


def revision_words(record: Record) -> str:
    """What a revision record says of itself, in a sentence."""
    parts = [record.key]
    if record.text("released_on"):
        parts.append(f"released on {record.text('released_on')} by {record.text('released_by') or 'nobody named'}")
    if record.text("supersedes"):
        parts.append(f"supersedes {record.text('supersedes')}")
    note = plain(record.text("change_note"))
    return _ended(", ".join(parts)) + (f" {_ended(note)}" if note else "")
