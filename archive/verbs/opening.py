"""Finding the archive a command means, and who acts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.errors import NotFound
from archive.verbs.printing import safe, say

if TYPE_CHECKING:
    from archive.archive import Archive
    from archive.model import Actor


def opened(ctx: click.Context, who: Actor | None = None, **options: Any) -> Archive:
    """Open the archive that --home, $ARCHIVE_HOME or the current folder names; closed when the command ends."""
    from archive.archive import Archive

    archive = Archive(home(ctx), who or actor(ctx), wait_s=ctx.obj["wait"], note=_note, **options)
    ctx.call_on_close(archive.close)
    return archive


def _note(words: str) -> None:
    """One line on stderr, whatever the names in it hold."""
    say(safe(words))


def home(ctx: click.Context) -> Path:
    named = ctx.obj["home"] or os.environ.get("ARCHIVE_HOME")
    if named:
        return Path(named).expanduser()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "archive.json").is_file():
            return folder
    raise NotFound("there is no archive here: name one with --home DIR, or make one with: archive init DIR")


def actor(ctx: click.Context) -> Actor:
    from archive.model import Actor

    if ctx.obj["actor"]:
        return Actor(ctx.obj["actor"], "option")
    if os.environ.get("ARCHIVE_ACTOR"):
        return Actor(os.environ["ARCHIVE_ACTOR"], "environment")
    try:
        return Actor(_account(), "account")
    except (KeyError, OSError):
        # An account without a name, as in some containers.
        return Actor(f"account {getattr(os, 'getuid', lambda: 0)()}", "account")


def watcher(ctx: click.Context) -> Actor:
    """Who takes in what a watcher finds: the watcher of this machine, unless a name was given."""
    from socket import gethostname

    from archive.model import Actor

    named = actor(ctx)
    return Actor(f"watch@{gethostname()}", "watcher") if named.via == "account" else named


def _account() -> str:
    """The account's name, where the environment says it without loading more."""
    for name in ("LOGNAME", "USER", "USERNAME"):
        if os.environ.get(name):
            return os.environ[name]
    from getpass import getuser

    return getuser()
