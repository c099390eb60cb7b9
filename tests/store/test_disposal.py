"""Lawful destruction, from the plan to the last byte."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from archive.errors import Damaged, NotFound, Refused
from archive.store import OsFiles
from archive.store.disposal import begin, carry_out, finish, plan, remove_copies, sweep_scratch, unfinished
from archive.store.fs import CHUNK
from archive.store.lines import dump
from tests.store.archive_on_disk import ACTOR, RealArchive, accession, digest, write

SECRET = b"the fitter is ill"
TEXT = b"Text: the fitter is ill"


@pytest.fixture
def holding(short: RealArchive) -> RealArchive:
    """A secret document with a part, a text, an occurrence and a statement that quotes it; and two others."""
    short.add(b"kept one")
    short.commit(
        [
            accession(2, short.put(SECRET), "fitter-ill.eml"),
            accession(3, short.put(b"part " + SECRET), parent="D-000002"),
        ]
    )
    title = {"value": SECRET.decode(), "source": "first page"}
    short.read("D-000002", TEXT, title=title, record={"kind": "communication", "key": "COM-1"})
    again = {"name": "fitter-ill copy.eml", "name_raw": "", "source": "/in/copy", "parent": None}
    short.commit([("occurrence", {"number": "D-000002", **again})])
    evidence = {"document": "D-000002", "page": 1, "words": SECRET.decode()}
    short.commit([("statement", {"says": "release", "item": "part:7", "rev": "B", "evidence": evidence})])
    short.add(b"kept two")
    return short


def test_words_and_digests_are_gone_from_every_byte(holding: RealArchive) -> None:
    words = [SECRET, b"fitter-ill", digest(SECRET).encode(), digest(TEXT).encode(), digest(b"part " + SECRET).encode()]
    assert all(holding.holding(each) for each in words)
    found = holding.dispose("D-000002")
    assert found.numbers == ("D-000002", "D-000003")
    assert [holding.holding(each) for each in words] == [[]] * 5
    assert holding.findings() == []


def test_the_log_keeps_every_line_and_the_others_are_readable(holding: RealArchive) -> None:
    before = holding.log(1).read_bytes()
    holding.dispose("D-000002")
    assert holding.log(1).read_bytes() == before
    entries = holding.open().entries(0)
    destroyed = [entry.seq for entry in entries if entry.destroyed_under == "DSP-2026-0001"]
    assert destroyed == [3, 4, 5, 6, 7]
    live = [entry.body["digest"] for entry in entries if entry.action == "accession" and not entry.destroyed_under]
    assert [holding.open().objects.read(each) for each in live] == [b"kept one", b"kept two"]


def test_a_tombstone_says_what_stood_there_and_nothing_of_its_words(holding: RealArchive) -> None:
    holding.dispose("D-000002")
    reading = holding.open().entries(4, 5)[0]
    assert (reading.action, reading.actor) == ("reading", "")
    assert reading.body == {
        "destroyed_under": "DSP-2026-0001",
        "number": "D-000002",
        "kind": "communication",
        "class": None,
        "keys": ["COM-1"],
        "version_of": None,
    }


def test_full_segments_stay_sealed(holding: RealArchive) -> None:
    holding.dispose("D-000002")
    assert not holding.entry_file(1).stat().st_mode & 0o222
    assert holding.entry_file(3).stat().st_mode & 0o200
    assert holding.add(b"later")[0].seq == 11


def test_an_object_stays_while_another_live_document_names_it(real: RealArchive) -> None:
    shared = real.put(b"shared")
    real.commit([accession(1, shared), accession(2, shared)])
    assert real.dispose("D-000001").digests == ()
    assert real.open().objects.read(shared) == b"shared"
    assert real.dispose("D-000002", key="DSP-2").digests == (shared,)
    assert real.holding(b"shared") == []


def test_a_part_that_was_also_met_elsewhere_stays(real: RealArchive) -> None:
    real.add(b"mail one", b"mail two")
    real.add(b"attachment", parent="D-000001")
    inside = {"number": "D-000002", "relation": "attachment"}
    met = {"number": "D-000003", "name": "a", "name_raw": "a", "source": "", "parent": inside}
    real.commit([("occurrence", met)])
    assert real.dispose("D-000001").numbers == ("D-000001",)
    assert real.holding(b"attachment") != []
    assert real.dispose("D-000002", key="DSP-2").numbers == ("D-000002", "D-000003")
    assert real.open().objects.has(digest(b"attachment")) is False


def test_what_was_found_inside_goes_from_the_entries_of_what_stays(real: RealArchive) -> None:
    real.add(b"kept", b"mail")
    inside = {"number": "D-000002", "relation": "attachment"}
    met = {"number": "D-000001", "name": "telling-name.pdf", "name_raw": "", "source": "", "parent": inside}
    real.commit([("occurrence", met)])
    assert real.dispose("D-000002").numbers == ("D-000002",)
    assert real.holding(b"telling-name") == []
    assert real.open().objects.has(digest(b"kept"))


def test_what_interruptions_left_of_it_goes_too(real: RealArchive) -> None:
    real.add(SECRET, b"kept")
    real.put(b"orphan text: " + SECRET)
    store = real.open()
    store.objects.stage([SECRET])
    store.objects.stage([SECRET[:9]])
    store.objects.stage([b"another copy"])
    write(real.entry_file(), real.entry_file().read_bytes() + b'{"name":"' + SECRET + b'"')
    real.commit([("statement", {"says": "file"})])
    real.dispose("D-000001")
    assert real.holding(SECRET[:9]) == []
    assert real.holding(b"another copy") != []


@pytest.mark.parametrize("numbers", [["D-000009"], ["D-000002", "D-000009"]])
def test_a_document_that_is_not_there_cannot_be_destroyed(holding: RealArchive, numbers: list[str]) -> None:
    with pytest.raises(NotFound, match="D-000009"):
        plan(holding.open(), "DSP-2026-0001", numbers)


def test_a_document_is_destroyed_once(holding: RealArchive) -> None:
    holding.dispose("D-000002")
    with pytest.raises(NotFound, match="destroyed already"):
        plan(holding.open(), "DSP-2", ["D-000002"])


def test_a_key_names_one_disposal(holding: RealArchive) -> None:
    holding.dispose("D-000001")
    with pytest.raises(Refused, match="another disposal"):
        plan(holding.open(), "DSP-2026-0001", ["D-000004"])


def test_a_plan_is_not_carried_out_once_more_has_come_in(holding: RealArchive) -> None:
    store = holding.open()
    found = plan(store, "DSP-2026-0001", ["D-000002"])
    holding.add(b"meanwhile")
    with store.writing(0) as session, pytest.raises(Refused, match="meanwhile"):
        begin(store, session, found, "", actor=ACTOR, moment=holding.moment)
    assert holding.findings() == []


class _Dies(BaseException):
    pass


class _Mortal(OsFiles):
    """Dies before its n-th change of the disk."""

    def __init__(self, lives: int) -> None:
        self.lives = lives

    def _step(self) -> None:
        self.lives -= 1
        if self.lives < 0:
            raise _Dies

    def create(self, path: Path):  # type: ignore[no-untyped-def]
        self._step()
        return super().create(path)

    def append(self, path: Path):  # type: ignore[no-untyped-def]
        self._step()
        return super().append(path)

    def rename(self, source: Path, target: Path) -> None:
        self._step()
        super().rename(source, target)

    def unlink(self, path: Path) -> None:
        self._step()
        super().unlink(path)


def _interrupted(archive: RealArchive, lives: int) -> bool:
    store = archive.open(fs=_Mortal(lives))
    with suppress(_Dies), store.writing(0) as session:
        found = plan(store, "DSP-2026-0001", ["D-000002"])
        begin(store, session, found, "retention is over", actor=ACTOR, moment=archive.moment)
        carry_out(store, found)
        finish(store, session, found, ACTOR, archive.moment)
        return False
    return True


_STEPS = 19


@pytest.mark.parametrize("lives", range(_STEPS))
def test_a_disposal_interrupted_anywhere_is_taken_up_again(holding: RealArchive, lives: int) -> None:
    assert _interrupted(holding, lives)
    store = holding.open()
    with store.writing(0) as session:
        found = unfinished(store)
        if found is not None:
            assert found.numbers == ("D-000002", "D-000003")
            carry_out(store, found)
            finish(store, session, found, ACTOR, holding.moment)
    assert (holding.holding(SECRET) == []) == (len(store.entries(0)) > 8)
    assert {slug for slug in holding.slugs() if slug != "left_in_tmp"} == set()
    assert not (holding.home / "state" / "disposal.json").exists()


def test_the_number_of_interruptions_covers_a_whole_disposal(holding: RealArchive) -> None:
    assert not _interrupted(holding, _STEPS)


def test_nothing_else_is_committed_while_a_disposal_is_unfinished(holding: RealArchive) -> None:
    assert _interrupted(holding, 5)
    assert "disposal_unfinished" in holding.slugs()
    tail = holding.open().tail()
    with pytest.raises(Refused, match="must be finished first"):
        holding.add(b"meanwhile")
    store = holding.open()
    with store.writing(0) as session, pytest.raises(Refused, match="not finished"):
        begin(store, session, plan(store, "DSP-2", ["D-000001"]), "", actor=ACTOR, moment=holding.moment)
    assert holding.open().tail() == tail


def test_a_disposal_that_was_never_begun_is_forgotten(real: RealArchive) -> None:
    content = {"key": "DSP-9", "numbers": [], "tombstones": {}, "digests": []}
    for left in (b'{"key":', json.dumps(content).encode()):
        (real.home / "state" / "disposal.json").write_bytes(left)
        store = real.open()
        with store.writing(0):
            assert unfinished(store) is None
    assert real.add(b"later")[0].seq == 2


@pytest.mark.parametrize("spoil", [lambda line: line.replace(b"D-000002", b"D-000001"), lambda line: line + b" "])
def test_a_changed_tombstone_is_reported(holding: RealArchive, spoil: Callable[[bytes], bytes]) -> None:
    holding.dispose("D-000002")
    lines = holding.entry_file(1).read_bytes().splitlines()
    lines[2] = spoil(lines[2])
    write(holding.entry_file(1), b"".join(line + b"\n" for line in lines))
    assert "entry 3" in [found.place for found in holding.findings() if found.severity == "error"]


def test_what_another_process_finished_is_not_done_again(real: RealArchive) -> None:
    real.add(b"twice received")
    first = real.open()
    with first.writing(0) as session:
        found = plan(first, "DSP-2026-0001", ["D-000001"])
        begin(first, session, found, "", actor=ACTOR, moment=real.moment)
    second = real.open()
    with second.writing(0) as session:
        left = unfinished(second)
        assert left is not None
        carry_out(second, left)
        finish(second, session, left, ACTOR, real.moment)
    real.add(b"twice received")
    with first.writing(0) as session:
        carry_out(first, found)
        finish(first, session, found, ACTOR, real.moment)
    assert real.open().objects.read(digest(b"twice received")) == b"twice received"
    assert real.findings() == []


def test_copies_among_what_was_taken_go_with_their_names(real: RealArchive) -> None:
    taken = real.home / "inbox" / "_taken" / "2026"
    taken.mkdir(parents=True)
    (taken / "fitter-ill.eml").write_bytes(SECRET)
    (taken / "other.eml").write_bytes(b"other")
    real.add(SECRET)
    remove_copies(real.home, real.dispose("D-000001"))
    assert [path.name for path in taken.iterdir()] == ["other.eml"]


def test_a_large_copy_is_looked_for_by_its_size_first_and_read_in_pieces(
    real: RealArchive, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken = real.home / "inbox" / "_taken"
    taken.mkdir()
    large = os.urandom(CHUNK + 9)
    (taken / "copy.bin").write_bytes(large)
    (taken / "same size.bin").write_bytes(large[:-1] + bytes([large[-1] ^ 1]))
    (taken / "other.bin").write_bytes(b"x" * (3 * CHUNK))
    (real.home / "tmp" / "list.txt").write_bytes(b"-" * (CHUNK - 20) + digest(large).encode() + b"-" * 30)
    real.add(large)
    found = real.dispose("D-000001")
    read: list[str] = []
    monkeypatch.setattr(OsFiles, "chunks", _noting(read))
    monkeypatch.setattr(Path, "read_bytes", _never)
    remove_copies(real.home, found)
    assert sorted(read) == ["copy.bin", "list.txt", "same size.bin"]
    assert sorted(path.name for path in taken.iterdir()) == ["other.bin", "same size.bin"]
    assert list((real.home / "tmp").iterdir()) == []


def _noting(read: list[str]) -> Callable[[OsFiles, Path], Iterator[bytes]]:
    before = OsFiles.chunks

    def chunks(self: OsFiles, path: Path) -> Iterator[bytes]:
        read.append(path.name)
        return before(self, path)

    return chunks


def _never(path: Path) -> bytes:
    raise AssertionError(f"{path} was read whole")


def test_what_killed_readers_left_is_swept_and_nothing_else(real: RealArchive) -> None:
    for name in ("parts-00ff", "parts-aa"):
        (real.home / "tmp" / name).mkdir()
        (real.home / "tmp" / name / "part").write_bytes(SECRET)
    (real.home / "tmp" / "parts-list").write_bytes(b"a file")
    assert sweep_scratch(real.home) == ["parts-00ff", "parts-aa"]
    assert [path.name for path in (real.home / "tmp").iterdir()] == ["parts-list"]
    assert sweep_scratch(real.home) == []


@pytest.mark.parametrize("lives", range(5, _STEPS - 3))
@pytest.mark.parametrize("left", [None, b'{"key":', b"[]", b'{"key":"DSP-2026-0001","tombstones":{"3":"x"}}'])
def test_a_disposal_whose_list_is_lost_is_derived_from_the_entries(
    holding: RealArchive, lives: int, left: bytes | None
) -> None:
    assert _interrupted(holding, lives)
    listed = holding.home / "state" / "disposal.json"
    if left is None:
        listed.unlink(missing_ok=True)
    else:
        listed.write_bytes(left)
    with pytest.raises(Refused, match="must be finished first"):
        holding.add(b"meanwhile")
    store = holding.open()
    with store.writing(0) as session:
        found = unfinished(store)
        assert found is not None and found.numbers == ("D-000002", "D-000003")
        carry_out(store, found)
        finish(store, session, found, ACTOR, holding.moment)
    assert holding.holding(SECRET) == []
    assert holding.slugs() <= {"left_in_tmp"}
    assert holding.add(b"later")


def test_a_lost_list_is_not_derived_from_lines_that_were_changed(holding: RealArchive) -> None:
    assert _interrupted(holding, 7)
    (holding.home / "state" / "disposal.json").unlink()
    lines = holding.entry_file(1).read_bytes().splitlines()
    assert b"destroyed_under" not in lines[2]
    lines[2] = dump({"v": 1, "seq": 3, "destroyed_under": "DSP-2026-0001", "action": "accession"})
    write(holding.entry_file(1), b"".join(line + b"\n" for line in lines))
    before = {path: path.read_bytes() for path in holding.files()}
    store = holding.open()
    with store.writing(0), pytest.raises(Damaged, match="entry 3 is not what DSP-2026-0001 is to destroy"):
        unfinished(store)
    assert {path: path.read_bytes() for path in holding.files()} == before


@pytest.mark.parametrize("place", ["entries/00000001 (copy).jsonl", "objects/ab/ab12.tmp"])
def test_nothing_is_destroyed_while_a_file_of_others_may_hold_it(holding: RealArchive, place: str) -> None:
    (holding.home / place).parent.mkdir(exist_ok=True)
    (holding.home / place).write_bytes(SECRET)
    with pytest.raises(Refused, match="is not the archive's own and may hold"):
        plan(holding.open(), "DSP-2026-0001", ["D-000002"])


def test_a_part_stays_while_a_document_that_was_once_inside_a_destroyed_one_holds_it(real: RealArchive) -> None:
    real.add(b"mail one", b"mail kept", b"mail three")
    inside = {"number": "D-000001", "relation": "attachment"}
    real.commit([("occurrence", {"number": "D-000002", "name": "b", "source": "", "parent": inside})])
    real.add(b"attachment", parent="D-000002")
    inside = {"number": "D-000003", "relation": "attachment"}
    real.commit([("occurrence", {"number": "D-000004", "name": "a", "source": "", "parent": inside})])
    real.dispose("D-000001")
    assert real.dispose("D-000003", key="DSP-2").numbers == ("D-000003",)
    assert real.open().objects.read(digest(b"attachment")) == b"attachment"
