"""The golden archive of format 1: made once, read for ever."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from archive import Archive
from archive.desk.searching import Wish
from archive.model import Actor, Finding
from archive.store import Store

GOLDEN = Path(__file__).parent / "format_1"


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    home = tmp_path / "home"
    shutil.copytree(GOLDEN, home)
    for name in ("derived", "state", "tmp", "inbox", "checkpoints"):
        # Folders that were empty do not travel with the project's files.
        (home / name).mkdir(exist_ok=True)
    archive = Archive(home, Actor("a reader of today"))
    yield archive
    archive.close()


def test_every_byte_and_every_line_is_as_it_was_logged(archive: Archive) -> None:
    assert [found for found in archive.verify() if isinstance(found, Finding)] == []


def test_every_action_of_format_1_that_a_person_causes_is_in_it(archive: Archive) -> None:
    actions = {entry.action for entry in archive.store.entries(0)}
    assert {"settings", "accession", "occurrence", "reading", "statement", "disposal"} <= actions


def test_its_documents_are_found_and_shown(archive: Archive) -> None:
    desk = archive.desk
    assert [row.name for row in desk.search("second state", Wish()).rows] == ["note.txt"]
    assert desk.search("destroyed lawfully", Wish()).total == 0
    mail = desk.document(desk.resolve("mail.eml"))
    assert [part.name for part in archive.catalog.parts(mail.number)] == ["sketch.txt"]
    note = desk.document(desk.resolve("note.txt"))
    assert len(archive.catalog.chain(note.number)) == 2
    assert [name for name, _ in archive.catalog.occurrences(note.number)] == ["note copy.txt"]


def test_its_links_states_and_releases_are_derived_from_it(archive: Archive) -> None:
    assert archive.desk.status(archive.desk.resolve("ECR-2024-0001"), archive.view()).state == "received"
    force = archive.desk.show(archive.desk.resolve("SPC-1001-02")).values
    assert (force["in_force"], force["since"]) == ("A", "2024-01-10")


def test_it_can_be_gone_on_with(archive: Archive, tmp_path: Path) -> None:
    before = archive.store.tail()
    (tmp_path / "new.txt").write_text("a paper of today", encoding="utf-8")
    assert [receipt.status for receipt in archive.take([tmp_path / "new.txt"])] == ["stored"]
    assert archive.store.tail() > before
    assert [found for found in archive.verify() if isinstance(found, Finding)] == []


def test_it_says_that_it_is_of_format_1() -> None:
    assert json.loads((GOLDEN / "archive.json").read_text(encoding="utf-8"))["format"] == 1
    assert Store(GOLDEN).tail() > 10
