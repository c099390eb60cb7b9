"""The facade: one archive, asked and written to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import Busy, CannotWrite, Invalid, NotFound
from archive.parts import FOLLOWERS, Opened, now
from archive.settings import FILE, House, load, write_first
from archive.store import create

if TYPE_CHECKING:
    from archive.ingest import Intake, Watcher
    from archive.model import Actor, Receipt
    from archive.store import Session
    from archive.store.disposal import Plan

FIRST_SETTINGS = """\
# Settings of this archive. [house] decides answers and is kept in the log; [machine] is for this computer only.
[house]
name = {name}
timezone = {timezone}
languages = ["en", "de"]
# How 01/03/2024 is meant: day-first or month-first; with "iso" only 2024-03-01 is a date.
date_order = "iso"
# A requester is to be told of a decision within so many days.
reply_days = 10

# The numbers of your own documents and parts, one pattern each: take away the "#" and write them as they are
# printed. {{n:4}} is a number of four digits, {{tab:2}} one of two, {{year:4}} a year, {{rev}} a revision; what
# stands in [ ] may be missing.
# [[house.schemes]]
# template = "SPC-{{n:4}}-{{tab:2}}[ rev {{rev}}]"
# kind = "controlled_document"

[machine]
# watch = ["/a/folder"]             # folders to watch beside the inbox; what lies there stays there
"""


class Archive(Opened):
    """An archive open for questions and for writing; arguments and errors are those of `Opened`."""

    @classmethod
    def create(
        cls, home: Path, actor: Actor, *, settings: Path | None = None, name: str = "", **options: Any
    ) -> Archive:
        """Make an archive; its first line is its settings.

        Args:
            settings: an archive.toml to begin with; None for the first defaults, with `name` as the firm's.
        Raises:
            Refused: the folder is an archive. Invalid: the settings have problems. CannotWrite: the disk refused.
        """
        from archive.settings import parse, read_text

        text = FIRST_SETTINGS.format(name=_toml(name), timezone=_toml(_local_zone()))
        if settings is not None:
            text = read_text(settings)
        _check(parse(text, {}).house)
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise CannotWrite(f"{home} cannot be made ({problem.strerror}): choose another place") from problem
        clock = options.get("clock", now)
        create(home.absolute(), clock())
        write_first(home, text)
        archive = cls(home, actor, **options)
        archive.ready_to_write()
        return archive

    def ready_to_write(self) -> None:
        """Finish what an interruption left, and take changed settings into the log."""
        from archive.store import disposal

        with self.store.writing(self.wait_s) as session:
            self._say_repairs()
            left = disposal.unfinished(self.store)
            if left is not None:
                self._destroy(session, left)
            self._exactly("catalog")
            self._look_at_clock()
            house = self.settings.house
            newest = self.catalog.house()
            if newest.seq == 0 or dict(newest.values) != dict(house.values):
                _check(house)
                # Whoever writes next takes the file's change in; that they made it is not said.
                taker = replace(self.actor, via="file")
                session.commit([("settings", {"house": dict(house.values)})], taker, self.clock())

    def _look_at_clock(self) -> None:
        """A clock far behind the log's blinds every question about what was known when: say so at once."""
        newest = self.catalog.newest_moment()
        if newest is not None and newest - self.clock() > timedelta(days=1):
            self.note(f"this machine's clock is behind the archive's newest entry ({newest:%Y-%m-%d}): set it right")

    def _exactly(self, name: str) -> None:
        """Bring a follower up to the last line; raises CannotWrite where that cannot be."""
        lag = self.following(name).catch_up()
        if lag.behind:
            raise CannotWrite(f"the {name} cannot be brought up to date: {lag.reason}")

    def _say_repairs(self) -> None:
        while self.store.repaired:
            self.note(self.store.repaired.pop(0))

    def state(self, action: str, body: dict[str, Any]) -> int:
        """Commit one entry; returns its sequence number."""
        self.ready_to_write()
        with self.store.writing(self.wait_s) as session:
            return session.commit([(action, body)], self.actor, self.clock())[0].seq

    def release(self, key: str, rev: str, *, by: str, on: date, evidence: str | None = None, why: str = "") -> int:
        """State that a revision was released; returns the entry's sequence number.

        Raises:
            NotFound, Refused: what `archive.control.release_draft` finds against it.
        """
        from archive.control import release_draft
        from archive.model import Evidence

        desk = self.desk
        proof = None
        if evidence:
            target = desk.resolve(evidence)
            proof = Evidence(desk.document(target).number, target.page or 1)
        action, body = release_draft(self.view(), key, rev, by, on, evidence=proof, why=why)
        return self.state(action, dict(body))

    def intake(self, *, ocr: bool = True, languages: Sequence[str] = ()) -> Intake:
        """A run of taking in; the caller closes it."""
        from archive.ingest import Intake, Limits, Rules, Sandbox

        self.ready_to_write()
        machine = self.settings.machine
        limits = Limits(memory_mb=machine["memory_mb"], wall_s=machine["wall_s"])
        sandbox = Sandbox(machine["workers"], limits)
        rules = Rules(
            self.actor, self.house, self.clock, self.wait_s, machine["read_max_mb"] << 20, ocr, tuple(languages)
        )
        return Intake(self.store, self.following("catalog"), self.inbox, sandbox, rules)

    def take(
        self, paths: Iterable[Path], *, on_kept: Callable[[int], None] = lambda count: None, **how: Any
    ) -> Iterator[Receipt]:
        """Take files in and read them, then what earlier runs left unread; the sources stay where they lie."""
        with self._run(**how) as intake:
            yield from intake.take(map(Path.absolute, paths), on_kept=on_kept)
        self._resume()
        self.follow()

    @contextmanager
    def _run(self, **how: Any) -> Iterator[Intake]:
        """One run of taking in or reading; while it goes on nobody takes its documents for left behind."""
        from archive.ingest.left_behind import reading_lock

        intake = self.intake(**how)
        try:
            with reading_lock(self.home).held(self.wait_s, shared=True):
                yield intake
        finally:
            intake.close()

    def follow(self) -> None:
        """Let every follower catch up to the end, so that the next question finds it done."""
        for name in FOLLOWERS:
            lag = self.following(name).catch_up()
            if lag.behind:
                self.note(f"the {name} is {lag.behind:,} entries behind the log ({lag.reason})")

    def _resume(self) -> None:
        """What an interrupted run kept is read once nobody else is reading."""
        from archive.ingest.left_behind import read_left_behind

        if not self.catalog.unread(1):
            return
        intake = self.intake()
        try:
            read_left_behind(self.home, lambda: intake, self.note)
        finally:
            intake.close()

    def gather(self, paths: Sequence[Path], *, deep: bool) -> tuple[list[Path], list[Receipt]]:
        """Sort what a person named into files to take, and receipts for what is not to be taken."""
        from archive.ingest import gather

        return gather(paths, deep=deep, leave_out=self.home)

    def take_bytes(self, content: bytes, name: str) -> Receipt:
        """Take in bytes that never were a file."""
        with self._run() as intake:
            return intake.take_bytes(content, name)

    def reread(self, numbers: Sequence[str], **how: Any) -> Iterator[Receipt]:
        """Make new readings of some documents."""
        with self._run(**how) as intake:
            yield from intake.reread(numbers)

    def watcher(self, folders: Sequence[Path] = (), settle_s: float | None = None) -> Watcher:
        """A watcher of the inbox and of the folders set, or of those named.

        Raises:
            NotFound, Invalid: a folder is not there, or lies inside the archive.
        """
        from archive.ingest import Watched, Watcher

        machine = self.settings.machine
        settle = machine["settle_s"] if settle_s is None else settle_s
        inbox = self.home / "inbox"
        chosen = [*folders] or [inbox, *(Path(each).expanduser() for each in machine["watch"])]
        watched = [Watched(each, each.resolve() == inbox.resolve(), settle) for each in chosen]
        return Watcher(
            watched, self.inbox, self.home, self._watch_intake(), note=self.note, reconciled=self._reconciled
        )

    def _watch_intake(self) -> Callable[[], Intake]:
        """One intake for all rounds of a watcher, made anew when archive.toml changes and is sound."""
        path = self.home / FILE
        kept: list[tuple[int, Intake]] = []

        def current() -> Intake:
            written = path.stat().st_mtime_ns if path.exists() else 0
            if kept and kept[0][0] == written:
                return kept[0][1]
            if kept:
                try:
                    found = load(self.home)
                    _check(found.house)
                    self.settings = found
                except Invalid as problem:
                    self.note(f"{'; '.join(problem.problems)}; the watcher goes on under the settings it had")
                    kept[0] = (written, kept[0][1])
                    return kept[0][1]
                kept.pop()[1].close()
            kept.append((written, self.intake()))
            return kept[0][1]

        return current

    def _reconciled(self, folder: Path, counts: Counter[str], numbers: list[str]) -> None:
        """Write down that a folder was looked through and something came of it."""
        from archive.ingest import encoded

        staged = self.store.objects.stage([("\n".join(numbers) + "\n").encode()])
        digest = staged.digest
        self.store.objects.settle([staged])
        self.state("reconciliation", {"folder": encoded(folder), "counts": dict(counts), "list": digest})

    def rebuild(self, only: Sequence[str] = ()) -> Iterator[tuple[str, int]]:
        """Make new generations from the first line; yields each follower's name and its watermark."""
        self.store.refuse_rollback()
        for name in only or FOLLOWERS:
            if name not in FOLLOWERS:
                raise NotFound(f"{name} is not a follower: choose from {', '.join(FOLLOWERS)}")
            self.let_go(name)
            self.following(name).rebuild(self.wait_s)
            yield name, self.following(name).answered()

    def verify(self, *, record: bool = False, progress: Callable[[int], None] = lambda done: None) -> Iterator[Any]:
        """Yield findings, then what was checked; with `record` the run becomes an entry."""
        from archive.model import Finding
        from archive.store.verify import verify

        counts: Counter[str] = Counter()
        for found in verify(self.store, progress):
            yield found
            if isinstance(found, Finding):
                counts[found.severity] += 1
            elif record:
                body = {"objects": found.objects, "entries": found.entries, "findings": dict(counts)}
                self.state("fixity check", body)

    def dispose(self, numbers: Sequence[str], key: str, reason: str) -> None:
        """Destroy documents lawfully: their words go from every byte under HOME, the log stays valid.

        The verbs that ask for approval come with retention; here is the act itself, resumable at every step.

        Raises:
            NotFound: a number is not on file. Invalid: no reason given. Refused: another disposal is unfinished.
        """
        from archive.store import disposal

        if not reason.strip():
            raise Invalid("a disposal needs a reason: say under which rule these documents are destroyed")
        self.ready_to_write()
        with self.store.writing(self.wait_s) as session:
            plan = disposal.plan(self.store, key, numbers)
            disposal.begin(self.store, session, plan, reason, actor=self.actor, moment=self.clock())
            self._destroy(session, plan)
        self.follow()

    def _destroy(self, session: Session, plan: Plan) -> None:
        """Carry a begun disposal out, scrub what names the documents, and close it."""
        from archive.ingest.left_behind import reading_lock
        from archive.store import disposal

        disposal.carry_out(self.store, plan)
        self.inbox.scrub(plan.numbers)
        disposal.remove_copies(self.home, plan)
        with suppress(Busy), reading_lock(self.home).held(0):
            # Somebody who reads at this moment sweeps up after themselves.
            disposal.sweep_scratch(self.home)
        for name in FOLLOWERS:
            # What still answered with the destroyed words must not outlive the word "done".
            self.let_go(name)
            self.following(name).discard(self.wait_s)
        disposal.finish(self.store, session, plan, self.actor, self.clock())


def _check(house: House) -> None:
    """Refuse schemes and kinds that nothing could be read by, before they are taken into the log."""
    from archive.records import load_kinds
    from archive.schemes import compile_schemes

    load_kinds(house.kinds)
    compile_schemes(house.schemes)


def _toml(text: str) -> str:
    """A text as TOML writes it."""
    import json

    return json.dumps(text, ensure_ascii=False)


def _local_zone() -> str:
    """The machine's time zone by name, UTC where it has none."""
    link = Path("/etc/localtime")
    parts = link.resolve().parts if link.is_symlink() else ()
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else "UTC"
