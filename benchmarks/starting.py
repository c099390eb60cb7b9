"""How long the program takes to start, as a multiple of a bare Python."""

from __future__ import annotations

import os
import site
import subprocess
import sys
import time
import venv
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
_RUN = "from cli import main; main()"


def starts(small: bool) -> dict[str, Any]:
    """Medians over interleaved runs, in an environment where a bare Python loads nothing but itself.

    An editable installation and a switch against byte code would make either side slower than it is for a person.
    """
    with TemporaryDirectory() as place:
        python = _environment(Path(place, "environment"))
        home = Path(place, "home")
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "ARCHIVE"))}
        surroundings |= {
            "PYTHONPYCACHEPREFIX": str(Path(place, "code")),
            "XDG_CACHE_HOME": str(Path(place, "cache")),
        }
        surroundings.setdefault("USER", "benchmark")
        program = [python, "-c", _RUN]
        commands = {
            "bare python": [python, "-c", "pass"],
            "click alone": [python, "-c", "import click"],
            "archive --help": [*program, "--help"],
            "archive search": [*program, "--home", str(home), "search", "pump"],
            "archive show": [*program, "--home", str(home), "show", "D-000001"],
            "archive xref": [*program, "--home", str(home), "xref", "ECR-2024-0017"],
        }
        _filled(home)
        times = _interleaved(commands, surroundings, 3 if small else 21)
    bare = median(times["bare python"])
    return {
        "milliseconds": {name: round(median(found), 1) for name, found in times.items()},
        "times bare python": {name: round(median(found) / bare, 1) for name, found in times.items()},
    }


def _environment(folder: Path) -> str:
    """A Python that finds what this one finds, without the hooks of editable installations."""
    venv.EnvBuilder(symlinks=os.name != "nt").create(folder)
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = folder / scripts / Path(sys.executable).name
    told = subprocess.run(
        [python, "-c", "import site; print(site.getsitepackages()[0])"], capture_output=True, text=True, check=True
    )
    places = [str(ROOT), *site.getsitepackages()]
    Path(told.stdout.strip(), "here.pth").write_text("\n".join(places) + "\n", encoding="utf-8")
    return str(python)


def _filled(home: Path) -> None:
    """Make an archive of the sample firm, every follower caught up, by the installation itself, which has OCR."""
    sample = ROOT / "sample_corpus"
    steps = (
        ["init", str(home), "--settings", str(sample / "archive.toml")],
        ["--home", str(home), "add", str(sample / "inbox")],
        ["--home", str(home), "info"],
    )
    for step in steps:
        subprocess.run([sys.executable, "-c", _RUN, *step], cwd=ROOT, capture_output=True, check=True)


def _interleaved(commands: dict[str, list[str]], surroundings: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Milliseconds of every run but those of the first round, which warms caches up."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            began = time.perf_counter()
            subprocess.run(command, env=surroundings, capture_output=True, check=True)
            if number:
                times[name].append((time.perf_counter() - began) * 1000)
    return times
