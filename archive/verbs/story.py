"""The demo: the sample firm's papers taken in and asked, each step a command that anybody could type."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import click

from archive.verbs.printing import colours

Run = Callable[[Sequence[str]], int]

_BEFORE = (
    ("Everything that was dropped into the inbox is taken in, read and linked.", "watch --once --settle 0.2"),
    ("Where does the rated flow stand? Words, on which page:", "search rated flow -n 3"),
    ("A part by its number, exactly as printed on the drawing:", "search 02091-C-71 -n 3"),
    ('A phrase, in what arrived today: "Rev B" is told apart from "Rev C".', "search '\"rev B\" received:today' -n 3"),
    ("Who mentions the seal cartridge? Each link is proven by words on a page.", "xref 02091-C-71 --in"),
    ("Which numbers are cited, but not on file?", "dangling"),
    ("Where does the disputed change stand? Each step is proven, or says what is missing.", "status ECR-2024-0017"),
)
_AFTER = (
    (
        "The approving mail turns up and is dropped into the inbox with the record that cites it.",
        "watch --once --settle 0.2",
    ),
    ("The chain has moved: authorised, but eight days after the specification was changed.", "status ECR-2024-0017"),
    ("How is the customer's letter connected with the change?", "why Scan_20240614_0931.pdf ECR-2024-0017"),
    ("The report for the dispute, as a page to read and to print.", "lineage ECR-2024-0017 -o {report}"),
    ("Every byte, every entry and the chain of the log are checked.", "verify"),
)


def tell(run: Run, folder: Path) -> None:
    """Work through the sample firm in a new archive; `run` runs one command line."""
    home = folder.absolute()
    report = home / "lineage ECR-2024-0017.html"
    with as_file(files("sample_corpus")) as sample:
        _step(
            run, "A new archive for the sample firm.", ["init", str(home), "--settings", str(sample / "archive.toml")]
        )
        _drop(sample / "inbox", home / "inbox")
        for words, line in _BEFORE:
            _step(run, words, ["--home", str(home), *shlex.split(line)])
        _drop(sample / "later", home / "inbox")
        for words, line in _AFTER:
            _step(run, words, ["--home", str(home), *shlex.split(line.format(report=shlex.quote(str(report))))])
    _told(f"\nThe report lies at {report}: open it in a browser.", bold=True)
    click.echo(f"Go on by yourself: archive --home {shlex.quote(str(folder))} search pump")


def _drop(source: Path, inbox: Path) -> None:
    for path in sorted(source.iterdir()):
        shutil.copyfile(path, inbox / path.name)


def _step(run: Run, words: str, args: list[str]) -> None:
    _told(f"\n{words}", bold=True)
    _told(f"$ archive {shlex.join(args)}", fg="cyan")
    run(args)


def _told(words: str, **style: Any) -> None:
    click.secho(words, color=None if colours() else False, **style)
