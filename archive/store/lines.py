"""Lines of log and entries: how they are written, read back, and chained (docs/format.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from os import urandom
from typing import Any, NamedTuple

from archive.errors import Damaged, Invalid, Newer
from archive.model import Actor, Entry
from archive.store.actions import ACTIONS, is_known

FORMAT = 1
SEGMENT_LINES = 10_000

GROUP_LINES = 5_000
"""The most lines that one group may hold."""

_FRAME = ("v", "seq", "action", "time", "actor", "via", "nonce")
_RESERVED = frozenset((*_FRAME, "destroyed_under"))


class LogLine(NamedTuple):
    """One line of the log; `raw` is the line without its line feed."""

    seq: int
    prev: str
    time: str
    action: str
    entry: str
    end: bool
    raw: bytes


def digest_of(line: bytes) -> str:
    return sha256(line).hexdigest()


def stamp(moment: datetime) -> str:
    """Write an instant as the archive does: UTC, microseconds, `Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def dump(value: Mapping[str, Any]) -> bytes:
    """One line of JSON, UTF-8, without its line feed; raises Invalid for what cannot be written as such."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    except (UnicodeEncodeError, ValueError, TypeError) as problem:
        raise Invalid(f"this cannot be written to the log: {problem}") from problem


def entry_line(seq: int, action: str, body: Mapping[str, Any], actor: Actor, moment: datetime) -> bytes:
    """Write one statement as its line; raises Invalid for what no reader of this format would take as meant."""
    if not is_known(action, body, FORMAT) or not _RESERVED.isdisjoint(body):
        raise Invalid(f"this cannot be written to the log: {action} with {', '.join(map(str, body))}")
    frame = {
        "v": FORMAT,
        "seq": seq,
        "action": action,
        "time": stamp(moment),
        "actor": actor.name,
        "via": actor.via,
        "nonce": urandom(16).hex(),
    }
    return dump({**frame, **body})


def log_line(seq: int, prev: bytes, entry: bytes, end: bool) -> bytes:
    """Write the log's line for an entry's line; `prev` is the log's line before (of line 1: archive.json)."""
    head = json.loads(entry)
    line = {"seq": seq, "prev": digest_of(prev), "time": head["time"], "action": head["action"]}
    line["entry"] = digest_of(entry)
    if end:
        line["end"] = True
    return dump(line)


def parse_log(raw: bytes) -> LogLine | None:
    """Read one line of the log; None when it is not one."""
    try:
        found = json.loads(raw)
        seq, prev, time, action, entry = (found[key] for key in ("seq", "prev", "time", "action", "entry"))
        instant(time)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    if type(seq) is not int or not all(isinstance(text, str) for text in (prev, action, entry)):
        return None
    return LogLine(seq, prev, time, action, entry, found.get("end") is True, raw)


def parse_entry(raw: bytes, log: LogLine) -> Entry:
    """Read one line of entries against its line of the log.

    Raises:
        Damaged: the line is not the one that was logged.
        Newer: a newer program wrote it: of its version, its action, or the value that decides what it means,
            this one knows nothing.
    """
    try:
        found = json.loads(raw)
        seq, version, action = found["seq"], found["v"], found["action"]
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise _damaged(log.seq) from problem
    destroyed = found.get("destroyed_under")
    if seq != log.seq or action != log.action or (destroyed is None and not _is_logged(raw, found, log)):
        raise _damaged(log.seq)
    meant = action in ACTIONS if destroyed is not None else is_known(action, found, FORMAT)
    if type(version) is not int or version > FORMAT or not meant:
        raise Newer(
            f"entry {log.seq} ({action}, v {version}) was written by a newer program: use that one for this archive"
        )
    body = {key: value for key, value in found.items() if key not in _FRAME}
    return Entry(seq, instant(log.time), action, found.get("actor", ""), body, destroyed)


def _is_logged(raw: bytes, found: Mapping[str, Any], log: LogLine) -> bool:
    # The newest line of the log has none behind it that proves it: its time must be the entry's own.
    return digest_of(raw) == log.entry and found.get("time") == log.time


def _damaged(seq: int) -> Damaged:
    return Damaged(
        f"entry {seq} is not the one that was logged: run archive verify, and bring entries/ back from a backup"
    )
