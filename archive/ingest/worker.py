"""The reading process: a warm parent that forks once per document, or a process per document without fork.

Run as `python -m archive.ingest.worker`. Requests come as JSON lines on standard input. Answers go out as lines
whose first byte says who speaks: `+` the document's own process, `=` the warm parent (the end of a request).
A document's process has no hold of that pipe, so it can say `+` only. Standard output of parsers goes nowhere.
"""

from __future__ import annotations

import base64
import contextlib
import ctypes
import functools
import gc
import importlib
import importlib.metadata
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol, cast

from archive.errors import Unreadable
from archive.ingest import identify, readers
from archive.ingest.readers.events import Event, Problem, Said, encode
from archive.model import Page

MAX_ANSWER = 256_000_000
"""Bytes one document's process may say in all; a longer speech is cut by a kill."""
SMALL_READERS = ("text", "markdown", "")
"""Readers that may share one process for several small documents."""
_LIBRARIES = frozenset(("yaml", "charset_normalizer", "PIL.Image", "lxml.etree", "lxml.html"))
_WARMED = ("archive.ingest.ocr", "archive.ingest.readers.markdown")
"""Modules with something dear to load, loaded in the warm parent once a document has needed them."""
_CLONE_NEWUSER, _CLONE_NEWNET, _PR_SET_PDEATHSIG = 0x10000000, 0x40000000, 1


class Child(Protocol):
    """A process that reads: where it speaks, and how it is ended."""

    voice: IO[bytes]

    def kill(self) -> None:
        """End it and whatever it started; safe to call again."""
        ...

    def wait(self) -> int:
        """Return the exit code, or minus the signal that ended it."""
        ...


class _Forked:
    def __init__(self, pid: int, voice: IO[bytes]) -> None:
        self.pid, self.voice, self._gone = pid, voice, False

    def kill(self) -> None:
        for end in (os.killpg, os.kill):
            if not self._gone:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    end(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        self.kill()
        self._gone = True
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


class _Spawned:
    def __init__(self, process: subprocess.Popen[bytes], voice: IO[bytes]) -> None:
        self.process, self.voice = process, voice

    def kill(self) -> None:
        self.process.kill()

    def wait(self) -> int:
        return self.process.wait()


def main(arguments: list[str]) -> None:
    """Serve requests until standard input ends; with `--once`, read the documents of one request and leave."""
    sys.setrecursionlimit(3_000)
    requests, answers = _take_pipes()
    _leave_network()
    if arguments == ["--once"]:
        request = json.loads(requests.readline())
        _limit(request["limits"])
        _read_all(request, answers)
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent(os.getppid())
    gc.freeze()
    _answer(answers, b"=ready")
    for line in requests:
        _serve(json.loads(line), requests, answers)


def _take_pipes() -> tuple[IO[bytes], IO[bytes]]:
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=1 << 20)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.close(nothing)
    return requests, answers


def _serve(request: dict[str, Any], requests: IO[bytes], answers: IO[bytes]) -> None:
    _warm_up(request)
    child = _fork(request, requests, answers) if request["fork"] else _spawn(request)
    late = threading.Event()

    def stop() -> None:
        late.set()
        child.kill()

    clock = threading.Timer(request["limits"]["wall_s"], stop)
    clock.start()
    try:
        _relay(child, answers)
        code = child.wait()
    finally:
        child.kill()
        clock.cancel()
        clock.join()
    _answer(answers, b"=" + json.dumps({"code": code, "late": late.is_set()}).encode())


def _relay(child: Child, answers: IO[bytes]) -> None:
    """Hand on whole lines only: the last, torn line of a killed process is dropped.

    Lines gather here until the buffer is full or the document ends; what a killed process said is not lost.
    """
    with child.voice:
        for lines in _lines(child):
            for line in lines:
                if line.startswith(b"~"):
                    _import_all(line[1:].decode("ascii", "replace").split())
                else:
                    answers.write(b"+" + line + b"\n")


def _lines(child: Child) -> Iterator[list[bytes]]:
    """Yield the whole lines that arrive together; a child that says too much is ended."""
    spoken, torn = 0, [b""]
    while spoken <= MAX_ANSWER and (chunk := os.read(child.voice.fileno(), 65_536)):
        spoken += len(chunk)
        whole, ended, rest = chunk.rpartition(b"\n")
        if ended:
            yield b"".join((*torn, whole)).split(b"\n")
            torn = [rest]
        else:
            torn.append(rest)
    if spoken > MAX_ANSWER:
        child.kill()


def _answer(answers: IO[bytes], line: bytes) -> None:
    answers.write(line + b"\n")
    answers.flush()


def _warm_up(request: dict[str, Any]) -> None:
    """Import readers before the fork, so that every later document gets them for nothing."""
    for job in request["jobs"]:
        with contextlib.suppress(ImportError):
            reader = readers.find(job["media_type"])
            _version(reader.LIBRARY if reader else "")
        for name in _WARMED:
            if name in sys.modules and request["op"] == "read":
                sys.modules[name].warm_up(job)
    gc.freeze()


def _import_all(names: list[str]) -> None:
    """Import what a document's process had to import itself, so that the next ones find it there."""
    for name in filter(_is_worth_keeping, names):
        importlib.import_module(name)
    gc.freeze()


def _is_worth_keeping(name: str) -> bool:
    return name in _LIBRARIES or name.startswith(("archive.ingest.", "archive.records"))


def _fork(request: dict[str, Any], requests: IO[bytes], answers: IO[bytes]) -> Child:
    hear, say = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.setsid()
            _die_with_parent(parent)
            os.close(hear)
            for pipe in (requests, answers):
                os.close(pipe.fileno())
            _limit(request["limits"])
            _read_all(request, os.fdopen(say, "wb"))
            code = 0
        finally:
            os._exit(code)
    os.close(say)
    return _Forked(pid, os.fdopen(hear, "rb"))


def _spawn(request: dict[str, Any]) -> Child:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "archive.ingest.worker", "--once"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    with contextlib.suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as pipe:
        pipe.write(json.dumps(request).encode() + b"\n")
    return _Spawned(process, cast(IO[bytes], process.stdout))


def _leave_network() -> None:
    """Give up the network, where the system lets an ordinary user do so."""
    if sys.platform == "linux":
        system = ctypes.CDLL(None)
        if system.unshare(_CLONE_NEWNET) != 0:
            system.unshare(_CLONE_NEWUSER | _CLONE_NEWNET)


def _die_with_parent(parent: int) -> None:
    """Ask the system to end this process with its parent, which may have gone already."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _limit(limits: dict[str, Any]) -> None:
    """Set the process's own limits; systems without them rely on the clock of the warm parent alone."""
    if sys.platform == "win32":
        return
    import resource

    sizes = {
        resource.RLIMIT_AS: limits["memory_mb"] << 20,
        resource.RLIMIT_FSIZE: limits["file_mb"] << 20,
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_CORE: 0,
    }
    for what, size in sizes.items():
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(what, (size, size))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_s"], limits["cpu_s"] + 5))


def _read_all(request: dict[str, Any], voice: IO[bytes]) -> None:
    shared = len(request["jobs"]) > 1

    def say(event: Event | Said) -> None:
        voice.write(encode(event) + b"\n")
        if isinstance(event, Page) and not shared:
            voice.flush()

    before = set(sys.modules)
    try:
        for index, job in enumerate(request["jobs"]):
            say(Said("job", (str(index),)))
            if request["op"] == "render":
                _render(job, say)
            else:
                _read(job, say, shared=shared)
    finally:
        voice.flush()
    fresh = [name for name in sys.modules if name not in before and _is_worth_keeping(name)]
    _answer(voice, b"~" + " ".join(fresh).encode())


def _read(job: dict[str, Any], say: Callable[[Event | Said], None], *, shared: bool) -> None:
    """Say everything the document holds, then the end: its status where the reader knows it, and a reason."""
    status, reason = "", ""
    try:
        for event in _events(job, shared):
            say(event)
    except readers.NeedsPassword as problem:
        status, reason = "needs_password", str(problem)
    except Unreadable as problem:
        status, reason = "unreadable", str(problem)
    except RecursionError:
        status, reason = "unreadable", "nested too deep to be read"
    except MemoryError:
        status, reason = "unreadable", "needs more memory than a reader may have"
    except ImportError as problem:
        status, reason = "unreadable", f"a library is missing to read it: {problem.name}"
    except OSError as problem:
        status, reason = "unreadable", f"cannot be read: {problem.strerror or type(problem).__name__}"
    finally:
        fault = sys.exc_info()[1]
        if fault is not None:
            status, reason = "unreadable", f"the reader failed: {type(fault).__name__}"
        say(Said("end", (status, reason)))


def _events(job: dict[str, Any], shared: bool) -> Iterator[Event | Said]:
    path = Path(job["path"])
    if path.stat().st_size == 0:
        yield Problem("the file is empty")
        return
    media_type = identify.final_type(path, job["media_type"], job["name"])
    yield Said("type", (media_type,))
    if shared and readers.name_of(media_type) not in SMALL_READERS:
        yield Said("alone", ())
        return
    reader = readers.find(media_type)
    if reader is None:
        yield Problem(f"no reader for {media_type}")
        return
    yield _tool(media_type, reader)
    context = readers.Context(
        job["name"], media_type, Path(job["scratch"]), job["ocr"], tuple(job["languages"]), job["kinds"]
    )
    context.date_order = job["date_order"]
    by_ocr = False
    for event in reader.read(path, context):
        by_ocr = by_ocr or (isinstance(event, Page) and event.source == "ocr")
        yield event
    if by_ocr:
        yield _tool(media_type, reader, sys.modules["archive.ingest.ocr"].version())


def _tool(media_type: str, reader: readers.Reader, engine: str = "") -> Said:
    library = f" ({reader.LIBRARY} {_version(reader.LIBRARY)})" if reader.LIBRARY else ""
    return Said("tool", (readers.name_of(media_type), reader.VERSION + library + (engine and f", {engine}")))


@functools.cache
def _version(distribution: str) -> str:
    return importlib.metadata.version(distribution) if distribution else ""


def _render(job: dict[str, Any], say: Callable[[Event | Said], None]) -> None:
    from archive.ingest import render

    try:
        picture = render.draw(Path(job["path"]), job["media_type"], job["page"], box=job["box"], dpi=job["dpi"])
        say(Said("bytes", (base64.b64encode(picture).decode("ascii"),)))
        say(Said("end", ("", "")))
    except Unreadable as problem:
        say(Said("end", ("unreadable", str(problem))))


if __name__ == "__main__":
    main(sys.argv[1:])
