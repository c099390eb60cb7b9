"""What must hold of an archive in every state that power loss may leave it in."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from archive.errors import ArchiveError
from archive.model import Actor, Finding
from archive.store import Store, create
from archive.store.disposal import carry_out, finish, unfinished
from archive.store.readme import README
from archive.store.verify import verify
from tests.crash.model_disk import Disk, State
from tests.crash.model_files import ModelFiles

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ACTOR = Actor("I. Quill", "option")
SEGMENT = 4
"""Lines in a segment of these archives, so that short scripts cross borders."""

_DRAWN = 1000
"""Where states are drawn at random anyway, no more of them are looked at."""


def open_store(files: ModelFiles, known: int = 0) -> Store:
    """Open the model's archive; its lock lies in the real folder of the same path."""
    home = files.root / files.home
    (home / "state").mkdir(parents=True, exist_ok=True)
    return Store(home, known=lambda: known, fs=files, segment_lines=SEGMENT)


def accession(number: int, content: bytes, name: str = "letter.txt") -> tuple[str, dict[str, object]]:
    body = {"number": f"D-{number:06d}", "digest": sha256(content).hexdigest(), "size": len(content), "name": name}
    return "accession", {**body, "name_raw": name, "source": f"/in/{name}", "media_type": "text/plain", "parent": None}


@dataclass(frozen=True)
class Promise:
    """What somebody was told: this line is committed, and these bytes are kept; or these words are gone."""

    seq: int
    digest: str | None = None
    gone: tuple[bytes, ...] = ()


@dataclass
class Watch:
    """Collects the states that power loss may leave behind each operation, with what was promised by then.

    Attributes:
        traces: bytes that nobody was promised, and that may move but not vanish.
    """

    disk: Disk
    scratch: str = "archive/tmp"
    seed: random.Random | None = None
    traces: tuple[bytes, ...] = ()
    promises: list[Promise] = field(default_factory=list)
    states: dict[frozenset[tuple[str, bytes | None]], tuple[Promise, ...]] = field(default_factory=dict)

    def look(self) -> None:
        for state in self.disk.crashes(self.scratch, self.seed):
            key = frozenset(state.items())
            self.states[key] = max(tuple(self.promises), self.states.get(key, ()), key=len)

    def broken(self, place: Path) -> Iterator[str]:
        """Everything that does not hold in one of the states."""
        states = list(self.states.items())
        if self.seed is not None and len(states) > _DRAWN:
            states = self.seed.sample(states, _DRAWN)
        for items, promises in states:
            state = dict(items)
            for trace in self.traces:
                if not any(trace in (content or b"") for content in state.values()):
                    yield "what an interruption left was thrown away"
            try:
                yield from lost(state, promises, place)
            except (ArchiveError, OSError) as problem:
                yield f"{type(problem).__name__}: {problem}"


def lost(state: State, promises: Sequence[Promise], place: Path) -> Iterator[str]:
    """What of the promises an archive in this state does not keep, and what else is wrong with it."""
    files = ModelFiles(Disk(state), place)
    if "archive/archive.json" not in state:
        if promises:
            yield "the archive is gone"
        create(place / "archive", NOW, files)
        return
    if state.get("archive/README.txt") != README.encode():
        yield "README.txt is not whole"
    known = max((promise.seq for promise in promises), default=0)
    reader = open_store(files)
    if reader.tail() < known:
        yield f"readers see {reader.tail()} lines of {known}"
    yield from kept(reader, promises)
    store = open_store(files, known)
    yield from go_on(store)
    yield from kept(store, promises)
    found = [each for each in verify(store) if isinstance(each, Finding)]
    yield from (f"{each.finding} at {each.place}" for each in found if each.severity != "note")
    for words in (words for promise in promises for words in promise.gone):
        yield from (f"{words!r} is in {path}" for path, content in state.items() if _holds(path, content, words))


def _holds(path: str, content: bytes | None, words: bytes) -> bool:
    return words in path.encode() or words in (content or b"")


def kept(store: Store, promises: Sequence[Promise]) -> Iterator[str]:
    entries = {entry.seq: entry for entry in store.entries(0)}
    gone = {number for entry in entries.values() if entry.action == "disposal" for number in entry.body["numbers"]}
    for promise in promises:
        entry = entries.get(promise.seq)
        if promise.digest is None or (entry and entry.body.get("number") in gone):
            continue
        if entry is None:
            yield f"line {promise.seq} is gone"
            continue
        if entry.body.get("digest") != promise.digest:
            yield f"line {promise.seq} is not the one that was acknowledged"
        store.objects.check(promise.digest)


def go_on(store: Store) -> Iterator[str]:
    """Open for writing as any command does, finish what a disposal left, and take one more document in."""
    staged = store.objects.stage([b"afterwards"])
    store.objects.settle([staged])
    with store.writing(0) as session:
        found = unfinished(store)
        if found is not None:
            carry_out(store, found)
            finish(store, session, found, ACTOR, NOW)
        numbers = [entry.body["number"] for entry in store.entries(0) if entry.action == "accession"]
        if session.missing([staged.digest]):
            yield "what was settled is missing"
        session.commit([accession(len(numbers) + 1, b"afterwards")], ACTOR, NOW)
