from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from archive.model import Field
from archive.records import date_of, key_of, links_of, load_kinds, read_front_matter, title_of, validate

INBOX = Path(__file__).parents[2] / "sample_corpus" / "inbox"


def fields(**values: object) -> list[Field]:
    return [Field(name, value) for name, value in values.items()]


def test_the_key_is_the_stated_id() -> None:
    assert key_of(load_kinds().get("decision"), fields(id="DEC-2024-0001", of="ECR-2024-0017")) == "DEC-2024-0001"


@pytest.mark.parametrize(
    ("kind", "values", "key"),
    [
        ("part", {"part_no": "02091-C-71"}, "02091-C-71"),
        ("controlled_document", {"doc_no": "SPC-1001-02"}, "SPC-1001-02"),
        ("revision", {"of": "SPC-1001-02", "rev": "C"}, "SPC-1001-02 rev C"),
        ("revision", {"of": "SPC-1001-02", "rev": "Rev. C"}, "SPC-1001-02 rev C"),
        ("revision", {"of": "SPC-1001-02", "rev": "rev"}, "SPC-1001-02 rev rev"),
        ("revision", {"of": "SPC-1001-02"}, ""),
        ("party", {"name": "Jane Roe"}, "Jane Roe"),
        ("authority", {"person": "Jane Roe", "role": "cto", "from": "2024-01-01"}, "Jane Roe, cto, 2024-01-01"),
        ("decision", {"of": "ECR-2024-0017"}, ""),
    ],
)
def test_a_key_is_composed_of_the_fields_that_name_it(kind: str, values: dict[str, str], key: str) -> None:
    assert key_of(load_kinds().get(kind), fields(**values)) == key


def test_the_date_is_the_one_its_kind_names() -> None:
    kinds = load_kinds()

    assert date_of(kinds.get("decision"), fields(decided_on="2024-05-06")) == date(2024, 5, 6)
    assert date_of(kinds.get("decision"), fields(date="2024-05-06")) == date(2024, 5, 6)
    assert date_of(kinds.get("revision"), fields(effective_from="2024-05-06", released_on="2024-05-01")) == date(
        2024, 5, 1
    )
    assert date_of(kinds.get("decision"), fields(decided_on="01/03/2024"), "day-first") == date(2024, 3, 1)
    assert date_of(kinds.get("decision"), fields(decided_on="01/03/2024")) is None
    assert date_of(kinds.get("decision"), []) is None


def test_a_missing_title_is_made_from_the_text() -> None:
    kinds = load_kinds()
    request = kinds.get("change_request")

    assert title_of(request, fields(title=" Less\nflow ")) == "Less flow"
    assert title_of(request, fields(description="Lower the rated flow. It is too high.")) == "Lower the rated flow"
    assert title_of(kinds.get("decision"), fields(of="ECR-2024-0017", outcome="approved")) == (
        "Decision on ECR-2024-0017: approved"
    )
    assert (
        title_of(request, [], "# Change request\n\n## Description\n\n# Less flow for the W-2\n")
        == "Less flow for the W-2"
    )
    assert title_of(request, [], "<!-- help -->\n\nWe want less flow.\n") == "We want less flow"
    assert title_of(request, fields(id="ECR-2024-0017")) == "Change request ECR-2024-0017"
    assert len(title_of(request, fields(description="flow " * 100))) <= 102


def test_the_links_of_a_record_are_its_references() -> None:
    request = fields(
        id="ECR-2024-0017",
        affects=[{"item": "SPC-1001-02", "rev_now": "B"}, {"item": ""}, {"Document": "02091-C-71"}],
        products="P-0002",
        source="D-000012#p2",
    )
    found = links_of(load_kinds().get("change_request"), request)

    assert [(link.rel, link.field, link.target, link.row) for link in found] == [
        ("affects", "affects", "SPC-1001-02", 0),
        ("affects", "affects", "02091-C-71", 1),
        ("concerns", "products", "P-0002", None),
        ("evidenced_by", "source", "D-000012#p2", None),
    ]
    assert found[2].kinds == ("product",)


@pytest.mark.parametrize(
    ("kind", "values", "relations"),
    [
        ("decision", {"of": "E"}, ["decides"]),
        ("authorisation", {"of": "E"}, ["authorises"]),
        ("assessment", {"of": "E"}, ["assesses"]),
        ("incorporation", {"of": "E", "item": "S", "evidence": ["D-000001"]}, ["implements", "cites", "evidenced_by"]),
        ("communication", {"to": ["J"], "about": ["E"], "conveys": ["D"]}, ["communicated_to", "cites", "conveys"]),
        (
            "revision",
            {"of": "S", "implements": ["E"], "supersedes": "S rev B"},
            ["revision_of", "implements", "supersedes"],
        ),
    ],
)
def test_each_kind_states_its_relations(kind: str, values: dict[str, object], relations: list[str]) -> None:
    assert [link.rel for link in links_of(load_kinds().get(kind), fields(**values))] == relations


@pytest.mark.parametrize("path", sorted(INBOX.parent.glob("*/*.md")), ids=lambda path: path.stem)
def test_the_records_of_the_sample_firm_are_without_errors(path: Path) -> None:
    kinds = load_kinds()
    found, body, problems = read_front_matter(path.read_text("utf-8"))
    kind = kinds.get(next(field.value for field in found if field.name == "kind"))

    errors = [p for p in [*problems, *validate(kind, found, kinds, date_order="day-first")] if p.severity == "error"]
    assert errors == []
    assert key_of(kind, found) and title_of(kind, found, body) and date_of(kind, found, "day-first")
