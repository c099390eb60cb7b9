"""The report in its three forms, compared byte by byte with what was looked at and found good.

`UPDATE_GOLDEN=1 python -m pytest tests/golden` writes the files anew; look at them before committing.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.report import Lineage, as_html, as_json, as_text
from tests.report.case import Case

HERE = Path(__file__).parent
FORMS: dict[str, Callable[[Lineage], str]] = {"json": as_json, "html": as_html, "txt": as_text}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("key", ["ECR-2024-0017", "ECR-2024-0023", "SPC-1001-02"])
def test_a_report_is_the_one_that_was_looked_at(case: Case, key: str, form: str) -> None:
    path = HERE / f"lineage-{key}.{form}"
    made = FORMS[form](case.report(key))
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(made, encoding="utf-8", newline="\n")
    assert made == path.read_text(encoding="utf-8")
