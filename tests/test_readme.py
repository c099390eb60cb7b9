"""README's lines are run as they stand: commands end well, and the output shown is what they print."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

import cli

README = Path(__file__).resolve().parents[1] / "README.md"


def _lines() -> list[tuple[str, list[str]]]:
    """Commands of the console blocks, each with the lines of output shown below it."""
    steps: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL):
        for line in filter(None, block.splitlines()):
            if line.startswith("$ "):
                steps.append((line[2:], []))
            else:
                steps[-1][1].append(line)
    return steps


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("readme") / "murmelbach"
    assert CliRunner().invoke(cli.archive, ["demo", str(folder)], standalone_mode=False).exception is None
    return folder


@pytest.mark.parametrize(("command", "shown"), _lines(), ids=[command for command, _ in _lines()])
def test_a_line_of_the_readme_prints_what_the_readme_shows(
    command: str, shown: list[str], firm: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(firm)
    program, *args = shlex.split(command)
    assert program == "archive"
    code = cli.run(args)
    out, err = capfd.readouterr()
    printed = [line.strip() for line in (out + err).splitlines()]
    assert code in (0, 1), err
    for line in shown:
        assert line.strip() in printed


def test_the_readme_shows_at_least_one_search_one_link_and_one_report() -> None:
    verbs = {shlex.split(command)[1] for command, _ in _lines()}
    assert {"search", "xref", "status", "lineage", "verify"} <= verbs


def test_every_verb_the_readme_names_exists() -> None:
    named = set(re.findall(r"`archive ([a-z]+)", README.read_text(encoding="utf-8")))
    assert named <= set(cli.VERBS)
