"""What happened when, and who did it: timeline and people of a lineage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from archive.control.papers import Paper
from archive.model import Record
from archive.report.acts import Case
from archive.report.exhibits import Exhibits
from archive.report.nouns import Citation, Event, Person
from archive.report.papers import FILE_PROPERTY, cut, plain
from archive.report.papers import Paper as Sheet

LATE_DAYS = 30
"""A paper that came on file more than so many days after the day it speaks of is marked."""

_ACTS = {
    "change_request": ("asked for {of}", ("requester", "requested_on")),
    "assessment": ("assessed {of}: {recommendation}", ("assessor", "assessed_on", "recommendation")),
    "decision": ("decided on {of}: {outcome}", ("outcome", "decided_by", "decided_on")),
    "communication": ("wrote to {to}: {subject}", ("from", "to", "sent_on", "subject")),
    "authorisation": ("signed for {of}", ("authorised_by", "signed_on")),
    "incorporation": ("changed {item} for {of}", ("item", "done_by", "done_on")),
    "revision": ("released {of} rev {rev}", ("released_on", "released_by")),
}


def events_of(case: Case) -> Iterator[Event]:
    """The acts that the records of one change state."""
    for paper in case.papers:
        yield _act(case, paper)


def _act(case: Case, paper: Paper) -> Event:
    record = paper.record
    who = " and ".join(_people(paper)) or "Nobody named"
    cite = case.exhibits.quote(record, *_ACTS[record.kind][1])
    day = paper.day
    words = f"{who} {_words(case, record)} ({record.key})"
    late = _late(day, record.received)
    return Event(day, None, record.received, record.known, late, False, words, record.document, _kept(cite))


def _people(paper: Paper) -> tuple[str, ...]:
    return paper.by or paper.record.many("released_by")


def _words(case: Case, record: Record) -> str:
    of = record.text("of") or case.key
    found = {name: ", ".join(record.many(name)).replace("_", " ") for name in record.fields}
    return _ACTS[record.kind][0].format_map(_Stated({**found, "of": of}))


class _Stated(dict[str, str]):
    """What a record does not state is said to be so."""

    def __missing__(self, name: str) -> str:
        return f"no {name} stated"


def _late(day: date | None, recorded: datetime) -> int | None:
    days = (recorded.date() - day).days if day else 0
    return days if days > LATE_DAYS else None


def _kept(cite: str) -> tuple[str, ...]:
    return (cite,) if cite else ()


def event_of_sheet(sheet: Sheet, words: str, cites: tuple[str, ...], exhibits: Exhibits) -> Event:
    """A document in time, by the date that its words or its mail header give; a file's property is only an aside."""
    document, day, own = sheet.document, _day(sheet.document.date), sheet.own_date()
    if day is None and (said := exhibits.dated(document.number)):
        day, cites = said[0], (*cites, said[1])
    if day is None and own and own[1] != FILE_PROPERTY:
        day = own[0]
    aside = own[0] if own and day is None else None
    late = _late(day, document.received)
    return Event(day, aside, document.received, document.seq, late, False, words, document.number, cites)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def events_of_citations(
    citations: Iterable[Citation], sheets: Sequence[Sheet], known: set[str], exhibits: Exhibits
) -> Iterator[Event]:
    """Documents that name the key and are not in the timeline by an act of their own."""
    cites: dict[str, list[str]] = {}
    for each in citations:
        cites.setdefault(each.document, []).extend(each.cites)
    for sheet in sheets:
        number = sheet.document.number
        if number in cites and number not in known:
            title = cut(plain(sheet.document.title or sheet.document.name), 100)
            yield event_of_sheet(sheet, f"{title} ({number})", tuple(dict.fromkeys(cites[number]))[:2], exhibits)


def in_order(events: Iterable[Event], first: date | None) -> tuple[Event, ...]:
    """By the day that they state, undated ones last; then by the entry that recorded them.

    Args:
        first: the day on which the archive took its first paper in; what came then is taken over, not late.
    """
    told = (_taken_over(event) if event.recorded and event.recorded.date() == first else event for event in events)
    return tuple(sorted(told, key=lambda event: (event.effective or date.max, event.seq or 0, event.words)))


def _taken_over(event: Event) -> Event:
    return replace(event, days_late=None, taken_over=event.days_late is not None)


def people_of(cases: Iterable[Case]) -> tuple[Person, ...]:
    """Everybody whom a record of these changes names as acting or as told, by name."""
    acts: dict[str, list[tuple[str, str]]] = {}
    for case in cases:
        for paper in case.papers:
            record = paper.record
            cite = case.exhibits.quote(record, *_ACTS[record.kind][1])
            day = paper.day.isoformat() if paper.day else "no date"
            for name in _people(paper):
                acts.setdefault(plain(name), []).append((f"{day}: {_words(case, record)} ({record.key})", cite))
            for name in record.many("to") if record.kind == "communication" else ():
                acts.setdefault(plain(name), []).append(
                    (f"{day}: was written to by {record.text('from')} ({record.key})", cite)
                )
    return tuple(_person(name, acts[name]) for name in sorted(acts))


def _person(name: str, acts: list[tuple[str, str]]) -> Person:
    acts = sorted(dict.fromkeys(acts))
    return Person(name, tuple(words for words, _ in acts), tuple(dict.fromkeys(cite for _, cite in acts if cite)))
