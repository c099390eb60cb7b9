"""A log that lost its end, or got another, is not written on: state/ remembers the newest commit."""

from __future__ import annotations

import errno
import json
import shutil

import pytest

from archive.errors import Damaged
from archive.store.lines import digest_of
from tests.store.archive_on_disk import RealArchive, write
from tests.store.test_refusals import Failing


def _cut_back(archive: RealArchive, lines: int) -> None:
    for path in (archive.log(), archive.entry_file()):
        write(path, b"".join(path.read_bytes().splitlines(keepends=True)[:lines]))


def test_each_commit_is_remembered_by_its_number_and_the_hash_of_its_line(real: RealArchive) -> None:
    real.add(b"one", b"two")
    noted = json.loads((real.home / "state" / "committed.json").read_bytes())
    assert noted == {"seq": 3, "line": digest_of(real.log().read_bytes().splitlines()[-1])}


def test_a_log_put_back_to_an_older_state_is_not_written_on(real: RealArchive) -> None:
    real.add(b"one")
    real.add(b"two")
    _cut_back(real, 2)
    shutil.rmtree(real.home / "derived")
    before = {path: path.read_bytes() for path in real.files()}
    with pytest.raises(Damaged, match="ends with line 2, but line 3 is known to have been committed") as told:
        real.add(b"three")
    assert told.value.exit_code == 7
    with pytest.raises(Damaged, match="line 3"):
        real.open().refuse_rollback()
    assert {path: path.read_bytes() for path in real.files() if path in before} == before
    assert [found.place for found in real.findings() if found.severity == "error"] == ["log line 3"]


def test_another_line_in_the_place_of_the_committed_one_is_damage(real: RealArchive) -> None:
    _cut_back(real, 0)
    (aside := real.home / "state" / "committed.json").rename(real.home / "aside")
    real.commit([("settings", {"house": {"name": "another"}})])
    (real.home / "aside").replace(aside)
    with pytest.raises(Damaged, match="line 1 of the log is not the one that was committed"):
        real.add(b"one")
    with pytest.raises(Damaged):
        real.open().refuse_rollback()
    assert "log_damaged" in real.slugs()


@pytest.mark.parametrize(
    "left", [None, b"", b'{"seq":', b"\0" * 90, b"[]", b'{"seq":"9","line":""}', b'{"seq":-1,"line":"x"}']
)
def test_what_is_left_of_a_lost_note_says_nothing(real: RealArchive, left: bytes | None) -> None:
    path = real.home / "state" / "committed.json"
    if left is None:
        path.unlink()
    else:
        path.write_bytes(left)
    assert real.open().known() == 0
    real.open().refuse_rollback()
    assert real.add(b"one")[0].seq == 2
    assert real.open().known() == 2


def test_what_others_know_counts_beside_it(real: RealArchive) -> None:
    assert real.open(lambda: 7).known() == 7
    with pytest.raises(Damaged, match="line 7 is known"):
        real.open(lambda: 7).refuse_rollback()


def test_a_commit_whose_note_cannot_be_written_counts_all_the_same(real: RealArchive) -> None:
    store = real.open(fs=Failing(errno.ENOSPC, 0, for_good=True, only=("create", "rename")))
    real.commit([("statement", {"says": "file"})], store)
    assert real.open().tail() == 2
    assert real.open().known() == 1
    assert real.add(b"later")[0].seq == 3
