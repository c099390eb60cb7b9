"""Verbs for a dispute: lineage, verify."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path

import click

from archive.verbs.opening import opened
from archive.verbs.printing import json_line, line, safe, say


@click.command()
@click.argument("key")
@click.option("--as-of", metavar="D", help="true on that day")
@click.option("--known-on", metavar="D", help="on file at the end of that day")
@click.option("--at", type=click.IntRange(min=1), metavar="SEQ", help="as the log stood at that entry")
@click.option(
    "-o", "target", metavar="FILE", type=click.Path(path_type=Path, readable=False), help="FILE.html, .json or .txt"
)
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def lineage(
    ctx: click.Context,
    key: str,
    as_of: str | None,
    known_on: str | None,
    at: int | None,
    target: Path | None,
    as_json: bool,
) -> None:
    """The report for a dispute about KEY: who decided what, when, on what grounds, and was it really done."""
    from archive.report import rendered, write

    archive = opened(ctx)
    desk = archive.desk
    report = archive.lineage(key, as_of=archive.day(as_of), known_on=desk.reached(archive.day(known_on)), at=at)
    if target is None:
        click.echo(rendered(report, ".json" if as_json else ".txt"), nl=False)
        return
    replaced = desk.replaces_report(target)
    write(report, target)
    line(f"the report was written to {safe(str(target))}")
    if replaced:
        say("it replaced the earlier report of that name")


@click.command()
@click.option("--record", is_flag=True, help="write down in the log that the check was made")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def verify(ctx: click.Context, record: bool, as_json: bool) -> int:
    """Check every kept byte, every entry and the chain of the log."""
    from archive.desk import wording
    from archive.model import Finding

    archive = opened(ctx)
    worst, counts = 0, Counter[str]()
    for found in archive.verify(record=record):
        if not isinstance(found, Finding):
            say(f"{found.entries:,} entries and {found.objects:,} files checked")
            continue
        worst = max(worst, {"note": 0, "warning": 1, "error": 7}[found.severity])
        counts[found.severity] += 1
        if as_json:
            json_line({"schema": "verify/1", **asdict(found)})
        else:
            told = wording.finding(found, lambda: archive.catalog)
            line(f"{told.severity}: {safe(told.place)}: {told.finding}: {told.fix}")
    if worst:
        named = (wording.counted(counts[each], each, f"{each}s") for each in ("error", "warning") if counts[each])
        say(f"NOT intact: {', '.join(named)}")
    else:
        say("intact: everything is as it was logged")
    return worst
