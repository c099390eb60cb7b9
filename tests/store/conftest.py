from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.archive_on_disk import RealArchive


@pytest.fixture
def real(tmp_path: Path) -> RealArchive:
    return RealArchive(tmp_path / "archive")


@pytest.fixture
def short(tmp_path: Path) -> RealArchive:
    """An archive with four lines in a segment."""
    return RealArchive(tmp_path / "archive", segment_lines=4)
