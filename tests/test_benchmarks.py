"""The benchmarks run, on little material; what they measure is judged by people, not here."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.long
def test_every_benchmark_runs_and_says_whether_its_budget_is_met() -> None:
    command = [sys.executable, "-m", "benchmarks.run", "--small"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    figures = [row.partition(":")[0] for row in done.stdout.splitlines()]
    assert {"starts", "documents", "pages", "budget"} <= set(figures)
    assert "kept in" not in done.stdout
