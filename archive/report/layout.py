"""The report's sections as blocks, each said once: what every rendering for people is made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from archive.report.nouns import Chain, Comparison, Dates, Event, Lineage, Link, Revision, Sentence
from archive.report.papers import FILE_PROPERTY
from archive.report.wording import NOT_FOUND, STEPS, TAKEN_OVER, moment, named, severity

Look = Literal["", "missing", "before", "after", "error", "warning", "note", "bullet", "clean"]


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place.

    Attributes:
        stamp: stands before the text in capitals, in the colour of an alarm.
        small, mono: a further line each: an aside, a digest.
        cites: evidence quoted below; `leads` likewise, under words that say it proves nothing; `marks` only named.
        to: anchor of a row that the text leads to.
    """

    text: str = ""
    stamp: str = ""
    small: str = ""
    mono: str = ""
    cites: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    to: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Heads with their share of the width in per cent, and rows, each with its anchor; no heads, no head row."""

    heads: tuple[tuple[str, int], ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    titled: bool = True


@dataclass(frozen=True, slots=True)
class Para:
    """A paragraph: `title` stands before it in bold; `code` is a command below it."""

    text: str
    look: Look = ""
    title: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands below it; `name` is its anchor."""

    name: str
    heading: str
    blocks: tuple[Table | Para, ...]


def cover(lineage: Lineage) -> list[tuple[str, str]]:
    """The facts of the cover, the first four of them short; the house and the key stand above them."""
    of = lineage.cover
    written = f", written {moment(of.at_time)}" if of.at_time else ""
    facts = [("Archive", of.archive_id), ("Log read up to", f"entry {of.at}{written}")]
    facts += [("States as of", of.as_of.isoformat()), ("Days counted to", of.today.isoformat())]
    engine = f"; search engine {of.engine}" if of.engine else ""
    facts += [("Made with", f"{of.rules}{engine}"), ("Shows", of.shows)]
    return [(name, words) for name, words in facts if words]


def sections(lineage: Lineage) -> list[Section]:
    """All sections that hold something, in the order in which they are read."""
    made = [
        Section("answer", "The answer", (_answer(lineage),)),
        Section("comparison", "Authorisation beside incorporation", tuple(_comparisons(lineage))),
        *(_chain(chain) for chain in lineage.changes),
        Section("timeline", "Timeline", tuple(_timeline(lineage))),
        Section("revisions", "Revisions", _if(_REVISIONS, [("", _revision(each)) for each in lineage.revisions])),
        *_differences(lineage),
        Section("links", "Links", _if(_LINKS, _citations(lineage))),
        Section("gaps", "Gaps and contradictions", tuple(_gaps(lineage))),
        Section("people", "People", _if(_PEOPLE, _people(lineage))),
        Section("evidence", "Evidence", _if(_EVIDENCE, list(_evidence(lineage)))),
        Section("integrity", "Integrity", tuple(_integrity(lineage))),
        Section("limits", "What this report cannot show", tuple(Para(limit, "bullet") for limit in lineage.limits)),
        Section("annex", "Hash annex", _if(_ANNEX, list(_annex(lineage)))),
        Section("verify", "How to verify", tuple(Para(each.words, code=each.command) for each in lineage.commands)),
    ]
    return [section for section in made if section.blocks]


_Rows = list[tuple[str, tuple[Cell, ...]]]
_EVENTS = (("Date stated", 15), ("Recorded", 21), ("What", 52), ("Evidence", 12))
_REVISIONS = (("Revision", 23), ("Released", 16), ("What the papers say", 61))
_LINKS = (("Paper or item", 30), ("How", 20), ("Words", 50))
_PEOPLE = (("Name", 22), ("What the papers say they did", 62), ("Evidence", 16))
_EVIDENCE = (("No.", 6), ("Document", 27), ("Exact words", 52), ("How read", 15))
_ANNEX = (("Number", 12), ("Name and SHA-256", 60), ("Bytes", 10), ("Entry", 8), ("State", 10))


def _if(heads: tuple[tuple[str, int], ...], rows: _Rows, *, titled: bool = True) -> tuple[Table, ...]:
    return (Table(heads, tuple(rows), titled),) if rows else ()


def _day(day: date | None) -> str:
    return day.isoformat() if day else "no date"


def _anchor(*parts: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in "-".join(parts))


def _answer(lineage: Lineage) -> Table:
    rows = [("", (Cell(each.about), _answered(each))) for each in lineage.answer]
    longest = max((len(word) for each in lineage.answer for word in each.about.split()), default=0)
    share = min(40, max(18, (longest + 1) * 5 // 4 + 1))
    return Table((("", share), ("", 100 - share)), tuple(rows))


def _answered(each: Sentence) -> Cell:
    return Cell(each.text, stamp=each.alarm or ("" if each.found else NOT_FOUND), cites=each.cites)


def _comparisons(lineage: Lineage) -> Iterator[Table | Para]:
    for each in lineage.comparisons:
        heads = (("", 22), ("Authorisation", 39), (f"Incorporation in {each.item}", 39))
        yield Table(heads, tuple(("", row) for row in _beside(each)))
        look: Look = each.verdict if each.verdict != "cannot be shown" else ""
        yield Para(each.words, look, title=each.verdict.upper())


def _beside(each: Comparison) -> Iterator[tuple[Cell, ...]]:
    pair = (each.authorisation, each.incorporation)
    yield (Cell("What"), *(_what(dates) for dates in pair))
    yield (Cell("Date written"), *(Cell(_day(dates.written) if dates else "–") for dates in pair))
    yield (Cell("Date the file itself bears"), *(Cell(_evidenced(dates)) for dates in pair))
    yield (Cell("Date recorded here"), *(Cell(_recorded(dates)) for dates in pair))
    yield (Cell("Evidence"), *(Cell(marks=dates.cites if dates else ()) for dates in pair))


def _what(dates: Dates | None) -> Cell:
    return Cell(f"{dates.words}, by {dates.by or 'nobody named'}") if dates else Cell(stamp=NOT_FOUND)


def _evidenced(dates: Dates | None) -> str:
    return f"{_day(dates.evidenced)} ({dates.evidenced_by})" if dates and dates.evidenced else "none"


def _recorded(dates: Dates | None) -> str:
    return f"{moment(dates.recorded)}, entry {dates.seq}" if dates and dates.recorded else "–"


def _chain(chain: Chain) -> Section:
    waits = f" It waits for: {chain.waiting_for}" if chain.waiting_for else ""
    on = f" ({chain.waiting_on})" if chain.waiting_for and chain.waiting_on else ""
    state = Para(f"{chain.title}. Track: {chain.track}. State: {chain.state}.{waits}{on}{'.' if waits else ''}")
    heads = (("Step", 19), ("Date", 15), ("What the papers say", 66))
    table = Table(heads, tuple(("", _link(link)) for link in chain.links))
    return Section(_anchor("chain", chain.key), f"Chain of {chain.key}", (state, table))


def _link(link: Link) -> tuple[Cell, ...]:
    words = f"{link.by}: {link.words}" if link.by and link.found else link.words
    said = Cell(words, stamp="" if link.found else NOT_FOUND, cites=link.cites, leads=link.leads)
    return Cell(STEPS[link.step]), Cell(_day(link.date) if link.found else "–"), said


def _event(event: Event) -> tuple[Cell, ...]:
    late = f"{event.days_late:,} days late" if event.days_late else ""
    recorded = Cell(moment(event.recorded) if event.recorded else "–", small=late)
    aside = f"{event.file_date} ({FILE_PROPERTY})" if event.file_date else ""
    return Cell(_day(event.effective)), recorded, Cell(event.words, small=aside), Cell(marks=event.cites)


def _timeline(lineage: Lineage) -> Iterator[Table | Para]:
    over = [event for event in lineage.timeline if event.taken_over and event.recorded]
    if over:
        many = f"{len(over)} of these were" if len(over) > 1 else "One of these was"
        days = {event.recorded.date().isoformat() for event in over if event.recorded}
        yield Para(f"{many} taken over on {' and '.join(sorted(days))}, {TAKEN_OVER}")
    yield from _if(_EVENTS, [("", _event(each)) for each in lineage.timeline], titled=False)


def _revision(each: Revision) -> tuple[Cell, ...]:
    released = Cell(_day(each.released_on), small=each.released_by) if each.released_on else Cell("not proven")
    return Cell(f"{each.item} rev {each.rev}"), released, Cell(each.words, cites=each.cites, leads=each.leads)


def _differences(lineage: Lineage) -> Iterator[Section]:
    groups = dict.fromkeys((each.item, each.old_rev, each.new_rev) for each in lineage.differences)
    for item, old, new in groups:
        heads = ((f"Rev {old}", 44), (f"Rev {new}", 44), ("Evidence", 12))
        rows = tuple(
            ("", (Cell(each.old or "–"), Cell(each.new or "–"), Cell(marks=each.cites)))
            for each in lineage.differences
            if (each.item, each.old_rev, each.new_rev) == (item, old, new)
        )
        heading = f"What {item} says differently in rev {old} and rev {new}"
        yield Section(_anchor("differences", item, old, new), heading, (Table(heads, rows, titled=False),))


def _citations(lineage: Lineage) -> _Rows:
    return [("", (Cell(each.source), Cell(named(each)), Cell(cites=each.cites))) for each in lineage.citations]


def _gaps(lineage: Lineage) -> Iterator[Para]:
    for gap in lineage.gaps:
        for at, found in enumerate(gap.found):
            look: Look = "error" if gap.severity == "error" else "warning" if gap.severity == "warning" else "note"
            yield Para(found, look, title="" if at else f"{severity(gap.severity)}: {gap.words}.")
    if any(not gap.found for gap in lineage.gaps):
        yield Para("", title="Looked for as well:")
    for gap in lineage.gaps:
        if not gap.found:
            yield Para(f"{gap.words}: {gap.result}", "clean")


def _people(lineage: Lineage) -> _Rows:
    return [("", (Cell(each.name), Cell("; ".join(each.acts)), Cell(marks=each.cites))) for each in lineage.people]


def _evidence(lineage: Lineage) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    for row in lineage.evidence:
        trust = f"confidence {row.confidence:.0f} of 100" if row.confidence is not None else ""
        words = " … ".join(f"“{words}”" for words in row.words) or "no words"
        where = Cell(f"{row.document}, page {row.page}", small=row.name, to=row.document if row.name else "")
        yield row.id, (Cell(row.id), where, Cell(words, small=row.note), Cell(row.reading, small=trust))


def _integrity(lineage: Lineage) -> Iterator[Para]:
    yield Para(lineage.integrity.words)
    yield from (Para(problem, "missing") for problem in lineage.integrity.problems)


def _annex(lineage: Lineage) -> Iterator[tuple[str, tuple[Cell, ...]]]:
    for each in lineage.annex:
        cells = (Cell(each.name, mono=each.sha256), Cell(f"{each.size:,}"), Cell(str(each.seq)), Cell(each.state))
        yield each.number, (Cell(each.number), *cells)
