"""How answers look: tables at the terminal's width, JSON lines, hostile text made harmless."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import click

_DANGEROUS = {*range(0x20), *range(0x7F, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F}
_ESCAPES = {code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in _DANGEROUS}
_JSON_ESCAPES = {code: f"\\u{code:04x}" for code in _DANGEROUS if code >= 0x7F}
"""What JSON itself would let through; the value that is read from it stays the same."""
_MARKS = {0x02: None, 0x03: None}
_LONGEST = 100


def safe(text: str, keep: str = "") -> str:
    """Show control and direction characters as escapes (`\\x1b`), but for those in `keep`."""
    return text.translate(_escapes(keep))


@cache
def _escapes(keep: str) -> dict[int, str]:
    return {code: escape for code, escape in _ESCAPES.items() if chr(code) not in keep}


def marked(snippet: str) -> str:
    """A snippet with its matches in bold on a terminal, plain elsewhere."""
    plain = safe(snippet, keep="\x02\x03")
    if not (sys.stdout.isatty() and colours()):
        return plain.translate(_MARKS)
    return plain.replace("\x02", "\x1b[1m").replace("\x03", "\x1b[22m")


def colours() -> bool:
    """Whether bold and colours are wanted: not with $NO_COLOR (no-color.org), nor on a terminal that has none."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def short(name: str) -> str:
    """A file name made safe to show; of a very long one the middle is left out."""
    shown = safe(name)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST // 2]}…{shown[-_LONGEST // 2 + 1 :]}"


def wrapped(text: str, first: str = "", rest: str = "") -> None:
    """A text over as many lines as it needs, at most 78 wide; `first` and `rest` stand before its lines."""
    click.echo(click.wrap_text(safe(text), 78, first, rest))


def say(text: str) -> None:
    """One line for the person, on stderr: what is no data."""
    click.echo(safe(text, keep="\n"), err=True)


def line(text: str = "") -> None:
    """One line of data, safe to show."""
    click.echo(safe(text, keep="\n"))


def json_line(value: Mapping[str, Any]) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, default=str).translate(_JSON_ESCAPES))


def json_lines(rows: Iterable[Mapping[str, Any]], schema: str, truncated: Mapping[str, Any] | None = None) -> None:
    """One JSON object a line; a list that was cut ends with a line that says so."""
    for row in rows:
        json_line({"schema": schema, **row})
    if truncated is not None:
        json_line({"schema": schema, "truncated": True, **truncated})


def csv_lines(rows: Iterable[Mapping[str, Any]], heads: Sequence[str]) -> None:
    """CSV with text cells that no spreadsheet takes for a formula."""
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(heads)
    for row in rows:
        writer.writerow([_cell(row.get(head)) for head in heads])


def _cell(value: Any) -> str:
    text = "" if value is None else " ".join(value) if isinstance(value, tuple | list) else str(value)
    text = safe(text, keep="\n\t\r")
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def width() -> int:
    from shutil import get_terminal_size

    return max(40, min(get_terminal_size((80, 24)).columns, 160))


def table(rows: Sequence[Sequence[str]], heads: Sequence[str] = (), *, numbered: bool = False) -> None:
    """Columns as wide as their widest cell; the last one takes what is left and is cut with an ellipsis."""
    cells = [[safe(cell) for cell in row] for row in rows]
    if numbered:
        cells = [[str(at), *row] for at, row in enumerate(cells, 1)]
        heads = ["", *heads] if heads else heads
    shown = [list(heads), *cells] if heads else cells
    if not shown:
        return
    most = width()
    sizes = [max(len(row[at]) for row in shown) for at in range(len(shown[0]))]
    # The wider columns give way first, until the table fits.
    while sum(sizes) + 2 * (len(sizes) - 1) > most and max(sizes) > 8:
        sizes[sizes.index(max(sizes))] -= 1
    for row in shown:
        click.echo("  ".join(_fit(cell, size) for cell, size in zip(row, sizes, strict=True)).rstrip())


def _fit(text: str, size: int) -> str:
    return text.ljust(size) if len(text) <= size else text[: size - 1] + "…"


def facts(pairs: Iterable[tuple[str, str]]) -> None:
    """Name and value a line; long values go on under themselves."""
    shown = [(safe(name), safe(value)) for name, value in pairs]
    left = max((len(name) for name, _ in shown), default=0) + 2
    for name, value in shown:
        first, *rest = click.wrap_text(value, max(30, width() - left)).splitlines() or [""]
        click.echo(f"{name.ljust(left)}{first}")
        for more in rest:
            click.echo(" " * left + more)


def next_step(*command: str | Path, note: str = "") -> None:
    """The last line of a list: what to do next, quoted so that it can be typed as it stands."""
    say(f"next: {shlex.join(map(str, command))}{f'   ({note})' if note else ''}")
