"""What a newcomer reads on the screen: plain words, whole names, each thing said once, and what to do next."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from archive.verbs.printing import marked, short
from tests.running import Home, as_nobody

BROKEN = b"%PDF-1.7 broken"


# Taking in ---------------------------------------------------------------------------------------------------


def test_known_files_are_counted_and_not_listed(home: Home) -> None:
    paths = [home.file(f"{at}.txt", f"paper {at}") for at in range(3)]
    home.add(paths[0])
    done = home.run("add", *paths)
    assert len(done.lines) == 2
    assert "2 kept; reading goes on" in done.err
    assert "1 kept already, 2 kept and read" in done.err
    again = home.run("add", *paths)
    assert (again.out, "reading goes on" in again.err) == ("", False)
    assert len(home.run("add", "--json", *paths).json) == 3


def test_a_later_version_says_of_what(home: Home) -> None:
    path = home.file("plan.txt", "first plan")
    home.add(path)
    path.write_text("second plan")
    assert "D-000002  kept and read: plan.txt  (later version of D-000001)\n" in home.run("add", path).out
    first, second = home.run("show", "D-000001", "--versions").lines
    assert "current" not in first
    assert second.endswith("current")
    assert second.split()[2].count(":") == 1


def test_a_line_break_in_a_name_makes_no_second_line(home: Home) -> None:
    done = home.run("add", home.file("a\nD-000009 kept.txt", "one paper"))
    assert len(done.lines) == 1
    assert "a\\x0aD-000009 kept.txt" in done.out


def test_of_a_very_long_name_the_middle_is_left_out_on_the_screen_only(home: Home) -> None:
    name = f"{'long ' * 40}end.txt"
    path = home.file(name, "one paper")
    shown = home.run("add", path).out
    assert name not in shown
    assert "end.txt" in shown
    assert len(short(name)) == 100
    assert home.add(path)[0]["name"] == name


def test_a_reason_is_said_once(home: Home) -> None:
    home.add(home.file("broken.pdf", BROKEN))
    for args in (("show", "D-000001"), ("inbox",), ("reread", "D-000001")):
        out = " ".join(home.run(*args).out.split())
        reason = home.run("inbox", "--json").json[0]["reason"].split("; ")[0]
        assert out.count(reason) == 1, args


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become another")
def test_what_cannot_be_read_is_said_and_the_others_are_taken(home: Home) -> None:
    home.file("a.txt", "readable")
    home.file("locked/b.txt", "in a locked folder")
    home.file("c.txt", "locked").chmod(0o000)
    (home.desk / "locked").chmod(0o700)
    for folder in (home.path, *home.path.parents[:-1]):
        if folder.stat().st_uid == 0 and folder != Path("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    for path in (home.path, *home.path.rglob("*")):
        os.chown(path, 65534, 65534)
    named = [home.desk / name for name in ("c.txt", "locked/b.txt", "a.txt")]
    assert as_nobody(lambda: home.run("add", *named).code) == 1
    assert as_nobody(lambda: home.run("add", "-r", home.desk).code) == 1

    def not_kept() -> set[str]:
        rows = home.run("inbox", "--failed", "--json").json
        return {Path(row["path"]).name for row in rows if row["status"] == "failed"}

    assert not_kept() == {"c.txt", "locked"}
    assert len(home.entries("accession")) == 1
    (home.desk / "c.txt").chmod(0o644)
    home.add(home.desk)
    assert not_kept() == set()


def test_a_folder_that_cannot_be_read_is_not_kept_in_so_many_words(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.file("locked/b.txt", "in a locked folder")
    scandir = os.scandir

    def refusing(folder: Path) -> object:
        if Path(folder).name == "locked":
            raise PermissionError(13, "Permission denied", str(folder))
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", refusing)
    done = home.run("add", "-r", home.desk)
    assert done.code == 1
    assert "NOT kept: folder locked  (cannot be read" in done.out


# The inbox ---------------------------------------------------------------------------------------------------


def test_a_locked_file_stays_listed_when_it_is_added_again(home: Home) -> None:
    path = home.file("broken.pdf", BROKEN)
    home.add(path)
    home.add(path)
    assert home.run("inbox", "--failed").code == 1
    assert home.run("info", "--json").json[0]["needs you"] == 1
    assert "1 file: archive inbox --failed" in home.run("info").out


def test_the_inbox_shows_whole_names_and_reasons_and_hides_what_was_kept_already(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    name = "test report of the third lot, sealed.pdf"
    home.add(home.file(name, BROKEN), home.file("a.txt", "one paper"))
    home.add(home.file("copy of a.txt", "one paper"))
    done = home.run("inbox")
    assert name in done.out
    assert "copy of a.txt" not in done.out
    assert "1 kept already: archive inbox --all" in done.err
    assert max(map(len, done.lines)) <= 80
    assert "…" not in done.out
    reason = home.run("inbox", "--failed", "--json").json[0]["reason"].split("; ")[0]
    assert reason in " ".join(done.out.split())
    assert "copy of a.txt" in home.run("inbox", "--all").out
    assert len(home.run("inbox", "--json").json) == 3


# The watcher -------------------------------------------------------------------------------------------------


def test_a_watcher_that_ends_at_once_offers_no_key_to_stop_it(home: Home) -> None:
    home.drop("a.txt", "one paper")
    done = home.run("watch", "--once", "--settle", "0")
    assert "Ctrl-C" not in done.err
    assert "what was taken is moved to" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="ends by a signal")
def test_a_watcher_says_at_its_end_what_it_took(home: Home) -> None:
    home.drop("a.txt", "one paper")
    home.drop("b.pdf", BROKEN)
    with home.start("watch", "--poll", "--settle", "0") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert len([process.stdout.readline() for _ in range(2)]) == 2
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=30)
        assert process.returncode == 0
    assert "stopped; 2 taken, 1 needs you: archive inbox --failed" in said


# Questions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        *(("pump", "-motor"), ("pump", "-motor", "-n", "3"), ("-n", "3", "pump", "-motor"), ("-motor", "pump")),
        *(("-motor", "-n", "3", "pump"), ("-n3", "--", "pump", "-motor")),
    ],
)
def test_a_word_to_be_left_out_reaches_the_query(home: Home, args: tuple[str, ...]) -> None:
    home.add(home.file("a.txt", "pump and motor"), home.file("b.txt", "pump not quaggle"))
    assert home.run("search", "-q", *args).lines == ["D-000002"]


@pytest.mark.parametrize("word", ["-not", "-quaggle", "-notice"])
def test_no_letter_of_such_a_word_is_taken_for_an_option(home: Home, word: str) -> None:
    home.add(home.file("a.txt", "pump and motor"), home.file("b.txt", "pump not quaggle notice"))
    assert home.run("search", "-q", "pump", word).lines == ["D-000001"]


def test_a_long_option_misspelled_is_an_error(firm: Home) -> None:
    done = firm.run("search", "pump", "--limitt", "3")
    assert done.code == 2
    assert "--limitt" in done.err
    assert firm.run("search", "--help").code == 0
    assert firm.run("search", "-n", "3").code == 2


@pytest.mark.parametrize("verb", ["status", "xref", "lineage"])
def test_three_for_a_day_before_the_archive(firm: Home, verb: str) -> None:
    done = firm.run(verb, "ECR-2024-0017", "--known-on", "2020-01-01")
    assert done.code == 3
    assert "nothing was on file on that day" in done.err


def test_two_for_a_relation_that_there_is_not(firm: Home) -> None:
    done = firm.run("xref", "W-2", "--rel", "quatsch")
    assert done.code == 2
    assert "cites" in done.err


def test_without_schemes_it_is_said_which_numbers_were_looked_for(home: Home, firm: Home) -> None:
    assert "[[house.schemes]]" in home.run("dangling").err
    assert "[[house.schemes]]" not in firm.run("dangling").err


def test_a_status_fits_the_screen(firm: Home) -> None:
    assert max(map(len, firm.run("status", "ECR-2024-0017").lines)) <= 80


def test_the_specification_is_handed_out_and_not_the_record_about_it(firm: Home, tmp_path: Path) -> None:
    done = firm.run("get", "SPC-1001-02 rev C", "-o", tmp_path / "spec.pdf")
    assert done.out.startswith("D-000007")
    assert "next: archive lineage SPC-1001-02 -o report.html" in firm.run("show", "SPC-1001-02").err


def test_several_documents_are_read_again_only_when_that_is_confirmed(firm: Home) -> None:
    before = len(firm.entries())
    done = firm.run("reread", "D-000001", "D-000011")
    assert done.code == 0
    assert "next: archive reread D-000001 D-000011 --yes" in done.err
    assert firm.run("reread").code == 2
    assert len(firm.entries()) == before


# Reports and checks ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", ["html", "json", "txt"])
def test_a_report_replaces_a_report_and_nothing_else(firm: Home, tmp_path: Path, ending: str) -> None:
    target = tmp_path / f"report.{ending}"
    assert firm.run("lineage", "ECR-2024-0017", "-o", target).code == 0
    again = firm.run("lineage", "ECR-2024-0017", "-o", target)
    assert again.code == 0
    assert "replaced" in again.err
    target.write_text("a letter of mine")
    assert firm.run("lineage", "ECR-2024-0017", "-o", target).code == 4
    assert target.read_text() == "a letter of mine"


def test_a_check_ends_with_what_it_found_and_names_the_paper(home: Home) -> None:
    [receipt] = home.add(home.file("a.txt", b"kept b\xfctes"))
    kept = home.path / "objects" / receipt["digest"][:2] / receipt["digest"]
    kept.chmod(0o644)
    kept.write_bytes(b"kept b\xfctez")
    done = home.run("verify")
    assert done.code == 7
    assert done.err.splitlines()[-1].startswith("NOT intact: ")
    assert "D-000001 (a.txt)" in done.out
    assert "run archive verify" not in done.out


# The program -------------------------------------------------------------------------------------------------


def test_help_is_a_word_too(firm: Home) -> None:
    assert firm.run("help").out == firm.run("--help").out
    assert firm.run("help", "show").out == firm.run("show", "--help").out
    assert firm.run("help", "shwo").code == 2


def test_what_to_do_next_can_be_typed_as_it_stands(tmp_path: Path) -> None:
    from tests.running import run

    done = run("init", tmp_path / "Product archive")
    assert f"next: archive --home '{tmp_path / 'Product archive'}' watch" in done.err


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_nothing_is_bold_where_that_is_not_wanted(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[1m" in marked("a \x02word\x03")
    monkeypatch.setenv(name, value)
    assert marked("a \x02word\x03") == "a word"
