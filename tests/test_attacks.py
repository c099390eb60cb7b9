"""What an attack on format 1 found in custody and followers, each once red."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from archive.catalog import CATALOG, Catalog
from archive.ingest import committing
from archive.model import Entry, Finding, folded, numbered, ordinal
from archive.settings import House
from archive.store import Store
from tests.running import Home

RECORD = (
    "---\nkind: change_request\nid: {key}\nrequester: I. Quill\nrequested_on: 2024-02-01\ndescription: {words}\n---\n"
)


def _errors(home: Home) -> list[str]:
    with home.opened() as archive:
        return [each.finding for each in archive.verify() if isinstance(each, Finding) and each.severity == "error"]


def test_objects_that_a_disposal_took_meanwhile_are_brought_back_before_the_reading_is_committed(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    durable = committing._durable

    def and_gone(store: Store, *rest: Any) -> Any:
        ready = durable(store, *rest)
        for each in ready:
            for digest in each.copies:
                store.objects.remove(digest)
        return ready

    monkeypatch.setattr(committing, "_durable", and_gone)
    home.add(home.file("note.txt", "words that must not be lost"))
    assert home.found("must not be lost") == ["D-000001"]
    assert _errors(home) == []


def test_bytes_from_standard_input_are_brought_back_too(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    with home.opened() as archive:
        intake = archive.intake()
        settle = intake.store.objects.settle

        def and_gone(staged: Any) -> None:
            settle(staged)
            monkeypatch.setattr(intake.store.objects, "settle", settle)
            for each in staged:
                intake.store.objects.remove(each.digest)

        monkeypatch.setattr(intake.store.objects, "settle", and_gone)
        assert intake.take_bytes(b"typed at the keyboard", "standard input").status == "stored"
        intake.close()
    assert _errors(home) == []


def test_derived_state_of_another_copy_of_an_archive_answers_nothing(home: Home, tmp_path: Path) -> None:
    home.add(home.file("both.txt", "in both copies"))
    other = Home(tmp_path / "other", tmp_path / "other-desk")
    shutil.copytree(home.path, other.path)
    home.add(home.file("here.txt", "only in the first copy"))
    other.add(other.file("there.txt", "only in the second copy"))
    shutil.rmtree(other.path / "derived")
    shutil.copytree(home.path / "derived", other.path / "derived")
    assert other.found("second copy") == ["D-000002"]
    assert other.found("first copy") == []
    assert other.run("add", "--json", home.desk / "here.txt").json[0]["status"] == "stored"


def test_numbers_are_ordered_by_what_they_count(tmp_path: Path) -> None:
    assert sorted(["D-1000000", "D-999999"], key=ordinal) == ["D-999999", "D-1000000"]
    writer = CATALOG.writer(tmp_path, None, House())  # type: ignore[arg-type]
    rest = {"digest": "0" * 64, "size": 1, "name": "x", "source": "", "media_type": "", "in_place": False}
    for seq, count in ((1, 999_999), (2, 1_000_000)):
        body = {**rest, "number": numbered(count), "parent": None}
        writer.apply([Entry(seq, datetime(2026, 1, seq, tzinfo=UTC), "accession", "ida", body)])
    writer.close()
    catalog = Catalog(tmp_path)
    assert catalog.next_number() == 1_000_001
    catalog.close()


@pytest.mark.parametrize(("one", "other"), [("\u00c4NDERUNG-7", "\u00e4nderung-7"), ("\u00e9-1", "e\u0301-1")])
def test_keys_of_records_are_compared_after_normalising_and_folding(home: Home, one: str, other: str) -> None:
    assert folded(one) == folded(other)
    home.add(home.file("first.md", RECORD.format(key=one, words="first")))
    home.add(home.file("second.md", RECORD.format(key=other, words="second")))
    with home.opened() as archive:
        assert archive.catalog.document("D-000002").version_of == "D-000001"


def test_a_row_of_versions_follows_the_order_of_accession_whatever_is_read_first(home: Home) -> None:
    for at in range(1, 6):
        home.file(f"v{at}.md", RECORD.format(key="ECR-2024-0001", words=f"state {at} " + "word " * (6 - at) * 2000))
    home.run("add", home.desk)
    with home.opened() as archive:
        chain = archive.catalog.chain("D-000003")
    assert [each.number for each in chain] == [numbered(at) for at in range(1, 6)]


def test_a_new_reading_keeps_the_ground_of_a_version(home: Home) -> None:
    path = home.file("note.txt", "first state")
    home.add(path)
    path.write_text("second state, longer", encoding="utf-8")
    home.add(path)
    home.run("reread", "D-000002")
    with home.opened() as archive:
        readings = [e for e in archive.store.entries(0) if e.action == "reading" and e.body["number"] == "D-000002"]
    assert len(readings) == 2
    assert readings[0].body["version_of"] == readings[1].body["version_of"]
    assert readings[1].body["version_of"]["method"] == "path"


def test_setting_aside_later_changes_no_answer_about_an_earlier_entry(home: Home) -> None:
    home.add(home.file("request.md", RECORD.format(key="ECR-2024-0001", words="a thicker gasket")))
    with home.opened() as archive:
        before = archive.store.tail()
        archive.state("statement", {"says": "set aside", "number": "D-000001", "why": "dropped by mistake"})
        assert archive.catalog.record("ECR-2024-0001") is None
        assert archive.catalog.record("ECR-2024-0001", before) is not None


def test_a_clock_far_behind_the_archive_is_said(home: Home) -> None:
    said: list[str] = []
    with home.opened(clock=lambda: datetime(2099, 1, 1, tzinfo=UTC)) as archive:
        archive.take_bytes(b"from the future", "future.txt")
    with home.opened(note=said.append) as archive:
        archive.take_bytes(b"from today", "today.txt")
    assert any("clock is behind" in words for words in said)
