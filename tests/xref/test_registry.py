"""What each document is, what is known by citation alone, which release is stated."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archive.errors import Ambiguous, NotFound
from archive.model import Release
from archive.xref import in_force
from tests.xref.truth import Truth, follow

SPEC = "Document no: {number}\nRevision: {rev}\n\nHydraulic pump, housing\n\nThe bore is 12 mm."


@pytest.fixture
def truth() -> Truth:
    return Truth()


def test_a_number_in_the_title_zone_files_the_document(truth: Truth, tmp_path: Path) -> None:
    number = truth.file("scan0001.txt", SPEC.format(number="SPC-1001-02", rev="C"))
    xref = follow(truth, tmp_path)
    assert xref.item_of(number) == "revision:SPC-1001-02 rev C"
    [issue] = xref.documents_of("SPC-1001-02", rev="c")
    assert (issue.document, issue.edge.method, issue.edge.confidence) == (number, "extracted", 1.0)
    assert "SPC-1001-02" in issue.edge.snippet and issue.edge.page == 1
    assert xref.edges_of_document(number) == [issue.edge]
    assert xref.revisions("SPC-1001-02") == ["C"]


@pytest.mark.parametrize("name", ["SPC-1001-02 rev C.pdf", "SPC-1001-02_rev_C_pump_housing.docx"])
def test_a_file_name_alone_files_the_document(truth: Truth, tmp_path: Path, name: str) -> None:
    number = truth.file(name, "A page without any number")
    assert follow(truth, tmp_path).item_of(number) == "revision:SPC-1001-02 rev C"


def test_title_zone_and_file_name_together_give_the_fuller_number(truth: Truth, tmp_path: Path) -> None:
    number = truth.file("SPC-1001-02.pdf", "Pump housing specification SPC-1001-02 rev C\n\nText")
    assert follow(truth, tmp_path).item_of(number) == "revision:SPC-1001-02 rev C"


def test_two_numbers_that_contradict_file_nothing_but_are_remembered(truth: Truth, tmp_path: Path) -> None:
    number = truth.file("SPC-1001-02 rev D.pdf", SPEC.format(number="SPC-1001-02", rev="C"))
    xref = follow(truth, tmp_path)
    assert xref.item_of(number) is None
    [clash] = xref.contradictions()
    assert clash.document == number and {clash.one, clash.other} == {"SPC-1001-02\nRevision: C", "SPC-1001-02 rev D"}


@pytest.mark.parametrize(
    ("name", "text", "media"),
    [
        ("letter.pdf", "Ref: SPC-1001-02 rev C\n\nDear Ms Hale,\nthe bore is too small.", "text/plain"),
        ("letter.pdf", "SPC-1001-02 rev C\n\nDear Ms Hale,\nthe bore is too small.", "text/plain"),
        ("SPC-1001-02 rev C comments.docx", "We have these comments:", "text/plain"),
        ("memo.txt", "We looked at the bore of\nSPC-1001-02 rev C and found it", "text/plain"),
        ("memo.txt", "Comments on SPC-1001-02 rev C", "text/plain"),
        ("mail.eml", "SPC-1001-02 rev C", "message/rfc822"),
        ("scan.txt", "ECR-2024-0017 was discussed", "text/plain"),
    ],
)
def test_a_paper_about_a_document_is_not_an_issue_of_it(
    truth: Truth, tmp_path: Path, name: str, text: str, media: str
) -> None:
    number = truth.file(name, text, media_type=media)
    assert follow(truth, tmp_path).item_of(number) is None


def test_a_persons_filing_wins_over_what_the_page_says(truth: Truth, tmp_path: Path) -> None:
    number = truth.file("SPC-1001-02 rev D.pdf", SPEC.format(number="SPC-1001-02", rev="D") + " See SPC-1001-02 rev C.")
    seq = truth.say("statement", says="file", number=number, item="SPC-1001-02", rev="C", why="stamped rev C")
    xref = follow(truth, tmp_path)
    assert xref.item_of(number) == "revision:SPC-1001-02 rev C"
    [issue] = xref.issues_of(number)
    assert (issue.edge.method, issue.edge.known) == ("confirmed", seq)


def test_a_record_is_its_item(truth: Truth, tmp_path: Path) -> None:
    number = truth.record("change_request", "ECR-2024-0017", {"title": "Wider bore", "requester": "W. Hale"})
    xref = follow(truth, tmp_path)
    assert xref.item_of(number) == "change_request:ECR-2024-0017"
    assert xref.item("ECR-2024-0017").title == "Wider bore"
    assert [item.on_file for item in xref.items("change_request")] == [True]


def test_a_revision_record_and_a_filed_paper_are_the_same_node(truth: Truth, tmp_path: Path) -> None:
    fields = {"of": "SPC-1001-02", "rev": "C"}
    record = truth.record("revision", "SPC-1001-02 rev C", fields)
    paper = truth.file("SPC-1001-02 rev C.pdf", "Text")
    xref = follow(truth, tmp_path)
    assert [issue.document for issue in xref.documents_of("SPC-1001-02 rev C")] == [record, paper]


def test_titles_nicknames_numbers_and_beginnings_resolve(truth: Truth, tmp_path: Path) -> None:
    truth.record("product", "P-HB200", {"title": "Hand pump HB 200", "names": ["the Mk II pump", "HB200"]})
    truth.file("SPC-1001-02 rev C.pdf", "Text")
    truth.file("SPC-1001-03 rev A.pdf", "Text")
    xref = follow(truth, tmp_path)
    assert xref.resolve("hand pump hb 200") == ["product:P-HB200"]
    assert xref.resolve("The Mk II Pump") == ["product:P-HB200"]
    assert xref.resolve("spc 1001 02") == ["controlled_document:SPC-1001-02"]
    assert xref.resolve("SPC-1001") == ["controlled_document:SPC-1001-02", "controlled_document:SPC-1001-03"]
    assert xref.resolve("d-2") == ["document:D-000002"]
    assert xref.resolve("nothing of the kind") == []
    with pytest.raises(Ambiguous):
        xref.links("SPC-1001")
    with pytest.raises(NotFound):
        xref.links("SPC-4711-11")


def test_releases_come_from_revision_records_and_statements(truth: Truth, tmp_path: Path) -> None:
    fields = {"of": "SPC-1001-02", "rev": "B", "released_on": "2024-03-01", "released_by": "W. Hale"}
    record = truth.record("revision", "SPC-1001-02 rev B", fields)
    truth.record("revision", "SPC-1001-02 rev D", {"of": "SPC-1001-02", "rev": "D", "released_on": "2024-09-01"})
    proof = {"document": record, "page": 1, "words": "released C"}
    say = {"says": "release", "item": "SPC-1001-02", "by": "W. Hale", "why": ""}
    seq = truth.say("statement", **say, rev="c", on="2024-06-01", evidence=proof)
    xref = follow(truth, tmp_path)
    first, second = xref.releases("SPC-1001-02")
    assert (first.rev, first.on, first.by, first.item) == (
        "B",
        date(2024, 3, 1),
        "W. Hale",
        "controlled_document:SPC-1001-02",
    )
    assert first.evidence is not None and "2024-03-01" in first.evidence.words
    assert (second.rev, second.known) == ("C", seq)
    assert xref.releases(upto=seq - 1) == [first]


def test_in_force_is_the_newest_release_effective_by_then() -> None:
    item, day = "controlled_document:SPC-1001-02", date(2024, 6, 1)
    a = Release(item, "A", date(2024, 1, 1), "W. Hale", None, 1)
    b = Release(item, "B", day, "W. Hale", None, 2, effective=date(2024, 7, 1))
    late = Release(item, "A", date(2024, 8, 1), "W. Hale", None, 3)
    assert in_force([], day) is None
    assert in_force([a, b], date(2023, 12, 31)) is None
    assert in_force([a, b], day) == a
    assert in_force([b, late, a], date(2024, 9, 1)) == b
    same_day = [Release(item, rev, day, "W. Hale", None, 4) for rev in ("Z", "AA")]
    assert in_force(same_day, day) == same_day[1]
