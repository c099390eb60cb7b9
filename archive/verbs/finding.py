"""Verbs of finding: search, xref, why, dangling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import click

from archive.verbs.asking import Asking
from archive.verbs.opening import opened
from archive.verbs.printing import csv_lines, json_lines, line, marked, next_step, safe, say, short, table

_SEARCH = ("ref", "title", "name", "score", "page", "snippet", "kind", "date", "digest", "keys", "parent")
_XREF = (
    *("source", "target", "rel", "status", "method", "confidence", "document", "page", "snippet", "raw", "depth"),
    "edge",
)


@click.command(cls=Asking)
@click.argument("query", nargs=-1, required=True)
@click.option("-n", "limit", type=click.IntRange(min=1), default=10, show_default=True, help="how many")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="pass over so many first")
@click.option("--sort", type=click.Choice(["relevance", "date", "received", "title"]), default="relevance")
@click.option("--count", is_flag=True, help="only how many")
@click.option("--raw", is_flag=True, help="take every character as it stands")
@click.option("--all-versions", is_flag=True, help="older versions and documents set aside too")
@click.option("-q", "quiet", is_flag=True, help="only the references")
@click.option("--json", "as_json", is_flag=True)
@click.option("--csv", "as_csv", is_flag=True)
@click.pass_context
def search(
    ctx: click.Context,
    query: tuple[str, ...],
    limit: int,
    offset: int,
    sort: str,
    count: bool,
    raw: bool,
    all_versions: bool,
    quiet: bool,
    as_json: bool,
    as_csv: bool,
) -> int:
    """Find documents: words (all must occur), "phrases", pump*, -not, OR, title:… name:… date:2024-03..2024-05."""
    from archive.desk.searching import Wish

    desk = opened(ctx).desk
    found = desk.search(" ".join(query), Wish(limit, offset, sort, raw, all_versions))
    for note in found.notes:
        say(note)
    rows = [row._asdict() for row in found.rows]
    if count:
        line(str(found.total))
    elif as_json:
        cut = {"total": found.total} if found.total > offset + len(rows) else None
        shown = [{name: row[name] for name in (*_SEARCH, "how", "note")} for row in rows]
        json_lines(({**row, "snippet": row["snippet"].translate({2: None, 3: None})} for row in shown), "search/1", cut)
    elif as_csv:
        csv_lines(({**row, "snippet": row["snippet"].translate({2: None, 3: None})} for row in rows), _SEARCH)
    elif quiet:
        for row in found.rows:
            line(row.ref)
    else:
        _hits(found, offset)
        desk.rows.remember([row.ref for row in found.rows])
    if not found.total:
        say(f"nothing found: {found.scope}")
    return 0 if found.total else 1


def _hits(found: Any, offset: int) -> None:
    for at, row in enumerate(found.rows, 1):
        title = row.keys[0] if row.keys else row.title
        how = row.how if row.how != "words" else ""
        facts = [row.ref, row.date, f"p.{row.page}" if row.snippet else "", how, row.note]
        click.echo(f"{at:>3}  {short(title)}   {safe('  '.join(fact for fact in facts if fact))}")
        if row.name != title:
            click.echo(f"     {short(row.name)}")
        if row.snippet:
            click.echo(click.wrap_text(marked(row.snippet), 76, "     ", "     "))
    more = f", {found.hidden} more in older versions (--all-versions)" if found.hidden else ""
    if found.rows:
        say(f"{offset + 1}-{offset + len(found.rows)} of {found.total}; {found.scope}{more}")
        next_step("archive", "show", "1", note="or xref 1, get 1")


@click.command()
@click.argument("key")
@click.option("--depth", type=click.IntRange(1, 6), default=1, show_default=True)
@click.option("--rel", default="", help="only these relations, parted by commas")
@click.option("--in", "direction", flag_value="in", help="only what points to it")
@click.option("--out", "direction", flag_value="out", help="only what it points to")
@click.option("--as-of", metavar="D", help="true on that day")
@click.option("--known-on", metavar="D", help="on file at the end of that day")
@click.option("--json", "as_json", is_flag=True)
@click.option("--csv", "as_csv", is_flag=True)
@click.pass_context
def xref(
    ctx: click.Context,
    key: str,
    depth: int,
    rel: str,
    direction: str | None,
    as_of: str | None,
    known_on: str | None,
    as_json: bool,
    as_csv: bool,
) -> int:
    """What KEY is linked with: each link with document, page and the words that prove it."""
    archive = opened(ctx)
    desk = archive.desk
    walk = desk.links(
        desk.resolve(key),
        depth=depth,
        rels=tuple(filter(None, rel.split(","))) or None,
        direction=direction or "both",
        as_of=archive.day(as_of),
        upto=archive.seq_on(day) if (day := desk.reached(archive.day(known_on))) else None,
    )
    rows = [desk.link_row(each) for each in walk.edges]
    if as_json:
        cut = {"not_expanded": [asdict(each) for each in walk.not_expanded]} if walk.not_expanded else None
        json_lines(rows, "xref/1", cut)
    elif as_csv:
        csv_lines(rows, _XREF)
    else:
        shown = desk.told_once(rows)
        _links(shown)
        desk.rows.remember([row["document"] for row in shown])
        for each in walk.not_expanded:
            say(f"not followed further: {each.node} ({each.reason})")
    if not rows:
        say("not linked with anything on file")
    return 0 if rows else 1


def _links(rows: Sequence[Mapping[str, Any]]) -> None:
    for at, row in enumerate(rows, 1):
        state = "" if row["status"] == "ok" else f"   [{row['status_words']}]"
        click.echo(safe(f"{at:>3}  {row['near']}  {row['rel_words']}  {row['far']}{state}"))
        proof = f"{row['document']} p.{row['page']}: {row['snippet']}"
        click.echo(click.wrap_text(safe(proof), 76, "     ", "     "))
    if rows:
        next_step("archive", "show", "1", note="the document that proves link 1")


@click.command()
@click.argument("one")
@click.argument("other")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def why(ctx: click.Context, one: str, other: str, as_json: bool) -> int:
    """How ONE and OTHER are connected: the shortest path of proven links."""
    desk = opened(ctx).desk
    path = desk.path(desk.resolve(one), desk.resolve(other))
    if path is None:
        say(f"no path of proven links leads from {one} to {other} within six steps")
        return 1
    if as_json:
        json_lines([{"path": path}], "why/1")
        return 0
    _links(path)
    return 0


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--csv", "as_csv", is_flag=True)
@click.pass_context
def dangling(ctx: click.Context, as_json: bool, as_csv: bool) -> int:
    """Numbers that documents cite and of which nothing is on file, with the nearest one that is."""
    desk = opened(ctx).desk
    rows = desk.unresolved()
    if as_json:
        json_lines(rows, "dangling/1")
    elif as_csv:
        csv_lines(rows, ("raw", "count", "nearest", "document", "page", "snippet"))
    else:
        cells = [
            (row["raw"], str(row["count"]), row["nearest"] or "", f"{row['document']} p.{row['page']}") for row in rows
        ]
        table(cells, ("number", "cited", "nearest", "first cited in"), numbered=True)
        desk.rows.remember([row["document"] for row in rows])
    if not desk.house.schemes:
        say("only the built-in numbers (ECR-…, DEC-…) were looked for; your own document numbers:")
        say("[[house.schemes]] in archive.toml")
    if not rows:
        say("every number that is cited is on file")
    return 1 if rows else 0
