"""Lawful destruction: the words go, the log stays valid (EVIDENCE §4).

Four steps under one lock: the list of what goes is written to state/ (digests only), the `begun` entry names
the tombstones by hash, lines and objects are replaced and removed, the `done` entry closes it. Whatever
interrupts it, `unfinished` finds it again, by the entries alone where the list is lost, and until `finish` nothing
else can be committed. Followers make a new generation at `done`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

from archive.errors import Damaged, NotFound, Refused
from archive.model import Actor, Entry
from archive.store.actions import documents_of, objects_of
from archive.store.fs import OsFiles, writing
from archive.store.lines import FORMAT, digest_of, dump
from archive.store.objects import SCRATCH
from archive.store.store import UNFINISHED, Session, Store, begun_disposal, is_disposing
from archive.store.tail import set_aside

_NAME = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """What one disposal takes away.

    Attributes:
        numbers: the documents, with their parts.
        tombstones: line number to the line that takes its place.
        digests: objects that no other live entry names, among them those that none ever named: an interrupted
            reading of these documents may have left one.
        sizes: what sizes in bytes those objects have; a file of another size is no copy of one.
        seen: number of the last entry that was looked at.
    """

    key: str
    numbers: tuple[str, ...]
    tombstones: Mapping[int, bytes]
    digests: tuple[str, ...]
    sizes: frozenset[int] = frozenset()
    seen: int = 0


def plan(store: Store, key: str, numbers: Sequence[str]) -> Plan:
    """Find every line and object that goes when these documents go; reads the whole log, changes nothing.

    Raises:
        NotFound: a number was never given, or its document is destroyed already.
        Refused: the key names another disposal, or a file that is not the archive's may hold what is to go.
    """
    _refuse_strays(store)
    seen = store.tail()
    every = store.entries(0, seen)
    entries = [entry for entry in every if entry.destroyed_under is None]
    if any(entry.action == "disposal" and entry.body["key"] == key for entry in entries):
        raise Refused(f"{key} names another disposal already: choose another key")
    gone = {_about(entry) for entry in every if entry.destroyed_under is not None and entry.action == "accession"}
    doomed = _with_parts(entries, numbers, gone)
    lines = {entry.seq: _tombstone(entry, key) for entry in entries if _speaks_of(entry, doomed)}
    going, sizes = _going(store, (entry for entry in entries if entry.seq not in lines))
    return Plan(key, tuple(doomed), lines, going, sizes, seen)


def _refuse_strays(store: Store) -> None:
    places = (f"entries/{name}" for name in store.entry_lines.strays())
    for place in (*places, *(f"objects/{name}" for name in store.objects.strays())):
        raise Refused(f"{place} is not the archive's own and may hold what is to go: look at it, and move it elsewhere")


def _going(store: Store, kept: Iterable[Entry]) -> tuple[tuple[str, ...], frozenset[int]]:
    """The objects that none of the entries kept names, and their sizes."""
    named = {digest for entry in kept for digest in objects_of(entry.action, entry.body)}
    going = tuple(digest for digest in store.objects.every() if digest not in named)
    return going, frozenset(store.fs.size(store.objects.path(digest)) or 0 for digest in going)


def _with_parts(entries: Sequence[Entry], numbers: Sequence[str], gone: set[str | None]) -> dict[str, None]:
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
    return dict.fromkeys(number for number in met if number in doomed)


def _parent(entry: Entry) -> str | None:
    return (entry.body.get("parent") or {}).get("number")


def _speaks_of(entry: Entry, doomed: Mapping[str, None]) -> bool:
    """Whether an entry is about a doomed document, tells what was found inside one, or quotes one."""
    return any(number in doomed for number in documents_of(entry.action, entry.body))


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
    _write_list(store, found)
    body = {"key": found.key, "stage": "begun", "numbers": found.numbers, "reason": reason}
    session.commit([("disposal", {**body, "lines": _hashes(found), "objects": len(found.digests)})], actor, moment)


def _write_list(store: Store, found: Plan) -> None:
    tombstones = {str(seq): line.decode() for seq, line in found.tombstones.items()}
    content = {"key": found.key, "numbers": found.numbers, "tombstones": tombstones, "digests": found.digests}
    with writing("the list of what is to be destroyed"):
        set_aside(
            store.fs, store.home / "state" / UNFINISHED, json.dumps({**content, "sizes": sorted(found.sizes)}).encode()
        )


def unfinished(store: Store) -> Plan | None:
    """The disposal that an interruption left half-way, if any; the caller holds the lock.

    One whose `begun` entry never came is dropped. A list that is lost, or is not that entry's, is made again.

    Raises:
        Damaged: the list is lost, and a line is neither its tombstone nor the one it would be made from.
    """
    begun = begun_disposal(store)
    if begun is None:
        _forget_list(store)
        return None
    found = _listed(store)
    if found is None or found.key != begun.body["key"] or _hashes(found) != begun.body["lines"]:
        found = _derived(store, begun)
        _write_list(store, found)
    return found


def _hashes(found: Plan) -> dict[str, str]:
    return {str(seq): digest_of(line) for seq, line in found.tombstones.items()}


def _listed(store: Store) -> Plan | None:
    """The list as it lies in state/; None when it is lost or not whole."""
    try:
        content = json.loads(store.fs.read(store.home / "state" / UNFINISHED))
        lines = {int(seq): line.encode() for seq, line in content["tombstones"].items()}
        sizes = frozenset(map(int, content["sizes"]))
        return Plan(content["key"], tuple(content["numbers"]), lines, tuple(content["digests"]), sizes)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _derived(store: Store, begun: Entry) -> Plan:
    """Make the list again from the entries: tombstones say nothing but what the line they replace says."""
    key, due = begun.body["key"], {int(seq): digest for seq, digest in begun.body["lines"].items()}
    entries = store.entries(0, begun.seq)
    lines = {}
    for entry in (entry for entry in entries if entry.seq in due):
        stands = entry.destroyed_under is not None
        line = store.entry_lines.lines(entry.seq - 1, entry.seq)[0] if stands else _tombstone(entry, key)
        if digest_of(line) != due[entry.seq]:
            raise Damaged(f"entry {entry.seq} is not what {key} is to destroy: bring entries/ back from a backup")
        lines[entry.seq] = line
    going, sizes = _going(store, (each for each in entries if each.seq not in due and each.destroyed_under is None))
    return Plan(key, tuple(begun.body["numbers"]), lines, going, sizes)


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
    """Remove copies of the destroyed bytes from inbox/_taken, and from tmp/ whatever holds or names them.

    A file is read in pieces, and one in inbox/_taken only where its size is that of an object.
    """
    with writing("the removal of copies"):
        for folder, names_count in ((home / "inbox" / "_taken", False), (home / "tmp", True)):
            for path in sorted(folder.rglob("*")):
                if path.is_file() and not path.is_symlink() and _holds(path, found, names_count):
                    path.unlink()


def _holds(path: Path, found: Plan, names_count: bool) -> bool:
    """Whether a file is a copy of a destroyed object, or (where `names_count`) has its digest among its words."""
    of_size = path.stat().st_size in found.sizes
    if not of_size and not names_count:
        return False
    digest, rest = sha256(), b""
    names = [each.encode() for each in found.digests] if names_count else []
    for piece in OsFiles().chunks(path):
        digest.update(piece)
        if any(name in rest + piece for name in names):
            return True
        rest = piece[-_NAME:]
    return of_size and digest.hexdigest() in found.digests


def sweep_scratch(home: Path) -> list[str]:
    """Remove the folders that killed readers left in tmp/; returns their names.

    Whoever calls it holds state/reading exclusively: a run of taking in that is alive holds it shared, and would
    lose the parts it is about to keep.
    """
    left = sorted(path for path in (home / "tmp").glob(f"{SCRATCH}*") if path.is_dir() and not path.is_symlink())
    with writing("the removal of what readers left in tmp/"):
        for folder in left:
            rmtree(folder)
    return [folder.name for folder in left]


def finish(store: Store, session: Session, found: Plan, actor: Actor, moment: datetime) -> None:
    """Commit the `done` entry and forget the list; once another process has finished it, nothing is left to do."""
    if not _is_under_way(store, found):
        return
    body = {"key": found.key, "stage": "done", "numbers": found.numbers, "reason": ""}
    session.commit([("disposal", body)], actor, moment)
    _forget_list(store)


def _forget_list(store: Store) -> None:
    path = store.home / "state" / UNFINISHED
    if store.fs.size(path) is not None:
        with writing("the end of a disposal"):
            store.fs.unlink(path)
            store.fs.sync_folder(path.parent)
