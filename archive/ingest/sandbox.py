"""The pool that reads received files: nothing here parses them, and whatever happens to a reader is an Outcome.

Each worker thread owns one warm process (worker.py). All that comes back is text checked by `events.decode`.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

import archive as package
from archive.errors import ArchiveError, Unreadable
from archive.ingest.readers.events import Part, Said, decode
from archive.ingest.readers.outcome import Heard, Outcome

__all__ = ["Job", "Limits", "Outcome", "Part", "Sandbox"]

BATCH = 64
SMALL_BYTES = 65_536
"""A text file up to this size may share a process with `BATCH` others; the first to fail is read again alone."""
GRACE_S = 30.0
"""How much later than the warm parent the pool itself gives up on a document."""


@dataclass(frozen=True)
class Limits:
    """What one document's process may use; `file_mb` is the largest file it may write."""

    memory_mb: int = 2048
    cpu_s: int = 120
    wall_s: float = 300
    file_mb: int = 1024
    open_files: int = 64


@dataclass(frozen=True)
class Job:
    """One document to read.

    Attributes:
        media_type: as sniffed from its head.
        name: what the file was called.
        scratch: a folder of this job's own, made when the first part found inside is written there.
        kinds: the house's own kinds of record, name to TOML text.
    """

    path: Path
    media_type: str
    name: str
    scratch: Path
    ocr: bool = True
    languages: tuple[str, ...] = ("eng",)
    kinds: Mapping[str, str] = field(default_factory=dict)
    date_order: str = "iso"


@dataclass
class _Task:
    """One request in the queue: what is asked, and how its answer becomes a result."""

    op: str
    ask: dict[str, Any]
    future: Future[Any]
    conclude: Callable[[Heard, str], Any]
    scratch: Path | None = None
    small: bool = False
    heard: Heard = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self.heard = Heard(self.ask["media_type"], self.scratch)

    def finish(self, fate: str = "") -> None:
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self.future.set_result(self.conclude(self.heard, fate))

    def fail(self, problem: ArchiveError) -> None:
        if not self.future.done() and self.future.set_running_or_notify_cancel():
            self.future.set_exception(problem)

    def drop(self) -> None:
        if not self.future.done() and self.future.cancel():
            self.future.set_running_or_notify_cancel()


class _Warm:
    """One warm process and the pipes to it."""

    def __init__(self) -> None:
        home = Path(package.__file__).resolve().parents[1]
        places = [str(home), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "archive.ingest.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=home,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(places), "OMP_THREAD_LIMIT": "1"},
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        self._requests = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)

    def is_ready(self) -> bool:
        """Wait for the process to say that it stands."""
        return self._answers.readline() == b"=ready\n"

    def ask(self, request: dict[str, Any], patience_s: float) -> Iterator[bytes]:
        """Send a request and yield the lines of its answer, the last beginning with `=` unless the process died."""
        clock = threading.Timer(patience_s, self.kill)
        clock.daemon = True
        clock.start()
        try:
            self._requests.write(json.dumps(request).encode("ascii") + b"\n")
            self._requests.flush()
            while line := self._answers.readline():
                yield line
                if line.startswith(b"="):
                    return
        except (BrokenPipeError, ValueError):
            return
        finally:
            clock.cancel()

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        """End the process and take its leave from the system."""
        self.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


class Sandbox:
    """Reads documents in processes of their own, `workers` at a time; started when first used.

    Leaving the `with` block cancels what is not finished.
    """

    def __init__(self, workers: int = 0, limits: Limits = Limits(), *, fork: bool = hasattr(os, "fork")) -> None:
        self._workers = workers or os.cpu_count() or 1
        self._limits = limits
        self._fork = fork
        self._queue: deque[_Task] = deque()
        self._change = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._warm: dict[int, _Warm] = {}
        self._closed = False

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def submit(self, job: Job) -> Future[Outcome]:
        """Queue a document; the future never raises for a bad file, and is cancelled by `close`."""
        ask = asdict(job) | {"path": str(job.path.absolute()), "scratch": str(job.scratch.absolute())}
        small = job.media_type == "text/plain" and _size(job.path) <= SMALL_BYTES
        task = _Task("read", ask, Future(), Heard.outcome, job.scratch.absolute(), small)
        self._put(task)
        return task.future

    def render(
        self,
        path: Path,
        media_type: str,
        page: int,
        box: tuple[float, float, float, float] | None = None,
        *,
        dpi: int = 150,
    ) -> bytes:
        """Return a page, or the box of it, as PNG; Unreadable when it cannot be drawn.

        Args:
            page: from 1.
            box: left, top, right, bottom as fractions of the page.
        """
        ask = {"path": str(path.absolute()), "media_type": media_type, "page": page, "box": box, "dpi": dpi}
        task = _Task("render", ask, Future(), _picture, small=False)
        self._put(task)
        picture = task.future.result()
        if isinstance(picture, str):
            raise Unreadable(f"page {page} cannot be drawn: {picture}")
        return bytes(picture)

    def close(self) -> None:
        """Cancel what is not finished and end every process; safe to call again."""
        with self._change:
            self._closed = True
            waiting = list(self._queue)
            self._queue.clear()
            for warm in self._warm.values():
                warm.kill()
            self._change.notify_all()
        for task in waiting:
            task.drop()
        for thread in self._threads:
            thread.join()

    def _put(self, task: _Task) -> None:
        with self._change:
            if self._closed:
                raise ArchiveError("the pool of readers is closed")
            self._queue.append(task)
            if len(self._threads) < self._workers:
                number = len(self._threads)
                thread = threading.Thread(target=self._serve, args=(number,), name=f"reader-{number}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._change.notify()

    def _take(self) -> list[_Task]:
        """Wait for work; small texts come several at once, never more than a fair share of the queue."""
        with self._change:
            while not self._queue and not self._closed:
                self._change.wait()
            if self._closed:
                return []
            share = min(BATCH, -(-len(self._queue) // self._workers))
            batch = [self._queue.popleft()]
            while batch[0].small and self._queue and self._queue[0].small and len(batch) < share:
                batch.append(self._queue.popleft())
            return batch

    def _serve(self, number: int) -> None:
        try:
            while batch := self._take():
                self._work(number, batch)
        finally:
            self._dismiss(number)

    def _work(self, number: int, batch: list[_Task]) -> None:
        """Read a batch, then alone whatever the shared process did not finish."""
        try:
            if len(batch) > 1:
                self._attempt(number, batch)
            for task in batch:
                if not task.future.done():
                    self._alone(number, task)
        except ArchiveError as problem:
            for task in batch if not self._closed else ():
                task.fail(problem)
        finally:
            for task in batch:
                task.drop()

    def _alone(self, number: int, task: _Task) -> None:
        """Read one document until its fate is known; a warm process that dies under it is replaced once."""
        fate: str | None = None
        for _ in range(2):
            if fate is None and not self._closed:
                task.begin()
                fate = self._attempt(number, [task])
        if not self._closed:
            task.finish(fate or "the reading process ended unexpectedly")

    def _attempt(self, number: int, batch: list[_Task]) -> str | None:
        """Have a batch read and finish every document that comes to its end.

        Returns: why the process of the batch ended, in plain words; None when the warm process itself died.
        """
        request = {
            "op": batch[0].op,
            "jobs": [task.ask for task in batch],
            "limits": asdict(self._limits),
            "fork": self._fork,
        }
        current = batch[0]
        for line in self._engage(number).ask(request, self._limits.wall_s + GRACE_S):
            if line.startswith(b"="):
                return _fate(line, self._limits)
            try:
                event = decode(line[1:])
            except ValueError:
                current.heard.problem("its reader said something that could not be understood")
                continue
            if isinstance(event, Said) and event.topic == "job":
                current = batch[_index(event.words, len(batch))]
                continue
            current.heard.take(event)
            if current.heard.end is not None and not current.heard.alone:
                current.finish()
        self._dismiss(number)
        return None

    def _engage(self, number: int) -> _Warm:
        warm = self._warm.get(number)
        if warm is not None:
            return warm
        try:
            warm = _Warm()
        except OSError as problem:
            raise ArchiveError(f"no process can be started to read with: {problem.strerror}") from problem
        with self._change:
            self._warm[number] = warm
            if self._closed:
                warm.kill()
        if not warm.is_ready():
            self._dismiss(number)
            raise ArchiveError("the process that reads documents does not start; `archive doctor` looks for the cause")
        return warm

    def _dismiss(self, number: int) -> None:
        with self._change:
            warm = self._warm.pop(number, None)
        if warm:
            warm.close()


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return SMALL_BYTES + 1


def _index(words: tuple[str, ...], length: int) -> int:
    return min(int(words[0]), length - 1) if words and words[0].isascii() and words[0].isdigit() else 0


def _fate(line: bytes, limits: Limits) -> str:
    """Say why a process ended, from its exit code and whether its time was up."""
    ended = json.loads(line[1:])
    code, late = ended["code"], ended["late"]
    if late:
        return f"stopped after {limits.wall_s:g} s"
    if code == -getattr(signal, "SIGXCPU", 24):
        return f"stopped after {limits.cpu_s} s of work"
    if code == -getattr(signal, "SIGKILL", 9):
        return "its reader was ended by the system: it wanted too much"
    if code < 0:
        return f"its reader crashed (signal {-code})"
    return "its reader stopped without an answer"


def _picture(heard: Heard, fate: str) -> bytes | str:
    """Return the PNG that was drawn, or why there is none."""
    reason = heard.end[1] if heard.end is not None else fate
    try:
        picture = base64.b64decode("".join(heard.picture), validate=True)
    except binascii.Error:
        picture = b""
    return picture if picture.startswith(b"\x89PNG") else reason or "no picture came"
