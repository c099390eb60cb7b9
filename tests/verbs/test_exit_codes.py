"""What a command ends with, and that it says what to do (DESIGN §7)."""

from __future__ import annotations

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

import cli
from archive.store import FileLock
from tests.running import Home, run


def refused(done, code: int, *words: str) -> None:  # type: ignore[no-untyped-def]
    """It ended with that code, said why in words on stderr, and nothing on stdout."""
    assert done.code == code, done.out + done.err
    assert done.out == ""
    assert "Traceback" not in done.err
    for word in words:
        assert word in done.err


@pytest.mark.parametrize(
    "args",
    [
        *(("frobnicate",), ("show",), ("search",), ("add",), ("search", "--sort", "colour", "x"), ("show", "")),
        *(("search", "-n", "0", "x"), ("show", "D-000001", "--page", "0"), ("release", "X"), ("--wait", "-1", "info")),
    ],
)
def test_two_when_the_command_is_not_spelled_as_expected(firm: Home, args: tuple[str, ...]) -> None:
    refused(firm.run(*args), 2)


def test_a_verb_misspelled_is_answered_with_the_nearest(firm: Home) -> None:
    refused(firm.run("serach", "x"), 2, "Did you mean search?")


def test_two_for_an_ambiguous_name_with_the_candidates(firm: Home) -> None:
    refused(firm.run("show", "feed"), 2, "may mean", "P-0002")
    refused(firm.run("get", "SPC-1001-02", "-o", "-"), 2, "D-000007  rev C", "D-000008  rev B")


@pytest.mark.parametrize(
    "args", [("show", "D-000999"), ("get", "nothing.pdf"), ("xref", "ECR-1999-0001"), ("why", "x", "y")]
)
def test_three_for_what_is_not_there(firm: Home, args: tuple[str, ...]) -> None:
    refused(firm.run(*args), 3)


def test_three_names_the_nearest_thing_that_is_there(firm: Home) -> None:
    refused(firm.run("show", "ECR-2024-0071"), 3, "did you mean ECR-2024-0017")


def test_three_where_there_is_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(run("--home", tmp_path, "search", "x"), 3, "archive init")
    monkeypatch.chdir(tmp_path)
    refused(run("search", "x"), 3, "archive init")
    assert list(tmp_path.iterdir()) == []


def test_three_when_a_path_is_missing(home: Home) -> None:
    assert home.run("add", home.desk / "missing").code == 3


def test_four_for_a_second_archive_in_one_folder(home: Home) -> None:
    refused(run("init", home.path), 4, "already")
    refused(run("--home", home.path, "init"), 4, "already")


def test_four_over_a_file_that_is_there(home: Home) -> None:
    home.add(home.file("a.txt", "kept bytes"))
    there = home.file("there.txt", "do not touch")
    refused(home.run("get", "D-000001", "-o", there), 4, "there already")
    assert there.read_text() == "do not touch"


def test_four_for_a_release_that_is_on_file_already(own_firm: Home) -> None:
    before = own_firm.entries()
    refused(own_firm.run("release", "SPC-1001-02", "rev", "C", "--by", "X", "--on", "2024-05-06"), 4, "already")
    assert own_firm.entries() == before


@pytest.mark.parametrize("query", ["flow (", "date:yesterda", "date:2024-13", "("])
def test_five_for_a_query_that_cannot_be_read_with_the_place(firm: Home, query: str) -> None:
    done = firm.run("search", query)
    refused(done, 5, "^")
    said = [line for line in done.err.splitlines() if line.strip()]
    assert len(said) == len(set(said)) == 3, "each is said once: what is wrong, the query, the caret"


def test_five_for_a_date_that_is_none(firm: Home) -> None:
    refused(firm.run("xref", "W-2", "--as-of", "the day before"), 5, "is not a date")
    refused(firm.run("release", "SPC-1001-02", "rev", "D", "--by", "X", "--on", "soon"), 5)


def test_six_for_a_page_that_there_is_not(firm: Home) -> None:
    refused(firm.run("show", "D-000008", "--page", "99"), 6, "2 page(s)")
    refused(firm.run("show", "D-000008#p99"), 6)


def test_six_for_the_text_of_what_has_none(home: Home) -> None:
    home.add(home.file("broken.pdf", b"%PDF-1.7 broken"))
    refused(home.run("show", "D-000001", "--text"), 6, "no text")
    assert home.run("show", "D-000001").code == 0


def test_seven_for_a_flipped_byte(home: Home) -> None:
    [receipt] = home.add(home.file("a.txt", b"kept b\xfctes"))
    kept = home.path / "objects" / receipt["digest"][:2] / receipt["digest"]
    kept.chmod(0o644)
    kept.write_bytes(b"kept b\xfctez")
    refused(home.run("get", "D-000001", "-o", home.desk / "out.txt"), 7, "backup")
    assert not (home.desk / "out.txt").exists()
    assert [path.name for path in home.desk.iterdir()] == ["a.txt"]
    found = home.run("verify", "--json")
    assert found.code == 7
    assert [(row["finding"], row["severity"], row["place"]) for row in found.json] == [
        ("fixity_failure", "error", "D-000001")
    ]


def test_seven_for_a_damaged_line_of_the_log(home: Home) -> None:
    home.add(home.file("a.txt", "kept bytes"))
    log = home.path / "log" / "00000001.jsonl"
    lines = log.read_bytes().splitlines(keepends=True)
    log.write_bytes(lines[0] + lines[1].replace(b'"prev":"', b'"prev":"0', 1)[:-2] + b"\n" + lines[2])
    assert home.run("verify").code == 7
    done = home.run("add", home.file("b.txt", "more"))
    assert done.code == 7
    assert "backup" in done.err


def test_a_torn_group_is_repaired_and_said(home: Home) -> None:
    home.add(home.file("a.txt", "kept bytes"))
    with (home.path / "entries" / "00000001.jsonl").open("ab") as file:
        file.write(b'{"v":1,"seq":4,"action":"acc')
    assert home.run("verify").code == 1
    done = home.run("add", home.file("b.txt", "more"))
    assert done.code == 0
    assert "tmp/" in done.err
    assert home.is_intact()


def test_eight_when_another_holds_the_archive(home: Home) -> None:
    path = home.file("a.txt", "waits")
    with FileLock(home.path / "state" / "lock").held(1):
        refused(home.run("--wait", "0", "add", path), 8, "another program")
    assert home.run("add", path).code == 0


def test_reading_verbs_do_not_wait_for_a_writer(own_firm: Home) -> None:
    with FileLock(own_firm.path / "state" / "lock").held(1):
        for args in (("search", "flow"), ("show", "D-000001"), ("xref", "W-2"), ("info",), ("verify",)):
            assert own_firm.run("--wait", "0", *args).code == 0


@pytest.mark.parametrize("verb", [("search", "x"), ("add", "-"), ("verify",), ("watch", "--once")])
def test_nine_for_an_archive_of_a_newer_format(home: Home, verb: tuple[str, ...]) -> None:
    about = home.path / "archive.json"
    about.chmod(0o644)
    about.write_text(about.read_text().replace('"format":1', '"format":2').replace('"format": 1', '"format": 2'))
    refused(home.run(*verb), 9, "newer program")


def test_nine_for_an_entry_of_a_newer_program(home: Home) -> None:
    """Whatever it means, to go on without it might be wrong; the lines are written as docs/format.md has them."""
    entries, log = (home.path / name / "00000001.jsonl" for name in ("entries", "log"))
    first = json.loads(entries.read_text())
    entry = json.dumps({**first, "seq": 2, "action": "seance"}, separators=(",", ":"))
    line = {"seq": 2, "prev": sha256(log.read_bytes().rstrip(b"\n")).hexdigest(), "time": first["time"]}
    line |= {"action": "seance", "entry": sha256(entry.encode()).hexdigest(), "end": True}
    for path, added in ((entries, entry), (log, json.dumps(line, separators=(",", ":")))):
        with path.open("a") as file:
            file.write(f"{added}\n")
    for verb in (("search", "x"), ("add", home.file("a.txt", "a"))):
        refused(home.run(*verb), 9, "seance")


def test_nine_when_the_disk_is_full(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.store import OsFiles

    path = home.file("a.txt", "no room")
    monkeypatch.setattr(OsFiles, "free", lambda self, folder: 1000)
    refused(home.run("add", path), 9, "disk is full")
    monkeypatch.undo()
    assert home.run("add", path).code == 0
    assert home.is_intact()


def test_nine_when_the_disk_fills_up_half_way(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno

    from archive.store import fs

    home.add(home.file("before.txt", "before"))
    for name in ("a", "b", "c"):
        home.file(f"new/{name}.txt", f"paper {name}")
    write, left = fs._OsHandle.write, [2]

    def filling(self: fs._OsHandle, content: bytes) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, content)

    monkeypatch.setattr(fs._OsHandle, "write", filling)
    done = home.run("add", "-r", "--json", home.desk / "new")
    assert done.code == 9
    assert "disk is full" in done.err
    monkeypatch.undo()
    assert home.run("verify").code == 0
    assert {row["status"] for row in home.add(home.desk / "new")} == {"stored"}
    assert len(home.entries("accession")) == 4
    assert home.is_intact()


def test_seventy_is_said_in_words_and_shown_whole_only_when_asked(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.desk import Desk

    def mistaken(*args: object, **how: object) -> None:
        raise ZeroDivisionError("a mistake")

    monkeypatch.setattr(Desk, "search", mistaken)
    refused(home.run("search", "x"), 70, "ZeroDivisionError", "ARCHIVE_DEBUG=1")
    monkeypatch.setenv("ARCHIVE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        home.run("search", "x")


def test_one_when_nothing_is_found_and_it_says_what_was_searched(firm: Home) -> None:
    refused(firm.run("search", "quaggoth"), 1, "nothing found", "20 documents searched")
    assert firm.run("search", "--json", "quaggoth").out == ""
    assert firm.run("search", "--count", "quaggoth").out == "0\n"


def test_one_for_findings_and_nought_without(firm: Home) -> None:
    assert firm.run("status", "ECR-2024-0017").code == 1
    assert firm.run("verify").code == 0


def test_interrupting_by_hand_is_said(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    from archive.desk import Desk

    def interrupted(*args: object, **how: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Desk, "search", interrupted)
    refused(home.run("search", "x"), 130, "stays kept")


def test_a_reader_that_goes_away_is_no_trouble(firm: Home) -> None:
    process = firm.start("search", "--json", "-n", "50", "pump OR flow OR the")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert process.wait(30) == 0
    assert "Traceback" not in process.stderr.read()
    process.stderr.close()


def test_help_and_version_end_with_nought_and_load_no_verb() -> None:
    done = run("--help")
    assert done.code == 0
    assert [name for name in cli.VERBS if name not in done.out] == []
    assert run("--version").code == 0
    for verb in cli.VERBS:
        assert run(verb, "--help").code == 0


def test_every_error_has_a_way_to_be_told_as_text(firm: Home) -> None:
    """The real program, as a script sees it."""
    done = firm.process("show", "D-000999", "--json")
    assert done.code == 3
    assert done.out == ""
    assert json.dumps(done.err)
