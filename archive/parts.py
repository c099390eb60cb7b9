"""An archive opened to be asked: followers' readers at hand when first needed, and the questions that join them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from archive.errors import CannotWrite, Invalid, NotFound
from archive.following import Following
from archive.model import Actor
from archive.settings import House, Settings, load
from archive.store import Store

if TYPE_CHECKING:
    from archive.catalog import Catalog
    from archive.control import View
    from archive.desk import Desk
    from archive.following import Follower
    from archive.index import Index
    from archive.ingest import Inbox
    from archive.report import Lineage
    from archive.xref import Xref

FOLLOWERS = ("catalog", "index", "xref")
GLANCE_S = 0.5
"""How long a reading verb lets a follower catch up before it answers from the last commit (DESIGN §4)."""

_Part = TypeVar("_Part")


def now() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


class Opened:
    """An archive open for questions; `Archive` adds what writes.

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
        clock: Callable[[], datetime] = now,
    ) -> None:
        self.home, self.actor, self.wait_s, self.note, self.clock = home.absolute(), actor, wait_s, note, clock
        self.store = Store(self.home, known=self._known)
        self.settings: Settings = load(self.home)
        self._open: dict[str, tuple[Any, Any]] = {}
        self._following: dict[str, Following] = {}

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
        house = self.catalog.house(at) if at is not None else self.house
        return View(self.catalog, self.xref, house, self.today(), as_of, upto)

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
            first, last = span(text, self.today(), self.house.date_order)
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

    def _part(self, name: str, opened: Callable[[Path], _Part], *, fresh: bool = False) -> _Part:
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
            self.let_go(name)
            self._open[name] = known = (key, opened(folder))
        return cast(_Part, known[1])

    def let_go(self, name: str) -> None:
        _, part = self._open.pop(name, (None, None))
        if part is not None and hasattr(part, "close"):
            part.close()

    def _known(self) -> int:
        return max(self.following("catalog").answered(), self.inbox.highest())

    def lineage(
        self, key: str, *, as_of: date | None = None, known_on: date | None = None, at: int | None = None
    ) -> Lineage:
        """The report about a change, item or document (see archive.report)."""
        from archive.report import Sources, lineage, pin

        tail = self.store.tail()
        upto = at if at is not None else self.seq_on(known_on) if known_on else pin(self.store, tail)
        if upto > tail:
            raise NotFound(f"the log has {tail:,} entries, not {upto:,}: name an earlier one with --at")
        target = self.desk.resolve(key)
        engine = str(self.settings.machine["engine"])
        sources = Sources(self.store, self.catalog, self.xref, self.store.archive_id, engine)
        return lineage(
            self.view(as_of, at=upto), sources, (target.node or "").partition(":")[2] or target.ref or key, at=upto
        )

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

    def close(self) -> None:
        for name in list(self._open):
            self.let_go(name)
        if "inbox" in self.__dict__:
            self.inbox.close()


def _follower(name: str) -> Follower:
    if name == "catalog":
        from archive.catalog import CATALOG

        return CATALOG
    if name == "index":
        from archive.index import INDEX

        return INDEX
    from archive.xref import XREF

    return XREF
