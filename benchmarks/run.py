"""Run the benchmarks: python -m benchmarks.run [NAME…] [--small]."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks import starting, taking_in

RUNS = Path(__file__).with_name("runs")
TOPICS: dict[str, Callable[[bool], dict[str, Any]]] = {
    "starts": starting.starts,
    "documents": taking_in.documents,
    "pages": taking_in.pages,
}
BUDGETS = {
    ("starts", "times bare python", "archive --help"): 5.0,
    ("starts", "times bare python", "archive search"): 10.0,
    ("pages", "times parts alone"): 2.5,
}
"""The most that a figure may be."""

_LIBRARIES = ("click", "pypdfium2", "tantivy")


def main() -> None:
    """Run topics, each in a process of its own, print their figures and keep them in runs/."""
    parser = argparse.ArgumentParser(prog="benchmarks.run", description=__doc__)
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"of {', '.join(TOPICS)}; all by default")
    parser.add_argument("--small", action="store_true", help="little material, to see that it runs; not kept")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(TOPICS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    if asked.inside:
        print(json.dumps(TOPICS[asked.names[0]](asked.small)))
        return
    found: dict[str, Any] = {"machine": machine(), "small": asked.small}
    for name in asked.names or TOPICS:
        found[name] = _apart(name, asked.small)
        for row in _rows(name, found[name]):
            print(row, flush=True)
    found["budgets"] = dict(_judged(found))
    for row in _rows("budget", found["budgets"]):
        print(row)
    if not asked.small and not asked.names:
        print(f"kept in runs/{_keep(found).name}")


def machine() -> dict[str, Any]:
    """What the figures depend on; neither names nor paths."""
    return {
        "system": platform.system(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }


def _apart(name: str, small: bool) -> dict[str, Any]:
    """One topic in a fresh process, so that memory and caches of one do not count for another."""
    command = [sys.executable, "-m", "benchmarks.run", "--inside", name, *(["--small"] if small else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _rows(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _rows(f"{name}: {key}", inner)
    else:
        shown = value if isinstance(value, str) else f"{value:,}"
        yield f"{name:<85}{shown:>12}"


def _judged(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each budget whose topic was run, and whether its figure keeps to it."""
    for path, most in BUDGETS.items():
        if path[0] in found:
            figure: Any = found
            for name in path:
                figure = figure[name]
            yield ": ".join(path), f"{figure} of {most}, {'met' if figure <= most else 'not met'}"


def _keep(found: dict[str, Any]) -> Path:
    facts = found["machine"]
    kind = f"{facts['system']}-{facts['processor']}-{facts['cores']}-cores".lower()
    RUNS.mkdir(exist_ok=True)
    path = RUNS / f"{datetime.now(UTC):%Y-%m-%d}-{kind}.json"
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
