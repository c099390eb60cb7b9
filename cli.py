"""The archive's command line: options, verbs loaded when called, errors turned into words and exit codes."""

from __future__ import annotations

import errno
import gc
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

# What a start makes, stays: looking for garbage among it costs a start a third of a bare Python.
gc.set_threshold(50_000, 20, 20)

import click  # noqa: E402

from archive import __version__  # noqa: E402

VERBS = {
    "init": ("custody", "make an archive"),
    "add": ("custody", "take files and folders into the archive"),
    "watch": ("custody", "take in whatever is dropped into the watched folders"),
    "inbox": ("custody", "what came, and what became of it"),
    "show": ("custody", "one document, record or item"),
    "get": ("custody", "the original file, checked on the way"),
    "reread": ("custody", "read documents again"),
    "search": ("finding", "find documents by words, numbers, dates"),
    "xref": ("finding", "what a thing is linked with, and the words that prove it"),
    "why": ("finding", "how two things are connected"),
    "dangling": ("finding", "numbers that are cited and not on file"),
    "status": ("changes", "where a change stands, step by step, with its proof"),
    "release": ("changes", "state that a revision was released"),
    "lineage": ("disputes", "the report for a dispute: who decided what, when, on what grounds"),
    "verify": ("disputes", "check every byte against the log"),
    "rebuild": ("upkeep", "make the search index and the links anew"),
    "info": ("upkeep", "one screen of health"),
    "demo": ("upkeep", "the sample firm, worked through"),
}
"""Verb to the module of archive/verbs that holds it, and the line that help shows."""

_GROUPS = {
    "Every day": ("add", "watch", "inbox", "search", "show", "get", "xref", "why", "dangling"),
    "Changes": ("status", "release"),
    "Disputes": ("lineage", "verify"),
    "Upkeep": ("init", "reread", "rebuild", "info", "demo"),
}

_INTERRUPTED = 130


class _Verbs(click.Group):
    """Loads a verb's module when the verb is called; help needs none of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in VERBS:
            return None
        module = import_module(f"archive.verbs.{VERBS[name][0]}")
        command = getattr(module, name)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] == "help":
            if not args[1:]:
                click.echo(ctx.get_help())
                ctx.exit()
            return self.resolve_command(ctx, [args[1], "--help"])
        if args and args[0] not in VERBS:
            from difflib import get_close_matches

            near = get_close_matches(args[0], VERBS, n=1)
            hint = f" Did you mean {near[0]}?" if near else " archive --help lists them all."
            raise click.UsageError(f"there is no verb {args[0]}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, verbs in _GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(verb, VERBS[verb][1]) for verb in verbs])


@click.group(cls=_Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--home", metavar="DIR", help="the archive; else $ARCHIVE_HOME, else the folder you are in or one above")
@click.option("--actor", metavar="NAME", help="who acts; else $ARCHIVE_ACTOR, else your account's name")
@click.option("--wait", metavar="S", type=click.FloatRange(min=0), default=10.0, help="seconds to wait for others")
@click.option("-v", "verbose", is_flag=True, help="say more on the way")
@click.version_option(__version__, prog_name="archive")
@click.pass_context
def archive(ctx: click.Context, home: str | None, actor: str | None, wait: float, verbose: bool) -> None:
    """The archive of a product: every paper kept, found, linked and provable.

    Begin with: archive init DIR, drop files into DIR/inbox, then archive watch.
    """
    ctx.obj = {"home": home, "actor": actor, "wait": wait, "verbose": verbose}


def main(args: Sequence[str] | None = None) -> None:
    """Run one command and end the process with its exit code."""
    code = run(args)
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        # The reader of our output went away (| head): nothing is wrong.
        code = 0
    except OSError as problem:
        code = _explain(problem)
    # Everything is closed by now: taking the interpreter apart costs as much as starting a bare one.
    os._exit(code)


def run(args: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code of DESIGN §7."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        result = archive.main(args, prog_name="archive", standalone_mode=False)
    except click.exceptions.Exit as ended:
        return ended.exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; what was kept stays kept, and the same command goes on where it stopped", err=True)
        return _INTERRUPTED
    except SystemExit:
        # click ends so where the reader of our output went away (| head): nothing is wrong.
        return 0
    except Exception as problem:  # noqa: BLE001 - the process boundary
        return _explain(problem)
    return result if isinstance(result, int) else 0


def _explain(problem: Exception) -> int:
    """Say what is wrong in words; a mistake in the program is shown whole only with $ARCHIVE_DEBUG."""
    from archive.errors import Ambiguous, ArchiveError, Invalid
    from archive.verbs.printing import say

    if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO):
        from archive.store.fs import cannot_write

        problem = cannot_write("the answer", problem)
    if not isinstance(problem, ArchiveError):
        if os.environ.get("ARCHIVE_DEBUG"):
            raise problem
        words = f"internal error, a mistake in the program: {type(problem).__name__}: {problem}"
        say(f"archive: {words}\nNothing kept was lost. ARCHIVE_DEBUG=1 shows where it happened.")
        return ArchiveError.exit_code
    say(f"archive: {problem}")
    details: Sequence[Any] = ()
    if isinstance(problem, Invalid) and not str(problem).startswith(problem.problems[0]):
        details = problem.problems
    if isinstance(problem, Ambiguous):
        details = problem.candidates
    for each in details:
        say(f"  {each}")
    return problem.exit_code


if __name__ == "__main__":
    main()
