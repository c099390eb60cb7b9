"""Lawful destruction: the words go, the log stays valid (EVIDENCE §4).

Four steps, each of which may be interrupted and is then taken up again by `resume`: the list of what goes is
written to state/ (digests only), the `begun` entry names the tombstones by hash, lines and objects are
replaced and removed, the `done` entry closes it. Followers make a new generation at `done`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from archive.errors import NotFound, Refused
from archive.model import Actor, Entry
from archive.store.fs import writing
from archive.store.lines import FORMAT, SEGMENT_LINES, digest_of, dump
from archive.store.segments import segment_of
from archive.store.store import Session, Store
from archive.store.tail import set_aside

_LIST = "disposal.json"


@dataclass(frozen=True, slots=True)
class Plan:
    """What one disposal takes away.

    Attributes:
        numbers: the documents, with their parts.
        tombstones: line number to the line that takes its place.
        digests: objects that no other live entry names.
    """

    key: str
    numbers: tuple[str, ...]
    tombstones: Mapping[int, bytes]
    digests: tuple[str, ...]


def plan(store: Store, key: str, numbers: Sequence[str]) -> Plan:
    """Find every line and object that goes when these documents go; reads the whole log, changes nothing.

    Raises:
        NotFound: a number was never given, or its document is destroyed already.
    """
    entries = [entry for entry in store.entries(0) if entry.destroyed_under is None]
    doomed = _with_parts(entries, numbers)
    lines = {
        entry.seq: _tombstone(entry, key) for entry in entries if _about(entry) in doomed and entry.action != "disposal"
    }
    kept = {digest for entry in entries if entry.seq not in lines for digest in _digests(entry)}
    going = {digest for entry in entries if entry.seq in lines for digest in _digests(entry)}
    return Plan(key, tuple(sorted(doomed)), lines, tuple(sorted(going - kept)))


def _with_parts(entries: Sequence[Entry], numbers: Sequence[str]) -> set[str]:
    live = {entry.body["number"] for entry in entries if entry.action == "accession"}
    for number in numbers:
        if number not in live:
            raise NotFound(f"{number} is not in this archive, or was destroyed already")
    doomed = set(numbers)
    for entry in entries:
        # A part follows what it was found in, so that one pass reaches every depth.
        parent = entry.body.get("parent") if entry.action == "accession" else None
        if parent and parent["number"] in doomed:
            doomed.add(entry.body["number"])
    return doomed


def _about(entry: Entry) -> str | None:
    number = entry.body.get("number")
    return number if isinstance(number, str) else None


def _digests(entry: Entry) -> list[str]:
    return [entry.body[name] for name in ("digest", "text", "more") if entry.body.get(name)]


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


def begin(store: Store, session: Session, found: Plan, reason: str, actor: Actor, moment: datetime) -> None:
    """Write down what goes and commit the `begun` entry; the caller holds the lock.

    Raises:
        Refused: another disposal is not finished.
    """
    path = store.home / "state" / _LIST
    if store.fs.size(path) is not None:
        raise Refused("another disposal is not finished: run archive verify first")
    tombstones = {str(seq): line.decode() for seq, line in found.tombstones.items()}
    content = {"key": found.key, "numbers": found.numbers, "tombstones": tombstones, "digests": found.digests}
    with writing("the list of what is to be destroyed"):
        set_aside(store.fs, path, json.dumps(content).encode())
    hashes = {str(seq): digest_of(line) for seq, line in found.tombstones.items()}
    body = {"key": found.key, "stage": "begun", "numbers": found.numbers, "reason": reason}
    session.commit([("disposal", {**body, "lines": hashes, "objects": len(found.digests)})], actor, moment)


def unfinished(store: Store) -> Plan | None:
    """The disposal that an interruption left half-way, if any; one whose `begun` entry never came is dropped."""
    path = store.home / "state" / _LIST
    if store.fs.size(path) is None:
        return None
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
    """Put the tombstones in place and remove the objects; doing it twice changes nothing. The caller holds the lock."""
    by_segment: dict[int, dict[int, bytes]] = {}
    for seq, line in found.tombstones.items():
        by_segment.setdefault(segment_of(seq), {})[seq] = line
    for number, lines in sorted(by_segment.items()):
        _rewrite(store, number, lines)
    for digest in found.digests:
        store.objects.remove(digest)
    store.forget()


def _rewrite(store: Store, number: int, tombstones: Mapping[int, bytes]) -> None:
    segments = store.entry_lines
    lines, rest = segments.whole_lines(number)
    first = (number - 1) * SEGMENT_LINES + 1
    for seq, line in tombstones.items():
        lines[seq - first] = line
    aside = store.objects.tmp / f"segment-{number:08d}.part"
    with writing("a segment of entries"):
        if store.fs.size(aside) is not None:
            store.fs.unlink(aside)
        set_aside(store.fs, aside, b"".join(line + b"\n" for line in lines) + rest)
        if len(lines) == SEGMENT_LINES:
            store.fs.seal(aside)
        store.fs.rename(aside, segments.path(number))
        store.fs.sync_folder(segments.folder)


def finish(store: Store, session: Session, found: Plan, actor: Actor, moment: datetime) -> None:
    """Commit the `done` entry and forget the list."""
    body = {"key": found.key, "stage": "done", "numbers": found.numbers, "reason": ""}
    session.commit([("disposal", body)], actor, moment)
    _forget_list(store)


def _forget_list(store: Store) -> None:
    path = store.home / "state" / _LIST
    with writing("the end of a disposal"):
        store.fs.unlink(path)
        store.fs.sync_folder(path.parent)
