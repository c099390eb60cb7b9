"""Every rule with its result: what change control finds, and what only the papers cited here can show."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from archive.model import Edge, Finding
from archive.report.nouns import Event, File, Gap, Lineage, Revision, Row
from archive.report.wording import FULL_TRACK_ONLY, PAPER_RULES, RULES

LOW_CONFIDENCE = 75.0
"""Mean confidence (0-100) of a scanned page below which its words are to be read on the picture."""

MOST = 12
"""Findings of one rule that are listed; the rest are counted."""

_ADVICE = re.compile(r"(?:: |; |, )(?=(?:and )?(?:archive |have |look at |say |tell |file |set |compare |run |if ))")
"""Where a finding goes on to what its reader should do, which is no business of a report."""

_TO_PEOPLE = frozenset({"communicated_to", "issued_to"})
_STATUSES = frozenset({"dangling", "ambiguous"})


def gaps_of(findings: Iterable[Finding], tracks: Collection[str]) -> tuple[Gap, ...]:
    """All rules in their order, then any that only the findings know; the same finding is printed once.

    Args:
        tracks: of the changes in the report; empty where it is about none.
    """
    found: dict[str, list[Finding]] = {}
    for finding in dict.fromkeys(findings):
        found.setdefault(finding.finding, []).append(finding)
    more = {
        slug: (rows[0].severity, slug.replace("_", " ")) for slug, rows in sorted(found.items()) if slug not in RULES
    }
    return tuple(_gap(slug, words, found.get(slug, []), tracks) for slug, words in {**RULES, **more}.items())


def _gap(slug: str, rule: tuple[str, str], found: Sequence[Finding], tracks: Collection[str]) -> Gap:
    severity, words = rule
    if not found:
        return Gap(slug, severity, words, _result(slug, tracks), ())
    lines = [f"{each.place}: {_ADVICE.split(each.fix)[0]}" for each in found[:MOST]]
    lines += [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return Gap(slug, found[0].severity, words, "found", tuple(lines))


def _result(slug: str, tracks: Collection[str]) -> str:
    if not tracks and slug not in PAPER_RULES:
        return "not asked, no change is part of this report"
    if set(tracks) == {"fast"} and slug in FULL_TRACK_ONLY:
        return "not asked on the fast track"
    return "none found"


def shown_findings(rows: Iterable[Row]) -> Iterator[Finding]:
    """What is wrong with the evidence itself."""
    for row in rows:
        place = f"{row.document} page {row.page}"
        if row.note:
            yield Finding("evidence_not_found", "error", place, row.note)
        elif row.reading == "not read":
            yield Finding("unreadable_page", "note", place, "the page holds no text that could be read: look at it")
        elif row.confidence is not None and row.confidence < LOW_CONFIDENCE:
            fix = f"read from a scan with confidence {row.confidence:.0f} of 100: compare the words with the page"
            yield Finding("low_ocr", "note", place, fix)


def file_findings(files: Iterable[File]) -> Iterator[Finding]:
    """What hashing the cited files showed."""
    for file in files:
        if file.state.startswith("destroyed"):
            yield Finding("destroyed", "note", file.number, file.state)
        elif file.state != "intact":
            yield Finding("fixity_failure", "error", file.number, f"{file.state}: run archive verify")


def late_findings(events: Iterable[Event]) -> Iterator[Finding]:
    """Papers recorded late; many are one finding, as in the taking over of an old file."""
    events = tuple(events)
    over = [(each.recorded.date(), each.effective) for each in events if each.taken_over and each.recorded]
    if over:
        days = sorted((recorded - day).days for recorded, day in over if day)
        words = f"{_papers(len(over))} taken over on {over[0][0]} with the first of this archive"
        yield Finding("recorded_late", "note", "timeline", f"{words}, {_span(days)} after the date stated")
    late = [event for event in events if event.days_late]
    if len(late) > MOST:
        days = sorted(event.days_late or 0 for event in late)
        words = f"{len(late)} papers came on file {days[0]:,} to {days[-1]:,} days after the day they speak of"
        yield Finding("recorded_late", "note", "timeline", f"{words}; each is marked in the timeline")
        return
    for event in late:
        fix = f"{event.words}, recorded {event.days_late} days after {event.effective}"
        yield Finding("recorded_late", "note", event.document, fix)


def _papers(count: int) -> str:
    return "1 paper was" if count == 1 else f"{count} papers were"


def _span(days: Sequence[int]) -> str:
    low, high = (f"{day:,}" for day in (days[0], days[-1]))
    return f"{low} days" if low == high else f"{low} to {high} days"


def release_findings(report: Lineage, found: Iterable[Finding]) -> list[Finding]:
    """Revisions in this report whose release nothing proves, but for those that were found before."""
    told = [each.place for each in found if each.finding == "release_not_proven"]
    fresh = [row for row in report.revisions if row.released_on is None]
    fresh = [row for row in fresh if not any(place.endswith(f"{row.item} rev {row.rev}") for place in told)]
    return [Finding("release_not_proven", "note", f"{row.item} rev {row.rev}", _unproven(row, report)) for row in fresh]


def _unproven(row: Revision, report: Lineage) -> str:
    leads = "; ".join(
        f"{each.document} page {each.page} says “{' … '.join(each.words)}”" for each in map(report.row, row.leads)
    )
    return (
        f"no record states its release. {leads}, which proves nothing by itself"
        if leads
        else "no record states its release"
    )


def link_findings(edges: Iterable[Edge]) -> Iterator[Finding]:
    """References in the papers cited here that lead nowhere, or to several things."""
    told: set[tuple[str, str, str]] = set()
    for edge in edges:
        slug = edge.status if edge.rel not in _TO_PEOPLE and edge.retired is None else ""
        name = (slug, edge.document, edge.raw)
        if slug not in _STATUSES or name in told:
            continue
        told.add(name)
        fix = {
            "dangling": "nothing is on file by this number",
            "ambiguous": "more than one thing on file may be meant",
        }[slug]
        yield Finding(slug, "warning", f"{edge.document} page {edge.page}", f"“{edge.raw}”: {fix}")
