"""An archive as its user meets it: commands run in this process or in one of their own, files dropped and taken."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest import mock

import cli
from archive.archive import Archive
from archive.model import Actor, Entry

ROOT = Path(__file__).resolve().parents[1]
SAMPLE = ROOT / "sample_corpus"


@dataclass(frozen=True)
class Ran:
    """What a command printed and ended with."""

    code: int
    out: str
    err: str
    raw: bytes = b""

    @property
    def json(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


def run(*args: str | Path, stdin: bytes = b"") -> Ran:
    """Run a command line in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    fed = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    before = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        with redirect_stdout(out), redirect_stderr(err), mock.patch("sys.stdin", fed):
            code = cli.run([str(arg) for arg in args])
    finally:
        for name, act in before.items():
            signal.signal(name, act)
    raw = out.buffer.getvalue()  # type: ignore[attr-defined]
    said = err.buffer.getvalue()  # type: ignore[attr-defined]
    return Ran(code, raw.decode("utf-8", "replace"), said.decode("utf-8", "replace"), raw)


class Home:
    """One archive, and a folder beside it where a person's files lie."""

    def __init__(self, path: Path, desk: Path) -> None:
        self.path, self.desk = path, desk
        desk.mkdir(parents=True, exist_ok=True)

    def run(self, *args: str | Path, stdin: bytes = b"") -> Ran:
        return run("--home", self.path, *args, stdin=stdin)

    def init(self, settings: Path | None = None, **options: Any) -> Home:
        """Make the archive."""
        Archive.create(self.path, Actor("I. Quill", "option"), settings=settings, **options).close()
        return self

    def file(self, name: str, content: str | bytes) -> Path:
        """A file on the person's desk."""
        path = self.desk / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def drop(self, name: str, content: str | bytes) -> Path:
        """A file in the inbox."""
        path = self.path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def add(self, *paths: str | Path, stdin: bytes = b"") -> list[dict[str, Any]]:
        """Receipts, in the order of their numbers."""
        found = self.run("add", "-r", "--json", *paths, stdin=stdin).json
        return sorted(found, key=lambda receipt: (receipt["ref"] or "", receipt["path"]))

    def watch_once(self, *args: str | Path) -> Ran:
        return self.run("watch", "--once", "--settle", "0", "--json", *args)

    def found(self, *query: str) -> list[str]:
        """Numbers that a search finds, in order."""
        return sorted(self.run("search", "-q", "-n", "1000", *query).lines)

    def entries(self, action: str = "") -> list[Entry]:
        with self.opened() as archive:
            return [entry for entry in archive.store.entries(0) if action in ("", entry.action)]

    def is_intact(self) -> bool:
        return self.run("verify").code == 0

    @contextmanager
    def opened(
        self,
        *,
        actor: str = "I. Quill",
        clock: Callable[[], datetime] | None = None,
        note: Callable[[str], None] = lambda words: None,
    ) -> Iterator[Archive]:
        options: dict[str, Any] = {"note": note, **({"clock": clock} if clock else {})}
        archive = Archive(self.path, Actor(actor, "option"), **options)
        try:
            yield archive
        finally:
            archive.close()

    def command(self, *args: str | Path) -> list[str]:
        return [sys.executable, str(ROOT / "cli.py"), "--home", str(self.path), *map(str, args)]

    def start(self, *args: str | Path, stderr: int = subprocess.PIPE, **options: Any) -> subprocess.Popen[str]:
        """The real program, in a process of its own; lines as they come."""
        return subprocess.Popen(
            self.command(*args), stdout=subprocess.PIPE, stderr=stderr, text=True, encoding="utf-8", **options
        )

    def process(self, *args: str | Path, **options: Any) -> Ran:
        """The real program, run to its end."""
        done = subprocess.run(self.command(*args), capture_output=True, timeout=120, check=False, **options)
        return Ran(
            done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace"), done.stdout
        )


def every_byte(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file under a folder, and of packed ones what is inside too."""
    import gzip

    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            yield path, content
            if content[:2] == b"\x1f\x8b":
                yield path, gzip.decompress(content)


def as_nobody(call: Callable[[], int]) -> int:
    """Run something as a user without rights, in a child; returns its exit code."""
    child = os.fork()
    if child == 0:
        code = 99
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            code = call()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def keys_of(rows: Sequence[dict[str, Any]]) -> set[str]:
    """The keys that every row has."""
    return set.intersection(*(set(row) for row in rows)) if rows else set()
