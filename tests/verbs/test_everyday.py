"""A day at the command line: names people say, row numbers, originals handed out, who acted."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from tests.running import SAMPLE, Home, as_nobody, run


@pytest.mark.parametrize(
    ("name", "ref"),
    [
        ("D-000011", "D-000011"),
        ("d-11", "D-000011"),
        ("ECR-2024-0017", "D-000011"),
        ("ecr-2024-0017", "D-000011"),
        ("change request - rated flow.md", "D-000011"),
        ("CHANGE REQUEST - RATED FLOW.MD", "D-000011"),
        ("Lower the rated flow of the W-2 to 36 l/min", "D-000011"),
        ("W-2", "D-000017"),
        ("SPC-1001-02 rev C", "D-000018"),
        ("Scan_20240614_0931.pdf", "D-000006"),
        ("D-000011@1", "D-000011"),
        ("D-000011#p1", "D-000011"),
    ],
)
def test_a_thing_is_known_by_every_name_a_person_would_say(firm: Home, name: str, ref: str) -> None:
    assert firm.run("show", name, "--json").json[0]["ref"] == ref


def test_a_digest_or_its_beginning_names_a_document(firm: Home) -> None:
    digest = firm.run("show", "D-000011", "--json").json[0]["digest"]
    for prefix in (digest, digest[:12], digest[:8]):
        assert firm.run("show", prefix, "--json").json[0]["ref"] == "D-000011"


def test_a_row_of_the_last_list_is_a_name(own_firm: Home) -> None:
    listed = own_firm.run("search", "-q", "flow").lines
    own_firm.run("search", "flow")
    assert own_firm.run("show", "2", "--json").json[0]["ref"] == listed[1]
    assert own_firm.run("get", "1", "-o", "-").raw == own_firm.run("get", listed[0], "-o", "-").raw
    assert own_firm.run("xref", "1").code in (0, 1)
    assert own_firm.run("show", "999").code == 3


def test_a_row_of_a_list_of_links_is_the_document_that_proves_it(own_firm: Home) -> None:
    links = own_firm.run("xref", "W-2", "--json").json
    shown = own_firm.run("xref", "W-2").out
    first = own_firm.run("show", "1", "--json").json[0]["ref"]
    assert first in {link["document"] for link in links}
    assert f"{first} p.1" in shown


def test_a_row_of_no_list_says_what_to_do(tmp_path: Path) -> None:
    home = Home(tmp_path / "home", tmp_path / "desk").init()
    done = home.run("show", "1")
    assert done.code == 3
    assert "archive search first" in done.err


def test_versions_are_named_by_their_place_in_the_chain(home: Home) -> None:
    path = home.file("plan.txt", "first plan")
    home.add(path)
    path.write_text("second plan")
    home.add(path)
    for name in ("D-000001@2", "D-000002@2", "d-2@2"):
        assert home.run("show", name, "--json").json[0]["ref"] == "D-000002"
    assert home.run("show", "D-000002@1", "--json").json[0]["ref"] == "D-000001"
    assert home.run("show", "D-000001@3").code == 3
    assert [line.split()[0] for line in home.run("show", "D-000001", "--versions").lines] == ["D-000001", "D-000002"]
    assert home.run("show", "plan.txt", "--json").json[0]["ref"] == "D-000002"


def test_a_page_is_named_with_its_document(firm: Home) -> None:
    by_name = firm.run("show", "D-000008#p2")
    assert by_name.code == 0
    assert by_name.out == firm.run("show", "D-000008", "--page", "2").out
    assert firm.run("show", "D-000008#p2", "--json").json[0]["page"] == 2
    assert firm.run("show", "D-000008", "--text").out.startswith(firm.run("show", "D-000008#p1").out.rstrip("\n"))


def test_the_entries_about_a_document_are_listed(firm: Home) -> None:
    actions = [line.split()[4] for line in firm.run("show", "D-000011", "--entries").lines]
    assert actions == ["accession", "reading"]


def test_originals_are_handed_out_byte_for_byte(firm: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = (SAMPLE / "inbox" / "Scan_20240614_0931.pdf").read_bytes()
    assert firm.run("get", "D-000006", "-o", "-").raw == original
    assert firm.process("get", "D-000006", "-o", "-").raw == original
    monkeypatch.chdir(tmp_path)
    assert firm.run("get", "D-000006").code == 0
    assert (tmp_path / "Scan_20240614_0931.pdf").read_bytes() == original
    (tmp_path / "into").mkdir()
    assert firm.run("get", "D-000006", "-o", "into").code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["Scan_20240614_0931.pdf", "into"]
    assert (tmp_path / "into" / "Scan_20240614_0931.pdf").read_bytes() == original


def test_a_name_as_long_as_a_name_may_be_is_handed_out(home: Home, tmp_path: Path) -> None:
    name = "紙" * 83 + ".txt"
    assert len(name.encode()) <= 255
    home.add(home.file(name, "a paper with a long name"))
    (tmp_path / "out").mkdir()
    assert home.run("get", "D-000001", "-o", tmp_path / "out").code == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == [name]


def test_who_acts_is_said_or_learned(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def lines() -> list[dict[str, str]]:
        text = (home.path / "entries" / "00000001.jsonl").read_text()
        return [json.loads(line) for line in text.splitlines()]

    run("--home", home.path, "--actor", "I. Fernwald", "add", home.file("a.txt", "a"))
    assert {(line["actor"], line["via"]) for line in lines()[1:]} == {("I. Fernwald", "option")}
    before = len(lines())
    monkeypatch.setenv("ARCHIVE_ACTOR", "H. Linnartz")
    home.run("add", home.file("b.txt", "b"))
    assert {(line["actor"], line["via"]) for line in lines()[before:]} == {("H. Linnartz", "environment")}
    before = len(lines())
    monkeypatch.delenv("ARCHIVE_ACTOR")
    monkeypatch.setenv("LOGNAME", "coordinator")
    home.run("add", home.file("c.txt", "c"))
    assert {(line["actor"], line["via"]) for line in lines()[before:]} == {("coordinator", "account")}
    before = len(lines())
    home.drop("d.txt", "d")
    home.watch_once()
    assert {line["via"] for line in lines()[before:]} == {"watcher"}
    assert {line["actor"].partition("@")[0] for line in lines()[before:]} == {"watch"}


def test_the_archive_is_found_from_inside_and_from_the_environment(firm: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(firm.path / "objects")
    assert run("search", "--count", "flow").code == 0
    monkeypatch.chdir("/")
    monkeypatch.setenv("ARCHIVE_HOME", str(firm.path))
    assert run("search", "--count", "flow").code == 0


def test_an_archive_is_made_where_it_is_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("init", tmp_path / "one").code == 0
    assert run("--home", tmp_path / "two", "init", "--name", 'Murmelbach "Pumpen" \\ Co').code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one", "two"]
    (tmp_path / "three").mkdir()
    monkeypatch.chdir(tmp_path / "three")
    assert run("init").code == 0
    assert (tmp_path / "three" / "archive.json").is_file()
    assert "Murmelbach" in run("--home", tmp_path / "two", "info").out


def test_dropping_the_approving_mail_moves_the_change_on(own_firm: Home) -> None:
    shutil.copytree(SAMPLE / "later", own_firm.path / "inbox", dirs_exist_ok=True)
    assert {row["status"] for row in own_firm.watch_once().json} == {"stored"}
    [found] = own_firm.run("status", "ECR-2024-0017", "--json").json
    assert found["state"] == "incorporated"
    assert "incorporated_before_authorised" in {each["finding"] for each in found["findings"]}


def test_making_new_readings_changes_no_answer(own_firm: Home) -> None:
    queries = ("flow", "strainer", "kind:decision", "W-2", '"SPC-1001-02 rev B"')
    before = [own_firm.found(query) for query in queries]
    count = len(own_firm.entries("reading"))
    assert own_firm.run("reread", "D-000001", "D-000011", "--yes").code == 0
    assert [own_firm.found(query) for query in queries] == before
    assert len(own_firm.entries("reading")) == count + 2
    assert own_firm.is_intact()


def test_scans_left_without_recognition_are_caught_up_with_later(home: Home) -> None:
    home.run("add", "--no-ocr", SAMPLE / "inbox" / "Scan_20240614_0931.pdf")
    assert home.found("specification") == []
    assert home.run("reread", "--ocr").code == 0
    assert home.found("specification") == ["D-000001"]


# Where nothing may be written --------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become another")
def test_an_archive_that_may_only_be_read_answers_all_the_same(own_firm: Home) -> None:
    own_firm.run("search", "flow")
    for folder in own_firm.path.parents:
        if folder.stat().st_uid == 0 and folder != folder.parent:
            folder.chmod(folder.stat().st_mode | 0o055)
    for path in (own_firm.path, *own_firm.path.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    os.environ["LOGNAME"], before = "nobody", os.environ.get("LOGNAME")
    try:
        for args, code in (
            (("search", "flow"), 0),
            (("show", "ECR-2024-0017"), 0),
            (("xref", "W-2"), 0),
            (("status", "ECR-2024-0017"), 1),
            (("inbox",), 0),
            (("info",), 0),
            (("verify",), 0),
            (("add", str(SAMPLE / "README.md")), 9),
        ):
            assert as_nobody(lambda args=args: own_firm.run(*args).code) == code, args  # type: ignore[misc]
    finally:
        if before is None:
            del os.environ["LOGNAME"]
        else:
            os.environ["LOGNAME"] = before
