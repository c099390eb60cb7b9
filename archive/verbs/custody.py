"""Verbs of custody: init, add, watch, inbox, show, get, reread."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.verbs.opening import actor, opened
from archive.verbs.opening import watcher as watching_actor
from archive.verbs.printing import (
    facts,
    json_line,
    json_lines,
    line,
    next_step,
    safe,
    say,
    short,
    table,
    width,
    wrapped,
)

if TYPE_CHECKING:
    from archive.model import Receipt

_PATH = click.Path(path_type=Path, allow_dash=True, readable=False)
"""What cannot be read is said by the verb, so that the other paths are taken."""

_BAD = ("unreadable", "failed")
_NEEDS_YOU = (*_BAD, "needs_password")
_SHOWN = 50
_WORDS = {
    "stored": "kept and read",
    "duplicate": "kept already",
    "stored_no_text": "kept, no text in it",
    "needs_password": "kept, locked by a password",
    "unreadable": "kept, could not be read",
    "pending": "kept, to be tried again",
    "ignored": "not a document",
    "failed": "NOT kept",
}


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=_PATH)
@click.option("--name", default="", help="the firm's name, for reports")
@click.option("--settings", metavar="FILE", type=_PATH, help="an archive.toml to begin with")
@click.pass_context
def init(ctx: click.Context, folder: Path | None, name: str, settings: Path | None) -> None:
    """Make an archive in DIR (default: --home, else the folder you are in)."""
    from archive.archive import Archive

    folder = folder or Path(ctx.obj["home"] or ".").expanduser()
    archive = Archive.create(folder, actor(ctx), name=name, settings=settings, wait_s=ctx.obj["wait"], note=say)
    archive.close()
    line(f"an archive was made in {folder.absolute()}")
    next_step("archive", "--home", folder, "watch", note=f"and drop files into {folder / 'inbox'}")


@click.command()
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=_PATH)
@click.option("-r", "deep", is_flag=True, help="go into folders inside folders")
@click.option("--no-ocr", is_flag=True, help="do not recognise text on scans now")
@click.option("--ocr-lang", metavar="L", multiple=True, help="language of scans, as eng or deu")
@click.option("--json", "as_json", is_flag=True, help="one JSON line a path")
@click.pass_context
def add(
    ctx: click.Context, paths: tuple[Path, ...], deep: bool, no_ocr: bool, ocr_lang: tuple[str, ...], as_json: bool
) -> int:
    """Take files, folders or - (standard input) into the archive; the sources stay where they are."""
    archive = opened(ctx)
    wanted, others = archive.gather([path for path in paths if str(path) != "-"], deep=deep)
    receipts: list[Receipt] = []
    if any(str(path) == "-" for path in paths):
        receipts.append(archive.take_bytes(sys.stdin.buffer.read(), "standard input"))
        _tell(receipts[0], as_json)
    taken = archive.take(wanted, on_kept=_kept, ocr=not no_ocr, languages=ocr_lang)
    for receipt in _with_progress(taken, len(wanted)):
        receipts.append(receipt)
        _tell(receipt, as_json, known=False)
    for receipt in others:
        receipts.append(receipt)
        _tell(receipt, as_json)
    archive.inbox.look_through(paths, others, archive.clock())
    return _summary(receipts)


def _with_progress(receipts: Iterable[Receipt], count: int) -> Iterable[Receipt]:
    """A progress bar where a person watches many files; else the receipts as they are."""
    if count < 50 or not sys.stderr.isatty():
        yield from receipts
        return
    with click.progressbar(length=count, label="reading", file=sys.stderr, show_pos=True) as bar:
        for receipt in receipts:
            bar.update(1)
            yield receipt


def _kept(count: int) -> None:
    if count:
        say(f"{count} kept; reading goes on")


def _tell(receipt: Receipt, as_json: bool, *, known: bool = True) -> None:
    """One line a receipt; those of bytes that are kept already only with `known`, or as JSON."""
    if as_json:
        json_line({"schema": "receipt/1", **asdict(receipt)})
    elif known or receipt.status != "duplicate":
        name = short(receipt.name or receipt.path)
        if receipt.media_type == "inode/directory":
            name = f"folder {name}"
        reason = _once(receipt.reason)
        line(f"{receipt.ref or '-':9} {_WORDS[receipt.status]}: {name}{f'  ({safe(reason)})' if reason else ''}")


def _once(reason: str) -> str:
    """A reason whose parts are each said once."""
    return "; ".join(dict.fromkeys(reason.split("; ")))


def _summary(receipts: list[Receipt]) -> int:
    """Counts on stderr; returns the exit code: 3 for a missing path, 1 when anything was not read or not kept."""
    counts = Counter(receipt.status for receipt in receipts)
    say(", ".join(f"{count} {_WORDS[status]}" for status, count in sorted(counts.items())) or "nothing to take")
    if any(receipt.status == "failed" and receipt.reason.endswith("not there") for receipt in receipts):
        return 3
    return 1 if any(receipt.status in _BAD for receipt in receipts) else 0


@click.command()
@click.argument("folders", metavar="[DIR…]", nargs=-1, type=_PATH)
@click.option("--once", is_flag=True, help="take what lies there and end")
@click.option("--poll", is_flag=True, help="look only by scanning, as network folders need")
@click.option("--settle", type=click.FloatRange(min=0), help="seconds a file must be still before it is taken")
@click.option("--json", "as_json", is_flag=True, help="one JSON line a path")
@click.pass_context
def watch(
    ctx: click.Context, folders: tuple[Path, ...], once: bool, poll: bool, settle: float | None, as_json: bool
) -> int:
    """Take in whatever is dropped into the inbox (and the folders set, or DIR…) until stopped."""
    archive = opened(ctx, watching_actor(ctx))
    watcher = archive.watcher(folders, settle)
    for name in ("SIGTERM", "SIGINT"):
        signal.signal(getattr(signal, name), lambda number, frame: watcher.end())
    say(f"watching {', '.join(str(each.folder) for each in watcher.folders)}{'' if once else '; stop with Ctrl-C'}")
    for each in watcher.folders:
        if each.moves:
            say(f"what was taken is moved to {each.folder / '_taken'}")
    if once:
        return _summary(list(_told(watcher.once(), as_json)))
    with archive.desk.watching() as another:
        if another:
            say("another watcher is at work on this archive: both go on, and nothing is taken twice")
        _ended(_told(watcher.run(poll=poll or archive.settings.machine["poll"]), as_json))
    return 0


def _told(receipts: Iterable[Receipt], as_json: bool) -> Iterator[Receipt]:
    for receipt in receipts:
        _tell(receipt, as_json)
        yield receipt


def _ended(receipts: Iterable[Receipt]) -> None:
    """Say what a watcher did in all; of receipts, which may be many, only counts are kept."""
    counts = Counter[str](receipt.status for receipt in receipts)
    taken = counts.total() - counts["failed"] - counts["ignored"]
    needs = sum(counts[status] for status in _NEEDS_YOU)
    words = f", {needs} {'needs' if needs == 1 else 'need'} you: archive inbox --failed" if needs else ""
    say(f"stopped; {taken} taken{words}")


@click.command()
@click.option("--failed", is_flag=True, help="only what needs a person")
@click.option("--all", "everything", is_flag=True, help="everything ever seen, not only the last 50")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def inbox(ctx: click.Context, failed: bool, everything: bool, as_json: bool) -> int:
    """What came, and what became of it."""
    archive = opened(ctx)
    rows = archive.inbox.rows(failed=failed)
    known = 0
    if not as_json and not everything:
        known = sum(row.status == "duplicate" for row in rows)
        rows = [row for row in rows if row.status != "duplicate"]
    shown = rows if everything else rows[:_SHOWN]
    if as_json:
        json_lines(map(asdict, shown), "inbox/1", {"total": len(rows)} if len(rows) > len(shown) else None)
    else:
        _became([(row.ref, _WORDS[row.status], Path(row.path).name, row.reason) for row in shown])
        archive.desk.rows.remember([row.ref or row.path for row in shown])
    if known:
        say(f"{known} kept already: archive inbox --all")
    if len(rows) > len(shown):
        say(f"{len(rows) - len(shown)} more: archive inbox --all")
    if not rows and not known:
        say("nothing needs you" if failed else "nothing came yet: drop files into the inbox, then run archive watch")
    return 1 if failed and rows else 0


def _became(rows: Sequence[tuple[str | None, str, str, str]]) -> None:
    """One row a path with its whole name; a reason that does not fit beside it stands below."""
    most = max((len(words) for _, words, _, _ in rows), default=0)
    for at, (ref, words, name, why) in enumerate(rows, 1):
        told = f"{at:>3}  {ref or '-':9} {words:{most}}  {short(name)}"
        reason = _once(why)
        fits = len(told) + len(reason) + 4 <= width()
        line(f"{told}  ({safe(reason)})" if reason and fits else told)
        if reason and not fits:
            wrapped(reason, " " * 8, " " * 8)


@click.command()
@click.argument("key")
@click.option("--text", "whole", is_flag=True, help="all the text that was read")
@click.option("--page", type=click.IntRange(min=1), help="the text of one page")
@click.option("--versions", is_flag=True, help="earlier and later versions")
@click.option("--entries", is_flag=True, help="the log's entries about it")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def show(
    ctx: click.Context, key: str, whole: bool, page: int | None, versions: bool, entries: bool, as_json: bool
) -> None:
    """One document, record or item: KEY is a number, a key, a title, a file name, or a row of the last list."""
    archive = opened(ctx)
    desk = archive.desk
    shown = desk.show(desk.resolve(key), page, whole=whole)
    wants_text = whole or shown.values.get("page") is not None
    if as_json:
        json_line({"schema": "show/1", **shown.values, "text": shown.text if wants_text else None})
        return
    if versions or entries:
        rows = desk.versions(shown) if versions else desk.entries(shown)
        table(rows)
        return
    if not wants_text:
        facts(shown.facts)
        if shown.next:
            next_step(*shown.next)
    elif shown.text:
        click.echo(safe(shown.text.replace("\f", "\n"), keep="\n\t"))


@click.command()
@click.argument("key", metavar="REF")
@click.option("-o", "target", metavar="FILE", type=_PATH)
@click.pass_context
def get(ctx: click.Context, key: str, target: Path | None) -> None:
    """The original bytes of REF, checked against their fingerprint on the way; never over a file that is there."""
    archive = opened(ctx)
    desk = archive.desk
    document = desk.document(desk.resolve(key))
    if str(target) == "-":
        for piece in archive.store.objects.chunks(document.digest):
            sys.stdout.buffer.write(piece)
        return
    written = desk.hand_out(document, target)
    line(f"{document.number} written to {safe(str(written))}; its fingerprint is the one that was logged")


@click.command()
@click.argument("keys", metavar="[REF…]", nargs=-1)
@click.option("--ocr", is_flag=True, help="those without text, now with recognition")
@click.option("--yes", is_flag=True, help="of several REFs: do it, not only show it")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def reread(ctx: click.Context, keys: tuple[str, ...], ocr: bool, yes: bool, as_json: bool) -> int:
    """Make new readings; the newest counts, the older ones stay. Several REFs are only shown unless --yes."""
    if not keys and not ocr:
        raise click.UsageError("name the documents to read again, or say --ocr for all those without text")
    archive = opened(ctx)
    desk = archive.desk
    documents = list({each.number: each for key in keys for each in [desk.document(desk.resolve(key))]}.values())
    if len(documents) > 1 and not yes:
        table([(each.number, _WORDS.get(each.status, each.status), each.name) for each in documents], numbered=True)
        say(f"{len(documents)} documents would be read again; nothing was done")
        next_step("archive", "reread", *(each.number for each in documents), "--yes")
        return 0
    receipts: list[Receipt] = []
    for receipt in _told(archive.reread([each.number for each in documents] if keys else desk.unread()), as_json):
        archive.inbox.learn(receipt)
        receipts.append(receipt)
    return _summary(receipts)
