"""Verbs of change control: status, release."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from archive.verbs.opening import opened
from archive.verbs.printing import json_line, line, next_step, wrapped

if TYPE_CHECKING:
    from archive.control import ChangeStatus


@click.command()
@click.argument("key")
@click.option("--as-of", metavar="D", help="true on that day")
@click.option("--known-on", metavar="D", help="on file at the end of that day")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def status(ctx: click.Context, key: str, as_of: str | None, known_on: str | None, as_json: bool) -> int:
    """Where change KEY stands: each step, whether it is proven, when, by whom, on which paper."""
    archive = opened(ctx)
    desk = archive.desk
    found = desk.status(desk.resolve(key), archive.view(archive.day(as_of), desk.reached(archive.day(known_on))))
    if as_json:
        json_line({"schema": "status/1", **asdict(found)})
    else:
        _ladder(found)
    return 1 if any(each.severity != "note" for each in found.findings) else 0


def _ladder(found: ChangeStatus) -> None:
    wrapped(f"{found.key}  {found.title}", "", "  ")
    wrapped(f"state: {found.state}   ({found.track} track{f', {found.note}' if found.note else ''})", "", "  ")
    for step in found.steps:
        mark = "yes" if step.in_order else "yes*" if step.done else "NO"
        facts = [step.date.isoformat() if step.date else "", step.by, step.missing if not step.done else ""]
        wrapped("  ".join(filter(None, facts)) or "-", f"  {step.step:<13} {mark:<5} ", " " * 22)
        for proof in step.evidence:
            wrapped(f"{proof.document} p.{proof.page}: {proof.words}".rstrip(": "), " " * 22, " " * 24)
    if any(step.done and not step.in_order for step in found.steps):
        line("  * proven, but a step that must come before it is not")
    if found.waiting_for:
        since = f", for {found.days} days" if found.days is not None else ""
        wrapped(
            f"waits for: {found.waiting_for}{f' ({found.waiting_on})' if found.waiting_on else ''}{since}", "", "  "
        )
    for each in found.findings:
        wrapped(f"{each.severity}: {each.finding}: {each.fix}", "! ", "  ")
    next_step("archive", "lineage", found.key, "-o", "report.html")


@click.command()
@click.argument("key")
@click.argument("revision", metavar="rev R", nargs=-1, required=True)
@click.option("--by", "person", required=True, metavar="P", help="who released it")
@click.option("--on", "day", required=True, metavar="D", help="on which day, as 2024-05-06")
@click.option("--evidence", metavar="REF", help="the document that proves it, as D-000012#p2")
@click.option("--why", "reason", default="", metavar="T")
@click.pass_context
def release(
    ctx: click.Context, key: str, revision: tuple[str, ...], person: str, day: str, evidence: str | None, reason: str
) -> None:
    """State that revision R of KEY was released: archive release SPC-1001-02 rev C --by NAME --on DAY."""
    archive = opened(ctx)
    on = archive.day(day) or archive.today()
    batch = archive.release(key, revision[-1], by=person, on=on, evidence=evidence, why=reason)
    line(f"{key} rev {revision[-1]}: released on {day} by {person}, as you state")
    line(f"batch {batch}")
