"""The answer on one page: who asked, decided, signed, and whether the specification changed, with the proof."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from archive.control import OnFile, in_force
from archive.control.items import key_of
from archive.control.papers import Paper
from archive.errors import NotFound
from archive.report.acts import Case, comparisons
from archive.report.exhibits import Exhibits
from archive.report.nouns import Comparison, Difference, Gap, Integrity, Revision, Sentence
from archive.report.papers import Paper as Sheet
from archive.report.papers import cut, plain

REQUEST = ("requester", "requested_on", "description", "reason")
"""Fields by which a request is quoted."""

LONGEST = 260
"""Characters of a reason or description repeated in the answer."""


def answer_of(case: Case, compared: Sequence[Comparison], differences: Sequence[Difference]) -> Iterator[Sentence]:
    """The sentences about one change, in the order in which a reader asks."""
    yield _asked(case)
    yield from _decided(case)
    yield _told(case)
    if compared or case.status.outcome.startswith("approved"):
        yield _authorised(case, compared)
        yield from _order(compared)
        yield _changed(case, differences)


def _asked(case: Case) -> Sentence:
    request = case.change.request
    about = "Who asked for it, when and why?"
    if request is None:
        return Sentence(about, "The request is not on file.", False, ())
    record = request.record
    reason = plain(record.text("reason"))
    why = f" Reason given: {_short(reason)}" if reason else " No reason is given."
    text = f"{_who(request)} asked on {request.day or 'no date'}: {_short(plain(record.text('description')))}{why}"
    cites = (case.exhibits.quote(record, *REQUEST), *case.proof(record, "request")[:1])
    return Sentence(about, text, case.step("received").done, _kept(cites))


def _decided(case: Case) -> Iterator[Sentence]:
    about, step = "Who decided, and when?", case.step("decided")
    paper = case.paper_at(step.evidence, case.change.decisions)
    if paper is None:
        yield Sentence(about, "No decision is on file.", False, ())
        return
    record = paper.record
    outcome = (case.status.outcome or record.text("outcome") or "no outcome").replace("_", " ")
    text = f"{_who(paper)} decided on {paper.day or 'no date'} ({record.key}): {outcome}."
    if not step.done:
        text += f" It does not count: {step.missing}."
    cites = (case.exhibits.quote(record, "outcome", "decided_by", "decided_on"), *case.proof(record, "decided")[:1])
    yield Sentence(about, text, step.done, _kept(cites))
    reason = plain(record.text("reason"))
    found = _kept((case.exhibits.quote(record, "reason", "conditions"),))
    yield Sentence(
        "On what grounds?", _short(reason) if reason else "The decision gives no reason.", bool(reason), found
    )


def _told(case: Case) -> Sentence:
    about, step = "Was the requester told?", case.step("communicated")
    if not step.done:
        missing = f"{_upper(step.missing)}." if step.missing else "No communication is on file."
        return Sentence(about, missing, False, case.cites(step.evidence, "communicated")[:1])
    who = case.change.requester or "the requester"
    return Sentence(about, f"{step.by} told {who} on {step.date}.", True, case.cites(step.evidence, "communicated")[:1])


def _authorised(case: Case, compared: Sequence[Comparison]) -> Sentence:
    about, step = "Was it authorised?", case.step("authorised")
    signed = compared[0].authorisation if compared else None
    if signed is None or not step.done:
        return Sentence(about, f"{_upper(step.missing)}.", False, signed.cites[:2] if signed else ())
    own = (
        f"; the {signed.evidenced_by} bears {signed.evidenced}"
        if signed.evidenced
        else "; no file bears a date of its own"
    )
    recorded = signed.recorded.date().isoformat() if signed.recorded else "no date"
    text = f"Yes: {signed.by} signed on {signed.written} ({signed.words}){own}; it was recorded here on {recorded}."
    return Sentence(about, text, True, signed.cites[:2])


def _order(compared: Sequence[Comparison]) -> Iterator[Sentence]:
    for each in compared:
        if each.incorporation is None:
            continue
        verdict = {"after": "No, after", "before": "Yes, before"}.get(each.verdict, "It cannot be shown")
        signed = each.authorisation.cites[-1:] if each.authorisation else ()
        text = f"{verdict}: {each.words}"
        yield Sentence(
            "Was it authorised before the change was made?", text, True, _kept((*each.incorporation.cites[:1], *signed))
        )


def _changed(case: Case, differences: Sequence[Difference]) -> Sentence:
    about, changed = "Was the specification really changed?", [item for item in case.items if item.is_changed]
    if not changed:
        missing = (
            "; ".join(item.missing for item in case.items if item.missing) or "no affected item is on file as changed"
        )
        return Sentence(about, f"{_upper(missing)}.", False, ())
    words: list[str] = []
    cites: list[str] = []
    for item in changed:
        old = f", in the place of rev {item.old}" if item.old else ""
        words.append(f"{item.new} was released on {item.day} by {item.by or 'nobody named'}{old}.")
        cites += case.cites(item.evidence, "incorporated")[:1]
    own = [each for each in differences if any(each.item == item.new.rpartition(" rev ")[0] for item in changed)]
    if own:
        telling = _telling(own)
        cites += telling.cites
        words.append(
            f"The two issues differ, as in “{_short(telling.old, 110)}”, which became “{_short(telling.new, 110)}”."
        )
    undone = [item.name for item in case.items if not item.done]
    words += [f"Not in a new state: {', '.join(undone)}."] if undone else []
    return Sentence(about, f"Yes: {' '.join(words)}" if not undone else " ".join(words), True, _kept(cites))


def _telling(differences: Sequence[Difference]) -> Difference:
    """The difference to quote: one with a number that both issues state otherwise."""
    both = [each for each in differences if each.old and each.new]
    numbers = [each for each in both if _numbers(each.old) != _numbers(each.new) and len(each.old) > 40]
    return (numbers or both or list(differences))[0]


def _numbers(text: str) -> list[str]:
    return [word for word in text.split() if any(c.isdigit() for c in word)]


def answer_of_item(view: OnFile, item: str, revisions: Sequence[Revision], cases: Sequence[Case]) -> Iterator[Sentence]:
    """The sentences about an item: what holds, and each change that touched it."""
    if revisions:
        yield _holding(view, item, revisions)
    for case in cases:
        yield from _touched(case)
    if not cases:
        yield Sentence("Which changes touched it?", "No change on file names it.", False, ())


def _holding(view: OnFile, item: str, revisions: Sequence[Revision]) -> Sentence:
    about = f"What is in force on {view.day}?"
    try:
        found = in_force(view, key_of(item), view.day)
    except NotFound as problem:
        return Sentence(about, f"{_upper(str(problem))}.", False, ())
    cites = next((row.cites[:1] for row in revisions if row.rev == found.rev), ())
    by = f", released by {found.by}" if found.by else ""
    return Sentence(about, f"{found.item}: {found.words}{by}.", found.rev is not None, cites)


def _touched(case: Case) -> Iterator[Sentence]:
    yield replace(_asked(case), about=f"{case.key}: who asked, and why?")
    yield from (replace(each, about=f"{case.key}: {each.about[:1].lower()}{each.about[1:]}") for each in _decided(case))
    yield from (
        replace(each, about=f"{case.key}: {each.about[:1].lower()}{each.about[1:]}")
        for each in _order(comparisons(case))
    )


def answer_of_papers(sheets: Sequence[Sheet], exhibits: Exhibits) -> Iterator[Sentence]:
    """The sentences about anything else: what is on file of it, and since when."""
    about = "What is on file of it?"
    if not sheets:
        yield Sentence(about, "Nothing: it is known only because other papers name it.", False, ())
    for sheet in sheets:
        document = sheet.document
        own, said = sheet.own_date(), None if document.date else exhibits.dated(document.number)
        day = document.date or (said[0].isoformat() if said else "")
        dated = f" It bears the date {day}." if day else " It states no date."
        dated += f" The {own[1]} says {own[0]}." if own else ""
        text = f"{document.number}, {document.title or document.name}, taken in on {document.received.date()}"
        text += f" by {document.actor}.{dated}"
        yield Sentence(about, text, True, (exhibits.whole(document.number), *([said[1]] if said else ())))


def completed(answer: Sequence[Sentence], integrity: Integrity, gaps: Sequence[Gap]) -> tuple[Sentence, ...]:
    """The answer with what stands against it and what carries it; files that are not intact come first."""
    about = "Are the files intact?"
    if integrity.problems:
        text = f"{'; '.join(integrity.problems)}. {integrity.words}"
        return (Sentence(about, text, True, (), "NOT INTACT"), *answer, _against(gaps))
    return (*answer, _against(gaps), Sentence(about, integrity.words, True, ()))


def _against(gaps: Sequence[Gap]) -> Sentence:
    errors = [gap for gap in gaps if gap.severity == "error" and gap.found]
    others = [gap for gap in gaps if gap.severity == "warning" and gap.found]
    if errors or others:
        parts = [*(f"{gap.words}." for gap in errors), *(f"{gap.words}." for gap in others)]
        text = f"{_counted(len(errors), 'contradiction')}, {len(others)} missing or late: {' '.join(parts)}"
    else:
        text = "None of the rules in the section on gaps found anything."
    return Sentence("What stands against it?", text, True, ())


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _who(paper: Paper) -> str:
    return " and ".join(paper.by) or "Nobody named"


def _short(text: str, longest: int = LONGEST) -> str:
    return text if len(text) <= longest else f"{cut(text, longest)} …"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _kept(cites: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(cite for cite in cites if cite))
