"""Archives for tests: a fresh one each, and the sample firm's taken in once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running import SAMPLE, Home


@pytest.fixture(scope="session", autouse=True)
def _own_surroundings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test sees the user's own cache, archive or name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        for name in ("ARCHIVE_HOME", "ARCHIVE_ACTOR", "ARCHIVE_DEBUG"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A fresh archive."""
    return Home(tmp_path / "home", tmp_path / "desk").init()


@pytest.fixture(scope="session")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The sample firm, its inbox taken in; only to be read."""
    base = tmp_path_factory.mktemp("firm")
    firm = Home(base / "home", base / "desk").init(SAMPLE / "archive.toml")
    shutil.copytree(SAMPLE / "inbox", firm.path / "inbox", dirs_exist_ok=True)
    done = firm.watch_once()
    assert done.code == 0, done.err
    return firm


@pytest.fixture
def own_firm(firm: Home, tmp_path: Path) -> Home:
    """A copy of the sample firm's archive that a test may change."""
    shutil.copytree(firm.path, tmp_path / "home")
    return Home(tmp_path / "home", tmp_path / "desk")
