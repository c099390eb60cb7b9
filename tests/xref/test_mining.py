"""Which words link what, and which do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from archive.model import Edge
from archive.xref import Xref
from tests.xref.truth import Truth, follow


def mined(tmp_path: Path, text: str, name: str = "paper.txt", **more: object) -> list[Edge]:
    truth = Truth()
    number = truth.file(name, text, **more)
    edges = follow(truth, tmp_path).edges_of_document(number)
    return [edge for edge in edges if edge.rel != "issue_of"]


@pytest.mark.parametrize(
    ("words", "rel"),
    [
        ("This document supersedes SPC-1001-02 rev B.", "supersedes"),
        ("Diese Ausgabe ersetzt die Zeichnung SPC-1001-02 rev B.", "supersedes"),
        ("Machined per drawing no. SPC-1001-02 rev B.", "requires"),
        ("Gefertigt gemäß SPC-1001-02 rev B", "requires"),
        ("See SPC-1001-02 rev B", "cites"),
        ("siehe SPC-1001-02 rev B", "cites"),
        ("Ref: SPC-1001-02 rev B", "cites"),
        ("The bore of SPC-1001-02 rev B is 12 mm", "cites"),
    ],
)
def test_cue_words_of_both_languages_give_the_relation(tmp_path: Path, words: str, rel: str) -> None:
    [edge] = mined(tmp_path, f"Text\n\n{words}", "SPC-1001-07 rev A.txt")
    assert (edge.source, edge.rel, edge.target) == ("revision:SPC-1001-07 rev A", rel, "revision:SPC-1001-02 rev B")


@pytest.mark.parametrize(
    ("words", "rel"),
    [
        ("In response to your change request ECR-2024-0017 we agree.", "answers"),
        ("Als Antwort auf ECR-2024-0017 teilen wir mit:", "answers"),
        ("Change: ECR-2024-0017", "implements"),
        ("Umsetzung von ECR-2024-0017", "implements"),
        ("As we said per telephone on ECR-2024-0017", "cites"),
        ("This supersedes our talk. ECR-2024-0017 stays.", "cites"),
    ],
)
def test_relations_to_a_change(tmp_path: Path, words: str, rel: str) -> None:
    [edge] = mined(tmp_path, f"Text\n\n{words}")
    assert (edge.source, edge.rel, edge.target) == ("document:D-000001", rel, "change_request:ECR-2024-0017")


@pytest.mark.parametrize("words", ["Approved by AUT-2024-0003", "Genehmigt durch AUT-2024-0003"])
def test_an_inverse_cue_turns_the_edge_round(tmp_path: Path, words: str) -> None:
    [edge] = mined(tmp_path, words)
    assert (edge.source, edge.rel, edge.target) == ("authorisation:AUT-2024-0003", "authorises", "document:D-000001")


@pytest.mark.parametrize("words", ["Attached: SPC-1001-02 rev C", "Anbei SPC-1001-02 rev C"])
def test_attached_is_told_from_the_attachments_side(tmp_path: Path, words: str) -> None:
    [edge] = mined(tmp_path, f"Dear Ms Hale\n{words}")
    assert (edge.source, edge.rel, edge.target) == ("revision:SPC-1001-02 rev C", "attachment_of", "document:D-000001")


def test_a_letter_may_say_that_one_revision_supersedes_another(tmp_path: Path) -> None:
    edges = mined(tmp_path, "Please note: SPC-1001-02 rev C supersedes SPC-1001-02 rev B from May on.")
    told = [(edge.source, edge.rel, edge.target) for edge in edges]
    assert ("revision:SPC-1001-02 rev C", "supersedes", "revision:SPC-1001-02 rev B") in told
    assert ("document:D-000001", "supersedes", "revision:SPC-1001-02 rev B") not in told
    turned = mined(tmp_path / "2", "SPC-1001-02 rev B is superseded by SPC-1001-02 rev C.")
    assert told[-1] in [(edge.source, edge.rel, edge.target) for edge in turned]


def test_a_list_shares_its_cue(tmp_path: Path) -> None:
    edges = mined(tmp_path, "Machined per SPC-1001-02, SPC-1001-03 and SPC-1001-04. Ask for SPC-1001-05.")
    assert [edge.rel for edge in edges] == ["requires", "requires", "requires", "cites"]


def test_a_line_below_another_is_no_list_and_no_subject(tmp_path: Path) -> None:
    text = "Change: ECR-2024-0017\nSPC-1003-01 stays\nECR-2024-0018\nsupersedes: SPC-1001-02 rev B, ECR-2024-0019"
    edges = mined(tmp_path, f"Text\n{text}", "SPC-1001-02 rev C.txt")
    assert [(edge.source, edge.rel) for edge in edges] == [
        ("revision:SPC-1001-02 rev C", rel) for rel in ("implements", "cites", "cites", "supersedes", "cites")
    ]


def test_every_edge_shows_page_offsets_words_and_confidence(tmp_path: Path) -> None:
    page = "Line one.\nThe wider bore of\tECR-2024-0017 was agreed."
    truth = Truth()
    number = truth.file("paper.txt", "first page", page)
    [edge] = follow(truth, tmp_path).edges_of_document(number)
    assert (edge.document, edge.page, page[edge.start : edge.end]) == (number, 2, "ECR-2024-0017")
    assert edge.snippet == "Line one. The wider bore of ECR-2024-0017 was agreed."
    assert (edge.raw, edge.method, edge.confidence, edge.known, edge.retired) == (
        "ECR-2024-0017",
        "extracted",
        1.0,
        1,
        None,
    )


def test_a_documents_own_number_is_no_citation_but_its_other_revision_is(tmp_path: Path) -> None:
    text = "Document: SPC-1001-02 rev C\n\nSPC-1001-02 holds for all. Supersedes SPC-1001-02 rev B."
    edges = mined(tmp_path, text)
    assert [(edge.rel, edge.target) for edge in edges] == [("supersedes", "revision:SPC-1001-02 rev B")]


@pytest.mark.parametrize(
    "text",
    [
        "for So is display, and so on",
        "PO box 1234, dial 0123/456789",
        "MS Word 2019, DIN EN 10204, IP-54",
        "https://example.org/ECR-2024-0017/list",
        "pr 1 and sa 3 of 2024",
    ],
)
def test_known_false_hits_link_nothing(tmp_path: Path, text: str) -> None:
    assert mined(tmp_path, text) == []


def test_on_a_scan_only_the_strict_form_is_confirmed(tmp_path: Path) -> None:
    edges = mined(tmp_path, "as in ECR-2024-0017 and ECR-2O24-0018", ocr=True)
    assert [(edge.raw, edge.status) for edge in edges] == [
        ("ECR-2024-0017", "dangling"),
        ("ECR-2O24-0018", "unconfirmed"),
    ]
    clean = mined(tmp_path / "2", "as in ECR–2024–0018")
    assert [(edge.confidence, edge.status) for edge in clean] == [(0.9, "dangling")]


def test_the_same_words_twice_are_two_edges_with_two_names(tmp_path: Path) -> None:
    first, second = mined(tmp_path, "ECR-2024-0017\n\nand again ECR-2024-0017")
    assert first.edge != second.edge and first.target == second.target


def record_firm(tmp_path: Path) -> Xref:
    truth = Truth()
    truth.record(
        "change_request",
        "ECR-2024-0017",
        {"affects": [{"item": "SPC-1001-02", "rev_now": "B"}, {"item": "hb-200"}], "products": ["P-HB200"]},
        body="The bore of SPC-1001-02 is too small.",
    )
    truth.record("decision", "DEC-2024-0004", {"of": "ECR-2024-0017", "source": "D-000001#p1"})
    return follow(truth, tmp_path)


def test_declared_and_extracted_links_both_stay(tmp_path: Path) -> None:
    edges = record_firm(tmp_path).links("SPC-1001-02", direction="in").edges
    assert {(link.edge.method, link.edge.rel, link.rel) for link in edges} == {
        ("declared", "affects", "affected_by"),
        ("extracted", "cites", "cited_by"),
    }
    declared = next(link.edge for link in edges if link.edge.method == "declared")
    assert declared.rev == "B" and declared.confidence == 1.0
    assert declared.source == "change_request:ECR-2024-0017" and "affects" in declared.snippet


def test_an_inverse_field_is_stored_the_other_way_round(tmp_path: Path) -> None:
    edges = record_firm(tmp_path).edges_of_document("D-000002")
    assert ("document:D-000001", "evidences", "decision:DEC-2024-0004", "ok") in [
        (edge.source, edge.rel, edge.target, edge.status) for edge in edges
    ]


def test_a_part_is_an_attachment_of_what_it_was_found_in(tmp_path: Path) -> None:
    truth = Truth()
    mail = truth.file("mail.eml", "Please see the attachment.", media_type="message/rfc822")
    other = truth.accession("again.eml")
    part = truth.file("photo.txt", "", parent=mail)
    truth.say("occurrence", number=part, name="photo.txt", parent={"number": other, "relation": "attachment"})
    edges = follow(truth, tmp_path).edges_of_document(part)
    assert {(edge.rel, edge.target, edge.known) for edge in edges} == {
        ("attachment_of", f"document:{mail}", 4),
        ("attachment_of", f"document:{other}", 6),
    }
