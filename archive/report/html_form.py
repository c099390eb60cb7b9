"""The lineage as one HTML file: no script, nothing fetched, every word of a document escaped."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from archive.report.layout import Cell, Para, Section, Table, cover, sections
from archive.report.nouns import Lineage
from archive.report.wording import LEADS, quoted, shown

_TEMPLATE = Path(__file__).parent / "templates" / "lineage.html"
_HYPHENED = re.compile(r"(?<![\w-])(?=[\w-]{4,24}(?![\w-]))(?:\w*\d\w*|[A-Z]+)(?:-\w+)+")
_WIDE = ' class="wide"'


def as_html(lineage: Lineage) -> str:
    """Render as a page for screen and A4 paper; cites lead to the row of evidence, numbers to the hash annex."""
    of = lineage.cover
    facts = "".join(
        f"<dt>{_t(name)}</dt><dd{_WIDE if at >= 4 else ''}>{_t(words)}</dd>"
        for at, (name, words) in enumerate(cover(lineage))
    )
    head = (
        f'<header><div class="what"><span>Lineage report</span><span>{_t(of.house or "House not named")}</span></div>\n'
        f'<h1>{_t(of.key)}</h1><p>{_t(of.title)}</p>\n<dl class="facts">{facts}</dl></header>'
    )
    footer = f"Lineage of {of.key} · archive {of.archive_id[:8]} · entry {of.at}"
    return Template(_TEMPLATE.read_text("utf-8")).substitute(
        title=_a(f"Lineage of {of.key}"),
        footer=_css(footer),
        body="\n".join([head, *(_section(each, lineage) for each in sections(lineage))]),
    )


def _a(text: str) -> str:
    """Text made safe to stand in an attribute."""
    return escape(shown(text), quote=True)


def _t(text: str) -> str:
    """Text made safe to stand in the page; numbers and dates are not broken at their hyphens."""
    return _HYPHENED.sub(r'<span class="n">\g<0></span>', _a(text))


def _css(text: str) -> str:
    """Text made safe to stand in a quoted string of the style sheet."""
    return "".join(c if c.isalnum() or c in " -.,·" else f"\\{ord(c):x} " for c in shown(text))


def _section(section: Section, lineage: Lineage) -> str:
    parts = []
    for look, blocks in groupby(section.blocks, lambda block: block.look if isinstance(block, Para) else "table"):
        inner = "\n".join(_table(each, lineage) if isinstance(each, Table) else _para(each) for each in blocks)
        parts.append(f'<ul class="{look}">{inner}</ul>' if look in ("bullet", "clean") else inner)
    name = _a(section.name)
    return f'<section id="{name}">\n<h2>{_t(section.heading)}</h2>\n' + "\n".join(parts) + "\n</section>"


def _para(para: Para) -> str:
    title = f"<b>{_t(para.title)}</b> " if para.title else ""
    if para.look in ("bullet", "clean"):
        return f"<li>{_t(para.text)}</li>"
    code = f"<pre><code>{_a(para.code)}</code></pre>" if para.code else ""
    look = para.look or ("verdict" if para.title and para.text else "")
    return f'<p class="{look}">{title}{_t(para.text)}</p>{code}'


def _table(table: Table, lineage: Lineage) -> str:
    columns = "".join(f'<col style="width:{width}%">' for _, width in table.heads)
    names = "".join(f'<th scope="col">{_t(name)}</th>' for name, _ in table.heads)
    head = f"<thead><tr>{names}</tr></thead>" if any(name for name, _ in table.heads) else ""
    css = "" if head else ' class="answer"'
    rows = "\n".join(_row(name, cells, table.titled, lineage) for name, cells in table.rows)
    return f"<table{css}><colgroup>{columns}</colgroup>{head}\n<tbody>\n{rows}\n</tbody></table>"


def _row(name: str, cells: tuple[Cell, ...], titled: bool, lineage: Lineage) -> str:
    mark = f' id="{_a(name)}"' if name else ""
    first, *rest = (_cell(cell, lineage) for cell in cells)
    head = f'<th scope="row">{first}</th>' if titled else f"<td>{first}</td>"
    return f"<tr{mark}>{head}{''.join(f'<td>{cell}</td>' for cell in rest)}</tr>"


def _cell(cell: Cell, lineage: Lineage) -> str:
    words = _t(cell.text)
    if cell.to:
        words = f'<a href="#{_a(cell.to)}">{words}</a>'
    if cell.stamp:
        words = f'<span class="missing">{_t(cell.stamp)}</span>{". " if words else ""}{words}'
    small = f'<span class="small">{_t(cell.small)}</span>' if cell.small else ""
    mono = f'<span class="mono">{_a(cell.mono)}</span>' if cell.mono else ""
    leads = f'<span class="cite">{LEADS}</span>{_cites(cell.leads, lineage)}' if cell.leads else ""
    marks = " ".join(f'<a href="#{cite}">{cite}</a>' for cite in cell.marks)
    return words + small + mono + _cites(cell.cites, lineage) + leads + marks


def _cites(cites: Iterable[str], lineage: Lineage) -> str:
    parts = []
    for cite in cites:
        place, words = quoted(lineage.row(cite))
        quote = f" <q>{_t(words)}</q>" if words else ""
        parts.append(f'<span class="cite"><a href="#{cite}">[<b>{_t(place)}</b>{quote}]</a></span>')
    return "".join(parts)
