"""Verbs of upkeep: rebuild, info, demo."""

from __future__ import annotations

from pathlib import Path

import click

from archive.verbs.opening import opened
from archive.verbs.printing import facts, json_line, line


@click.command()
@click.option("--only", default="", metavar="NAMES", help="catalog, index, xref; parted by commas")
@click.pass_context
def rebuild(ctx: click.Context, only: str) -> None:
    """Make catalog, search index and links anew from the log; nothing kept is touched."""
    archive = opened(ctx)
    for name, watermark in archive.rebuild(tuple(filter(None, only.split(",")))):
        line(f"{name}: made anew from {watermark:,} entries")


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def info(ctx: click.Context, as_json: bool) -> None:
    """One screen of health: what is kept, what is waiting, how far each part is behind the log."""
    from archive.desk import wording

    shown = opened(ctx).info()
    if as_json:
        json_line({"schema": "info/1", **dict(shown)})
    else:
        facts(wording.health(shown))


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.pass_context
def demo(ctx: click.Context, folder: Path) -> None:
    """Make an archive of the invented sample firm in DIR and work through it: received, found, linked, proven."""
    from archive.verbs.story import tell

    root = ctx.find_root().command
    tell(lambda args: root.main(args, prog_name="archive", standalone_mode=False), folder)
