"""The dispute, filed once; only to be read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.report.case import Case, filed


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Case]:
    made = filed(tmp_path_factory.mktemp("dispute"))
    yield made
    made.archive.close()
