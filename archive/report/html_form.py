"""The lineage as one HTML file: no script, nothing fetched, every word of a document escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from pathlib import Path
from string import Template

from archive.report.nouns import Chain, Comparison, Dates, Lineage, Link, Revision, Sentence
from archive.report.text_form import shown
from archive.report.wording import STEPS, moment, named, quoted, severity

_TEMPLATE = Path(__file__).parent / "templates" / "lineage.html"
_HYPHENED = re.compile(
    r"(?<![\w-])(?=[\w-]{4,24}(?![\w-]))\w*\d\w*(?:-\w+)+|(?<![\w-])(?=[\w-]{4,24}(?![\w-]))[A-Z]+(?:-\w+)+"
)
_NOT_FOUND = '<span class="missing">NOT FOUND</span>'


def as_html(lineage: Lineage) -> str:
    """Render as a page for screen and A4 paper; cites lead to the row of evidence, numbers to the hash annex."""
    cover = lineage.cover
    parts = [
        _cover(lineage),
        _answer(lineage),
        _comparisons(lineage),
        *(_chain(chain, lineage) for chain in lineage.changes),
        _timeline(lineage),
        _revisions(lineage),
        _differences(lineage),
        _citations(lineage),
        _gaps(lineage),
        _people(lineage),
        _evidence(lineage),
        _integrity(lineage),
        _annex(lineage),
        _commands(lineage),
    ]
    footer = f"Lineage of {cover.key} · archive {cover.archive_id[:8]} · entry {cover.at}"
    return Template(_TEMPLATE.read_text("utf-8")).substitute(
        title=_a(f"Lineage of {cover.key}"), footer=_css(footer), body="\n".join(part for part in parts if part)
    )


def _a(text: str) -> str:
    """Text made safe to stand in an attribute."""
    return escape(shown(text), quote=True)


def _t(text: object) -> str:
    """Text made safe to stand in the page; numbers and dates are not broken at their hyphens."""
    return _HYPHENED.sub(r'<span class="n">\g<0></span>', _a(str(text)))


def _css(text: str) -> str:
    """Text made safe to stand in a quoted string of the style sheet."""
    return "".join(c if c.isalnum() or c in " -.,·" else f"\\{ord(c):x} " for c in shown(text))


def _section(name: str, heading: str, *inner: str) -> str:
    return f'<section id="{name}">\n<h2>{_t(heading)}</h2>\n' + "\n".join(inner) + "\n</section>"


def _table(heads: Sequence[tuple[str, int]], rows: Iterable[str], css: str = "") -> str:
    """A table; each head has its share of the width in per cent."""
    columns = "".join(f'<col style="width:{width}%">' for _, width in heads)
    names = "".join(f'<th scope="col">{_t(name)}</th>' for name, _ in heads)
    body = "\n".join(rows)
    return (
        f"<table{css}><colgroup>{columns}</colgroup><thead><tr>{names}</tr></thead>\n<tbody>\n{body}\n</tbody></table>"
    )


def _row(*cells: str, name: str = "", head: bool = False) -> str:
    mark = f' id="{_a(name)}"' if name else ""
    first = f'<th scope="row">{cells[0]}</th>' if head else f"<td>{cells[0]}</td>"
    return f"<tr{mark}>{first}{''.join(f'<td>{cell}</td>' for cell in cells[1:])}</tr>"


def _cites(cites: Iterable[str], lineage: Lineage) -> str:
    return "".join(_cite(cite, lineage) for cite in cites)


def _cite(cite: str, lineage: Lineage) -> str:
    place, _, words = quoted(lineage.row(cite)).partition(' "')
    words = f" <q>{_t(words.removesuffix(chr(34)))}</q>" if words else ""
    return f'<span class="cite"><a href="#{cite}">[<b>{_t(place)}</b>{words}]</a></span>'


def _marks(cites: Iterable[str]) -> str:
    return " ".join(f'<a href="#{cite}">{cite}</a>' for cite in cites)


def _number(number: str) -> str:
    return f'<a href="#{_a(number)}">{_t(number)}</a>'


def _day(day: date | None) -> str:
    return day.isoformat() if day else "no date"


def _cover(lineage: Lineage) -> str:
    cover = lineage.cover
    read = f"entry {cover.at}" + (f", written {moment(cover.at_time)}" if cover.at_time else "")
    facts = [
        ("Archive", cover.archive_id, ""),
        ("Log read up to", read, ""),
        ("States as of", cover.as_of.isoformat(), ""),
        ("Days counted to", cover.today.isoformat(), ""),
        ("Rules", cover.rules, ' class="wide"'),
        ("Found by", cover.engine, ' class="wide"'),
        ("Shows", cover.shows, ' class="wide"'),
    ]
    rows = "".join(f"<dt>{_t(name)}</dt><dd{css}>{_t(words)}</dd>" for name, words, css in facts if words)
    house = _t(cover.house or "House not named")
    return (
        f'<header><div class="what"><span>Lineage report</span><span>{house}</span></div>\n'
        f'<h1>{_t(cover.key)}</h1><p>{_t(cover.title)}</p>\n<dl class="facts">{rows}</dl></header>'
    )


def _answer(lineage: Lineage) -> str:
    rows = (_row(_t(each.about), _said(each) + _cites(each.cites, lineage), head=True) for each in lineage.answer)
    return _section("answer", "The answer", f'<table class="answer"><tbody>{"".join(rows)}</tbody></table>')


def _said(sentence: Sentence) -> str:
    return _t(sentence.text) if sentence.found else f"{_NOT_FOUND}. {_t(sentence.text)}"


def _comparisons(lineage: Lineage) -> str:
    if not lineage.comparisons:
        return ""
    parts = (_comparison(each) for each in lineage.comparisons)
    return _section("comparison", "Authorisation beside incorporation", *parts)


def _comparison(each: Comparison) -> str:
    pair = (each.authorisation, each.incorporation)
    rows = (
        _row(
            "What",
            *(_t(f"{dates.words}, by {dates.by or 'nobody named'}") if dates else _NOT_FOUND for dates in pair),
            head=True,
        ),
        _row("Date written", *(_t(_day(dates.written)) if dates else "–" for dates in pair), head=True),
        _row("Date the file itself bears", *map(_evidenced, pair), head=True),
        _row("Date recorded here", *map(_recorded, pair), head=True),
        _row("Evidence", *(_marks(dates.cites) if dates else "–" for dates in pair), head=True),
    )
    heads = (("", 22), ("Authorisation", 39), (f"Incorporation in {each.item}", 39))
    css = each.verdict if each.verdict in ("before", "after") else ""
    verdict = f'<p class="verdict {css}"><b>{_t(each.verdict)}</b>: {_t(each.words)}</p>'
    return _table(heads, rows) + verdict


def _evidenced(dates: Dates | None) -> str:
    if dates is None or dates.evidenced is None:
        return "none"
    return _t(f"{_day(dates.evidenced)} ({dates.evidenced_by})")


def _recorded(dates: Dates | None) -> str:
    return _t(f"{moment(dates.recorded)}, entry {dates.seq}") if dates and dates.recorded else "–"


def _timeline(lineage: Lineage) -> str:
    if not lineage.timeline:
        return ""
    rows = []
    for event in lineage.timeline:
        late = f'<br><span class="late">{event.days_late:,} days late</span>' if event.days_late else ""
        recorded = f"{_t(moment(event.recorded))}{late}" if event.recorded else "–"
        rows.append(_row(_t(_day(event.effective)), recorded, _t(event.words), _marks(event.cites)))
    heads = (("Held from", 13), ("Recorded", 21), ("What", 54), ("Evidence", 12))
    return _section("timeline", "Timeline", _table(heads, rows))


def _chain(chain: Chain, lineage: Lineage) -> str:
    state = f"<p>{_t(chain.title)}. Track <b>{_t(chain.track)}</b>; state <b>{_t(chain.state)}</b>.{_waits(chain)}</p>"
    rows = (_link(link, lineage) for link in chain.links)
    heads = (("Step", 16), ("Date", 12), ("What the papers say", 72))
    return _section(f"chain-{_name(chain.key)}", f"Chain of {chain.key}", state, _table(heads, rows))


def _name(key: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else "-" for c in key)


def _waits(chain: Chain) -> str:
    if not chain.waiting_for:
        return ""
    on = f" ({_t(chain.waiting_on)})" if chain.waiting_on else ""
    return f" It waits for: {_t(chain.waiting_for)}{on}."


def _link(link: Link, lineage: Lineage) -> str:
    words = _t(f"{link.by}: {link.words}" if link.by and link.found else link.words)
    text = words if link.found else f"{_NOT_FOUND}. {words}"
    leads = f'<span class="cite">May bear on it, but proves nothing by itself:</span>{_cites(link.leads, lineage)}'
    return _row(
        _t(STEPS[link.step]),
        _t(_day(link.date)) if link.found else "–",
        text + _cites(link.cites, lineage) + (leads if link.leads else ""),
        head=True,
    )


def _revisions(lineage: Lineage) -> str:
    if not lineage.revisions:
        return ""
    rows = (_revision(each, lineage) for each in lineage.revisions)
    heads = (("Revision", 18), ("Released", 16), ("What the papers say", 66))
    return _section("revisions", "Revisions", _table(heads, rows))


def _revision(each: Revision, lineage: Lineage) -> str:
    released = f"{_day(each.released_on)}<br>{_t(each.released_by)}" if each.released_on else "not proven"
    return _row(_t(f"{each.item} rev {each.rev}"), released, _t(each.words) + _cites(each.cites, lineage), head=True)


def _differences(lineage: Lineage) -> str:
    if not lineage.differences:
        return ""
    first = lineage.differences[0]
    heads = ((f"Rev {first.old_rev}", 45), (f"Rev {first.new_rev}", 45), ("Evidence", 10))
    rows = (_row(_t(each.old or "–"), _t(each.new or "–"), _marks(each.cites)) for each in lineage.differences)
    heading = f"What {first.item} says differently"
    return _section("differences", heading, _table(heads, rows))


def _citations(lineage: Lineage) -> str:
    if not lineage.citations:
        return ""
    heads = (("Paper or item", 30), ("How", 20), ("Words", 50))
    rows = (_row(_t(each.source), _t(named(each)), _cites(each.cites, lineage)) for each in lineage.citations)
    return _section("citations", "Links", _table(heads, rows))


def _gaps(lineage: Lineage) -> str:
    found = [
        f'<div class="gap {_a(gap.severity)}"><p><b>{_t(severity(gap.severity))}.</b> {_t(gap.words)}.</p>'
        + "".join(f"<p>{_t(words)}</p>" for words in gap.found)
        + "</div>"
        for gap in lineage.gaps
        if gap.found
    ]
    clean = "".join(f"<li>{_t(gap.words)}: <b>{_t(gap.result)}</b></li>" for gap in lineage.gaps if not gap.found)
    rest = f'<h3>Looked for as well</h3><ul class="clean">{clean}</ul>' if clean else ""
    return _section("gaps", "Gaps and contradictions", *found, rest)


def _evidence(lineage: Lineage) -> str:
    rows = []
    for row in lineage.evidence:
        trust = f"<br>confidence {row.confidence:.0f} of 100" if row.confidence is not None else ""
        words = " … ".join(f"<q>{_t(words)}</q>" for words in row.words) or "no words"
        note = f'<br><span class="missing">{_t(row.note)}</span>' if row.note else ""
        where = f'{_number(row.document)}, page {row.page}<br><span class="small">{_t(row.name)}</span>'
        rows.append(_row(_t(row.id), where, words + note, f"{_t(row.reading)}{trust}", name=row.id))
    heads = (("No.", 6), ("Document", 27), ("Exact words", 52), ("How read", 15))
    return _section("evidence", "Evidence", _table(heads, rows))


def _people(lineage: Lineage) -> str:
    if not lineage.people:
        return ""
    heads = (("Name", 22), ("What the papers say they did", 62), ("Evidence", 16))
    rows = (
        _row(_t(person.name), "<br>".join(_t(act) for act in person.acts), _marks(person.cites), head=True)
        for person in lineage.people
    )
    return _section("people", "People", _table(heads, rows))


def _integrity(lineage: Lineage) -> str:
    problems = "".join(f'<p class="missing">{_t(problem)}</p>' for problem in lineage.integrity.problems)
    limits = "".join(f"<li>{_t(limit)}</li>" for limit in lineage.limits)
    return (
        _section("integrity", "Integrity", f"<p>{_t(lineage.integrity.words)}</p>{problems}")
        + "\n"
        + _section("limits", "What this report cannot show", f'<ul class="plain">{limits}</ul>')
    )


def _annex(lineage: Lineage) -> str:
    rows = (
        _row(
            _t(each.number),
            f'{_t(each.name)}<br><span class="mono">{_t(each.sha256)}</span>',
            f"{each.size:,}",
            _t(each.seq),
            _t(each.state),
            name=each.number,
        )
        for each in lineage.annex
    )
    heads = (("Number", 12), ("Name and SHA-256", 58), ("Bytes", 11), ("Entry", 8), ("State", 11))
    return _section("annex", "Hash annex", _table(heads, rows))


def _commands(lineage: Lineage) -> str:
    parts = (f"<p>{_t(each.words)}</p><pre><code>{_t(each.command)}</code></pre>" for each in lineage.commands)
    return _section("verify", "How to verify", *parts)
