"""A real archive in a temporary folder, and short calls to write to it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from archive.model import Actor, Entry, Finding
from archive.store import OsFiles, Store, create
from archive.store.disposal import Plan, begin, carry_out, finish, plan
from archive.store.verify import verify

START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ACTOR = Actor("I. Quill", "option")


class RealArchive:
    """One archive; every call opens it as a new process would, unless a store is given."""

    def __init__(self, home: Path, segment_lines: int = 10_000) -> None:
        self.home, self.segment_lines, self.moment = home, segment_lines, START
        create(home, self.moment)
        self.commit([("settings", {"house": {}})])

    @classmethod
    def at(cls, home: Path, segment_lines: int = 10_000) -> RealArchive:
        """One that is there already."""
        found = cls.__new__(cls)
        found.home, found.segment_lines, found.moment = home, segment_lines, START
        return found

    def open(self, known: Callable[[], int] = lambda: 0, fs: OsFiles | None = None) -> Store:
        return Store(self.home, known=known, fs=fs, segment_lines=self.segment_lines)

    def commit(self, drafts: Sequence[tuple[str, Mapping[str, Any]]], store: Store | None = None) -> list[Entry]:
        self.moment += timedelta(minutes=1)
        with (store or self.open()).writing(0) as session:
            return session.commit(drafts, ACTOR, self.moment)

    def put(self, content: bytes, store: Store | None = None) -> str:
        objects = (store or self.open()).objects
        staged = objects.stage([content], len(content))
        objects.settle([staged])
        return staged.digest

    def add(self, *contents: bytes, parent: str | None = None, store: Store | None = None) -> list[Entry]:
        """Take documents in as one group."""
        used = store or self.open()
        digests = [self.put(content, used) for content in contents]
        given = sum(entry.action == "accession" for entry in used.entries(0))
        drafts = [accession(given + at, digest, parent=parent) for at, digest in enumerate(digests, 1)]
        return self.commit(drafts, used)

    def read(self, number: str, text: bytes, **more: Any) -> Entry:
        body: dict[str, Any] = {
            "number": number,
            "status": "stored",
            "reason": "",
            "text": self.put(text),
            "more": None,
        }
        body |= {"pages": [], "media_type": "text/plain", "title": None, "date": None, "parts": [], "problems": []}
        body |= {"version_of": None, "record": None, **more}
        return self.commit([("reading", body)])[0]

    def dispose(self, *numbers: str, key: str = "DSP-2026-0001") -> Plan:
        store = self.open()
        with store.writing(0) as session:
            found = plan(store, key, numbers)
            begin(store, session, found, "retention is over", actor=ACTOR, moment=self.moment)
            carry_out(store, found)
            finish(store, session, found, ACTOR, self.moment)
        return found

    def findings(self, store: Store | None = None) -> list[Finding]:
        return [found for found in verify(store or self.open()) if isinstance(found, Finding)]

    def slugs(self, known: int = 0) -> set[str]:
        return {found.finding for found in self.findings(self.open(lambda: known))}

    def forget(self) -> None:
        """Make it as if the newest commits had not come to their end: nothing outside the log knows of them."""
        (self.home / "state" / "committed.json").unlink()

    def log(self, number: int = 1) -> Path:
        return self.home / "log" / f"{number:08d}.jsonl"

    def entry_file(self, number: int = 1) -> Path:
        return self.home / "entries" / f"{number:08d}.jsonl"

    def files(self) -> Iterator[Path]:
        return (path for path in self.home.rglob("*") if path.is_file())

    def holding(self, words: bytes) -> list[str]:
        """Every file under the home that holds these words, in its content or its name."""
        found = [path for path in self.files() if words in path.read_bytes() or words.decode() in path.name]
        return [path.relative_to(self.home).as_posix() for path in found]


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user without rights for a while: permissions mean nothing to root."""
    if os.geteuid():
        yield
        return
    os.setresuid(65534, 65534, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


def accession(
    number: int, digest: str, name: str = "letter.txt", parent: str | None = None
) -> tuple[str, dict[str, Any]]:
    inside = {"number": parent, "relation": "attachment"} if parent else None
    body = {"number": f"D-{number:06d}", "digest": digest, "size": 1, "name": name, "name_raw": name}
    return "accession", {**body, "source": f"/in/{name}", "media_type": "text/plain", "parent": inside}


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def write(path: Path, content: bytes) -> None:
    """Change a file behind the store's back, sealed or not."""
    path.chmod(0o644)
    path.write_bytes(content)


def flip(path: Path, at: int) -> None:
    """Flip the lowest bit of one byte."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    write(path, bytes(content))
