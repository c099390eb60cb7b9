"""The lineage as text of 80 columns, for a terminal, a mail or a printer without graphics."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from archive.report.layout import Cell, Para, Section, Table, cover, sections
from archive.report.nouns import Lineage
from archive.report.wording import LEADS, quoted, shown

WIDTH = 80
_LEADS = {"error": "! ", "warning": "! ", "note": "! ", "missing": "! ", "bullet": "* ", "clean": "- "}
_FURTHER = frozenset({"error", "warning", "note"})
"""Looks of findings: one without a title goes on below the one before."""


def as_text(lineage: Lineage) -> str:
    """Render as plain text: at most 80 columns but for commands, which are never broken."""
    of = lineage.cover
    lines = ["LINEAGE REPORT", *_wrapped(of.house), *_wrapped(f"{of.key}  {of.title}"), "-" * WIDTH]
    lines += [line for name, words in cover(lineage) for line in _wrapped(words, name.ljust(18))]
    quotes = _Quotes(lineage)
    for section in sections(lineage):
        lines += _section(section, quotes)
    return "\n".join(lines) + "\n"


class _Quotes:
    """Evidence as it stands below a text: with its first words where it is met first, then by its number alone."""

    def __init__(self, lineage: Lineage) -> None:
        self._lineage = lineage
        self._told: set[str] = set()

    def lines(self, cite: str, width: int) -> list[str]:
        place, words = quoted(self._lineage.row(cite))
        fresh = words and cite not in self._told
        self._told.add(cite)
        return _wrapped(f'[{place} "{words}"]' if fresh else f"[{place}]", f"  {cite} ", width)


def _wrapped(words: str, first: str = "", width: int = WIDTH) -> list[str]:
    """Lines of at most `width` columns; the first begins with `first`, the others below its end."""
    rest = " " * len(first)
    lines = textwrap.wrap(shown(words), width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
    return lines or ([first.rstrip()] if first.strip() else [])


def _section(section: Section, quotes: _Quotes) -> list[str]:
    lines = ["", *_wrapped(section.heading.upper()), "=" * min(len(section.heading), WIDTH)]
    for block in section.blocks:
        lines += _table(block, quotes) if isinstance(block, Table) else _para(block)
    return lines


def _para(para: Para) -> list[str]:
    lead = _LEADS.get(para.look, "")
    lines = _wrapped(para.title, lead) if para.title else []
    lines += _wrapped(para.text, " " * len(lead) if para.title or para.look in _FURTHER else lead) if para.text else []
    gap = [] if para.look in ("bullet", "clean") else [""]
    return gap + lines + ([f"  {shown(para.code)}"] if para.code else [])


def _table(table: Table, quotes: _Quotes) -> list[str]:
    widths = [max(5, WIDTH * share // 100) for _, share in table.heads]
    lines = [""]
    if any(name for name, _ in table.heads):
        lines += _side_by_side(
            [_wrapped(name.upper(), width=width - 1) for (name, _), width in zip(table.heads, widths, strict=True)],
            widths,
        )
    for _, cells in table.rows:
        columns = [_cell(cell, width - 1, quotes) for cell, width in zip(cells, widths, strict=True)]
        lines += ["", *_side_by_side(columns, widths)]
        lines += [f"  {cell.mono}" for cell in cells if cell.mono]
    return lines


def _side_by_side(columns: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    rows = range(max(map(len, columns)))
    beside = [[column[at] if at < len(column) else "" for column in columns] for at in rows]
    return ["".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in beside]


def _cell(cell: Cell, width: int, quotes: _Quotes) -> list[str]:
    words = ". ".join(filter(None, (cell.stamp, cell.text)))
    lines = _wrapped(words, width=width) + _wrapped(cell.small, width=width)
    lines += [line for cite in cell.cites for line in quotes.lines(cite, width)]
    if cell.leads:
        lines += _wrapped(LEADS, "  ", width)
        lines += [line for cite in cell.leads for line in quotes.lines(cite, width)]
    return lines + _wrapped(" ".join(cell.marks), width=width)
