"""Catching up: which generation answers, which is being built, and when one takes over from the other."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from archive.errors import Busy, CannotWrite, Damaged, Newer
from archive.model import Entry
from archive.settings import House
from archive.store import FileLock, Store

if TYPE_CHECKING:
    from archive.following.contract import Follower, Writer

_ABOUT = "generation.json"
_CURRENT = "current"
_ATTEMPTS = 2


class Lag(NamedTuple):
    """How far a follower is behind the log, in entries, and why it could not catch up (empty: no time)."""

    behind: int = 0
    reason: str = ""


class _Spoiled(Exception):
    """What a generation holds cannot be gone on with; it is made anew from the log."""


class Following:
    """Drives one follower of one archive.

    Args:
        derived: the folder all followers' folders lie in.
        house: gives the newest house settings at a sequence number (of the catalog, for the others).
    """

    def __init__(self, follower: Follower, store: Store, derived: Path, house: Callable[[int], House]) -> None:
        self.follower = follower
        self.store = store
        self.folder = derived / follower.name
        self._house = house
        self._worn = False

    def current(self) -> Path | None:
        """The folder of the generation that answers, or None before the first has caught up."""
        try:
            folder = self.folder / (self.folder / _CURRENT).read_text(encoding="utf-8").strip()
        except OSError:
            return None
        return folder if self._belongs(folder) else None

    def _belongs(self, folder: Path) -> bool:
        """Whether a generation was made from this very log: derived/ may have been copied from elsewhere."""
        about = _about(folder)
        mark = _noted(folder)
        if about.get("archive") != self.store.archive_id:
            return False
        return mark > self.store.tail() or about.get("line") == self.store.line_hash(mark)

    def discard(self, wait_s: float = 10.0) -> None:
        """Remove every generation, as before a disposal is called done; raises Busy where another holds them."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "lock").held(wait_s):
            (self.folder / _CURRENT).unlink(missing_ok=True)
            for number in self._numbers():
                _remove(self.folder / str(number))

    def catch_up(self, budget_s: float | None = None, wait_s: float = 10.0) -> Lag:
        """Apply what the log has gained; at most about `budget_s` seconds, None meaning to the end.

        Raises nothing for want of a lock, disk or permission: the older generation still answers, and
        the Lag says by how much and why.

        Raises:
            Damaged, Newer: the archive's own entries cannot be read further.
        """
        tail = self.store.tail()
        if self._is_fresh(tail):
            return Lag()
        tail = self.store.tail(durable=True)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "lock").held(wait_s if budget_s is None else budget_s):
                return self._advance(tail, budget_s)
        except Newer:
            raise
        except (Busy, CannotWrite, OSError) as problem:
            return Lag(max(1, tail - self.answered()), str(problem))

    def rebuild(self, wait_s: float = 10.0) -> None:
        """Make a new generation from the first line, aside, and switch to it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / "lock").held(wait_s):
            tail = self.store.tail(durable=True)
            self._begin(tail)
            self._advance(tail, None)

    def answered(self) -> int:
        """The watermark of the generation that answers, as it last noted it; 0 without one."""
        folder = self.current()
        return _noted(folder) if folder else 0

    def _is_fresh(self, tail: int) -> bool:
        folder = self.current()
        return folder is not None and _noted(folder) == tail and not self._is_stale(folder, tail)

    def _is_stale(self, folder: Path, tail: int) -> bool:
        about = _about(folder)
        house = self._house(tail) if self.follower.sections else House()
        return about.get("fingerprint") != self._fingerprint(house)

    def _fingerprint(self, house: House) -> str:
        return f"{self.follower.version}/{house.digest(self.follower.sections)}"

    def _advance(self, tail: int, budget_s: float | None) -> Lag:
        until = None if budget_s is None else time.monotonic() + budget_s
        reason = "its generation had to be begun anew; try again"
        for _ in range(_ATTEMPTS):
            folder = self._working(tail)
            try:
                done = self._feed(folder, tail, until)
            except _Spoiled as problem:
                reason = str(problem)
                self._begin_instead_of(folder, tail)
                continue
            if done >= tail:
                self._switch(folder)
                if self._worn and budget_s is None:
                    # Whoever is in no hurry makes the generation anew; the worn one answers till then.
                    fresh = self._begin(tail)
                    if self._feed(fresh, tail, None) >= tail:
                        self._switch(fresh)
                return Lag()
            if done >= 0:
                return Lag(tail - self.answered())
        return Lag(max(1, tail - self.answered()), reason)

    def _begin_instead_of(self, spoiled: Path, tail: int) -> None:
        """The one that answers goes on answering what it can until the switch."""
        if spoiled != self.current():
            _remove(spoiled)
        self._begin(tail)

    def _working(self, tail: int) -> Path:
        """The generation to feed: the one being built, else the one that answers, else a new one."""
        for number in sorted(self._numbers(), reverse=True):
            folder = self.folder / str(number)
            if self._belongs(folder) and not self._is_stale(folder, tail):
                return folder
        return self._begin(tail)

    def _numbers(self) -> list[int]:
        return [int(path.name) for path in self.folder.iterdir() if path.name.isdigit()]

    def _begin(self, tail: int) -> Path:
        folder = self.folder / str(max(self._numbers(), default=0) + 1)
        folder.mkdir()
        house = self._house(tail) if self.follower.sections else House()
        about = {"fingerprint": self._fingerprint(house), "born_at": tail, "house_seq": house.seq}
        _note(folder, {**about, **self._place(0)})
        return folder

    def _feed(self, folder: Path, tail: int, until: float | None) -> int:
        """Apply in batches; returns the watermark reached, or -1 where this generation must not go on."""
        house = self._house(tail) if self.follower.sections else House()
        with _spoiling():
            writer = self.follower.writer(folder, self.store, house)
        try:
            mark = self._batches(folder, writer, tail, until)
            self._worn = writer.wants_new_generation
        finally:
            writer.close()
        if mark >= 0:
            # Only now: what the watermark promises must be as durable as the follower makes it on closing.
            _note(folder, {**_about(folder), **self._place(mark)})
        return mark

    def _place(self, mark: int) -> dict[str, object]:
        """Which log a generation follows, and up to which of its lines."""
        return {"archive": self.store.archive_id, "watermark": mark, "line": self.store.line_hash(mark)}

    def _batches(self, folder: Path, writer: Writer, tail: int, until: float | None) -> int:
        about = _about(folder)
        with _spoiling():
            mark = writer.watermark
        while mark < tail:
            entries = self.store.entries(mark, min(tail, mark + self.follower.batch))
            if any(self._forbids(entry, about) for entry in entries):
                self._begin(tail)
                return -1
            with _spoiling():
                writer.apply(entries)
            mark = entries[-1].seq
            if until is not None and time.monotonic() > until:
                break
        return mark

    def _forbids(self, entry: Entry, about: dict[str, object]) -> bool:
        """A finished disposal forbids a generation begun before it: it may hold the disposed words."""
        if entry.action == "disposal" and entry.body.get("stage") == "done":
            return entry.seq > int(str(about["born_at"]))
        return False

    def _switch(self, folder: Path) -> None:
        if self.current() != folder:
            aside = self.folder / f"{_CURRENT}.new"
            aside.write_text(folder.name, encoding="utf-8")
            aside.replace(self.folder / _CURRENT)
        for number in self._numbers():
            if str(number) != folder.name:
                # Readers keep their open files; where the system forbids removal the folder stays for later.
                _remove(self.folder / str(number))


@contextmanager
def _spoiling() -> Iterator[None]:
    """Tell damage of a generation, which can be made anew, from damage of the archive, which cannot."""
    try:
        yield
    except Damaged as problem:
        raise _Spoiled(str(problem)) from problem


def _remove(folder: Path) -> None:
    from shutil import rmtree

    rmtree(folder, ignore_errors=True)


def _about(folder: Path) -> dict[str, object]:
    try:
        found = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _noted(folder: Path) -> int:
    return int(str(_about(folder).get("watermark", 0)))


def _note(folder: Path, about: dict[str, object]) -> None:
    aside = folder / f"{_ABOUT}.new"
    aside.write_text(json.dumps(about), encoding="utf-8")
    aside.replace(folder / _ABOUT)
