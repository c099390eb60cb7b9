"""The engine against plain meaning: what is found is what the query says, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import Damaged, Invalid, Usage
from archive.index import Index, Resolved, matches, parse
from archive.index.query import And, Fuzzy, Node, Not, Or, Pattern, Phrase, Word
from archive.settings import House
from tests.index.truth import HOUSE, MemoryTruth, built, documents, german_too


def found(index: Index, text: str, **scope: object) -> list[str]:
    hits = index.search(parse(text), limit=100, **scope)  # type: ignore[arg-type]
    assert hits.total == len(hits.hits)
    return [hit.ref for hit in hits.hits]


@pytest.fixture(scope="module")
def firm() -> MemoryTruth:
    truth = MemoryTruth()
    truth.document(
        "Pump specification SPC-1001-02 Rev A\fThe pumps run at 1450 rpm.",
        "spc.pdf",
        "inbox/Specs/spc.pdf",
        title="Pump specification",
        date="2022-03-31",
        media_type="application/pdf",
    )
    truth.document("Pump specification SPC-1001-02 Rev B, a newer text", "spc-b.pdf", date="2023-01-10")
    truth.document("Valve W-2 replaces valve W-20 and part 02091-C-71", title="Valve list", date="2022-03")
    truth.document("Order for PN-4711-B and PN-4711-C", more={"meta": [{"name": "author", "value": "Ada Example"}]})
    truth.document("The scan says PN-47ll-8 somewhere", pages=[{"source": "ocr", "confidence": 70, "chars": 30}])
    truth.document("kind: change request", record={"kind": "change_request", "key": "ECR-2024-0001"})
    truth.accession("Pumpenhaus Grundriß.dwg", "inbox/H%C3%A4user/Pumpenhaus%20Grundri%C3%9F.dwg")
    return truth


@pytest.fixture(scope="module")
def index(firm: MemoryTruth, tmp_path_factory: pytest.TempPathFactory) -> Index:
    return built(firm, tmp_path_factory.mktemp("index"))


@pytest.mark.parametrize(
    ("text", "refs"),
    [
        ("pump", {1, 2}),
        ("pumping", {1, 2}),
        ("the pumps", {1, 2}),
        ('"the pumps"', {1}),
        ('"pumps specification"', set()),
        ('"valve replaces"~1', set()),
        ('"valve replaces"~2', {3}),
        ('"replaces valve"', {3}),
        ("pump -newer", {1}),
        ("-pump", {3, 4, 5, 6, 7}),
        ("valve OR order", {3, 4}),
        ("newer OR valve list", {2, 3}),
        ("*", {1, 2, 3, 4, 5, 6, 7}),
        ('"Rev A"', {1}),
        ("Rev A", {1}),
        ("SPC-1001-02 Rev B", {2}),
        ("W-2", {3}),
        ("02091-C-71", {3}),
        ("PN-4711-B", {4, 5}),
        ("-PN-4711-B", {1, 2, 3, 5, 6, 7}),
        ("pn 4711 b", {4}),
        ("PN-47*", {4, 5}),
        ("spec*", {1, 2}),
        ("p?mp", {1, 2}),
        ("text:p?mps", {1}),
        ("valvo~1", {3}),
        ("avlve~1", {3}),
        ("vlv~1", set()),
        ("wallve~2", {3}),
        ("title:pumps", {1}),
        ("title:list", {3}),
        ("title:*", {1, 3}),
        ("name:spc", {1, 2}),
        ("name:pdf", {1, 2}),
        ("path:specs", {1}),
        ("path:inbox/specs", {1}),
        ("specs", {1}),
        ("hauser", {7}),
        ("Grundriss", {7}),
        ("ada", {4}),
        ("type:pdf", {1, 2}),
        ("type:application/pdf", {1}),
        ("type:dwg", {7}),
        ("kind:change-request", {6}),
        ('kind:"Change Request"', {6}),
        ("kind:change*", {6}),
        ("id:ecr-2024-0001", {6}),
        ("id:d000003", {3}),
        ("id:D-00000*", {1, 2, 3, 4, 5, 6, 7}),
        ("ECR-2024-0001", {6}),
        ("source:specs", {1}),
        ("source:inbox", {1, 7}),
        ("has:text", {1, 2, 3, 4, 5, 6}),
        ("-has:text", {7}),
        ("has:ocr", {5}),
        ("date:2022", {1, 3}),
        ("date:2022-03-01", {3}),
        ("date:2022-03-02..", {1, 2}),
        ("-date:*", {4, 5, 6, 7}),
        ("received:<=2024-05-03", {1}),
        ("added:2024", {1, 2, 3, 4, 5, 6, 7}),
        ("watermark", set()),
    ],
)
def test_a_query_finds_what_it_says(index: Index, firm: MemoryTruth, text: str, refs: set[int]) -> None:
    expected = {f"D-{number:06}" for number in refs}
    assert set(found(index, text)) == expected
    assert {ref for ref, each in documents(firm).items() if matches(parse(text), each, HOUSE)} == expected


@pytest.mark.parametrize(
    ("text", "undated"),
    [
        ("date:2022", 4),
        ("pump date:2019", 0),
        ("order date:2019", 1),
        ("order OR date:2023", 3),
        ("PN-4711-B -date:2019", 0),
        ("date:*", 0),
        ("received:2019", 0),
        ("order", 0),
    ],
)
def test_what_a_date_could_not_be_asked_of_is_counted(index: Index, text: str, undated: int) -> None:
    assert index.search(parse(text)).undated == undated


@pytest.mark.parametrize("kept", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
@pytest.mark.parametrize(
    "text",
    ["Größenänderung", '"die größenänderung"', "Größenä*", "größenändering~1", "name:Prüfblatt", "title:Höhe", "Ü-12"],
)
def test_letters_are_found_however_they_are_composed(
    tmp_path: Path, kept: Literal["NFC", "NFD"], asked: Literal["NFC", "NFD"], text: str
) -> None:
    truth = MemoryTruth()
    said = [unicodedata.normalize(kept, each) for each in ("Die Größenänderung, Ü-12", "Prüfblatt.pdf", "Höhe")]
    truth.document(said[0], said[1], title=said[2])
    query = parse(unicodedata.normalize(asked, text))
    hits = built(truth, tmp_path).search(query).hits
    assert [(hit.ref, hit.how) for hit in hits] == [("D-000001", "exact identifier" if text == "Ü-12" else "words")]
    (document,) = documents(truth).values()
    assert matches(query, document, HOUSE)


def test_an_identifier_found_exactly_comes_on_top_and_a_lookalike_is_labelled(index: Index) -> None:
    hits = index.search(parse("PN-4711-B order OR PN-4711-B")).hits
    assert [(hit.ref, hit.how) for hit in hits] == [
        ("D-000004", "exact identifier"),
        ("D-000005", "possible OCR match"),
    ]
    assert [hit.how for hit in index.search(parse("pump")).hits] == ["words", "words"]


def test_an_exact_identifier_beats_a_text_full_of_its_parts(tmp_path: Path) -> None:
    truth = MemoryTruth()
    for _ in range(5):
        truth.document("W-2-X " * 50, title="W-2-X")
    exact = truth.document("something long about other things " * 20 + "W-2")
    assert found(built(truth, tmp_path), "W-2")[0] == exact


def test_a_hit_says_what_a_list_needs(index: Index) -> None:
    hit = index.search(parse("title:pump")).hits[0]
    assert (hit.ref, hit.title, hit.name, hit.kind) == ("D-000001", "Pump specification", "spc.pdf", "document")
    assert str(hit.date) == "2022-03-31"
    assert str(hit.received) == "2024-05-02"
    assert hit.text is not None
    record = index.search(parse("ECR-2024-0001")).hits[0]
    assert (record.kind, record.keys, record.date) == ("change_request", ("ECR-2024-0001",), None)


def test_orders_and_pages_of_an_answer(index: Index) -> None:
    by_date = found(index, "*", sort="date")
    assert by_date[:3] == ["D-000002", "D-000001", "D-000003"]
    assert by_date[3:] == ["D-000007", "D-000006", "D-000005", "D-000004"]
    assert found(index, "*", sort="received") == [f"D-00000{n}" for n in (7, 6, 5, 4, 3, 2, 1)]
    assert found(index, "*") == found(index, "*", sort="received")
    assert found(index, "has:text", sort="title")[-2:] == ["D-000002", "D-000003"]
    page = index.search(parse("*"), limit=2, offset=2, sort="received")
    assert [hit.ref for hit in page.hits] == ["D-000005", "D-000004"]
    assert page.total == 7
    with pytest.raises(Usage, match="one of relevance"):
        index.search(parse("*"), sort="size")


def test_only_and_without_narrow_an_answer(index: Index) -> None:
    assert found(index, "*", only=["D-000001", "D-000009"]) == ["D-000001"]
    assert found(index, "*", only=[]) == []
    assert found(index, "pump", without=["D-000001"]) == ["D-000002"]
    assert index.count(parse("pump"), without=["D-000001"]) == 1
    assert index.search(parse("pump"), limit=0).total == 2


def test_a_condition_of_others_is_answered_by_whom_it_concerns(index: Index) -> None:
    node = Resolved("part", "PN-1")
    assert found(index, "pump part:PN-1", resolved={node: {"D-000002"}}) == ["D-000002"]
    assert found(index, "pump -part:PN-1", resolved={node: {"D-000002"}}) == ["D-000001"]
    assert found(index, "part:PN-1", resolved={node: set()}) == []
    with pytest.raises(Invalid, match="not available yet") as refusal:
        found(index, "pump part:PN-1")
    assert str(refusal.value).endswith("\n  pump part:PN-1\n       ^")


def test_text_is_analysed_in_every_language_of_the_house(tmp_path: Path) -> None:
    truth = MemoryTruth()
    truth.document("Die Häuser und Pumpen")
    truth.document("The running pumps")
    index = built(truth, tmp_path, house=german_too())
    assert found(index, "Haus") == ["D-000001"]
    assert found(index, "das Haus") == ["D-000001"]
    assert found(index, "run") == ["D-000002"]


WORDS = ["pump", "pumps", "valve", "the", "rev", "a", "b", "pn-47", "pn-48", "pumpa", "vlave", "PN-4B11", "PN-4811"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=6).map(" ".join)
PARTS = st.one_of(
    st.builds(
        Word, st.sampled_from([*WORDS, "valve/pump"]), st.sampled_from(["", "", "text", "title", "name", "path"])
    ),
    st.builds(Phrase, TEXTS.filter(bool), st.sampled_from(["", "text", "title"]), st.integers(0, 2)),
    st.builds(
        Pattern, st.sampled_from(["pu*", "p?mp", "*", "?", "*v*", "pn-4*", "pn-4?"]), st.sampled_from(["", "text"])
    ),
    st.builds(
        Fuzzy, st.sampled_from(["pump", "vavle", "x", "pmups"]), st.sampled_from(["", "name"]), st.integers(1, 2)
    ),
    st.sampled_from(["date:2022", "date:>2021", "-date:*", "has:text", "type:txt", "kind:p*", "id:d*2", "*"]).map(
        lambda text: parse(text).tree
    ),
)
TREES = st.recursive(
    PARTS,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
CORPUS = st.lists(
    st.tuples(
        TEXTS, TEXTS, st.sampled_from(["pump.txt", "valve a.pdf"]), st.sampled_from(["", "2021-05", "2022-07-01"])
    ),
    min_size=1,
    max_size=5,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(CORPUS, st.lists(TREES, min_size=15, max_size=15))
def test_the_engine_finds_what_the_plain_meaning_says(
    corpus: list[tuple[str, str, str, str]], trees: list[Node]
) -> None:
    truth = MemoryTruth()
    for text, title, name, day in corpus:
        truth.document(text, name, f"in/{name}", title=title or None, date=day or None)
    with tempfile.TemporaryDirectory() as folder:
        index = built(truth, Path(folder))
        for tree in trees:
            meant = {ref for ref, each in documents(truth).items() if matches(tree, each, HOUSE)}
            assert {hit.ref for hit in index.search(tree, limit=100).hits} == meant, tree


@pytest.mark.parametrize(
    "text",
    ["(" * 64 + "a" + ")" * 64, " OR ".join(f"w{n}" for n in range(500)), "☂ 🔧 שלום מים", "\0a\0", "a" * 4000, "a?*?"],
)
def test_odd_queries_are_answered(index: Index, text: str) -> None:
    query = parse(text, raw="🔧" in text)
    assert len(index.search(query, limit=100).hits) == index.count(query)


def test_a_phrase_with_too_wide_a_gap_is_refused(index: Index) -> None:
    with pytest.raises(Invalid, match="use fewer of either"):
        index.search(parse('"a b c d e f"~10'))


def test_a_folder_without_an_index_or_with_half_of_one_is_damaged(firm: MemoryTruth, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Damaged, match="archive rebuild"):
        Index(tmp_path / "empty", HOUSE)
    built(firm, tmp_path / "1")
    next((tmp_path / "1").glob("*.term")).unlink()
    with pytest.raises(Damaged, match="archive rebuild"):
        Index(tmp_path / "1", HOUSE)


def test_an_index_is_read_where_its_lock_file_cannot_be_written(firm: MemoryTruth, tmp_path: Path) -> None:
    built(firm, tmp_path / "1")
    lock = tmp_path / "1" / ".tantivy-meta.lock"
    lock.unlink()
    lock.mkdir()
    index = Index(tmp_path / "1", HOUSE)
    assert set(found(index, "pump")) == {"D-000001", "D-000002"}
    assert index.search(parse("title:pump")).hits[0].title == "Pump specification"


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


AS_ANOTHER = """
import os, sys, tempfile
from pathlib import Path
import archive.index.reader
from archive.index import Index, parse
from archive.settings import House
os.setgroups([]), os.setgid(65534), os.setuid(65534)
print(Index(Path(sys.argv[1]), House()).search(parse("pump")).total)
"""


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() != 0, reason="only root can become another user")
def test_another_user_reads_what_the_folder_lets_him(firm: MemoryTruth, open_folder: Path) -> None:
    built(firm, open_folder / "1")
    root = Path(__file__).parents[2]
    command = [sys.executable, "-B", "-c", AS_ANOTHER, str(open_folder / "1")]
    run = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60)
    assert (run.stdout.strip(), run.returncode) == ("2", 0), run.stderr


def test_a_read_only_folder_is_read(firm: MemoryTruth, tmp_path: Path) -> None:
    built(firm, tmp_path / "1")
    for path in (tmp_path / "1").iterdir():
        path.chmod(0o444)
    (tmp_path / "1").chmod(0o555)
    try:
        assert found(Index(tmp_path / "1", HOUSE), "order") == ["D-000004"]
    finally:
        (tmp_path / "1").chmod(0o755)


def test_a_house_without_a_known_stemmer_still_finds_words(tmp_path: Path) -> None:
    truth = MemoryTruth()
    truth.document("bomba wody")
    house = House({**HOUSE.values, "languages": ["pl"]})
    assert found(built(truth, tmp_path, house=house), "bomba") == ["D-000001"]
