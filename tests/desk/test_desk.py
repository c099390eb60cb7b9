"""The desk: what a name means, what a row number means, and answers that several parts give together."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest

from archive.archive import Archive
from archive.desk.rows import LIFE_S, Rows
from archive.desk.searching import Wish
from archive.errors import Ambiguous, NotFound, Usage
from tests.running import Home


@pytest.fixture
def archive(firm: Home) -> Iterator[Archive]:
    with firm.opened() as archive:
        yield archive


@pytest.mark.parametrize(
    ("name", "ref", "page"),
    [
        ("D-000007", "D-000007", None),
        ("  d-7#p2 ", "D-000007", 2),
        ("D-000007@1#p2", "D-000007", 2),
        ("P-0002", "D-000017", None),
        ("w-2", "D-000017", None),
        ("02091-C-71", "D-000016", None),
        ("product card feed pump.md", "D-000017", None),
    ],
)
def test_a_name_means_one_thing(archive: Archive, name: str, ref: str, page: int | None) -> None:
    found = archive.desk.resolve(name)
    assert (found.ref, found.page) == (ref, page)


def test_a_cited_thing_that_is_not_on_file_is_known_all_the_same(archive: Archive) -> None:
    found = archive.desk.resolve("SPC-1003-01")
    assert (found.ref, found.node) == (None, "controlled_document:SPC-1003-01")
    assert "only cited" in dict(archive.desk.show(found).facts)["on file"]
    with pytest.raises(NotFound, match="nothing of it is on file"):
        archive.desk.document(found)


def test_an_ambiguous_name_lists_what_it_may_mean(archive: Archive) -> None:
    with pytest.raises(Ambiguous) as caught:
        archive.desk.resolve("feed")
    assert len(caught.value.candidates) == 2


def test_several_documents_of_one_item_are_each_named_once(archive: Archive) -> None:
    with pytest.raises(Ambiguous) as caught:
        archive.desk.document(archive.desk.resolve("SPC-1001-02"))
    numbers = [each.split()[0] for each in caught.value.candidates]
    assert numbers == ["D-000007", "D-000008", "D-000018"]


@pytest.mark.parametrize("name", ["", "   "])
def test_an_empty_name_is_a_mistake_of_spelling(archive: Archive, name: str) -> None:
    with pytest.raises(Usage):
        archive.desk.resolve(name)


@pytest.mark.parametrize("name", ["D-999999", "D-000001@9", "nothing like it", "0" * 64, "%", "_", "D-0"])
def test_what_is_not_there_is_not_guessed(archive: Archive, name: str) -> None:
    with pytest.raises(NotFound):
        archive.desk.resolve(name)


def test_a_hit_shows_the_page_and_the_words(archive: Archive) -> None:
    found = archive.desk.search('"Rev C" cartridge', Wish(limit=20))
    assert found.rows
    for row in found.rows:
        assert row.page >= 1
    assert any("\x02" in row.snippet for row in found.rows)


def test_a_search_says_what_it_rests_on(archive: Archive) -> None:
    found = archive.desk.search("flow", Wish())
    assert found.scope == "20 documents searched"


def test_revisions_are_told_apart(archive: Archive) -> None:
    def names(rev: str) -> set[str]:
        found = archive.desk.search(f'"SPC-1001-02 rev {rev}" name:specification*', Wish())
        return {row.name for row in found.rows}

    assert names("B") != names("C")


def test_conditions_that_other_documents_decide(archive: Archive) -> None:
    citing = {row.ref for row in archive.desk.search("cites:SPC-1003-01", Wish(limit=50)).rows}
    assert citing == {"D-000007", "D-000008"}
    assert archive.desk.search("cites:SPC-9999-99", Wish()).total == 0


def test_the_revision_in_force_is_answered_with_its_proof(archive: Archive) -> None:
    shown = archive.desk.show(archive.desk.resolve("SPC-1001-02"))
    assert (shown.values["in_force"], shown.values["since"], shown.values["by"]) == ("C", "2024-05-06", "Ansgar Pfeil")
    assert shown.values["evidence"][0]["document"] == "D-000018"


def test_a_path_reads_in_the_direction_it_is_walked(archive: Archive) -> None:
    desk = archive.desk
    there = desk.path(desk.resolve("ECR-2024-0017"), desk.resolve("W-2"))
    back = desk.path(desk.resolve("W-2"), desk.resolve("ECR-2024-0017"))
    assert there is not None
    assert back is not None
    assert (there[0]["near"], there[-1]["far"]) == ("ECR-2024-0017", "P-0002")
    assert (back[0]["near"], back[-1]["far"]) == ("P-0002", "ECR-2024-0017")


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("typed", ["Prüfblatt Öl.txt", "prüfblatt öl.txt", "PRÜFBLATT ÖL.TXT"])
def test_a_file_name_is_known_however_its_letters_are_composed(
    home: Home, form: Literal["NFC", "NFD"], typed: str
) -> None:
    home.add(home.file(normalize("NFD" if form == "NFC" else "NFC", "Prüfblatt Öl.txt"), "oil"))
    with home.opened() as archive:
        assert archive.desk.resolve(normalize(form, typed)).ref == "D-000001"


def test_a_copy_under_another_name_is_known_by_that_name(home: Home) -> None:
    home.add(home.file("letter.txt", "the letter"))
    home.add(home.file("letter (signed).txt", "the letter"))
    with home.opened() as archive:
        assert archive.desk.resolve("Letter (signed).txt").ref == "D-000001"


def test_an_unknown_relation_is_answered_with_the_known_ones(archive: Archive) -> None:
    with pytest.raises(Usage, match=r"Did you mean cites\?.*authorises"):
        archive.desk.links(archive.desk.resolve("W-2"), rels=("cite",))


def test_the_same_link_on_the_same_page_is_told_once(archive: Archive) -> None:
    desk = archive.desk
    rows = [desk.link_row(each) for each in desk.links(desk.resolve("02091-C-71")).edges]
    told = [(row["near"], row["rel_words"], row["far"], row["document"], row["page"]) for row in desk.told_once(rows)]
    assert len(told) == len(set(told)) < len(rows)


def test_a_day_before_the_first_entry_is_no_day_to_ask_for(archive: Archive) -> None:
    first = archive.today()
    assert archive.desk.reached(first) == first
    assert archive.desk.reached(None) is None
    with pytest.raises(NotFound, match=f"first entry is of {first}"):
        archive.desk.reached(first - timedelta(days=1))


def test_a_controlled_document_says_who_released_it_why_and_where_it_is(archive: Archive) -> None:
    shown = archive.desk.show(archive.desk.resolve("SPC-1001-02"))
    facts = dict(shown.facts)
    assert facts["released by"] == "Ansgar Pfeil (D-000018 p.1)"
    assert facts["because of"].startswith("ECR-2024-0017  Lower the rated flow")
    assert facts["what changed"].startswith("Rated flow 36 instead of 40")
    assert facts["document rev C"].startswith("D-000007 ")
    assert facts["record of rev C"].startswith("D-000018 ")
    assert len(shown.facts) <= 12
    assert shown.next == ("archive", "lineage", "SPC-1001-02", "-o", "report.html")


def test_a_revision_is_the_document_itself_and_shown_with_what_its_record_says(archive: Archive) -> None:
    target = archive.desk.resolve("SPC-1001-02 rev C")
    assert archive.desk.document(target).number == "D-000007"
    facts = dict(archive.desk.show(target).facts)
    assert (facts["released by"], facts["in force from"]) == ("Ansgar Pfeil", "2024-05-06")
    assert facts["because of"].startswith("ECR-2024-0017")
    assert facts["what changed"].startswith("Rated flow 36")
    assert facts["the document itself"].startswith("D-000007 ")


def test_a_watcher_learns_of_another(archive: Archive) -> None:
    with archive.desk.watching() as first, archive.desk.watching() as second:
        assert (first, second) == (False, True)
    with archive.desk.watching() as third:
        assert third is False


# Row numbers -------------------------------------------------------------------------------------------------


def test_a_row_means_what_the_last_list_showed(tmp_path: Path) -> None:
    rows = Rows("a" * 32, tmp_path)
    rows.remember(["D-000007", "D-000003"])
    assert (rows.meaning(1), rows.meaning(2)) == ("D-000007", "D-000003")
    rows.remember(["D-000009"])
    assert rows.meaning(1) == "D-000009"
    for number in (0, 2, -1):
        with pytest.raises(NotFound):
            rows.meaning(number)


def test_a_row_means_something_for_an_hour(tmp_path: Path) -> None:
    rows = Rows("a" * 32, tmp_path)
    rows.remember(["D-000007"])
    kept = json.loads(rows.path.read_text())
    rows.path.write_text(json.dumps({**kept, "time": time.time() - LIFE_S - 1}))
    with pytest.raises(NotFound, match="archive search first"):
        rows.meaning(1)


def test_rows_of_two_archives_are_two_lists(tmp_path: Path) -> None:
    Rows("a" * 32, tmp_path).remember(["D-000007"])
    with pytest.raises(NotFound):
        Rows("b" * 32, tmp_path).meaning(1)


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"time": "x", "refs": []}', "\x00"])
def test_a_spoiled_list_is_no_list(tmp_path: Path, content: str) -> None:
    rows = Rows("a" * 32, tmp_path)
    rows.path.write_text(content)
    with pytest.raises(NotFound):
        rows.meaning(1)


def test_where_nothing_can_be_kept_only_row_numbers_do_not_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    rows = Rows("a" * 32, tmp_path / "file")
    rows.remember(["D-000007"])
    with pytest.raises(NotFound):
        rows.meaning(1)
