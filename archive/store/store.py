"""One archive's truth: opened, read, and written to in groups under the lock."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from os import urandom
from pathlib import Path
from typing import Any

from archive.errors import ArchiveError, CannotWrite, Damaged, Newer, NotFound, Refused
from archive.model import Actor, Entry
from archive.store import tail as tails
from archive.store.fs import Files, OsFiles, cannot_write, reading, replace, writing
from archive.store.guard import note, noted
from archive.store.lines import (
    FORMAT,
    GROUP_LINES,
    SEGMENT_LINES,
    digest_of,
    dump,
    entry_line,
    log_line,
    parse_entry,
    parse_log,
    stamp,
)
from archive.store.lock import FileLock
from archive.store.objects import Objects
from archive.store.readme import README
from archive.store.segments import Segments
from archive.store.tail import Tail

ABOUT = "archive.json"
FOLDERS = ("objects", "entries", "log", "checkpoints", "tmp", "state", "derived", "inbox")

UNFINISHED = "disposal.json"
"""In state/ while a disposal is under way."""

_Sizes = tuple[int, int | None, int, int | None]
_UNSEEN: _Sizes = (-1, None, -1, None)

Draft = tuple[str, Mapping[str, Any]]
"""An action and its body, not yet numbered."""


class Store:
    """The truth of one archive.

    Args:
        known: gives the highest sequence number that anything outside the log knows to be committed.
        segment_lines: lines in a file of log and entries; of format 1 always SEGMENT_LINES.
    Raises:
        NotFound: no archive there.
        Newer: it is of a newer format.
    """

    def __init__(
        self,
        home: Path,
        *,
        known: Callable[[], int] = lambda: 0,
        fs: Files | None = None,
        segment_lines: int = SEGMENT_LINES,
    ) -> None:
        self.home = home
        self.fs = fs or OsFiles()
        self.objects = Objects(home, self.fs)
        self.log = Segments(home / "log", self.fs, segment_lines)
        self.entry_lines = Segments(home / "entries", self.fs, segment_lines)
        self.repaired: list[str] = []
        self._told = known
        self.origin = self._read_about()
        self._seen = self._checked = Tail(0, self.origin)
        self._sizes = self._checked_sizes = self._synced_sizes = _UNSEEN
        self._stopped = ""
        self.lock = FileLock(home / "state" / "lock")

    def _read_about(self) -> bytes:
        with reading(ABOUT):
            if self.fs.size(self.home / ABOUT) is None:
                raise NotFound(f"{self.home} holds no archive: name one with --home, or make one with archive init")
            content = self.fs.read(self.home / ABOUT)
        try:
            self.about = json.loads(content)
            version = self.about["format"]
        except (ValueError, KeyError, TypeError) as problem:
            raise Damaged(f"{ABOUT} is damaged: bring it back from a backup") from problem
        if version != FORMAT:
            raise Newer(f"this archive has format {version}, this program knows format {FORMAT}: use a newer program")
        return content

    @property
    def archive_id(self) -> str:
        return str(self.about["archive_id"])

    def tail(self, *, durable: bool = False, strict: bool = True) -> int:
        """Sequence number of the last committed entry, as the log says at this moment.

        Args:
            durable: for those who build on it. A group can be read before its writer has synced it; were it
                lost then, another would get its numbers.
            strict: refuse a file of log or entries that lies behind a gap; else what lies before the gap counts.
        Raises:
            Damaged: strict, and there is such a file.
        """
        sizes = self._measure(strict=strict)
        if sizes != self._sizes:
            with reading("the log"):
                self._seen = tails.last_committed(self.log, self.origin)
            self._sizes = sizes
        if durable and sizes != self._synced_sizes:
            # Read-only media refuse it, and have nothing to sync.
            with suppress(OSError):
                self._sync_log()
            self._synced_sizes = sizes
        return self._seen.seq

    def _measure(self, *, strict: bool = True) -> _Sizes:
        log, entries = self.log, self.entry_lines
        with reading("the log"):
            number, stated = log.last(strict=strict), entries.last(strict=strict)
            return number, self.fs.size(log.path(number)), stated, self.fs.size(entries.path(stated))

    def _sync_log(self) -> None:
        """Only the newest segment may hold what its writer has not synced."""
        if number := self.log.last():
            self.fs.sync_file(self.log.path(number))

    def entries(self, after: int, upto: int | None = None) -> Sequence[Entry]:
        """Committed entries with `after < seq <= upto`, each checked against its line of the log.

        Raises:
            Damaged, Newer: see `parse_entry`.
        """
        tail = self.tail()
        upto = tail if upto is None else min(upto, tail)
        with reading("the log"):
            logged = self.log.lines(after, upto)
            stated = self.entry_lines.lines(after, upto)
        if len(logged) < upto - after or len(stated) < upto - after:
            raise Damaged("entries/ or log/ lacks committed lines: run archive verify, and use a backup")
        found = []
        for number, (line, raw) in enumerate(zip(logged, stated, strict=True), after + 1):
            parsed = parse_log(line)
            if parsed is None or parsed.seq != number:
                raise Damaged(f"line {number} of the log is damaged: run archive verify, and use a backup")
            found.append(parse_entry(raw, parsed))
        return found

    @contextmanager
    def writing(self, wait_s: float = 10.0) -> Iterator[Session]:
        """Hold the writers' lock for one group (or a few that belong together).

        Raises:
            Busy: another writer holds it for `wait_s` seconds.
            Damaged: the log does not end as an interruption would leave it.
            CannotWrite: the disk refused earlier in this process; nothing more is written.
        """
        with self.lock.held(wait_s):
            if self._stopped:
                raise CannotWrite(self._stopped)
            self._examine()
            yield Session(self)

    def _examine(self) -> None:
        """Read the tail again; only what another process (or a crash) changed is looked at closely."""
        if self._measure() == self._checked_sizes:
            return
        with reading("the log"):
            tail = tails.examine(self.log, self.origin, self._checked)
        self._seen = tail
        self.compare(self.known(), tail.seq)
        with writing("the repair of an interrupted write"):
            self.repaired += tails.clear(self.log, self.entry_lines, tail, self.objects.tmp)
        self._check_last(tail)
        with writing("the log"):
            # Its writer may have been killed between writing and syncing; what follows builds on it.
            self._sync_log()
        self._believe(tail)

    def known(self) -> int:
        """The highest sequence number that anything outside the log knows to be committed; 0 where nothing does."""
        return max(self._told(), noted(self.fs, self.home)[0])

    def refuse_rollback(self) -> None:
        """See that nothing outside the log knows more of it than it holds, or knows it otherwise.

        Raises:
            Damaged: the log ends before a line that was committed, or another line stands in its place.
        """
        # What is known is read first: a writer at work makes the log longer, then what is known of it.
        known = self.known()
        self.compare(known, self.tail())

    def compare(self, known: int, tail: int) -> None:
        """Do as `refuse_rollback` does with what was known, and the tail, at one moment."""
        seq, digest = noted(self.fs, self.home)
        if known > tail:
            problem = f"the log ends with line {tail}, but line {known} is known to have been committed"
        elif 0 < seq <= tail and self.line_hash(seq) != digest:
            problem = f"line {seq} of the log is not the one that was committed"
        else:
            return
        raise Damaged(f"{problem}: do not write; bring log/ and entries/ back from a backup")

    def _believe(self, tail: Tail) -> None:
        """Remember a tail that was checked, or written, under the lock."""
        self._seen = self._checked = tail
        self._sizes = self._checked_sizes = self._synced_sizes = self._measure()

    def _check_last(self, tail: Tail) -> None:
        """The newest entry must be the one that the log names."""
        if tail.seq:
            line = parse_log(tail.raw)
            raw = self.entry_lines.lines(tail.seq - 1, tail.seq)
            if line is None or not raw:
                raise Damaged(f"entry {tail.seq} is missing: bring entries/ back from a backup")
            parse_entry(raw[0], line)

    def forget(self) -> None:
        """Look at the files anew: disposal rewrote some of them."""
        self._sizes = self._checked_sizes = _UNSEEN

    def line_hash(self, seq: int) -> str:
        """SHA-256 of line `seq` of the log; empty where there is no such line, of archive.json for 0."""
        if seq == self._seen.seq:
            return digest_of(self._seen.raw)
        with reading("the log"):
            lines = self.log.lines(seq - 1, seq) if seq else [self.origin]
        return digest_of(lines[0]) if lines else ""

    def append(self, drafts: Sequence[Draft], actor: Actor, moment: datetime) -> list[Entry]:
        """Commit a group (Session only): entries synced, then log lines synced."""
        first, prev = self._checked.seq + 1, self._checked.raw
        stated, logged = [], []
        for seq, (action, body) in enumerate(drafts, first):
            stated.append(entry_line(seq, action, body, actor, moment))
            logged.append(log_line(seq, prev, stated[-1], end=seq == first + len(drafts) - 1))
            prev = logged[-1]
        try:
            self.entry_lines.extend(first, stated)
            self.log.extend(first, logged)
        except OSError as problem:
            # After a failed fsync nobody knows what the disk holds (fsync(2)): this process writes no more,
            # the next one examines the tail from the disk.
            failed = cannot_write("the log", problem)
            self._stopped = str(failed)
            raise failed from problem
        self._believe(Tail(first + len(drafts) - 1, prev))
        note(self.fs, self.home, self._checked.seq, digest_of(prev))
        lines = [parse_log(raw) for raw in logged]
        return [parse_entry(raw, line) for raw, line in zip(stated, lines, strict=True) if line is not None]


class Session:
    """The lock is held: the tail is known, and groups may be committed."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def tail(self) -> int:
        return self._store._checked.seq

    def missing(self, digests: Sequence[str]) -> list[str]:
        """Which of these are not in objects/ now; a disposal may have removed one since it was settled."""
        return [digest for digest in digests if not self._store.objects.has(digest)]

    def commit(self, drafts: Sequence[Draft], actor: Actor, moment: datetime) -> list[Entry]:
        """Append statements as one group, durable on return, and give them back numbered.

        Raises:
            CannotWrite: the disk refused; no receipt may be given. Where all but the last sync went well,
                the group may count all the same.
            Invalid: a statement cannot be written; nothing was.
            Refused: a disposal is not finished; nothing but its end may be written.
            ArchiveError: the group has more than GROUP_LINES lines; whoever commits so many parts them.
        """
        store = self._store
        if len(drafts) > GROUP_LINES:
            words = f"{len(drafts):,} statements are too many for one group, which holds at most {GROUP_LINES:,}"
            raise ArchiveError(f"{words}: nothing was written; take in less at once")
        if any(action != "disposal" for action, _ in drafts) and is_disposing(store):
            raise Refused("a disposal was interrupted and must be finished first: run archive verify")
        return store.append(drafts, actor, moment) if drafts else []


def begun_disposal(store: Store) -> Entry | None:
    """The `begun` entry of a disposal that is not done; the caller holds the lock.

    Behind it nothing but its `done` may be committed, so it is the last line.
    """
    tail = store._checked
    line = parse_log(tail.raw) if tail.seq else None
    if line is None or line.action != "disposal":
        return None
    newest = store.entries(tail.seq - 1, tail.seq)[0]
    return newest if newest.body.get("stage") == "begun" else None


def is_disposing(store: Store) -> bool:
    """Whether a disposal is under way: one that goes on, or that an interruption left; the caller holds the lock."""
    return store.fs.size(store.home / "state" / UNFINISHED) is not None or begun_disposal(store) is not None


def create(home: Path, moment: datetime, fs: Files | None = None) -> Store:
    """Make the folders of a new archive and its archive.json, durable on return.

    Raises:
        Refused: the folder is an archive already.
        CannotWrite: the disk refused.
    """
    files = fs or OsFiles()
    if files.size(home / ABOUT) is not None:
        raise Refused(f"{home} is an archive already: choose another folder")
    about = {"archive_id": urandom(16).hex(), "created": stamp(moment), "format": FORMAT, "hash": "sha256"}
    with writing("the new archive"):
        files.make_folder(home)
        for name in FOLDERS:
            files.make_folder(home / name)
        replace(files, home / "README.txt", README.encode())
        # archive.json makes it an archive: it may not outlive the folders it promises.
        files.sync_folder(home)
        replace(files, home / ABOUT, dump(about) + b"\n")
        files.sync_folder(home)
        files.sync_folder(home.parent)
    return Store(home, fs=files)
