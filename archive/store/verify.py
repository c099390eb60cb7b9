"""Walk everything that counts as truth and say what is not as it was logged.

An entry's line may differ from its hash in the log only where a disposal names the line that took its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from archive.errors import Busy, CannotWrite, Damaged, NotFound, Unreadable
from archive.model import Entry, Finding, numbered
from archive.store.actions import mentioned_in, objects_of
from archive.store.fs import reading
from archive.store.lines import LogLine, digest_of, parse_entry, parse_log
from archive.store.segments import NAME, Segments
from archive.store.store import Store

_BACKUP = "bring it back from a backup, then run archive verify again"
_WRITERS_S = 5.0


@dataclass
class _Seen:
    """What the walk over the entries learns for the walk over the objects."""

    digests: dict[str, str] = field(default_factory=dict)
    numbers: set[str] = field(default_factory=set)
    tombstones: dict[int, tuple[str, str]] = field(default_factory=dict)
    destroyed: dict[int, str] = field(default_factory=dict)
    disposals: dict[str, str] = field(default_factory=dict)
    damaged: set[int] = field(default_factory=set)
    entries: int = 0
    objects: int = 0


@dataclass(frozen=True, slots=True)
class Checked:
    """How much a `verify` looked at."""

    entries: int
    objects: int


def verify(store: Store, progress: Callable[[int], None] = lambda done: None) -> Iterator[Finding | Checked]:
    """Yield each finding as it is met, and at the end one `Checked`.

    Reads every byte of objects/, entries/ and log/; writes nothing, so a read-only copy can be verified too.

    Args:
        progress: told how many objects were hashed so far.
    Raises:
        Newer: a newer program wrote an entry; of the rest this one can say nothing.
    """
    seen = _Seen()
    yield from _strays(store)
    yield from _log(store, seen)
    yield from _behind(store, seen.entries)
    yield from _tombstones(seen)
    yield from _objects(store, seen, progress)
    yield from _remains(store)
    yield Checked(seen.entries, seen.objects)


def _strays(store: Store) -> Iterator[Finding]:
    """Files that the archive did not make; what lies behind a gap in its own is more than a note: all else stops."""
    fix = "the archive did not put it there: move it out of the archive"
    with reading("the folders of the archive"):
        for place in store.objects.strays():
            yield Finding("unknown_file", "note", f"objects/{place}", fix)
        for segments in (store.log, store.entry_lines):
            for name in segments.strays():
                place = f"{segments.folder.name}/{name}"
                if NAME.fullmatch(name) and store.fs.size(segments.folder / name):
                    yield _error("unknown_file", place, f"files before it are missing: bring them back, or {fix}")
                else:
                    yield Finding("unknown_file", "note", place, fix)


def _log(store: Store, seen: _Seen) -> Iterator[Finding]:
    prev, seq, clock = store.origin, 0, ""
    # What is known is read first: a writer at work makes the log longer, then what is known of it.
    known, tail = store.known(), store.tail(strict=False)
    for number in range(1, store.log.number_of(max(1, tail)) + 1):
        due = min(store.log.size, tail - seq)
        logged, stated = _segment(store.log, number), _segment(store.entry_lines, number)
        for what, lines in (("log", logged), ("entries", stated)):
            if seq + due < tail and len(lines) > due:
                yield _error("log_damaged", f"{what}/{number:08d}.jsonl", f"it holds more than its lines: {_BACKUP}")
        for at, raw in enumerate(logged[:due]):
            seq += 1
            line = parse_log(raw)
            yield from _line(seq, line, raw, prev, clock)
            yield from _entry(seq, line, stated[at] if at < len(stated) else None, seen)
            prev = raw
            clock = max(clock, line.time) if line else clock
        if len(logged) < due:
            yield _error("log_damaged", f"log line {seq + 1}", f"it is missing: {_BACKUP}")
            break
    seen.entries = seq
    try:
        store.compare(known, tail)
    except Damaged as problem:
        yield _error("log_damaged", f"log line {min(known, tail + 1)}", str(problem))


def _segment(segments: Segments, number: int) -> list[bytes]:
    """Its lines; bytes that no line feed ends are one more."""
    with reading(f"{segments.folder.name}/"):
        lines, rest = segments.whole_lines(number)
    return [*lines, rest] if rest else lines


def _behind(store: Store, tail: int) -> Iterator[Finding]:
    """Lines that no whole group holds: what an interruption left, unless a writer is at work."""
    if not _has_more(store, tail):
        return
    try:
        with store.lock.held(_WRITERS_S):
            if store.tail(strict=False) != tail or not _has_more(store, tail):
                return
    except Busy:
        return
    except CannotWrite:
        # A read-only copy has no writer.
        pass
    fix = "an interruption leaves such lines, and the next command that writes moves them to tmp/"
    yield Finding("torn_group", "warning", f"behind log line {tail}", f"{fix}; else {_BACKUP}")


def _has_more(store: Store, tail: int) -> bool:
    for segments in (store.log, store.entry_lines):
        number = segments.number_of(tail + 1)
        due = tail - (number - 1) * segments.size
        if segments.last() > number or len(_segment(segments, number)) > due:
            return True
    return False


def _line(seq: int, line: LogLine | None, raw: bytes, prev: bytes, clock: str) -> Iterator[Finding]:
    place = f"log line {seq}"
    if line is None or line.seq != seq:
        yield _error("log_damaged", place, f"it does not read as line {seq}: {_BACKUP}")
        return
    if line.prev != digest_of(prev):
        yield _error("log_damaged", place, f"it does not follow from the line before: {_BACKUP}")
    if line.time < clock:
        yield Finding("clock_set_back", "note", place, "the machine's clock was set back; the numbers still order")


def _entry(seq: int, line: LogLine | None, raw: bytes | None, seen: _Seen) -> Iterator[Finding]:
    if line is None:
        return
    if raw is None:
        seen.damaged.add(seq)
        yield _error("entry_damaged", f"entry {seq}", f"it is missing: {_BACKUP}")
        return
    try:
        entry = parse_entry(raw, line)
    except Damaged as problem:
        seen.damaged.add(seq)
        yield _error("entry_damaged", f"entry {seq}", str(problem))
        return
    if entry.destroyed_under is not None:
        seen.destroyed[seq] = digest_of(raw)
        if entry.action == "accession":
            seen.numbers.add(str(entry.body.get("number")))
        return
    yield from _content(entry, seen)


def _content(entry: Entry, seen: _Seen) -> Iterator[Finding]:
    """What one live entry says must fit what the entries before it said."""
    action, body, place = entry.action, entry.body, f"entry {entry.seq}"
    if action == "accession":
        expected = numbered(len(seen.numbers) + 1)
        if body["number"] != expected:
            yield _error("number_gap", place, f"it gives {body['number']} where {expected} was due: {_BACKUP}")
        seen.numbers.add(body["number"])
    elif action == "disposal":
        _disposal(entry, seen)
    for number in mentioned_in(action, body):
        if number not in seen.numbers:
            yield _error("number_gap", place, f"it names {number}, which was never received: {_BACKUP}")
    seen.digests.update((each, body["number"] if action == "accession" else place) for each in objects_of(action, body))


def _disposal(entry: Entry, seen: _Seen) -> None:
    body: Any = entry.body
    seen.disposals[body["key"]] = body["stage"]
    if body["stage"] == "begun":
        seen.tombstones.update({int(seq): (digest, body["key"]) for seq, digest in body["lines"].items()})


def _tombstones(seen: _Seen) -> Iterator[Finding]:
    for seq, (_, key) in seen.tombstones.items():
        if seen.disposals[key] == "done" and seq not in seen.destroyed and seq not in seen.damaged:
            fix = "bring its file of entries/ back from a backup made since"
            yield _error(
                "destroyed_returned", f"entry {seq}", f"it was destroyed under {key} and is there again: {fix}"
            )
    for seq, digest in seen.destroyed.items():
        if seen.tombstones.get(seq, ("", ""))[0] != digest:
            yield _error("entry_damaged", f"entry {seq}", f"it is a tombstone that no disposal names: {_BACKUP}")
    for key, stage in seen.disposals.items():
        if stage != "done":
            yield Finding("disposal_unfinished", "warning", key, "the next command that writes goes on with it")


def _objects(store: Store, seen: _Seen, progress: Callable[[int], None]) -> Iterator[Finding]:
    for count, digest in enumerate(sorted(seen.digests), 1):
        try:
            store.objects.check(digest)
        except (Damaged, NotFound, Unreadable) as problem:
            yield _error("fixity_failure", seen.digests[digest], f"{problem}")
        progress(count)
    seen.objects = len(seen.digests)
    for digest in store.objects.every():
        if digest not in seen.digests:
            yield Finding(
                "orphan_object", "note", f"objects/{digest[:2]}/{digest}", "no entry names it; it may stay where it is"
            )


def _remains(store: Store) -> Iterator[Finding]:
    for name in store.fs.names(store.objects.tmp):
        yield Finding("left_in_tmp", "note", f"tmp/{name}", "an interrupted write left it; nobody was told it was kept")


def _error(slug: str, place: str, fix: str) -> Finding:
    return Finding(slug, "error", place, fix)
