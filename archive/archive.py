"""The facade: one archive, its parts opened when first needed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.errors import Busy, CannotWrite, Invalid, NotFound
from archive.following import Follower, Following
from archive.model import Actor, Finding, Receipt
from archive.settings import FILE, House, Settings, load, write_first
from archive.store import FileLock, Store, create, verify

if TYPE_CHECKING:
    from archive.catalog import Catalog
    from archive.control import View
    from archive.desk import Desk
    from archive.index import Index
    from archive.ingest import Inbox, Intake, Watcher
    from archive.report import Lineage
    from archive.store.disposal import Plan
    from archive.xref import Xref

FOLLOWERS = ("catalog", "index", "xref")
_NO_NEWS = ("export", "access", "fixity check", "checkpoint", "key")
GLANCE_S = 0.5
"""How long a reading verb lets a follower catch up before it answers from the last commit (DESIGN §4)."""

FIRST_SETTINGS = """\
# Settings of this archive. [house] decides answers and is kept in the log; [machine] is for this computer only.
[house]
name = {name}
timezone = {timezone}
languages = ["en"]
date_order = "iso"

[machine]
# watch = ["/a/folder"]
"""


def _now() -> datetime:
    return datetime.now(UTC)


class Archive:
    """An open archive.

    Args:
        actor: who acts; written into every entry.
        wait_s: how long to wait for another writer.
        note: told, in plain words, what a person should know and no answer says (a repair, a lag).
        clock: gives the time of entries.
    Raises:
        NotFound: no archive there. Newer: of a newer format. Invalid: archive.toml has problems.
    """

    def __init__(
        self,
        home: Path,
        actor: Actor,
        *,
        wait_s: float = 10.0,
        note: Callable[[str], None] = lambda words: None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.home, self.actor, self.wait_s, self.note, self.clock = home.absolute(), actor, wait_s, note, clock
        self.store = Store(self.home, known=self._known)
        self.settings: Settings = load(self.home)
        self._open: dict[str, Any] = {}
        self._following: dict[str, Following] = {}
        self._settings_taken = False

    @classmethod
    def create(cls, home: Path, actor: Actor, *, settings: str = "", name: str = "", **options: Any) -> Archive:
        """Make an archive; its first line is its settings.

        Args:
            settings: the text of its archive.toml; empty for the first defaults.
        Raises:
            Refused: the folder is an archive. Invalid: the settings have problems. CannotWrite: the disk refused.
        """
        from archive.settings import parse

        text = settings or FIRST_SETTINGS.format(name=_toml(name), timezone=_toml(_local_zone()))
        parse(text, {})
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise CannotWrite(f"{home} cannot be made ({problem.strerror}): choose another place") from problem
        clock = options.get("clock", _now)
        create(home.absolute(), clock())
        write_first(home, text)
        archive = cls(home, actor, **options)
        archive.ready_to_write()
        return archive

    # Parts -----------------------------------------------------------------------------------------------

    @property
    def derived(self) -> Path:
        """Where followers keep their state."""
        return Path(self.settings.machine["derived"] or self.home / "derived").absolute()

    @property
    def catalog(self) -> Catalog:
        from archive.catalog import Catalog

        return self._part("catalog", lambda folder: Catalog(folder))

    @property
    def index(self) -> Index:
        from archive.index import Index

        house = self.house
        return self._part("index", lambda folder: Index(folder, house), fresh=True)

    @property
    def xref(self) -> Xref:
        from archive.xref import Xref

        return self._part("xref", lambda folder: Xref(folder))

    @property
    def house(self) -> House:
        """The house settings in force, from the log."""
        return self.catalog.house()

    @cached_property
    def inbox(self) -> Inbox:
        from archive.ingest import Inbox

        return Inbox(self.home / "state" / "inbox.sqlite")

    def today(self) -> date:
        """The civil date now, in the house's time zone."""
        return self.house.civil(self.clock())

    def view(self, as_of: date | None = None, known_on: date | None = None, at: int | None = None) -> View:
        """Records and links at two clocks: true on `as_of`, on file at the end of `known_on` (or at entry `at`)."""
        from archive.control import View

        upto = at if at is not None else self.seq_on(known_on) if known_on else None
        return View(self.catalog, self.xref, self.house, self.today(), as_of, upto)

    def seq_on(self, day: date) -> int:
        """The last entry that was on file at the end of a civil day."""
        from datetime import time, timedelta

        end = datetime.combine(day + timedelta(days=1), time(), self.house.timezone)
        return self.catalog.seq_before(end)

    def day(self, text: str | None) -> date | None:
        """A day as a person writes it (ISO, `2024`, `2024-03`, `yesterday`); of a longer time its last day.

        Raises:
            Invalid: it is no date.
        """
        from archive.index import span

        if text is None:
            return None
        try:
            first, last = span(text, self.today())
        except ValueError as problem:
            raise Invalid(f"{text!r} is not a date: {problem}") from problem
        return last or first

    @property
    def desk(self) -> Desk:
        from archive.desk import Desk

        return Desk(
            self.store, self.catalog, self.house, self.today(), lambda: self.index, lambda: self.xref, self.view
        )

    def following(self, name: str) -> Following:
        """The driver of one follower."""
        if name not in self._following:
            # The catalog itself depends on no setting; it is what the others learn them from.
            house = (lambda seq: House()) if name == "catalog" else (lambda seq: self.catalog.house(seq))
            self._following[name] = Following(_follower(name), self.store, self.derived, house)
        return self._following[name]

    def _part(self, name: str, opened: Callable[[Path], Any], *, fresh: bool = False) -> Any:
        """A follower's reader: caught up for a moment, else as of its last commit, which is said aloud."""
        following = self.following(name)
        lag = following.catch_up(GLANCE_S)
        folder = following.current()
        if folder is None:
            # Nothing answers yet: the first generation is worth waiting for.
            lag = following.catch_up()
            folder = following.current()
        if folder is None:
            raise CannotWrite(f"the {name} cannot be made ({lag.reason}): have the archive's owner run archive rebuild")
        if lag.behind:
            self.note(f"the {name} is {lag.behind:,} entries behind the log {f'({lag.reason})' if lag.reason else ''}")
        key = (folder, self.store.tail() if fresh else 0)
        known = self._open.get(name)
        if known is None or known[0] != key:
            self._let_go(name)
            self._open[name] = known = (key, opened(folder))
        return known[1]

    def _let_go(self, name: str) -> None:
        _, part = self._open.pop(name, (None, None))
        if part is not None and hasattr(part, "close"):
            part.close()

    def _known(self) -> int:
        return max(self.following("catalog").answered(), self.inbox.highest())

    # Writing ---------------------------------------------------------------------------------------------

    def ready_to_write(self) -> None:
        """Finish what an interruption left, and take changed settings into the log."""
        from archive.store import disposal

        left = disposal.unfinished(self.store)
        if left is not None:
            self._destroy(left)
        with self.store.writing(self.wait_s) as session:
            self._say_repairs()
            self.following("catalog").catch_up()
            house = self.settings.house
            newest = self.catalog.house()
            if newest.seq == 0 or dict(newest.values) != dict(house.values):
                session.commit([("settings", {"house": dict(house.values)})], self.actor, self.clock())

    def _say_repairs(self) -> None:
        while self.store.repaired:
            self.note(self.store.repaired.pop(0))

    def state(self, action: str, body: dict[str, Any]) -> int:
        """Commit one entry; returns its sequence number."""
        self.ready_to_write()
        with self.store.writing(self.wait_s) as session:
            return session.commit([(action, body)], self.actor, self.clock())[0].seq

    def release(self, key: str, rev: str, by: str, on: date, evidence: str | None, why: str) -> int:
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
        action, body = release_draft(self.view(), key, rev, by, on, proof, why)
        return self.state(action, dict(body))

    def lineage(
        self, key: str, *, as_of: date | None = None, known_on: date | None = None, at: int | None = None
    ) -> Lineage:
        """The report about a change, item or document (see archive.report)."""
        from archive.report import lineage

        upto = at if at is not None else self.seq_on(known_on) if known_on else self.pin()
        if upto > self.store.tail():
            raise NotFound(f"the log has {self.store.tail():,} entries, not {upto:,}: name an earlier one with --at")
        target = self.desk.resolve(key)
        view = self.view(as_of, at=upto)
        return lineage(view, self.store, target.node or f"document:{target.ref}", at=upto)

    def pin(self) -> int:
        """The last entry that says something about documents: checks and exports do not change a report."""
        seq = self.store.tail()
        while seq and self.store.entries(seq - 1, seq)[0].action in _NO_NEWS:
            seq -= 1
        return seq

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
        intake = self.intake(**how)
        reading = FileLock(self.home / "state" / "reading")
        try:
            with reading.held(self.wait_s, shared=True):
                yield from intake.take(paths, on_kept=on_kept)
            self._resumed(intake, reading)
        finally:
            intake.close()

    def _resumed(self, intake: Intake, reading: FileLock) -> None:
        """What an interrupted run kept is read once nobody else is reading."""
        with suppress(Busy), reading.held(0):
            for receipt in intake.resume():
                self.note(f"{receipt.ref} {receipt.name}: read now ({receipt.status}), kept by an earlier run")

    def gather(self, paths: Sequence[Path], *, deep: bool) -> tuple[list[Path], list[Receipt]]:
        """Sort what a person named into files to take, and receipts for what is not to be taken."""
        from archive.ingest import gather

        return gather(paths, deep=deep, leave_out=self.home)

    def take_bytes(self, content: bytes, name: str) -> Receipt:
        """Take in bytes that never were a file."""
        intake = self.intake()
        try:
            return intake.take_bytes(content, name)
        finally:
            intake.close()

    def reread(self, numbers: Sequence[str], **how: Any) -> Iterator[Receipt]:
        """Make new readings of some documents."""
        intake = self.intake(**how)
        try:
            yield from intake.reread(numbers)
        finally:
            intake.close()

    def watcher(self, folders: Sequence[Path] = (), settle_s: float | None = None) -> Watcher:
        """A watcher of the inbox and of the folders set, or of those named.

        Raises:
            NotFound, Invalid: a folder is not there, or lies inside the archive.
        """
        from archive.ingest import Watched, Watcher

        machine = self.settings.machine
        settle = machine["settle_s"] if settle_s is None else settle_s
        inbox = self.home / "inbox"
        chosen = [*folders] or [inbox, *(Path(each) for each in machine["watch"])]
        watched = [Watched(each.absolute(), each.absolute() == inbox, settle) for each in chosen]
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
                    self.settings = load(self.home)
                except Invalid as problem:
                    self.note(f"{problem}; the watcher goes on under the settings it had")
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

    # Upkeep ----------------------------------------------------------------------------------------------

    def info(self) -> list[tuple[str, Any]]:
        """What a person looks at first: what is kept, what waits, how far each part is behind."""
        catalog = self.catalog
        counts = catalog.counts()
        facts: list[tuple[str, Any]] = [("archive", str(self.home)), ("firm", self.house.name or "not named yet")]
        facts += [("entries", self.store.tail()), ("documents", sum(counts.values()))]
        facts += [(status.replace("_", " "), count) for status, count in counts.items()]
        for name in FOLLOWERS:
            lag = self.following(name).catch_up(GLANCE_S)
            facts.append((f"{name} behind by", lag.behind))
        watched = [str(self.home / "inbox"), *map(str, self.settings.machine["watch"])]
        return [*facts, ("watched folders", ", ".join(watched)), ("needs you", len(self.inbox.rows(failed=True)))]

    def rebuild(self, only: Sequence[str] = ()) -> Iterator[tuple[str, int]]:
        """Make new generations from the first line; yields each follower's name and its watermark."""
        for name in only or FOLLOWERS:
            if name not in FOLLOWERS:
                raise NotFound(f"{name} is not a follower: choose from {', '.join(FOLLOWERS)}")
            self._let_go(name)
            self.following(name).rebuild(self.wait_s)
            yield name, self.following(name).answered()

    def verify(self, *, record: bool = False, progress: Callable[[int], None] = lambda done: None) -> Iterator[Any]:
        """Yield findings, then what was checked; with `record` the run becomes an entry."""
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
            disposal.begin(self.store, session, plan, reason, self.actor, self.clock())
        self._destroy(plan)

    def _destroy(self, plan: Plan) -> None:
        """Carry a begun disposal out, scrub what names the documents, close it, and make new generations."""
        from archive.store import disposal

        with self.store.writing(self.wait_s) as session:
            disposal.carry_out(self.store, plan)
            self.inbox.scrub(plan.numbers)
            disposal.remove_copies(self.home, plan)
            disposal.finish(self.store, session, plan, self.actor, self.clock())
        for name in FOLLOWERS:
            self._let_go(name)
            self.following(name).catch_up()

    def close(self) -> None:
        for name in list(self._open):
            self._let_go(name)
        self.inbox.close()


def _toml(text: str) -> str:
    """A text as TOML writes it."""
    import json

    return json.dumps(text, ensure_ascii=False)


def _local_zone() -> str:
    """The machine's time zone by name, UTC where it has none."""
    link = Path("/etc/localtime")
    parts = link.resolve().parts if link.is_symlink() else ()
    return "/".join(parts[parts.index("zoneinfo") + 1 :]) if "zoneinfo" in parts else "UTC"


def _follower(name: str) -> Follower:
    if name == "catalog":
        from archive.catalog import CATALOG

        return CATALOG
    if name == "index":
        from archive.index import INDEX

        return INDEX
    from archive.xref import XREF

    return XREF
