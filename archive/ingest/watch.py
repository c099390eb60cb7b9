"""Watched folders: a scan is the truth, the system's events only make it come sooner (INGEST §1)."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archive.errors import Busy, Invalid, NotFound
from archive.ingest.accession import Taken, is_still
from archive.ingest.inbox import Inbox, stamp_of
from archive.ingest.intake import Intake
from archive.ingest.left_behind import read_left_behind, reading_lock
from archive.ingest.names import shown
from archive.ingest.walk import is_closed, place, walk
from archive.model import Receipt

SCAN_S = 10.0
RETRY_S = 30.0
GROWS_S = 3600.0
"""How long a moved file is looked at again: a slow writer may still have it open."""

BUSY_S = 1.0
TAKEN = "_taken"


@dataclass(frozen=True)
class Watched:
    """One folder to watch.

    Attributes:
        moves: whether what was taken is moved to its `_taken` folder; else it stays where it lies.
        settle_s: seconds without a change of size, time or identity before a file is taken.
    """

    folder: Path
    moves: bool
    settle_s: float


class Watcher:
    """Takes what comes to lie in some folders, until told to stop.

    Args:
        intake: gives the Intake of one round.
        note: told what a person should know (a folder that is gone, events that cannot be had).
        reconciled: told after each round that changed anything: folder, counts by outcome, numbers kept.
    """

    def __init__(
        self,
        folders: list[Watched],
        inbox: Inbox,
        home: Path,
        intake: Callable[[], Intake],
        *,
        note: Callable[[str], None],
        reconciled: Callable[[Path, Counter[str], list[str]], None],
    ) -> None:
        self.folders = [replace(each, folder=place(each.folder)) for each in folders]
        self.inbox, self.home, self.intake = inbox, home, intake
        self.note, self.reconciled = note, reconciled
        self.stop = threading.Event()
        self._wake = threading.Event()
        self._seen: dict[Path, tuple[str, float]] = {}
        self._later: dict[Path, float] = {}
        self._moved: dict[Path, tuple[str, float]] = {}
        self._gone: set[Path] = set()
        self._closed: set[Path] = set()
        self._reading = reading_lock(home)
        self._owes_reading = True
        self.ignored = 0
        for each in folders:
            _check(each.folder, home)

    def once(self) -> Iterator[Receipt]:
        """Take what lies there now, once it has settled, and end."""
        self._due()
        self.stop.wait(max(each.settle_s for each in self.folders))
        try:
            yield from self._round(self._due())
            self._resume()
        finally:
            self.intake().close()

    def run(self, *, poll: bool = False) -> Iterator[Receipt]:
        """Watch until `stop` is set; a round under way ends after its group.

        Args:
            poll: look only by scanning, as network folders need.
        """
        observer = None if poll else self._observe()
        try:
            while not self.stop.is_set():
                self._wake.clear()
                yield from self._patiently()
                self._wake.wait(self._pause(observer is not None))
                if self._seen:
                    self.stop.wait(min(each.settle_s for each in self.folders) / 4)
        finally:
            if observer is not None:
                observer.stop()
                observer.join()
            self.intake().close()

    def _patiently(self) -> Iterator[Receipt]:
        """One round; where others hold the archive too long, what lies there is taken in a later one."""
        try:
            yield from self._round(self._due())
            if self._owes_reading:
                self._resume()
        except Busy as problem:
            self._owes_reading = True
            self.note(f"{problem.args[0]}; the watcher goes on and tries again")
            self.stop.wait(BUSY_S)

    def _resume(self) -> None:
        """Read what an interrupted run kept and did not read, once nobody else is reading."""
        self._owes_reading = not read_left_behind(self.home, self.intake, self.note)

    def end(self) -> None:
        """Ask for the end; safe to call from a signal handler."""
        self.stop.set()
        self._wake.set()

    def _pause(self, has_events: bool) -> float:
        settle = min(each.settle_s for each in self.folders)
        if self._seen:
            return max(0.05, settle / 4)
        return SCAN_S if has_events else max(1.0, settle)

    def _due(self) -> list[tuple[Watched, list[Path]]]:
        """Files that have been still for their folder's settle time; the others are remembered."""
        now, seen, self.ignored = time.monotonic(), {}, 0
        due = []
        for watched in self.folders:
            paths = []
            for path in self._candidates(watched):
                with suppress(OSError):
                    stamp = str(stamp_of(path.lstat()))
                    if self._is_done(path, stamp, now):
                        continue
                    before = self._seen.get(path)
                    since = before[1] if before and before[0] == stamp else now
                    if now - since >= watched.settle_s:
                        paths.append(path)
                    else:
                        seen[path] = (stamp, since)
            due.append((watched, paths))
        self._seen = seen
        return due

    def _candidates(self, watched: Watched) -> Iterator[Path]:
        if not watched.folder.is_dir():
            if watched.folder not in self._gone:
                self._gone.add(watched.folder)
                self.note(f"{shown(watched.folder)} is not there (any more): nothing is taken from it until it is back")
            return
        self._gone.discard(watched.folder)
        if watched.moves:
            yield from self._grown()
        for path, reason in walk(watched.folder, leave_out=self.home):
            if not reason:
                yield path
            elif is_closed(reason):
                self._say_closed(path, reason)
            elif path.name != TAKEN:
                self.ignored += 1

    def _say_closed(self, path: Path, reason: str) -> None:
        """A folder inside that cannot be read: said once, since a whole subtree may be missed."""
        if path not in self._closed:
            self._closed.add(path)
            self.note(f"{shown(path)}: {reason}")

    def _grown(self) -> Iterator[Path]:
        """Files that went on growing after they were taken and moved: their writer still had them open."""
        now = time.monotonic()
        self._moved = {path: kept for path, kept in self._moved.items() if now - kept[1] < GROWS_S}
        for path, (stamp, _) in self._moved.items():
            with suppress(OSError):
                if str(stamp_of(path.lstat())) != stamp:
                    yield path

    def _is_done(self, path: Path, stamp: str, now: float) -> bool:
        if self._later.get(path, 0) > now:
            return True
        known = self.inbox.stamp(path)
        return known is not None and known[0] == stamp and known[1] != "failed"

    def _round(self, due: list[tuple[Watched, list[Path]]]) -> Iterator[Receipt]:
        for watched, paths in due:
            if paths and not self.stop.is_set():
                with self._reading.held(BUSY_S, shared=True):
                    yield from self._take(watched, paths)

    def _take(self, watched: Watched, paths: list[Path]) -> Iterator[Receipt]:
        counts: Counter[str] = Counter()
        numbers: list[str] = []

        def after(taken: Taken, receipt: Receipt) -> None:
            if receipt.ref and receipt.status != "duplicate":
                numbers.append(receipt.ref)
            if watched.moves and taken.path is not None and taken.stamp and is_still(taken.path, taken.stamp):
                self._moved[_moved(taken.path, watched.folder)] = (str(taken.stamp), time.monotonic())

        intake, by_name = self.intake(), {shown(path): path for path in paths}
        try:
            wanted = (path for path in paths if not self.stop.is_set())
            for receipt in intake.take(wanted, in_place=not watched.moves, after=after):
                if not self._is_old_news(by_name[receipt.path], receipt.status == "failed"):
                    counts[receipt.status] += 1
                    yield receipt
        finally:
            if counts:
                self.reconciled(watched.folder, counts, numbers)

    def _is_old_news(self, path: Path, failed: bool) -> bool:
        """Whether a file failed before and does so again: the ledger counts its tries, nothing else is said."""
        before = self._later.pop(path, None)
        if failed:
            self._later[path] = time.monotonic() + RETRY_S
        return failed and before is not None

    def _observe(self) -> Any:
        """Watch for events; where the system gives none, scanning goes on alone."""
        from watchdog.events import FileSystemEventHandler
        from watchdog.observers import Observer

        wake = self._wake

        class _Waker(FileSystemEventHandler):
            def on_any_event(self, event: Any) -> None:
                if event.event_type not in ("opened", "closed_no_write"):
                    wake.set()

        observer = Observer()
        try:
            for watched in self.folders:
                if watched.folder.is_dir():
                    observer.schedule(_Waker(), str(watched.folder), recursive=True)
            observer.start()
        except OSError as problem:
            self.note(f"the system reports no events ({problem.strerror}): folders are looked at every few seconds")
            return None
        return observer


def _check(folder: Path, home: Path) -> None:
    inside = folder.resolve()
    if not folder.is_dir():
        raise NotFound(f"{shown(folder)} is not a folder: name one that is there")
    if inside.is_relative_to(home.resolve()) and inside != home.resolve() / "inbox":
        raise Invalid(f"{shown(folder)} lies inside the archive: only its inbox may be watched")


def _moved(path: Path, folder: Path) -> Path:
    """Move a taken file to `_taken`, under a name that is free, and say where it is now.

    A file that cannot be moved stays; one that lies in `_taken` already stays there.
    """
    if TAKEN in path.relative_to(folder).parts:
        return path
    shelf = folder / TAKEN / path.parent.relative_to(folder)
    target, count = shelf / path.name, 1
    try:
        shelf.mkdir(parents=True, exist_ok=True)
        while target.exists():
            count += 1
            target = shelf / f"{path.stem} ({count}){path.suffix}"
        path.rename(target)
    except OSError:
        return path
    return target
