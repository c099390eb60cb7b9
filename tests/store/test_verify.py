"""`verify` says what is not as it was logged, and nothing else."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import Newer
from archive.store.lines import dump, log_line
from archive.store.verify import Checked, verify
from tests.store.archive_on_disk import RealArchive, accession, flip, write


@pytest.fixture
def full(short: RealArchive) -> RealArchive:
    """Seven documents in two segments, one with a text."""
    short.add(b"one", b"two", b"three")
    short.add(b"four")
    short.read("D-000001", b"text of one")
    short.add(b"five")
    return short


def test_a_sound_archive_has_no_findings(full: RealArchive) -> None:
    assert full.findings() == []
    assert list(verify(full.open()))[-1] == Checked(entries=7, objects=6)


def test_progress_counts_objects(full: RealArchive) -> None:
    told: list[int] = []
    list(verify(full.open(), told.append))
    assert told == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("which", ["log/00000001", "log/00000002", "entries/00000001", "entries/00000002", "objects"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.55, 0.97])
def test_a_flipped_bit_is_reported_whatever_file_it_is_in(full: RealArchive, which: str, share: float) -> None:
    path = next(path for path in sorted(full.files()) if path.relative_to(full.home).as_posix().startswith(which))
    flip(path, int(path.stat().st_size * share))
    assert full.slugs(known=7) & {"log_damaged", "entry_damaged", "fixity_failure"}


def test_a_flipped_bit_in_archive_json_breaks_the_chain_at_its_first_line(full: RealArchive) -> None:
    content = (full.home / "archive.json").read_bytes()
    write(full.home / "archive.json", content.replace(b'"archive_id":"', b'"archive_id":"0'))
    assert [found.place for found in full.findings() if found.severity == "error"] == ["log line 1"]


@settings(max_examples=60, deadline=None)
@given(act=st.sampled_from(["remove", "change", "swap"]), at=st.integers(0, 6), byte=st.integers(0, 400))
def test_any_log_line_changed_removed_or_moved_is_reported(act: str, at: int, byte: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = RealArchive(Path(folder) / "archive")
        archive.add(b"one", b"two")
        archive.add(b"three")
        archive.add(b"four", b"five", b"six")
        lines = archive.log().read_bytes().splitlines()
        if act == "remove":
            del lines[at]
        elif act == "change":
            line = bytearray(lines[at])
            line[byte % len(line)] ^= 1
            lines[at] = bytes(line)
        else:
            lines[at], lines[at - 1] = lines[at - 1], lines[at]
        write(archive.log(), b"".join(line + b"\n" for line in lines))
        assert [found for found in archive.findings() if found.severity != "note"]
        assert archive.slugs(known=7) & {"log_damaged", "entry_damaged"}


def test_lines_put_behind_a_full_segment_are_reported(full: RealArchive) -> None:
    write(full.log(1), full.log(1).read_bytes() + b"{}\n")
    assert "log_damaged" in full.slugs()


def test_a_missing_segment_is_reported(full: RealArchive) -> None:
    full.log(1).unlink()
    assert "log_damaged" in full.slugs()


def test_a_missing_entry_is_reported(full: RealArchive) -> None:
    write(full.entry_file(2), full.entry_file(2).read_bytes().splitlines(keepends=True)[0])
    assert {found.place for found in full.findings() if found.finding == "entry_damaged"} == {"entry 6", "entry 7"}


def test_two_swapped_objects_are_both_reported(full: RealArchive) -> None:
    first, second = (full.open().objects.path(each) for each in list(full.open().objects.every())[:2])
    contents = first.read_bytes(), second.read_bytes()
    write(first, contents[1])
    write(second, contents[0])
    assert [found.finding for found in full.findings()] == ["fixity_failure"] * 2


def test_a_missing_object_is_reported_with_the_document_it_belongs_to(full: RealArchive) -> None:
    entry = full.open().entries(1, 2)[0]
    full.open().objects.path(entry.body["digest"]).unlink()
    assert [(found.finding, found.place) for found in full.findings()] == [("fixity_failure", "D-000001")]


def test_an_object_that_no_entry_names_is_only_noted(full: RealArchive) -> None:
    full.put(b"stray")
    assert [(found.finding, found.severity) for found in full.findings()] == [("orphan_object", "note")]


def test_what_lies_in_tmp_is_only_noted(full: RealArchive) -> None:
    full.open().objects.stage([b"interrupted"])
    assert [(found.finding, found.severity) for found in full.findings()] == [("left_in_tmp", "note")]


def test_a_clock_set_back_is_only_noted(full: RealArchive) -> None:
    full.moment -= timedelta(days=1)
    full.add(b"earlier")
    assert [(found.finding, found.severity) for found in full.findings()] == [("clock_set_back", "note")]


def test_a_torn_group_is_a_warning_until_a_writer_moves_it_aside(full: RealArchive) -> None:
    write(full.log(2), full.log(2).read_bytes() + b'{"seq":8')
    assert {(found.finding, found.severity) for found in full.findings()} == {("torn_group", "warning")}
    full.add(b"six")
    assert full.slugs() == {"left_in_tmp"}


def test_a_writer_at_work_is_no_finding(full: RealArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["archive.store.verify"], "_WRITERS_S", 0.0)
    with full.open().writing(0):
        write(full.entry_file(2), full.entry_file(2).read_bytes() + b"{}\n")
        assert full.findings() == []


def test_a_number_given_twice_or_left_out_is_reported(real: RealArchive) -> None:
    kept = real.put(b"kept")
    real.commit([accession(1, kept), accession(3, kept)])
    assert [found.finding for found in real.findings()] == ["number_gap"]


def test_a_reading_of_a_document_never_received_is_reported(real: RealArchive) -> None:
    real.read("D-000007", b"text")
    assert [found.finding for found in real.findings()] == ["number_gap"]


@pytest.mark.parametrize(
    "draft",
    [
        ("statement", {"says": "file", "number": "D-000009"}),
        ("statement", {"says": "release", "evidence": {"document": "D-000009"}}),
        ("disposal", {"key": "DSP-1", "stage": "done", "numbers": ["D-000009"], "reason": ""}),
        accession(1, "", parent="D-000009"),
    ],
)
def test_whatever_names_a_document_never_received_is_reported(
    real: RealArchive, draft: tuple[str, dict[str, object]]
) -> None:
    real.commit([draft])
    assert {found.finding for found in real.findings()} == {"number_gap"}


def test_numbers_grow_beyond_six_digits(real: RealArchive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["archive.store.verify"], "numbered", lambda count: f"D-{count + 999_999:06d}")
    real.commit([accession(1_000_000, real.put(b"one"))])
    assert real.findings() == []


def test_a_destroyed_document_put_back_from_a_backup_is_an_error(full: RealArchive, tmp_path: Path) -> None:
    backup = tmp_path / "backup"
    shutil.copytree(full.home, backup)
    full.dispose("D-000001")
    for path in (*(backup / "entries").iterdir(), *(backup / "objects").rglob("*")):
        target = full.home / path.relative_to(backup)
        if path.is_file() and (path.name == "00000001.jsonl" or not target.exists()):
            target.parent.mkdir(exist_ok=True)
            target.unlink(missing_ok=True)
            shutil.copy(path, target)
    found = [(each.finding, each.place) for each in full.findings() if each.severity == "error"]
    assert found == [("destroyed_returned", "entry 2")]


def test_an_entry_of_a_newer_program_is_not_called_damaged(real: RealArchive) -> None:
    entry = dump({**json.loads(real.entry_file().read_bytes()), "seq": 2, "action": "telepathy"})
    write(real.entry_file(), real.entry_file().read_bytes() + entry + b"\n")
    write(real.log(), real.log().read_bytes() + log_line(2, real.log().read_bytes()[:-1], entry, end=True) + b"\n")
    with pytest.raises(Newer, match="newer program"):
        real.findings()


@pytest.mark.parametrize("folder", ["log", "entries"])
def test_a_missing_segment_before_another_is_an_error(short: RealArchive, folder: str) -> None:
    short.add(*(b"%d" % at for at in range(10)))
    (short.home / folder / "00000002.jsonl").unlink()
    found = [each for each in short.findings() if each.place == f"{folder}/00000003.jsonl"]
    assert [(each.finding, each.severity) for each in found] == [("unknown_file", "error")]
    assert short.slugs() & {"log_damaged", "entry_damaged"}


def test_an_entry_replaced_by_a_tombstone_of_no_disposal_is_reported(real: RealArchive) -> None:
    real.add(b"one", b"two")
    lines = real.entry_file().read_bytes().splitlines()
    lines[1] = dump({"v": 1, "seq": 2, "destroyed_under": "DSP-9", "action": "accession", "number": "D-000001"})
    write(real.entry_file(), b"".join(line + b"\n" for line in lines))
    assert "entry_damaged" in real.slugs()


@pytest.mark.parametrize(
    "place",
    [
        "objects/.DS_Store",
        "objects/ab/abcd (conflict copy)",
        "log/00000001 (conflict copy).jsonl",
        "entries/00000001.jsonl.bak",
        "log/00000009.jsonl",
        "entries/00000009.jsonl",
    ],
)
def test_a_file_that_the_archive_did_not_make_is_noted_and_does_not_stop_the_walk(
    full: RealArchive, place: str
) -> None:
    (full.home / place).parent.mkdir(exist_ok=True)
    (full.home / place).write_bytes(full.log(1).read_bytes())
    severity = "error" if "00000009" in place else "note"
    assert [(found.finding, found.severity, found.place) for found in full.findings()] == [
        ("unknown_file", severity, place)
    ]
    assert list(verify(full.open()))[-1] == Checked(entries=7, objects=6)


def test_verifying_changes_nothing(full: RealArchive) -> None:
    before = {path: path.read_bytes() for path in full.files()}
    full.findings()
    assert {path: path.read_bytes() for path in full.files()} == before
