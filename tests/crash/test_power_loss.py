"""Whatever moment the power fails at, what was acknowledged is there, and the archive opens without a person."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash.model_disk import Disk
from tests.crash.scripts import (
    SCRIPTS,
    Deaf,
    adding,
    at_random,
    creating,
    disposing,
    followed,
    killed,
    repairing,
    restored,
)
from tests.crash.survival import Watch

Script = Callable[[Path, Deaf], Watch]

NEEDED: list[tuple[str, int | None, Script]] = [
    ("fsync README.txt.new", None, creating),
    ("fsync archive.json.new", None, creating),
    ("sync_folder .", 0, creating),
    ("sync_folder .", 1, creating),
    ("sync_folder ..", None, creating),
    ("fsync tmp/*.part", None, adding),
    ("sync_folder objects/*", None, adding),
    ("sync_folder objects", None, adding),
    ("sync_folder objects", None, killed),
    ("sync_folder objects/*", None, killed),
    ("sync_file objects/*/*", None, restored),
    ("fsync entries/*.jsonl", None, adding),
    ("fsync log/*.jsonl", None, adding),
    ("sync_folder entries", None, adding),
    ("sync_folder log", None, adding),
    ("sync_folder entries", None, killed),
    ("sync_folder log", None, killed),
    ("sync_file log/*.jsonl", None, killed),
    ("sync_file log/*.jsonl", None, followed),
    ("fsync tmp/torn-*", None, repairing),
    ("sync_folder tmp", None, repairing),
    ("truncate log/*.jsonl", None, repairing),
    ("fsync state/disposal.json", None, disposing),
    ("sync_folder state", 0, disposing),
    ("sync_folder state", 1, disposing),
    ("fsync tmp/segment-*.part", None, disposing),
    ("sync_folder entries", None, disposing),
    ("sync_folder objects/*", None, disposing),
    ("sync_folder tmp", None, disposing),
]

_SAME_CALL = {"truncate entries/*.jsonl": "truncate log/*.jsonl"}


def _hears_all(site: str, nth: int) -> bool:
    return False


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_no_state_that_power_loss_leaves_breaks_a_promise(script: Script, tmp_path: Path) -> None:
    watch = script(tmp_path, _hears_all)
    assert len(watch.states) > 30
    assert list(watch.broken(tmp_path)) == []


@pytest.mark.parametrize(("site", "nth", "script"), NEEDED, ids=lambda part: getattr(part, "__name__", str(part)))
def test_without_any_one_sync_a_promise_is_broken(site: str, nth: int | None, script: Script, tmp_path: Path) -> None:
    watch = script(tmp_path, lambda met, count: met == site and nth in (None, count))
    assert site in watch.disk.sites
    assert next(watch.broken(tmp_path), None)


def test_every_place_that_syncs_is_known_to_be_needed(tmp_path: Path) -> None:
    met: set[str] = set()
    for script in SCRIPTS:
        place = tmp_path / script.__name__
        place.mkdir()
        met |= set(script(place, _hears_all).disk.sites)
    assert {_SAME_CALL.get(site, site) for site in met} == {site for site, _, _ in NEEDED}


def test_the_model_loses_what_was_not_synced() -> None:
    disk = Disk({"kept": None})
    files_now = disk.now()
    assert list(disk.crashes()) == [files_now]


@pytest.mark.long
@pytest.mark.parametrize("seed", range(25))
def test_no_state_after_a_long_life_breaks_a_promise(seed: int, tmp_path: Path) -> None:
    watch = at_random(tmp_path, random.Random(seed))
    assert list(watch.broken(tmp_path)) == []
