"""Entries and log: what was committed is read back, in order, over the borders of segments."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.errors import ArchiveError, Damaged, Invalid, Newer, NotFound, Refused
from archive.model import Actor
from archive.store import Store, create
from archive.store.lines import digest_of, entry_line, log_line
from tests.store.archive_on_disk import ACTOR, START, RealArchive, digest, flip, write


def test_committed_entries_are_read_back_as_they_were_stated(real: RealArchive) -> None:
    stated = real.commit([("statement", {"says": "release", "item": "Ventil ä-1"}), ("statement", {"says": "file"})])
    found = real.open().entries(1)
    assert list(found) == stated
    assert [(entry.seq, entry.actor, entry.time) for entry in found] == [(at, "I. Quill", real.moment) for at in (2, 3)]
    assert found[0].body["item"] == "Ventil ä-1"


def test_the_page_on_the_format_can_be_followed_by_hand(real: RealArchive) -> None:
    real.add(b"one", b"two")
    logged = [json.loads(line) for line in real.log().read_bytes().splitlines()]
    stated = real.entry_file().read_bytes().splitlines()
    before = [(real.home / "archive.json").read_bytes(), *real.log().read_bytes().splitlines()]
    assert [line["entry"] for line in logged] == [digest_of(raw) for raw in stated]
    assert [line["prev"] for line in logged] == [digest_of(raw) for raw in before[:-1]]
    assert [line.get("end") for line in logged] == [True, None, True]
    assert all(len(json.loads(raw)["nonce"]) == 32 for raw in stated)


def test_the_same_statement_twice_has_two_hashes(real: RealArchive) -> None:
    real.commit([("statement", {"says": "file"})] * 2)
    hashes = [json.loads(line)["entry"] for line in real.log().read_bytes().splitlines()]
    assert len(set(hashes)) == 3


def test_a_group_goes_over_the_border_of_a_segment(short: RealArchive) -> None:
    short.add(b"1", b"2", b"3", b"4", b"5")
    store = short.open()
    assert store.tail() == 6
    assert [entry.seq for entry in store.entries(0)] == [1, 2, 3, 4, 5, 6]
    assert [len(short.log(number).read_bytes().splitlines()) for number in (1, 2)] == [4, 2]
    assert not short.log(1).stat().st_mode & 0o222 and not short.entry_file(1).stat().st_mode & 0o222
    assert short.log(2).stat().st_mode & 0o200
    assert short.findings() == []


@pytest.mark.parametrize("cut", range(1, 9))
def test_whatever_piece_is_asked_for_is_the_same_piece(short: RealArchive, cut: int) -> None:
    for at in range(4):
        short.commit([("statement", {"says": "file", "why": str(at)})] * 2)
    every = list(short.open().entries(0))
    store = short.open()
    pieces: list[object] = []
    while len(pieces) < 9:
        pieces += store.entries(len(pieces), len(pieces) + cut)
    assert pieces == every


def test_readers_that_come_back_see_what_another_process_added(short: RealArchive) -> None:
    reader = short.open()
    seen = list(reader.entries(0))
    for at in range(10):
        short.commit([("statement", {"says": "file", "why": str(at)})] * (at % 3 + 1))
        assert reader.tail() == len(seen) + at % 3 + 1
        seen += reader.entries(len(seen))
    assert seen == list(short.open().entries(0))


def test_a_reader_survives_that_another_process_rewrote_a_segment(real: RealArchive) -> None:
    real.add(b"kept", b"destroyed")
    reader = real.open()
    assert len(reader.entries(0, 2)) == 2
    assert len(reader.entries(2, 3)) == 1
    real.dispose("D-000001")
    real.add(b"later")
    assert [entry.seq for entry in reader.entries(3)] == [4, 5, 6]


def test_an_empty_group_writes_nothing(real: RealArchive) -> None:
    assert real.commit([]) == []
    assert real.open().tail() == 1


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("statement", {"says": "file", "why": "\ud800"}),
        ("statement", {"says": "file", "why": float("nan")}),
        ("statement", {"says": "file", "why": object()}),
        ("statement", {"says": "file", "seq": 9}),
        ("statement", {"says": "file", "destroyed_under": "DSP-1"}),
        ("statement", {}),
        ("statement", {"says": "gossip"}),
        ("reading", {"number": "D-000001", "status": "skimmed"}),
        ("disposal", {"key": "DSP-1", "stage": "pondered"}),
        ("format", {"to": 2}),
        ("hold", {"number": "D-000001"}),
        ("anecdote", {}),
    ],
)
def test_what_no_reader_could_take_as_meant_is_refused_before_anything_is_written(
    real: RealArchive, action: str, body: dict[str, object]
) -> None:
    before = {path: path.read_bytes() for path in real.files()}
    with pytest.raises(Invalid):
        real.commit([("statement", {"says": "file"}), (action, body)])
    assert {path: path.read_bytes() for path in real.files()} == before
    assert real.commit([("statement", {"says": "file"})])[0].seq == 2


def test_line_feeds_in_what_is_stated_do_not_part_lines(real: RealArchive) -> None:
    words = "a\nb\r\nc\u2028d\x0be"
    real.commit([("statement", {"says": "file", "why": words})])
    assert real.open().entries(1)[0].body["why"] == words
    assert len(real.entry_file().read_bytes().split(b"\n")) == 3


def test_there_is_no_archive_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="archive init"):
        Store(tmp_path)


def test_an_archive_is_not_made_over_another(real: RealArchive) -> None:
    with pytest.raises(Refused):
        create(real.home, START)


def test_making_an_archive_again_after_an_interruption_succeeds(tmp_path: Path) -> None:
    create(tmp_path, START)
    (tmp_path / "archive.json").rename(tmp_path / "archive.json.new")
    assert create(tmp_path, START).tail() == 0


@pytest.mark.parametrize("content", [b"", b"[]", b'{"archive_id":', b'{"archive_id":"x"}'])
def test_a_damaged_archive_json_is_said_to_be_damaged(real: RealArchive, content: bytes) -> None:
    write(real.home / "archive.json", content)
    with pytest.raises(Damaged, match=r"archive\.json"):
        real.open()


def test_an_archive_of_a_newer_format_is_refused(real: RealArchive) -> None:
    write(real.home / "archive.json", b'{"archive_id":"x","format":2}')
    with pytest.raises(Newer, match="format 2"):
        real.open()


def test_a_group_of_more_lines_than_the_format_allows_is_refused_whole(real: RealArchive) -> None:
    before = {path: path.read_bytes() for path in real.files()}
    with pytest.raises(ArchiveError, match="5,001 statements are too many for one group"):
        real.commit([("statement", {"says": "file"})] * 5001)
    assert {path: path.read_bytes() for path in real.files()} == before


@pytest.mark.parametrize(
    ("key", "value"), [("v", 2), ("action", "telepathy"), ("action", "hold"), ("says", "withdraw"), ("says", None)]
)
def test_an_entry_of_a_newer_program_is_refused_and_not_called_damaged(
    real: RealArchive, key: str, value: object
) -> None:
    stated = json.loads(entry_line(2, "statement", {"says": "file"}, ACTOR, START))
    entry = json.dumps({**stated, key: value}).encode()
    before = real.log().read_bytes().splitlines()[-1]
    write(real.entry_file(), real.entry_file().read_bytes() + entry + b"\n")
    write(real.log(), real.log().read_bytes() + log_line(2, before, entry, end=True) + b"\n")
    with pytest.raises(Newer, match="newer program"):
        real.open().entries(0)
    with pytest.raises(Newer), real.open().writing(0):
        pass
    assert len(real.log().read_bytes().splitlines()) == 2


@pytest.mark.parametrize("at", range(0, 240, 7))
def test_a_flipped_bit_in_an_entry_is_damaged_or_was_never_reached(real: RealArchive, at: int) -> None:
    real.add(b"one")
    start = real.entry_file().read_bytes().index(b"\n") + 1
    flip(real.entry_file(), start + at)
    with pytest.raises(Damaged):
        real.open().entries(1, 2)


def test_missing_entries_are_damage(real: RealArchive) -> None:
    real.add(b"one")
    write(real.entry_file(), real.entry_file().read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(Damaged, match="lacks"):
        real.open().entries(0)
    with pytest.raises(Damaged), real.open().writing(0):
        pass


def test_times_are_written_in_utc(real: RealArchive) -> None:
    moment = datetime.fromisoformat("2026-07-01T12:00:00+02:00")
    with real.open().writing(0) as session:
        entry = session.commit([("statement", {"says": "file"})], Actor("x"), moment)[0]
    assert entry.time == moment
    assert b'"time":"2026-07-01T10:00:00.000000Z"' in real.log().read_bytes()
    assert entry.time.astimezone(UTC).hour == 10


def test_what_was_settled_and_then_removed_is_missed_under_the_lock(real: RealArchive) -> None:
    kept = real.put(b"kept")
    with real.open().writing(0) as session:
        assert session.missing([kept, digest(b"never")]) == [digest(b"never")]
