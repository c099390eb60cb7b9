"""What every follower keeps to: live, late, rebuilt, twice, killed and disposed of, its answers are the same."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.following import Follower, Lag, Writer
from archive.model import Entry, Truth
from archive.settings import House
from archive.store.disposal import begin, plan
from tests.contract.followers import CASES, SECRET, Case, answers, following, house_at, say_settings, story, tell
from tests.store.archive_on_disk import ACTOR, RealArchive, as_nobody, flip

pytestmark = pytest.mark.parametrize("case", CASES, ids=lambda case: case.follower.name)


@pytest.fixture
def archive(tmp_path: Path) -> RealArchive:
    return RealArchive(tmp_path / "archive")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> RealArchive:
    """The whole story, told once; for tests that only read it."""
    archive = RealArchive(tmp_path_factory.mktemp("told") / "archive")
    tell(archive)
    return archive


class Watched:
    """A follower that tells of each batch before it is applied, and takes one line at a time."""

    def __init__(self, inner: Follower, tell: Callable[[Sequence[Entry]], None], batch: int = 1) -> None:
        self.name, self.version, self.sections, self.batch = inner.name, inner.version, inner.sections, batch
        self._inner, self._tell = inner, tell

    def writer(self, folder: Path, truth: Truth, house: House) -> Writer:
        return _Watched(self._inner.writer(folder, truth, house), self._tell)


class _Watched:
    def __init__(self, inner: Writer, tell: Callable[[Sequence[Entry]], None]) -> None:
        self._inner, self._tell = inner, tell

    @property
    def watermark(self) -> int:
        return self._inner.watermark

    @property
    def wants_new_generation(self) -> bool:
        return self._inner.wants_new_generation

    def apply(self, entries: Sequence[Entry]) -> None:
        self._tell(entries)
        self._inner.apply(entries)

    def close(self) -> None:
        self._inner.close()


def generations(case: Case, archive: RealArchive) -> list[int]:
    folder = archive.home / "derived" / case.follower.name
    return sorted(int(path.name) for path in folder.iterdir() if path.name.isdigit())


def rebuilt(case: Case, archive: RealArchive) -> Any:
    following(case, archive).rebuild()
    return answers(case, archive)


@settings(max_examples=6, deadline=None)
@given(cuts=st.sets(st.integers(1, 16), max_size=8))
def test_in_whatever_cuts_entries_come_the_answers_are_the_same(case: Case, told: RealArchive, cuts: set[int]) -> None:
    store = told.open()
    house = house_at(store)(store.tail())
    found = []
    for ends in (sorted(cuts), []):
        with tempfile.TemporaryDirectory() as folder:
            writer = case.follower.writer(Path(folder), store, house)
            for start, end in zip([0, *ends], [*ends, store.tail()], strict=True):
                writer.apply(store.entries(start, end))
                assert writer.watermark == end
            writer.close()
            found.append(case.answers(Path(folder)))
    assert found[0] == found[1]


def test_live_is_rebuilt(case: Case, archive: RealArchive) -> None:
    for step in story(archive):
        step()
        assert following(case, archive).catch_up() == Lag()
    live = answers(case, archive)
    assert live == rebuilt(case, archive)


def test_deleting_what_is_derived_loses_nothing(case: Case, archive: RealArchive) -> None:
    tell(archive)
    following(case, archive).catch_up()
    before = answers(case, archive)
    shutil.rmtree(archive.home / "derived")
    assert following(case, archive).current() is None
    assert following(case, archive).catch_up() == Lag()
    assert answers(case, archive) == before


def test_applied_twice_is_applied_once(case: Case, told: RealArchive, tmp_path: Path) -> None:
    store = told.open()
    house = house_at(store)(store.tail())
    for name, ranges in (("once", [(0, 17)]), ("again", [(0, 9), (0, 9), (3, 12)]), ("again", [(0, 17), (16, 17)])):
        (tmp_path / name).mkdir(exist_ok=True)
        writer = case.follower.writer(tmp_path / name, store, house)
        for start, end in ranges:
            writer.apply(store.entries(start, end))
        writer.apply([])
        writer.close()
    assert case.answers(tmp_path / "once") == case.answers(tmp_path / "again")


def test_the_old_generation_answers_until_the_new_one_has_caught_up(case: Case, archive: RealArchive) -> None:
    tell(archive)
    following(case, archive).catch_up()
    before, seen = answers(case, archive), []

    def look(entries: Sequence[Entry]) -> None:
        seen.append(answers(case, archive) == before)

    following(case, archive, Watched(case.follower, look, 8)).rebuild()
    assert seen == [True] * 3
    assert answers(case, archive) == before
    assert generations(case, archive) == [2]


def test_a_first_generation_answers_nothing_before_it_has_caught_up(case: Case, archive: RealArchive) -> None:
    tell(archive)
    seen = []
    watched = Watched(case.follower, lambda entries: seen.append(following(case, archive).current()))
    assert following(case, archive, watched).catch_up() == Lag()
    assert seen == [None] * 17


def test_a_budget_is_kept_and_the_next_call_goes_on(case: Case, archive: RealArchive) -> None:
    tell(archive)
    met: list[int] = []
    driver = following(case, archive, Watched(case.follower, lambda entries: met.extend(each.seq for each in entries)))
    lags = []
    while (lag := driver.catch_up(0.0)).behind:
        lags.append(lag)
        assert driver.current() is None
    assert met == list(range(1, 18))
    assert lags == [Lag(17)] * 16
    assert answers(case, archive) == rebuilt(case, archive)


_KILLED = """
import os, signal, sys
from pathlib import Path
from tests.contract.followers import CASES, following
from tests.contract.test_follower import Watched
from tests.store.archive_on_disk import RealArchive

archive = RealArchive.at(Path(sys.argv[1]))
case = next(case for case in CASES if case.follower.name == sys.argv[2])

def kill(entries):
    if entries[-1].seq > int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

following(case, archive, Watched(case.follower, kill)).catch_up()
"""


@pytest.mark.parametrize("at", [0, 8, 16])
def test_a_follower_killed_on_the_way_catches_up(case: Case, archive: RealArchive, at: int) -> None:
    tell(archive)
    done = subprocess.run([sys.executable, "-c", _KILLED, str(archive.home), case.follower.name, str(at)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert following(case, archive).catch_up() == Lag()
    assert generations(case, archive) == [1]
    assert answers(case, archive) == rebuilt(case, archive)


def test_a_change_of_its_own_settings_makes_a_new_generation(case: Case, archive: RealArchive) -> None:
    tell(archive)
    following(case, archive).catch_up()
    say_settings(archive, **case.own)
    following(case, archive).catch_up()
    assert generations(case, archive) == ([2] if case.own else [1])
    assert answers(case, archive) == rebuilt(case, archive)


def test_a_change_of_others_settings_does_not(case: Case, archive: RealArchive) -> None:
    tell(archive)
    following(case, archive).catch_up()
    say_settings(archive, name="Another name", reply_days=7)
    assert following(case, archive).catch_up() == Lag()
    assert generations(case, archive) == [1]


def test_after_a_disposal_a_new_generation_answers_without_the_words(case: Case, archive: RealArchive) -> None:
    tell(archive)
    following(case, archive).catch_up()
    archive.dispose("D-000004")
    assert following(case, archive).catch_up() == Lag()
    assert generations(case, archive) == [2]
    after = answers(case, archive)
    assert SECRET not in str(after).replace(f"'{SECRET}'", "").replace(f"'{SECRET} by", "")
    assert archive.holding(SECRET.encode()) == []
    assert after == rebuilt(case, archive)
    archive.add(b"later")
    assert following(case, archive).catch_up() == Lag()
    assert generations(case, archive) == [3]


@pytest.mark.parametrize("spoil", ["flip", "remove"])
def test_one_damaged_object_does_not_stop_what_follows_all_others(case: Case, archive: RealArchive, spoil: str) -> None:
    tell(archive)
    objects = archive.open().objects
    for entry in archive.open().entries(0):
        if entry.action == "reading" and entry.body["number"] in ("D-000001", "D-000002"):
            for digest in filter(None, (entry.body["text"], entry.body["more"])):
                if spoil == "flip":
                    flip(objects.path(digest), 5)
                elif objects.has(digest):
                    objects.remove(digest)
    assert following(case, archive).catch_up() == Lag()
    assert answers(case, archive) == rebuilt(case, archive)


def test_a_disposal_that_is_only_begun_leaves_the_generation(case: Case, archive: RealArchive) -> None:
    tell(archive)
    following(case, archive).catch_up()
    store = archive.open()
    with store.writing(0) as session:
        begin(store, session, plan(store, "DSP-1", ["D-000004"]), "", actor=ACTOR, moment=archive.moment)
    assert following(case, archive).catch_up() == Lag()
    assert generations(case, archive) == [1]


@pytest.fixture
def for_all() -> Iterator[Path]:
    """A folder that other users may look into; whatever was made read-only in it can be removed afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for path in [path for path in Path(folder).rglob("*") if path.is_dir()]:
            path.chmod(0o755)


def test_a_read_only_generation_answers_and_says_how_far_it_lags(case: Case, for_all: Path) -> None:
    archive = RealArchive(for_all / "archive")
    tell(archive)
    following(case, archive).catch_up()
    before = answers(case, archive)
    archive.add(b"later")
    paths = [archive.home / "derived", *(archive.home / "derived").rglob("*")]
    for path in paths:
        path.chmod(0o555 if path.is_dir() else 0o444)
    with as_nobody():
        assert answers(case, archive) == before
        lag = following(case, archive).catch_up()
        assert lag.behind == 1 and "lock could not be written" in lag.reason
        assert answers(case, archive) == before
