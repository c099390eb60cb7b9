"""The lineage as text of 80 columns, for a terminal, a mail or a printer without graphics."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from archive.report.nouns import Chain, Comparison, Dates, Lineage, Sentence
from archive.report.wording import STEPS, moment, named, quoted, severity

WIDTH = 80
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def as_text(lineage: Lineage) -> str:
    """Render as plain text: at most 80 columns but for digests and commands, which are never broken."""
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
        _limits(lineage),
        _annex(lineage),
        _commands(lineage),
    ]
    return shown("\n".join("\n".join(part) for part in parts if part)) + "\n"


def shown(text: str) -> str:
    """Control characters made visible."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def _heading(words: str) -> list[str]:
    return ["", words.upper(), "=" * len(words), ""]


def _wrapped(words: str, first: str = "", rest: str | None = None) -> list[str]:
    rest = " " * len(first) if rest is None else rest
    return textwrap.wrap(
        words, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [first.rstrip()]


def _pairs(pairs: Iterable[tuple[str, str]], width: int = 20) -> list[str]:
    return [line for name, words in pairs for line in _wrapped(words, name.ljust(width), " " * width)]


def _day(day: date | None) -> str:
    return day.isoformat() if day else "no date"


def _recorded(when: datetime | None) -> str:
    return moment(when) if when else "-"


def _cover(lineage: Lineage) -> list[str]:
    cover = lineage.cover
    lines = ["LINEAGE REPORT", *_wrapped(f"{cover.key}  {cover.title}"), "-" * WIDTH]
    pairs = [
        ("House", cover.house or "not named"),
        ("Archive", cover.archive_id),
        ("Log read up to", f"entry {cover.at} of {_recorded(cover.at_time)}"),
        ("Counted to", f"{cover.today.isoformat()}; states as of {cover.as_of.isoformat()}"),
        ("Rules", cover.rules),
        ("Engine", cover.engine),
        ("What this shows", cover.shows),
    ]
    return lines + _pairs(pairs)


def _cites(cites: Sequence[str], lineage: Lineage) -> str:
    return " ".join(f"[{quoted(lineage.row(cite))}]" for cite in cites)


def _answer(lineage: Lineage) -> list[str]:
    lines = _heading("The answer")
    for sentence in lineage.answer:
        lines += _sentence(sentence, lineage)
    return lines


def _sentence(sentence: Sentence, lineage: Lineage) -> list[str]:
    mark = "" if sentence.found else "NOT FOUND. "
    lines = _wrapped(f"{sentence.about}: {mark}{sentence.text}", "* ", "  ")
    for cite in sentence.cites:
        lines += _wrapped(f"{cite} [{quoted(lineage.row(cite))}]", "    ", "       ")
    return [*lines, ""]


def _comparisons(lineage: Lineage) -> list[str]:
    if not lineage.comparisons:
        return []
    lines = _heading("Authorisation beside incorporation")
    for each in lineage.comparisons:
        lines += [*_comparison(each), ""]
    return lines


def _comparison(each: Comparison) -> list[str]:
    rows = [("", "AUTHORISED", "INCORPORATED")]
    for name, of in (("by", _by), ("written", _written), ("file itself", _evidenced), ("recorded", _seen)):
        rows.append((name, of(each.authorisation), of(each.incorporation)))
    lines = _wrapped(f"{each.change}, {each.item}")
    for name, left, right in rows:
        lines += _columns((name, left, right), (14, 32, 32))
    return lines + _wrapped(f"Verdict: {each.verdict.upper()}. {each.words}")


def _by(dates: Dates | None) -> str:
    return f"{dates.words}, {dates.by}" if dates else "NOT FOUND"


def _written(dates: Dates | None) -> str:
    return _day(dates.written) if dates else "-"


def _evidenced(dates: Dates | None) -> str:
    if dates is None or dates.evidenced is None:
        return "none"
    return f"{_day(dates.evidenced)}, {dates.evidenced_by}"


def _seen(dates: Dates | None) -> str:
    return f"{_recorded(dates.recorded)}, entry {dates.seq}" if dates and dates.seq else "-"


def _columns(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [
        textwrap.wrap(cell, width - 1, break_long_words=True) or [""] for cell, width in zip(cells, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    rows = [[column[at] if at < len(column) else "" for column in wrapped] for at in range(height)]
    return ["".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _timeline(lineage: Lineage) -> list[str]:
    lines = _heading("Timeline") + _columns(("HELD FROM", "RECORDED", "WHAT"), (12, 26, 42))
    for event in lineage.timeline:
        late = f" ({event.days_late} days late)" if event.days_late else ""
        recorded = f"{_recorded(event.recorded)}{late}"
        what = f"{event.words} {' '.join(event.cites)}"
        lines += _columns((_day(event.effective), recorded, what), (12, 26, 42))
    return lines if lineage.timeline else []


def _chain(chain: Chain, lineage: Lineage) -> list[str]:
    lines = _heading(f"Chain of {chain.key}") + _wrapped(f"{chain.title}. Track {chain.track}; state: {chain.state}.")
    if chain.waiting_for:
        lines += _wrapped(f"Waits for: {chain.waiting_for}" + (f" ({chain.waiting_on})" if chain.waiting_on else ""))
    for link in chain.links:
        when = f"{_day(link.date)}  " if link.found else "NOT FOUND  "
        by = f"{link.by}. " if link.by else ""
        lines += ["", *_wrapped(f"{when}{by}{link.words}", STEPS[link.step].ljust(18), " " * 18)]
        if link.cites:
            lines += _wrapped(_cites(link.cites, lineage), " " * 18)
        if link.leads:
            lines += _wrapped(f"may bear on it: {_cites(link.leads, lineage)}", " " * 18)
    return lines


def _revisions(lineage: Lineage) -> list[str]:
    lines = _heading("Revisions")
    for each in lineage.revisions:
        lines += _wrapped(f"{each.item} rev {each.rev}: {each.words}", "* ", "  ")
        lines += _wrapped(_cites(each.cites, lineage), "    ") if each.cites else []
    return lines if lineage.revisions else []


def _differences(lineage: Lineage) -> list[str]:
    lines = _heading("What the revisions say differently")
    for each in lineage.differences:
        lines += _wrapped(f"{each.item} ({' '.join(each.cites)})", "* ", "  ")
        lines += _wrapped(f"rev {each.old_rev}: {each.old or '(nothing)'}", "    ", "           ")
        lines += _wrapped(f"rev {each.new_rev}: {each.new or '(nothing)'}", "    ", "           ")
    return lines if lineage.differences else []


def _citations(lineage: Lineage) -> list[str]:
    lines = _heading("Links")
    for each in lineage.citations:
        lines += _wrapped(f"{each.source}: {named(each)}", "* ", "  ")
        lines += _wrapped(_cites(each.cites, lineage), "    ")
    return lines if lineage.citations else []


def _gaps(lineage: Lineage) -> list[str]:
    lines = _heading("Gaps and contradictions")
    for gap in lineage.gaps:
        if not gap.found:
            lines += _wrapped(f"{gap.words}: {gap.result}", "  ", "    ")
    for gap in lineage.gaps:
        for found in gap.found:
            lines += ["", *_wrapped(f"{severity(gap.severity)}: {gap.words}", "! ", "  "), *_wrapped(found, "  ")]
    return lines


def _evidence(lineage: Lineage) -> list[str]:
    lines = _heading("Evidence")
    for row in lineage.evidence:
        trust = f", confidence {row.confidence:.0f} of 100" if row.confidence is not None else ""
        lines += _wrapped(f"{row.document} page {row.page}, {row.name} ({row.reading}{trust})", row.id.ljust(5))
        words = " … ".join(row.words)
        lines += _wrapped(f'"{words}"' if words else "no words", " " * 5)
        lines += _wrapped(row.note, " " * 5) if row.note else []
    return lines


def _people(lineage: Lineage) -> list[str]:
    lines = _heading("People")
    for person in lineage.people:
        lines += _wrapped(f"{person.name}: {'; '.join(person.acts)} ({' '.join(person.cites)})", "* ", "  ")
    return lines if lineage.people else []


def _integrity(lineage: Lineage) -> list[str]:
    lines = _heading("Integrity") + _wrapped(lineage.integrity.words)
    return lines + [line for problem in lineage.integrity.problems for line in _wrapped(problem, "! ", "  ")]


def _limits(lineage: Lineage) -> list[str]:
    lines = _heading("What this report cannot show")
    return lines + [line for limit in lineage.limits for line in _wrapped(limit, "* ", "  ")]


def _annex(lineage: Lineage) -> list[str]:
    lines = _heading("Hash annex")
    for each in lineage.annex:
        lines += _wrapped(f"{each.number}  {each.name} ({each.size:,} bytes, entry {each.seq}, {each.state})")
        lines += [f"  {each.sha256}"]
    return lines


def _commands(lineage: Lineage) -> list[str]:
    lines = _heading("How to verify")
    for each in lineage.commands:
        lines += [*_wrapped(each.words), f"  {each.command}"]
    return lines
