"""Lawful destruction: the words go, the log stays valid (EVIDENCE §4).

Four steps under one lock: the list of what goes is written to state/ (digests only), the `begun` entry names
the tombstones by hash, lines and objects are replaced and removed, the `done` entry closes it. Whatever
interrupts it, `unfinished` finds it again, and until `finish` nothing else can be committed. Followers make
a new generation at `done`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.errors import NotFound, Refused
from archive.model import Actor, Entry
from archive.store.fs import writing
from archive.store.lines import FORMAT, digest_of, dump, named
from archive.store.store import UNFINISHED, Session, Store, is_disposing
from archive.store.tail import set_aside


@dataclass(frozen=True, slots=True)
class Plan:
    """What one disposal takes away.

    Attributes:
        numbers: the documents, with their parts.
        tombstones: line number to the line that takes its place.
        digests: objects that no other live entry names, among them those that none ever named: an interrupted
            reading of these documents may have left one.
        seen: number of the last entry that was looked at.
    """

    key: str
    numbers: tuple[str, ...]
    tombstones: Mapping[int, bytes]
    digests: tuple[str, ...]
    seen: int = 0


def plan(store: Store, key: str, numbers: Sequence[str]) -> Plan:
    """Find every line and object that goes when these documents go; reads the whole log, changes nothing.

    Raises:
        NotFound: a number was never given, or its document is destroyed already.
        Refused: the key names another disposal.
    """
    seen = store.tail()
    every = store.entries(0, seen)
    entries = [entry for entry in every if entry.destroyed_under is None]
    if any(entry.action == "disposal" and entry.body["key"] == key for entry in entries):
        raise Refused(f"{key} names another disposal already: choose another key")
    gone = {_about(entry) for entry in every if entry.destroyed_under is not None}
    doomed = _with_parts(entries, numbers, gone)
    lines = {entry.seq: _tombstone(entry, key) for entry in entries if _speaks_of(entry, doomed)}
    kept = {digest for entry in entries if entry.seq not in lines for digest in named(entry.body)}
    going = tuple(digest for digest in store.objects.every() if digest not in kept)
    return Plan(key, tuple(sorted(doomed)), lines, going, seen)


def _with_parts(entries: Sequence[Entry], numbers: Sequence[str], gone: set[str | None]) -> set[str]:
    """A part goes along, unless the same bytes were also met outside of what goes and of what is gone."""
    met: dict[str, set[str | None]] = {}
    for entry in entries:
        if entry.action in ("accession", "occurrence"):
            met.setdefault(entry.body["number"], set()).add(_parent(entry))
    for number in numbers:
        if number not in met:
            raise NotFound(f"{number} is not in this archive, or was destroyed already")
    doomed = set(numbers)
    while more := {
        number
        for number, parents in met.items()
        if number not in doomed and parents & doomed and parents <= doomed | gone
    }:
        doomed |= more
    return doomed


def _parent(entry: Entry) -> str | None:
    parent = entry.body.get("parent")
    return parent["number"] if parent else None


def _speaks_of(entry: Entry, doomed: set[str]) -> bool:
    """Whether an entry is about a doomed document, tells what was found inside one, or quotes one."""
    if entry.action == "disposal":
        return False
    evidence: Mapping[str, Any] = entry.body.get("evidence") or {}
    inside = entry.action == "occurrence" and _parent(entry) in doomed
    return _about(entry) in doomed or inside or evidence.get("document") in doomed


def _about(entry: Entry) -> str | None:
    number = entry.body.get("number")
    return number if isinstance(number, str) else None


def _tombstone(entry: Entry, key: str) -> bytes:
    record: Mapping[str, Any] = entry.body.get("record") or {}
    version_of: Mapping[str, Any] = entry.body.get("version_of") or {}
    return dump(
        {
            "v": FORMAT,
            "seq": entry.seq,
            "destroyed_under": key,
            "action": entry.action,
            "number": _about(entry),
            "kind": record.get("kind"),
            "class": None,
            "keys": [record["key"]] if record else [],
            "version_of": version_of.get("number"),
        }
    )


def begin(store: Store, session: Session, found: Plan, reason: str, *, actor: Actor, moment: datetime) -> None:
    """Write down what goes and commit the `begun` entry; the caller holds the lock.

    Raises:
        Refused: another disposal is not finished, or entries came in behind the plan.
    """
    if is_disposing(store):
        raise Refused("another disposal is not finished: run archive verify first")
    if session.tail != found.seen:
        raise Refused("the archive gained entries meanwhile: look again at what would be destroyed")
    tombstones = {str(seq): line.decode() for seq, line in found.tombstones.items()}
    content = {"key": found.key, "numbers": found.numbers, "tombstones": tombstones, "digests": found.digests}
    with writing("the list of what is to be destroyed"):
        set_aside(store.fs, store.home / "state" / UNFINISHED, json.dumps(content).encode())
    hashes = {str(seq): digest_of(line) for seq, line in found.tombstones.items()}
    body = {"key": found.key, "stage": "begun", "numbers": found.numbers, "reason": reason}
    session.commit([("disposal", {**body, "lines": hashes, "objects": len(found.digests)})], actor, moment)


def unfinished(store: Store) -> Plan | None:
    """The disposal that an interruption left half-way, if any; the caller holds the lock.

    One whose `begun` entry never came is dropped.
    """
    if not is_disposing(store):
        return None
    path = store.home / "state" / UNFINISHED
    try:
        content = json.loads(store.fs.read(path))
    except ValueError:
        # The write of the list itself was interrupted: nothing was begun.
        _forget_list(store)
        return None
    stages = {
        entry.body["stage"]
        for entry in store.entries(0)
        if entry.action == "disposal" and entry.body["key"] == content["key"]
    }
    if stages != {"begun"}:
        _forget_list(store)
        return None
    lines = {int(seq): line.encode() for seq, line in content["tombstones"].items()}
    return Plan(content["key"], tuple(content["numbers"]), lines, tuple(content["digests"]))


def carry_out(store: Store, found: Plan) -> None:
    """Put the tombstones in place and remove the objects; doing it twice changes nothing. The caller holds the lock.

    Once another process has finished it, nothing is done: the same bytes may have come in anew since.
    """
    if not _is_under_way(store, found):
        return
    by_segment: dict[int, dict[int, bytes]] = {}
    for seq, line in found.tombstones.items():
        by_segment.setdefault(store.entry_lines.number_of(seq), {})[seq] = line
    for number, lines in sorted(by_segment.items()):
        _rewrite(store, number, lines)
    _sweep(store, found.digests)
    for digest in found.digests:
        store.objects.remove(digest)
    store.forget()


def _is_under_way(store: Store, found: Plan) -> bool:
    left = unfinished(store)
    return left is not None and left.key == found.key


def _rewrite(store: Store, number: int, tombstones: Mapping[int, bytes]) -> None:
    segments = store.entry_lines
    lines, rest = segments.whole_lines(number)
    first = (number - 1) * segments.size + 1
    for seq, line in tombstones.items():
        lines[seq - first] = line
    aside = store.objects.tmp / f"segment-{number:08d}.part"
    with writing("a segment of entries"):
        if store.fs.size(aside) is not None:
            store.fs.unlink(aside)
        set_aside(store.fs, aside, b"".join(line + b"\n" for line in lines) + rest)
        if len(lines) == segments.size:
            store.fs.seal(aside)
        store.fs.rename(aside, segments.path(number))
        store.fs.sync_folder(segments.folder)


def _sweep(store: Store, digests: Sequence[str]) -> None:
    """Remove what interruptions left in tmp/ of the documents: unacknowledged entries, and copies begun."""
    fs, tmp = store.fs, store.objects.tmp
    with writing("the removal of what was left in tmp/"):
        for name in fs.names(tmp):
            if name.startswith("torn-entries-") or (name.endswith(".part") and _is_copy(store, tmp / name, digests)):
                fs.unlink(tmp / name)
        fs.sync_folder(tmp)


def _is_copy(store: Store, path: Path, digests: Sequence[str]) -> bool:
    """Whether a file begins as one of the objects does."""
    size = store.fs.size(path) or 0
    head = next(store.fs.chunks(path), b"")
    objects = (store.objects.path(digest) for digest in digests)
    longer = (each for each in objects if 0 < size <= (store.fs.size(each) or 0))
    return any(next(store.fs.chunks(each), b"").startswith(head) for each in longer)


def remove_copies(home: Path, found: Plan) -> None:
    """Remove copies of the destroyed bytes from inbox/_taken, and from tmp/ whatever holds or names them."""
    digests = {digest.encode() for digest in found.digests}
    with writing("the removal of copies"):
        for folder, names_count in ((home / "inbox" / "_taken", False), (home / "tmp", True)):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.is_symlink():
                    content = path.read_bytes()
                    named = names_count and any(digest in content for digest in digests)
                    if named or digest_of(content).encode() in digests:
                        path.unlink()


def finish(store: Store, session: Session, found: Plan, actor: Actor, moment: datetime) -> None:
    """Commit the `done` entry and forget the list; once another process has finished it, nothing is left to do."""
    if not _is_under_way(store, found):
        return
    body = {"key": found.key, "stage": "done", "numbers": found.numbers, "reason": ""}
    session.commit([("disposal", body)], actor, moment)
    _forget_list(store)


def _forget_list(store: Store) -> None:
    path = store.home / "state" / UNFINISHED
    with writing("the end of a disposal"):
        store.fs.unlink(path)
        store.fs.sync_folder(path.parent)
