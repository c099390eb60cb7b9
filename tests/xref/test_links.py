"""Walks, paths, statuses and clocks."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archive.xref import Xref
from tests.xref.truth import Truth, follow, house


def test_a_dangling_number_is_listed_with_the_nearest_and_is_ok_once_it_arrives(tmp_path: Path) -> None:
    truth = Truth()
    truth.record("change_request", "ECR-2024-0017", {})
    letter = truth.file("letter.txt", "About ECR-2024-0071 and ECR-2024-0017")
    truth.file("note.txt", "Again ECR-2024-0071")
    first, second = follow(truth, tmp_path).edges_of_document(letter)
    assert [first.status, second.status] == ["dangling", "ok"]
    [missing] = follow(truth, tmp_path).dangling()
    assert (missing.key, missing.count, missing.nearest) == ("ECR-2024-0071", 2, "change_request:ECR-2024-0017")
    assert missing.examples[0].document == letter
    assert [item.on_file for item in follow(truth, tmp_path).items("change_request")] == [True, False]
    arrived = len(truth.lines)
    truth.record("change_request", "ECR-2024-0071", {})
    xref = follow(truth, tmp_path)
    assert xref.dangling() == [] and xref.edges_of_document(letter)[0].status == "ok"
    assert [each.key for each in xref.dangling(upto=arrived)] == ["ECR-2024-0071"]


def test_words_no_scheme_knows_find_their_item_when_it_arrives(tmp_path: Path) -> None:
    truth = Truth()
    number = truth.record("change_request", "ECR-2024-0017", {"affects": [{"item": "hb 200"}]})
    before = [edge for edge in follow(truth, tmp_path).edges_of_document(number) if edge.rel == "affects"]
    assert (before[0].target, before[0].status) == (None, "dangling")
    assert [(each.node, each.key) for each in follow(truth, tmp_path).dangling()] == [("", "hb 200")]
    truth.record("part", "HB-200", {"part_no": "HB-200"})
    xref = follow(truth, tmp_path)
    [link] = xref.links("part:HB-200", direction="in", rels=["affects"])
    assert (link.far, link.edge.target, link.edge.status) == ("change_request:ECR-2024-0017", "part:HB-200", "ok")
    assert xref.why("part:HB-200", "ECR-2024-0017") == [link.edge]
    truth.record("product", "P-HB200", {"names": ["HB-200"], "id": "P-HB200"})
    truth.record("product", "HB_200", {})
    assert [edge.status for edge in follow(truth, tmp_path).edges_of_document(number) if edge.rel == "affects"] == [
        "ambiguous"
    ]


def test_a_revision_not_on_file_is_predated_when_its_document_is(tmp_path: Path) -> None:
    truth = Truth()
    truth.file("SPC-1001-02 rev C.txt", "Text")
    letter = truth.file("letter.txt", "We have SPC-1001-02 rev A here, and SPC-1001-02.")
    edges = follow(truth, tmp_path).edges_of_document(letter)
    assert [edge.status for edge in edges] == ["predated", "ok"]
    assert follow(truth, tmp_path).dangling() == []


def released(truth: Truth, rev: str, on: str) -> None:
    fields = {"of": "SPC-1001-02", "rev": rev, "released_on": on, "released_by": "W. Hale"}
    truth.record("revision", f"SPC-1001-02 rev {rev}", fields, date=on)


def test_a_paper_in_use_is_outdated_but_history_is_not(tmp_path: Path) -> None:
    truth = Truth()
    released(truth, "B", "2022-01-01")
    released(truth, "C", "2024-01-01")
    manual = truth.file("SPC-2000-01 rev A.txt", "Text\nBuilt per SPC-1001-02 rev B", date="2023-01-01")
    letter = truth.file("letter.txt", "Dear Sir\nSPC-1001-02 rev B fits", date="2023-01-01")
    late = truth.file("late.txt", "Dear Sir\nSPC-1001-02 rev B fits", date="2024-05-01")
    successor = truth.file("SPC-1001-02 rev C.txt", "Text\nSupersedes SPC-1001-02 rev B", date="2024-01-01")
    xref = follow(truth, tmp_path)

    def status(number: str, **clocks: date) -> list[str]:
        edges = [link.edge for link in xref.links(f"document:{number}", **clocks) if link.edge.document == number]
        return [edge.status for edge in edges if edge.rev == "B"]

    assert status(manual) == ["outdated"]
    assert status(manual, as_of=date(2023, 6, 1)) == ["ok"]
    assert status(letter) == ["ok"]
    assert status(late) == ["outdated"]
    assert status(successor) == ["ok"]


def firm(tmp_path: Path) -> Xref:
    truth = Truth()
    truth.record("change_request", "ECR-2024-0017", {"affects": [{"item": "SPC-1001-02"}]})
    truth.record("authorisation", "AUT-2024-0003", {"of": "ECR-2024-0017"})
    truth.file("SPC-1001-02 rev C.txt", "cover", "Text\nChange: ECR-2024-0017")
    truth.file("letter.txt", "Please see SPC-1001-02 rev C")
    return follow(truth, tmp_path)


def test_why_gives_the_shortest_chain_with_page_and_words(tmp_path: Path) -> None:
    path = firm(tmp_path).why("D-000004", "AUT-2024-0003")
    assert path is not None
    assert [(edge.source, edge.rel, edge.target) for edge in path] == [
        ("document:D-000004", "cites", "revision:SPC-1001-02 rev C"),
        ("revision:SPC-1001-02 rev C", "implements", "change_request:ECR-2024-0017"),
        ("authorisation:AUT-2024-0003", "authorises", "change_request:ECR-2024-0017"),
    ]
    assert (path[1].document, path[1].page) == ("D-000003", 2) and "Change: ECR-2024-0017" in path[1].snippet


def test_why_passes_from_a_revision_to_its_master(tmp_path: Path) -> None:
    path = firm(tmp_path).why("D-000004", "SPC-1001-02")
    assert path is not None
    assert [(edge.rel, edge.method) for edge in path] == [("cites", "extracted"), ("revision_of", "inferred")]


def test_why_says_none_when_nothing_leads_there(tmp_path: Path) -> None:
    truth = Truth()
    truth.file("a.txt", "ECR-2024-0017")
    truth.file("b.txt", "ECR-2024-0018")
    xref = follow(truth, tmp_path)
    assert xref.why("ECR-2024-0017", "ECR-2024-0018") is None
    assert xref.why("ECR-2024-0017", "ECR-2024-0017") == []


def test_why_goes_no_deeper_than_asked(tmp_path: Path) -> None:
    xref = firm(tmp_path)
    assert xref.why("D-000004", "AUT-2024-0003", max_depth=2) is None
    assert xref.why("D-000004", "AUT-2024-0003", max_depth=3) is not None


def test_links_walk_by_depth_direction_and_relation(tmp_path: Path) -> None:
    xref = firm(tmp_path)
    around = {(link.depth, link.rel, link.far) for link in xref.links("SPC-1001-02 rev C", depth=2)}
    assert (1, "cited_by", "document:D-000004") in around
    assert (1, "implements", "change_request:ECR-2024-0017") in around
    assert (2, "authorised_by", "authorisation:AUT-2024-0003") in around
    assert {link.rel for link in xref.links("ECR-2024-0017", rels=["implemented_by"])} == {"implemented_by"}
    assert {link.edge.target for link in xref.links("ECR-2024-0017", direction="in")} == {
        "change_request:ECR-2024-0017"
    }


def test_a_master_is_shown_with_its_revisions_and_a_document_with_what_it_is(tmp_path: Path) -> None:
    xref = firm(tmp_path)
    assert "document:D-000004" in {link.far for link in xref.links("SPC-1001-02")}
    assert "change_request:ECR-2024-0017" in {link.far for link in xref.links("D-000003")}


def test_a_hub_is_not_walked_through_and_the_walk_says_so(tmp_path: Path) -> None:
    truth = Truth()
    truth.file("start.txt", "ECR-2024-0017")
    for number in range(8):
        truth.file(f"{number}.txt", f"ECR-2024-0017 and ECR-2023-{number:04}")
    xref = follow(truth, tmp_path)
    found = xref.links("D-000001", depth=3, hub=5)
    assert [link.far for link in found] == ["change_request:ECR-2024-0017"]
    [stop] = found.not_expanded
    assert (stop.node, stop.links) == ("change_request:ECR-2024-0017", 6) and "5" in stop.reason
    short = xref.links("ECR-2024-0017", most=3)
    assert len(short) == 3 and short.not_expanded[0].node == "change_request:ECR-2024-0017"
    assert xref.links("D-000001", depth=3).not_expanded == ()


def test_what_was_not_yet_on_file_does_not_count(tmp_path: Path) -> None:
    truth = Truth()
    truth.record("change_request", "ECR-2024-0017", {}, date="2024-01-01")
    known = len(truth.lines)
    letter = truth.file("letter.txt", "on ECR-2024-0017", date="2023-06-01")
    xref = follow(truth, tmp_path)
    assert len(xref.links("ECR-2024-0017", rels=["cites"])) == 1
    assert len(xref.links("ECR-2024-0017", rels=["cites"], upto=known)) == 0
    assert len(xref.links("ECR-2024-0017", rels=["cites"], as_of=date(2023, 6, 1))) == 1
    assert len(xref.links("ECR-2024-0017", rels=["cites"], as_of=date(2023, 5, 31))) == 0
    assert xref.edges_of_document(letter)[0].known == known + 1


def test_a_later_version_takes_the_place_of_the_earlier_ones_links(tmp_path: Path) -> None:
    truth = Truth()
    first = truth.record("decision", "DEC-2024-0001", {"of": "ECR-2024-0017"}, date="2024-01-01")
    seen = len(truth.lines)
    truth.record("decision", "DEC-2024-0001", {"of": "ECR-2024-0018"}, date="2024-02-01", version_of=first)
    xref = follow(truth, tmp_path)

    def decides(**clocks: object) -> list[str]:
        return [link.far for link in xref.links("DEC-2024-0001", rels=["decides"], **clocks)]

    assert decides() == ["change_request:ECR-2024-0018"]
    assert decides(upto=seen) == decides(as_of=date(2024, 1, 15)) == ["change_request:ECR-2024-0017"]
    old = next(edge for edge in xref.edges_of_document(first) if edge.rel == "decides")
    assert old.retired == seen + 1
    assert [edge.rel for edge in xref.why("D-000001", "D-000002") or ()] == ["version_of"]


def test_a_document_set_aside_no_longer_counts(tmp_path: Path) -> None:
    truth = Truth()
    number = truth.file("SPC-1001-02 rev C.txt", "Text\nsee ECR-2024-0017")
    seen = truth.say("statement", says="set aside", number=number, why="dropped by mistake") - 1
    xref = follow(truth, tmp_path)
    assert xref.links("ECR-2024-0017").edges == () and xref.documents_of("SPC-1001-02") == []
    assert len(xref.documents_of("SPC-1001-02", upto=seen)) == 1


@pytest.mark.parametrize("order", ["day-first", "iso"])
def test_a_release_date_is_read_by_the_houses_order_or_not_at_all(tmp_path: Path, order: str) -> None:
    truth = Truth()
    released(truth, "B", "01/03/2024")
    xref = follow(truth, tmp_path, home=house(date_order=order))
    assert [release.on for release in xref.releases()] == ([date(2024, 3, 1)] if order == "day-first" else [])
