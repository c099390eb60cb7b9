"""Where the log ends, and what to do with what an interruption left behind it (EVIDENCE §2).

A group is whole when its last line carries `end` and every line before it follows by number and hash.
What lies behind the last whole group was never acknowledged and is moved to tmp/, unless more is known to
have been committed, or more than one group lies there: then something else happened, and a person must look.
"""

from __future__ import annotations

from collections.abc import Iterator
from os import urandom
from pathlib import Path
from typing import NamedTuple

from archive.errors import Damaged
from archive.store.fs import Files, write_new
from archive.store.lines import LogLine, digest_of, parse_log
from archive.store.segments import Segments

_GLANCE = 1 << 18
_HELP = "stop, copy the whole folder aside, and bring log/ and entries/ back from a backup"


class Tail(NamedTuple):
    """The last committed line: its number and its bytes (0 and archive.json's bytes when the log is empty)."""

    seq: int
    raw: bytes


def last_committed(log: Segments, origin: bytes) -> Tail:
    """Find the end of the last whole group by reading backwards; for readers, who repair nothing.

    A line counts as standing when it can be read and has its number: power loss leaves gaps, not other words.
    Whether each follows from the one before is for writers and `verify` to say.
    """
    end: LogLine | None = None
    expected = 0
    for raw in _backwards(log):
        line = parse_log(raw)
        if end is not None and line is not None and line.seq == expected:
            if line.end:
                break
        else:
            end = line if line is not None and line.end else None
        expected = line.seq - 1 if line is not None else 0
    return Tail(0, origin) if end is None else Tail(end.seq, end.raw)


def _backwards(log: Segments) -> Iterator[bytes]:
    """Lines that a line feed ends, newest first; of the newest segment its last part is read by itself at first."""
    for number in range(log.last(), 0, -1):
        size = log.fs.size(log.path(number)) or 0
        glance = max(0, size - _GLANCE)
        lines = log.bytes_of(number, glance).split(b"\n")[:-1]
        # The first line of a part may be the rest of one.
        yield from reversed(lines[1:] if glance else lines)
        if glance:
            whole = log.whole_lines(number)[0]
            yield from reversed(whole[: len(whole) - max(0, len(lines) - 1)])


def examine(log: Segments, origin: bytes, since: Tail) -> Tail:
    """Check the lines behind `since`, the last end known to be good, and return the last whole group's end.

    Where `since` says nothing, or no longer stands in the log, the two newest segments are checked, and what lies
    before them back to the end of a group; the rest is for `verify`.

    Raises:
        Damaged: the end of a group, and more, stands behind a line that does not follow from the one before it.
    """
    start = since if since.seq and log.lines(since.seq - 1, since.seq) == [since.raw] else _beginning(log, origin)
    lines: list[LogLine | None] = []
    newest = log.last()
    for number in range(log.number_of(start.seq + 1), newest + 1):
        whole, torn = log.whole_lines(number)
        if len(whole) < log.size and _any_end(log, number + 1, newest):
            raise Damaged(f"log/{number:08d}.jsonl lacks lines that later ones follow: {_HELP}")
        skip = max(0, start.seq - (number - 1) * log.size)
        lines += [parse_log(raw) for raw in whole[skip:]]
        if torn:
            lines.append(None)
    good = _chained(lines, start.seq, start.raw)
    _refuse_groups_behind(lines[good:], start.seq + good)
    ends = [line for line in lines[:good] if line is not None and line.end]
    return Tail(ends[-1].seq, ends[-1].raw) if ends else start


def _beginning(log: Segments, origin: bytes) -> Tail:
    """The last end of a group before the two newest segments; however many a torn group spans, it lies behind."""
    for number in range(log.last() - 2, 0, -1):
        lines, _ = log.whole_lines(number)
        if len(lines) != log.size:
            raise Damaged(f"log/{number:08d}.jsonl holds {len(lines)} lines, not {log.size}: {_HELP}")
        for seq, raw in zip(range(number * log.size, 0, -1), reversed(lines), strict=False):
            line = parse_log(raw)
            if line is not None and line.end and line.seq == seq:
                return Tail(seq, raw)
    return Tail(0, origin)


def _chained(lines: list[LogLine | None], seq: int, prev: bytes) -> int:
    """How many lines, from the first on, follow one from the other."""
    for count, line in enumerate(lines):
        if line is None or line.seq != seq + 1 or line.prev != digest_of(prev):
            return count
        seq, prev = line.seq, line.raw
    return len(lines)


def _any_end(log: Segments, first: int, last: int) -> bool:
    lines = (parse_log(raw) for number in range(first, last + 1) for raw in log.whole_lines(number)[0])
    return any(line is not None and line.end for line in lines)


def _refuse_groups_behind(rest: list[LogLine | None], seq: int) -> None:
    """One group at most is torn, and its end is its last line: an end with more behind it is damage, not tearing."""
    if any(line is not None and line.end for line in rest[:-1]):
        raise Damaged(f"the log is damaged at line {seq + 1}, and whole groups follow: {_HELP}")


def clear(log: Segments, entries: Segments, tail: Tail, tmp: Path) -> list[str]:
    """Move everything behind the last whole group to tmp/, durably; returns what was moved, in words."""
    moved = []
    for segments in (log, entries):
        # The newest first: cut short between two, an older segment still looks as the interruption left it.
        for number in range(segments.last(), segments.number_of(max(1, tail.seq)) - 1, -1):
            keep = max(0, min(segments.size, tail.seq - (number - 1) * segments.size))
            moved += _cut(segments, number, keep, tmp)
    return moved


def _cut(segments: Segments, number: int, keep: int, tmp: Path) -> list[str]:
    content = segments.bytes_of(number)
    lines = content.split(b"\n")
    if len(lines) - 1 < keep:
        raise Damaged(f"{segments.folder.name}/{number:08d}.jsonl lacks lines that the log names: {_HELP}")
    size = sum(len(line) + 1 for line in lines[:keep])
    rest = content[size:]
    if not rest:
        return []
    name = f"torn-{segments.folder.name}-{number:08d}-{urandom(4).hex()}.jsonl"
    set_aside(segments.fs, tmp / name, rest)
    segments.fs.truncate(segments.path(number), size)
    return [f"{len(rest):,} bytes of an interrupted write were moved to tmp/{name}; none of it had been acknowledged"]


def set_aside(fs: Files, target: Path, content: bytes) -> None:
    """Write a small file, durable on return."""
    write_new(fs, target, content)
    fs.sync_folder(target.parent)
