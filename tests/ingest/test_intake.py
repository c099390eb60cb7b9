"""Taking in, from a person's side: what becomes of every file, what is a duplicate, what is a later version."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from email.message import EmailMessage
from pathlib import Path

import pytest

from archive.errors import Unreadable
from archive.ingest import accession
from archive.store import Store
from tests.running import ROOT, SAMPLE, Home, as_nobody

NEEDS_ROOT = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may become another")

RECORD = """---
kind: change_request
key: {key}
title: {title}
requester: Jorin Talmann
requested_on: 2024-04-08
description: {title}
category: performance
---
"""


def mail(subject: str, **files: bytes) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = subject, "a@works.example", "b@works.example"
    message["Date"] = "Tue, 14 May 2024 09:00:00 +0200"
    message["Message-ID"] = f"<{subject.replace(' ', '.')}@works.example>"
    message.set_content(f"{subject}: see what is attached.")
    for name, content in files.items():
        message.add_attachment(content, maintype="text", subtype="plain", filename=f"{name}.txt")
    return message.as_bytes()


# What becomes of a file --------------------------------------------------------------------------------------


FOUND_IN = {
    "Feed pumps - flow too low.eml": "crates",
    "Kopie von Change request form.docx": "Talmann",
    "Minutes change meeting 23 April FINAL.docx": "strainer",
    "Prüfblatt Mai (2).png": "36.7",
    "Rücksendungen 1. Halbjahr 2024.csv": "kind:csv OR Nodvale",
    "Scan_20240614_0931.pdf": "specification",
    "Specification feed pump 2022.pdf": '"SPC-1001-02"',
    "change request - rated flow.md": "ECR-2024-0017",
}


def test_every_paper_of_the_sample_firm_is_kept_and_read(firm: Home) -> None:
    rows = firm.run("inbox", "--all", "--json").json
    assert {Path(row["path"]).name for row in rows} == {path.name for path in (SAMPLE / "inbox").iterdir()}
    assert {row["status"] for row in rows} == {"stored"}


@pytest.mark.parametrize("name", FOUND_IN)
def test_each_format_of_the_sample_is_found_by_its_words(firm: Home, name: str) -> None:
    found = firm.run("search", "--json", "-n", "50", FOUND_IN[name]).json
    assert name in {row["name"] for row in found}


def test_a_file_that_is_added_stays_where_it_lies(home: Home) -> None:
    path = home.file("minutes.txt", "the impeller was approved")
    [receipt] = home.add(path)
    assert (receipt["status"], receipt["ref"], receipt["path"]) == ("stored", "D-000001", str(path))
    assert path.read_text() == "the impeller was approved"
    assert home.found("impeller") == ["D-000001"]


def test_standard_input_is_taken_like_a_file(home: Home) -> None:
    [receipt] = home.add("-", stdin=b"dictated: the gasket is too thin")
    assert receipt["status"] == "stored"
    assert home.found("gasket") == ["D-000001"]
    [again] = home.add("-", stdin=b"dictated: the gasket is too thin")
    assert (again["status"], again["ref"]) == ("duplicate", "D-000001")


def test_an_empty_file_is_kept_without_text(home: Home) -> None:
    [receipt] = home.add(home.file("empty.txt", b""))
    assert receipt["status"] == "stored_no_text"
    assert receipt["ref"] == "D-000001"
    assert home.is_intact()


def test_what_no_reader_can_open_is_kept_and_ends_with_exit_one(home: Home) -> None:
    done = home.run("add", "--json", home.file("broken.pdf", b"%PDF-1.7\nthis is no pdf at all"))
    [receipt] = done.json
    assert done.code == 1
    assert receipt["status"] == "unreadable"
    assert receipt["reason"]
    assert home.run("get", receipt["ref"], "-o", "-").raw == b"%PDF-1.7\nthis is no pdf at all"


def test_a_missing_path_is_exit_three_and_the_others_are_taken(home: Home) -> None:
    there = home.file("there.txt", "present and correct")
    done = home.run("add", "--json", home.desk / "missing.txt", there)
    assert done.code == 3
    assert {receipt["name"]: receipt["status"] for receipt in done.json} == {
        "missing.txt": "failed",
        "there.txt": "stored",
    }
    assert home.found("present") == ["D-000001"]


def test_a_file_that_vanishes_after_it_was_named_fails_and_the_others_are_kept(home: Home) -> None:
    gone, stays = home.file("a gone.txt", "gone"), home.file("b stays.txt", "stays")
    with home.opened() as archive:
        wanted, _ = archive.gather([home.desk], deep=True)
        gone.unlink()
        receipts = {receipt.name: receipt for receipt in archive.take(wanted)}
    assert receipts["a gone.txt"].status == "failed"
    assert "a gone.txt" in receipts["a gone.txt"].reason
    assert receipts["b stays.txt"].status == "stored"
    assert stays.exists()


def test_a_file_larger_than_the_limit_is_kept_and_not_read(home: Home) -> None:
    (home.path / "archive.toml").write_text("[machine]\nread_max_mb = 1\n")
    [receipt] = home.add(home.file("large.txt", b"word " * 300_000))
    assert receipt["status"] == "stored_no_text"
    assert "read_max_mb" in receipt["reason"]


def test_a_source_that_changes_while_it_is_copied_is_not_kept(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    path = home.file("growing.txt", b"first half")
    whole = accession._pieces

    def grown(descriptor: int, source: Path):  # type: ignore[no-untyped-def]
        yield from whole(descriptor, source)
        with path.open("ab") as file:
            file.write(b", second half")

    monkeypatch.setattr(accession, "_pieces", grown)
    [receipt] = home.add(path)
    assert receipt["status"] == "failed"
    assert "changed while it was copied" in receipt["reason"]
    assert home.entries("accession") == []
    assert not list((home.path / "tmp").iterdir())
    monkeypatch.undo()
    assert home.add(path)[0]["status"] == "stored"


# Where it lies, and what it is called ------------------------------------------------------------------------


def test_names_no_one_would_choose_are_kept_byte_for_byte(home: Home) -> None:
    home.desk.mkdir(exist_ok=True)
    names = [b"Kr\xfcmmer.txt", b"two\nlines.txt", b"x" * 251 + b".txt", b"\x1b[31mred.txt", b"-o.txt", b"=1+1.txt"]
    for at, name in enumerate(names):
        Path(os.fsdecode(os.fsencode(home.desk) + b"/" + name)).write_bytes(b"content number %d" % at)
    receipts = home.add(home.desk)
    assert {receipt["status"] for receipt in receipts} == {"stored"}
    assert len({receipt["ref"] for receipt in receipts}) == len(names)
    kept = {entry.body["name_raw"] for entry in home.entries("accession")}
    assert "Kr%FCmmer.txt" in kept
    assert "two%0Alines.txt" in kept
    assert home.is_intact()
    assert home.found("content") == [f"D-{at:06d}" for at in range(1, len(names) + 1)]


def test_a_hostile_name_is_shown_escaped(home: Home) -> None:
    home.file("\x1b[31mred.txt", "vermilion")
    for done in (home.run("add", "-r", home.desk), home.run("inbox"), home.run("search", "vermilion")):
        assert "\x1b" not in done.out + done.err
    assert "\\x1b[31mred.txt" in home.run("show", "D-000001").out


def test_links_pipes_and_folders_are_not_taken_and_said(home: Home) -> None:
    target = home.file("outside/target.txt", "the target")
    home.file("inside/paper.txt", "the paper")
    (home.desk / "inside" / "link.txt").symlink_to(target)
    os.mkfifo(home.desk / "inside" / "pipe")
    receipts = {receipt["name"]: receipt for receipt in home.add(home.desk / "inside")}
    assert receipts["link.txt"]["status"] == receipts["pipe"]["status"] == "ignored"
    assert "link" in receipts["link.txt"]["reason"]
    assert receipts["paper.txt"]["status"] == "stored"


def test_a_link_or_a_pipe_named_by_itself_is_refused_and_never_waited_for(home: Home) -> None:
    target = home.file("target.txt", "the target")
    (home.desk / "link.txt").symlink_to(target)
    os.mkfifo(home.desk / "pipe")
    done = home.run("add", "--json", home.desk / "link.txt", home.desk / "pipe")
    assert done.code == 1
    assert [receipt["status"] for receipt in done.json] == ["failed", "failed"]


def test_the_archive_inside_an_added_folder_is_left_out(tmp_path: Path) -> None:
    home = Home(tmp_path / "papers" / "archive home", tmp_path / "papers").init()
    home.file("letter.txt", "a letter")
    receipts = {receipt["name"]: receipt["status"] for receipt in home.add(tmp_path / "papers")}
    assert receipts == {"letter.txt": "stored", "archive home": "ignored"}


def test_a_folder_inside_is_gone_into_only_when_asked(home: Home) -> None:
    home.file("top.txt", "top")
    home.file("sub/deep.txt", "deep")
    flat = home.run("add", "--json", home.desk)
    assert {receipt["name"]: receipt["status"] for receipt in flat.json} == {"top.txt": "stored", "sub": "ignored"}
    assert {receipt["name"]: receipt["status"] for receipt in home.add(home.desk)} == {
        "top.txt": "duplicate",
        "deep.txt": "stored",
    }


@NEEDS_ROOT
def test_a_file_without_permission_fails_and_the_others_are_kept(home: Home) -> None:
    closed, readable = home.file("closed.txt", "secret"), home.file("readable.txt", "open")
    closed.chmod(0)
    for folder in (home.path, *home.path.parents):
        if folder.owner() == "root" and not folder.stat().st_mode & 0o001:
            folder.chmod(folder.stat().st_mode | 0o011)
    for path in (home.path, *home.path.rglob("*")):
        os.chown(path, 65534, 65534)

    def copied() -> int:
        store = Store(home.path)
        try:
            accession.copy_in(store, closed, True)
        except Unreadable as problem:
            accession.copy_in(store, readable, True)
            return 0 if "permissions" in str(problem) else 1
        return 2

    assert as_nobody(copied) == 0


# Duplicates, places, versions --------------------------------------------------------------------------------


def test_the_same_file_again_adds_nothing(home: Home) -> None:
    path = home.file("order.txt", "twelve pumps")
    home.add(path)
    before = home.entries()
    [again] = home.add(path)
    assert (again["status"], again["ref"]) == ("duplicate", "D-000001")
    assert home.entries() == before


def test_the_same_bytes_at_another_place_make_one_occurrence_once(home: Home) -> None:
    home.add(home.file("order.txt", "twelve pumps"))
    copy = home.file("copies/order (2).txt", "twelve pumps")
    assert [home.add(copy)[0]["status"] for _ in range(3)] == ["duplicate"] * 3
    [met] = home.entries("occurrence")
    assert met.body["name"] == "order (2).txt"
    assert "copies/order (2).txt" in " ".join(home.run("show", "D-000001").out.split())


def test_the_same_bytes_twice_in_one_run_are_one_document(home: Home) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        home.file(name, "thrice the same")
    statuses = sorted(receipt["status"] for receipt in home.add(home.desk))
    assert statuses == ["duplicate", "duplicate", "stored"]
    assert len(home.entries("occurrence")) == 2
    assert home.entries() == (home.add(home.desk), home.entries())[1]


def test_a_changed_file_at_its_place_is_a_later_version(home: Home) -> None:
    path = home.file("minutes.txt", "the meeting of April, draft")
    home.add(path)
    path.write_text("the meeting of April, agreed")
    [receipt] = home.add(path)
    assert (receipt["status"], receipt["ref"]) == ("stored", "D-000002")
    [_, newer] = home.entries("reading")
    assert newer.body["version_of"]["number"] == "D-000001"
    assert home.found("meeting") == ["D-000002"]
    assert home.found("--all-versions", "meeting") == ["D-000001", "D-000002"]


NUMBERED = """
[[house.schemes]]
template = "SPC-{n:4}-{tab:2}[ rev {rev}]"
kind = "controlled_document"
"""


def test_a_file_with_another_number_in_its_title_is_another_document(home: Home) -> None:
    (home.path / "archive.toml").write_text(NUMBERED)
    path = home.file("current.txt", "SPC-1001-02 rev B\nspecification of the feed pump")
    home.add(path)
    path.write_text("SPC-1003-01 rev A\nspecification of the seal")
    home.add(path)
    assert [entry.body["version_of"] for entry in home.entries("reading")] == [None, None]


def test_another_revision_in_the_title_is_another_document_too(home: Home) -> None:
    (home.path / "archive.toml").write_text(NUMBERED)
    path = home.file("current.txt", "SPC-1001-02 rev B\nspecification of the feed pump")
    home.add(path)
    path.write_text("SPC-1001-02 rev C\nspecification of the feed pump")
    home.add(path)
    assert [entry.body["version_of"] for entry in home.entries("reading")] == [None, None]


def test_the_same_number_in_its_title_makes_a_changed_file_a_version(home: Home) -> None:
    (home.path / "archive.toml").write_text(NUMBERED)
    path = home.file("current.txt", "SPC-1001-02 rev B\nspecification of the feed pump, draft")
    home.add(path)
    path.write_text("SPC-1001-02 rev B\nspecification of the feed pump")
    home.add(path)
    version_of = home.entries("reading")[1].body["version_of"]
    assert (version_of["number"], version_of["method"]) == ("D-000001", "path")
    assert "the same number" in version_of["evidence"]


def test_a_state_that_comes_back_is_a_third_version(home: Home) -> None:
    path = home.file("plan.txt", "the old plan")
    home.add(path)
    path.write_text("the new plan")
    home.add(path)
    path.write_text("the old plan")
    [third] = home.add(path)
    assert (third["status"], third["ref"]) == ("stored", "D-000003")
    with home.opened() as archive:
        assert [each.number for each in archive.catalog.chain("D-000002")] == ["D-000001", "D-000002", "D-000003"]
    [again] = home.add(path)
    assert again["status"] == "duplicate"
    assert len(home.entries("accession")) == 3


def test_two_states_of_one_place_in_one_run_are_a_chain(home: Home) -> None:
    """A watched folder is looked at again before the first state has been read."""
    path = home.file("plan.txt", "the plan, first state")
    with home.opened() as archive:
        intake = archive.intake()
        try:
            first = list(intake.take([path]))
            path.write_text("the plan, second state")
            second = list(intake.take([path]))
        finally:
            intake.close()
        assert [receipt.ref for receipt in first + second] == ["D-000001", "D-000002"]
        assert archive.catalog.document("D-000002").version_of == "D-000001"


def test_a_record_of_the_same_key_is_a_later_version_wherever_it_lies(home: Home) -> None:
    home.add(home.file("first.md", RECORD.format(key="ECR-2024-0017", title="Lower the flow")))
    [receipt] = home.add(home.file("elsewhere/second.md", RECORD.format(key="ecr-2024-0017", title="Lower it more")))
    assert receipt["record"] in ("ECR-2024-0017", "ecr-2024-0017")
    assert home.entries("reading")[1].body["version_of"]["number"] == "D-000001"
    assert home.run("show", "ECR-2024-0017", "--json").json[0]["title"] == "Lower it more"


def test_a_record_with_another_key_at_the_same_place_is_another_record(home: Home) -> None:
    path = home.file("request.md", RECORD.format(key="ECR-2024-0017", title="Lower the flow"))
    home.add(path)
    path.write_text(RECORD.format(key="ECR-2024-0018", title="Raise the flow"))
    home.add(path)
    assert [entry.body["version_of"] for entry in home.entries("reading")] == [None, None]


def test_attachments_become_documents_with_numbers_of_their_own(home: Home) -> None:
    [receipt] = home.add(home.file("order.eml", mail("the order", terms=b"terms of delivery", list=b"list of parts")))
    assert receipt["parts"] == ["D-000002", "D-000003"]
    assert home.found("delivery") == ["D-000002"]
    assert home.entries("accession")[1].body["parent"] == {"number": "D-000001", "relation": "attachment_of"}
    assert home.entries("accession")[1].body["source"] == ""
    assert "found inside" in home.run("show", "D-000002").out


def test_an_attachment_that_is_on_file_already_keeps_its_number(home: Home) -> None:
    home.add(home.file("terms.txt", "terms of delivery"))
    [receipt] = home.add(home.file("order.eml", mail("the order", terms=b"terms of delivery")))
    assert receipt["parts"] == ["D-000001"]
    [met] = home.entries("occurrence")
    assert met.body["parent"]["number"] == "D-000002"


def test_mails_inside_mails_are_taken_in_to_a_depth(home: Home) -> None:
    content = b"the innermost note"
    for depth in range(6):
        message = EmailMessage()
        message["Subject"] = f"level {depth}"
        message.set_content(f"wrapper {depth}")
        kind = ("text", "plain", "note.txt") if depth == 0 else ("application", "octet-stream", f"level{depth}.eml")
        message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=kind[2])
        content = message.as_bytes()
    home.add(home.file("outer.eml", content))
    assert len(home.entries("accession")) == 4
    assert any("too deep" in each for entry in home.entries("reading") for each in entry.body["problems"])


def test_a_set_of_many_files_is_all_kept_before_it_is_said(home: Home) -> None:
    for at in range(150):
        home.file(f"{at:03}.txt", f"paper number {at}")
    said: list[tuple[int, int]] = []
    with home.opened() as archive:
        wanted, _ = archive.gather([home.desk], deep=True)
        receipts = list(archive.take(wanted, on_kept=lambda count: said.append((count, archive.store.tail()))))
        assert [count for count, _ in said] == [150]
        assert said[0][1] >= 151
        assert {receipt.status for receipt in receipts} == {"stored"}
        assert len(receipts) == 150


# Damage, and others at work ----------------------------------------------------------------------------------


def test_bytes_met_again_over_a_damaged_object_fail_and_the_others_are_kept(home: Home) -> None:
    [first] = home.add(home.file("a.txt", "the first paper"))
    damaged = home.path / "objects" / first["digest"][:2] / first["digest"]
    damaged.chmod(0o644)
    damaged.write_bytes(b"THE first paper")
    home.file("b.txt", "the second paper")
    receipts = {receipt["name"]: receipt for receipt in home.add(home.desk)}
    assert receipts["a.txt"]["status"] == "failed"
    assert "backup" in receipts["a.txt"]["reason"]
    assert receipts["b.txt"]["status"] == "stored"


def test_what_was_kept_and_not_read_is_read_by_the_next_run(home: Home) -> None:
    path = home.file("kept.txt", "kept and not yet read")
    with home.opened() as archive:
        intake = archive.intake()
        batch = [accession.copy_in(archive.store, path, True)]
        list(intake._keep(batch, lambda taken, receipt: None))
        intake._reading.clear()
        intake.close()
        assert archive.catalog.document("D-000001").status == "unread"
    assert home.found("yet") == []
    done = home.run("add", home.file("other.txt", "another paper"))
    assert "D-000001 kept.txt: read now" in done.err
    assert home.found("yet") == ["D-000001"]


def test_two_adders_at_once_give_no_number_twice(home: Home) -> None:
    for one in "ab":
        for at in range(40):
            home.file(f"{one}/{at}.txt", f"paper {at} of {one}")
            home.file(f"{one}/shared {at}.txt", f"both have paper {at}")
    both = [home.start("add", "-r", "--json", home.desk / one, stderr=subprocess.DEVNULL) for one in "ab"]
    assert [each.communicate()[0].count("\n") for each in both] == [80, 80]
    assert [each.returncode for each in both] == [0, 0]
    numbers = [entry.body["number"] for entry in home.entries("accession")]
    assert numbers == [f"D-{at:06d}" for at in range(1, 121)]
    assert len(home.entries("reading")) == 120
    assert home.is_intact()


# Killed in the middle ----------------------------------------------------------------------------------------


def _killed(home: Home, seed: int) -> list[str]:
    """Kill the real program after a random time; returns the lines that it had printed whole."""
    process = home.start("add", "-r", "--json", home.desk, stderr=subprocess.DEVNULL, start_new_session=True)
    timer = threading.Timer(random.Random(seed).uniform(0.1, 1.2), lambda: os.killpg(process.pid, signal.SIGKILL))
    timer.start()
    out = process.communicate()[0]
    timer.cancel()
    return [line for line in out.splitlines(keepends=True) if line.endswith("\n")]


def _survives(home: Home, seed: int) -> None:
    import json

    for at in range(300):
        home.file(f"{at:03}.txt", f"paper number {at} of seed {seed}")
    printed = [json.loads(line) for line in _killed(home, seed)]
    with home.opened() as archive:
        for receipt in printed:
            assert archive.catalog.document(receipt["ref"]).digest == receipt["digest"]
    again = home.run("add", "-r", "--json", home.desk)
    assert again.code == 0, again.err
    assert {receipt["status"] for receipt in again.json} <= {"stored", "duplicate"}
    accessions = home.entries("accession")
    assert len({entry.body["digest"] for entry in accessions}) == len(accessions) == 300
    assert len({entry.body["number"] for entry in home.entries("reading")}) == 300
    with home.opened() as archive:
        assert archive.catalog.counts() == {"stored": 300}
        for receipt in printed:
            assert archive.catalog.document(receipt["ref"]).status == receipt["status"]
    assert home.is_intact()
    assert home.run("search", "--count", "paper").out == "300\n"


@pytest.mark.parametrize("seed", [1, 2])
def test_after_a_kill_every_file_is_on_file_exactly_once(home: Home, seed: int) -> None:
    _survives(home, seed)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3, 33))
def test_after_a_kill_at_any_moment_every_file_is_on_file_exactly_once(home: Home, seed: int) -> None:
    _survives(home, seed)


@pytest.mark.long
def test_a_watcher_adders_and_searches_share_one_archive_for_a_minute(home: Home) -> None:
    """One watcher, four adders, steady searches: nothing lost, nothing twice, every search answers."""
    until = time.monotonic() + 60
    watcher = home.start("watch", "--settle", "0.2", "--json", stderr=subprocess.PIPE)
    troubles: list[str] = []
    counts = {"dropped": 0, "added": 0, "searched": 0}

    def add(one: int) -> None:
        made = 0
        while time.monotonic() < until:
            paths = [home.file(f"{one}/{made + at}.txt", f"adder {one} brings paper {made + at}") for at in range(10)]
            made += 10
            done = home.process("--wait", "60", "add", "--json", *paths)
            if done.code or [row["status"] for row in done.json] != ["stored"] * 10:
                troubles.append(f"adder {one}: {done.code} {done.err}")
        counts["added"] += made

    def drop() -> None:
        while time.monotonic() < until:
            home.drop(f"drop {counts['dropped']}.txt", f"the watcher meets paper {counts['dropped']}")
            counts["dropped"] += 1
            time.sleep(0.1)

    def search() -> None:
        while time.monotonic() < until:
            done = home.process("search", "--count", "paper")
            counts["searched"] += 1
            if done.code not in (0, 1) or "internal" in done.err or not done.out.strip().isdigit():
                troubles.append(f"search: {done.code} {done.out} {done.err}")

    threads = [threading.Thread(target=add, args=(one,)) for one in range(4)]
    threads += [threading.Thread(target=drop), threading.Thread(target=search)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    time.sleep(3)
    watcher.terminate()
    _, said = watcher.communicate(timeout=60)
    assert watcher.returncode == 0, said
    assert not troubles
    assert "internal error" not in said
    home.watch_once()
    everything = counts["dropped"] + counts["added"]
    numbers = [entry.body["number"] for entry in home.entries("accession")]
    assert numbers == [f"D-{at:06d}" for at in range(1, everything + 1)]
    assert len({entry.body["digest"] for entry in home.entries("accession")}) == everything
    assert home.run("search", "--count", "paper").out == f"{everything}\n"
    read = [entry.body["number"] for entry in home.entries("reading")]
    assert len(set(read)) == len(read) == everything
    assert home.is_intact()
    assert counts["searched"] > 10


# A copy made while writing -----------------------------------------------------------------------------------


def test_a_copy_made_while_writing_opens_elsewhere_and_goes_on(home: Home, tmp_path: Path) -> None:
    """log/ first, then entries/, then objects/: what the log names is there."""
    import shutil

    for at in range(90):
        home.file(f"{at:03}.txt", f"paper number {at}")
    writer = home.start("add", "-r", "--json", home.desk, stderr=subprocess.DEVNULL)
    assert writer.stdout is not None
    writer.stdout.readline()
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("archive.json", "archive.toml"):
        shutil.copy(home.path / name, copy)
    for name in ("log", "entries", "objects"):
        shutil.copytree(home.path / name, copy / name)
    for name in ("tmp", "state", "inbox", "checkpoints"):
        (copy / name).mkdir()
    writer.communicate()
    other = Home(copy, home.desk)
    assert other.run("verify").code in (0, 1)
    done = other.run("add", "-r", "--json", home.desk)
    assert done.code == 0, done.err
    assert {entry.body["number"] for entry in other.entries("reading")} == {f"D-{at:06d}" for at in range(1, 91)}
    assert other.is_intact()


def test_the_program_starts_as_a_script(home: Home) -> None:
    done = subprocess.run([sys.executable, ROOT / "cli.py", "--version"], capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stdout.startswith(b"archive, version")
