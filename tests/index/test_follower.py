"""The index as a follower: what entries make of it, and that any cut of the log gives the same answers."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import Busy
from archive.index import INDEX, Index, parse
from archive.settings import House, house_of
from tests.index.truth import HOUSE, MemoryTruth, built, documents


def refs(index: Index, text: str, **options: object) -> list[str]:
    return [hit.ref for hit in index.search(parse(text), limit=100, **options).hits]  # type: ignore[arg-type]


def test_a_document_without_a_reading_is_found_by_its_name(tmp_path: Path) -> None:
    truth = MemoryTruth()
    number = truth.accession("Pump drawing.dwg")
    assert refs(built(truth, tmp_path), "drawing -has:text") == [number]


def test_a_later_reading_replaces_the_earlier(tmp_path: Path) -> None:
    truth = MemoryTruth()
    number = truth.document("first words")
    truth.reading(number, "second words")
    index = built(truth, tmp_path, [2])
    assert refs(index, "first") == []
    assert refs(index, "second") == [number]


def test_the_name_and_folder_of_an_occurrence_are_searched_too(tmp_path: Path) -> None:
    truth = MemoryTruth()
    number = truth.document("words", "scan001.pdf")
    truth.state("occurrence", number=number, name="Riverside offer.pdf", source="sales/2024/Riverside%20offer.pdf")
    index = built(truth, tmp_path, [2])
    assert refs(index, "riverside") == refs(index, "source:sales") == refs(index, "scan001") == [number]
    assert index.search(parse("riverside")).hits[0].name == "scan001.pdf"


def test_a_superseded_document_is_hidden_counted_and_found_when_asked_for(tmp_path: Path) -> None:
    truth = MemoryTruth()
    old = truth.document("pump text")
    new = truth.document("pump text", version_of=old)
    index = built(truth, tmp_path, [2])
    hits = index.search(parse("pump"))
    assert ([hit.ref for hit in hits.hits], hits.total, hits.hidden) == ([new], 1, 1)
    every = index.search(parse("pump"), all_versions=True)
    assert {hit.ref: hit.superseded for hit in every.hits} == {old: True, new: False}
    assert every.hidden == 0
    assert set(refs(index, "has:versions", all_versions=True)) == {old, new}


def test_a_corrected_reading_takes_superseding_back(tmp_path: Path) -> None:
    truth = MemoryTruth()
    first, second = truth.document("pump text"), truth.document("pump text")
    third = truth.document("pump text", version_of=first)
    truth.reading(third, "pump text", version_of=second)
    assert set(refs(built(truth, tmp_path, [4, 6]), "pump")) == {first, third}


def test_setting_the_newest_version_aside_brings_the_one_before_back(tmp_path: Path) -> None:
    truth = MemoryTruth()
    old = truth.document("pump text")
    new = truth.document("pump text", version_of=old)
    truth.state("statement", says="set aside", number=new, why="wrong file")
    assert refs(built(truth, tmp_path, [4]), "pump") == [old]


def test_a_document_set_aside_is_hidden(tmp_path: Path) -> None:
    truth = MemoryTruth()
    number = truth.document("pump")
    truth.state("statement", says="set aside", number=number, why="dropped by mistake")
    index = built(truth, tmp_path)
    assert refs(index, "pump") == []
    assert [hit.set_aside for hit in index.search(parse("pump"), all_versions=True).hits] == [True]


def test_a_tombstone_contributes_nothing_and_neither_do_lines_about_what_it_took(tmp_path: Path) -> None:
    truth = MemoryTruth()
    truth.state("accession", "DSP-2026-0001", number="D-000001", keys=[])
    truth.numbers = 1
    truth.reading("D-000001", "secret")
    newer = truth.document("secret", version_of="D-000001")
    truth.state("disposal", key="DSP-2026-0001", stage="done", numbers=["D-000001"])
    index = built(truth, tmp_path)
    assert refs(index, "*", all_versions=True) == [newer]
    assert index.watermark == 5


def test_what_a_destroyed_version_replaced_stays_replaced(tmp_path: Path) -> None:
    truth = MemoryTruth()
    first = truth.document("pump text")
    truth.state("accession", "DSP-2026-0001", number="D-000002", keys=[])
    truth.state("reading", "DSP-2026-0001", number="D-000002", keys=[], version_of=first)
    truth.numbers = 2
    third = truth.document("pump text", version_of="D-000002")
    for name, cuts in (("whole", []), ("cut", [2, 4])):
        index = built(truth, tmp_path / name, cuts)
        assert refs(index, "pump") == [third]
        assert set(refs(index, "*", all_versions=True)) == {first, third}
        assert refs(index, "-pump", all_versions=True) == refs(index, "id:D-000002", all_versions=True) == []
        assert index.search(parse("pump")).hidden == 1


def test_an_object_that_cannot_be_read_leaves_the_document_found_by_its_name(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    truth = MemoryTruth()
    number = truth.document("words", "offer.txt")
    truth.objects.kept.clear()
    assert refs(built(truth, tmp_path), "offer") == [number]
    assert "not searchable" in caplog.text


def test_a_part_names_the_document_it_came_in(tmp_path: Path) -> None:
    truth = MemoryTruth()
    mail = truth.document("see attachment", "mail.eml", parts=["D-000002"])
    truth.accession("offer.pdf", parent={"number": mail, "relation": "attachment"})
    index = built(truth, tmp_path)
    assert [(hit.ref, hit.parent) for hit in index.search(parse("source:attachment")).hits] == [("D-000002", mail)]
    assert refs(index, f"source:{mail}") == ["D-000002"]
    assert refs(index, "has:parts") == [mail]


def test_the_received_day_is_the_house_s_civil_day(tmp_path: Path) -> None:
    truth = MemoryTruth()
    truth.accession()
    far_east = house_of({"timezone": "Pacific/Kiritimati"}, 1)
    assert refs(built(truth, tmp_path / "utc"), "received:2024-05-02") == ["D-000001"]
    assert refs(built(truth, tmp_path / "far", house=far_east), "received:2024-05-02") == ["D-000001"]
    assert built(truth, tmp_path / "far", house=far_east).search(parse("received:2024-05-01")).total == 0


def test_the_watermark_lives_in_the_commit_and_what_lies_below_it_changes_nothing(tmp_path: Path) -> None:
    truth = MemoryTruth()
    truth.document("one")
    writer = INDEX.writer(tmp_path, truth, HOUSE)
    assert writer.watermark == 0
    writer.apply(truth.log)
    writer.apply(truth.log)
    writer.close()
    again = INDEX.writer(tmp_path, truth, HOUSE)
    assert again.watermark == 2
    again.apply(truth.entries(0, 1))
    again.close()
    again.close()
    index = Index(tmp_path, HOUSE)
    assert (index.watermark, index.search(parse("*")).total) == (2, 1)


def test_an_open_index_goes_on_answering_what_it_saw(tmp_path: Path) -> None:
    truth = MemoryTruth()
    truth.document("pump one")
    before = built(truth, tmp_path)
    truth.document("pump two")
    after = built(truth, tmp_path, [2])
    assert (before.search(parse("pump")).total, after.search(parse("pump")).total) == (1, 2)
    assert (before.watermark, after.watermark) == (2, 4)


def test_two_writers_at_once_are_told_apart(tmp_path: Path) -> None:
    truth = MemoryTruth()
    writer = INDEX.writer(tmp_path, truth, HOUSE)
    with pytest.raises(Busy):
        INDEX.writer(tmp_path, truth, HOUSE)
    writer.close()


def test_many_sessions_leave_no_files_behind(tmp_path: Path) -> None:
    truth = MemoryTruth()
    for _ in range(12):
        truth.document("pump text " * 20)
        writer = INDEX.writer(tmp_path, truth, HOUSE)
        writer.apply(truth.log)
        writer.close()
    (tmp_path / f"{'ab' * 16}.store").write_bytes(b"left by an interruption")
    INDEX.writer(tmp_path, truth, HOUSE).close()
    named = {row["segment_id"].replace("-", "") for row in json.loads((tmp_path / "meta.json").read_text())["segments"]}
    assert {
        path.name.partition(".")[0] for path in tmp_path.iterdir() if not path.name.startswith((".", "meta"))
    } == named
    assert (tmp_path / "meta.json").stat().st_mode & 0o777 == tmp_path.stat().st_mode & 0o666


KILLED = """
import os, sys
from pathlib import Path
from archive.index import INDEX
from tests.index.truth import HOUSE, MemoryTruth
truth = MemoryTruth()
for number in range(4):
    truth.document(f"pump number{number}")
writer = INDEX.writer(Path(sys.argv[1]), truth, HOUSE)
writer.apply(truth.entries(0, 4))
put = writer._session.put
def put_and_die(*row):
    put(*row)
    os.kill(os.getpid(), 9)
writer._session.put = put_and_die
writer.apply(truth.entries(4))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_a_writer_killed_in_a_batch_leaves_the_last_commit(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=Path(__file__).parents[2], timeout=60)
    assert run.returncode == -9
    index = Index(tmp_path, HOUSE)
    assert (index.watermark, index.search(parse("pump")).total) == (4, 2)
    truth = MemoryTruth()
    for number in range(4):
        truth.document(f"pump number{number}")
    assert built(truth, tmp_path).search(parse("pump")).total == 4


def test_a_worn_index_says_so(tmp_path: Path) -> None:
    truth = MemoryTruth()
    for _ in range(250):
        truth.document("pump")
    assert not built(truth, tmp_path).wants_new_generation
    for number in range(1, 101):
        truth.reading(f"D-{number:06}", "valve")
    assert built(truth, tmp_path, [500]).wants_new_generation


def test_the_fingerprint_names_the_engine_and_the_settings_answers_depend_on() -> None:
    assert "tantivy" in INDEX.version
    assert {"languages", "timezone"} == set(INDEX.sections)
    assert house_of({"schemes": {}}, 1).digest(INDEX.sections) == House().digest(INDEX.sections)
    assert house_of({"languages": ["de"]}, 1).digest(INDEX.sections) != House().digest(INDEX.sections)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["new", "new", "read", "read", "met", "aside", "gone", "remains"]),
        st.integers(1, 6),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=14,
)
ASKED = ["*", "pump", "valve", "a -pump", "has:versions", "date:2022", "name:other", "w-2", '"pump a"', "id:d*3"]


def told(steps: list[tuple[str, int, int]]) -> MemoryTruth:
    truth = MemoryTruth()
    words = ["pump a", "valve", "pump valve W-2", "a", "", "W-2"]
    for step, one, other in steps:
        ref = f"D-{one:06}"
        if step == "new":
            truth.accession(f"file {one}.txt")
        elif step == "read":
            chain = f"D-{other:06}" if other and other != one else None
            truth.reading(ref, words[other % 6], version_of=chain, date=f"202{other}" if other % 2 else None)
        elif step == "met":
            truth.state("occurrence", number=ref, name="other.txt", source="a/other.txt", parent=None)
        elif step == "aside":
            truth.state("statement", says="set aside", number=ref, why="")
        elif step == "remains":
            truth.state("reading", "DSP-1", number=ref, keys=[], version_of=f"D-{other:06}" if other else None)
        else:
            truth.state("accession", "DSP-1", number=ref, keys=[])
    return truth


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS, st.data())
def test_any_cut_of_the_log_gives_the_same_matches_and_orders(
    steps: list[tuple[str, int, int]], data: st.DataObject
) -> None:
    truth = told(steps)
    cuts = data.draw(st.lists(st.integers(0, len(truth.log)), max_size=4).map(sorted))
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        live, rebuilt = built(truth, Path(one), cuts), built(truth, Path(other))
        for text in ASKED:
            for every in (False, True):
                for sort in ("date", "received", "title"):
                    expected = refs(rebuilt, text, sort=sort, all_versions=every)
                    assert refs(live, text, sort=sort, all_versions=every) == expected, (text, sort)
                assert sorted(refs(live, text, all_versions=every)) == sorted(expected)
        assert {*refs(live, "*", all_versions=True)} == documents(truth).keys()
