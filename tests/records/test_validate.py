from __future__ import annotations

import pytest

from archive.records import load_kinds, read_front_matter, validate

REQUEST = """
id: ECR-2024-0017
requester: Jane Roe
requested_on: 2024-04-08
description: Lower the rated flow.
"""
ASSESSMENT = """
id: ASM-2024-0001
of: ECR-2024-0017
assessor: Jane Roe
assessed_on: 2024-04-09
relevance: high
risks: none
benefits: none
costs: 10 EUR
recommendation: accept
"""
INCORPORATION = """
id: INC-2024-0001
of: ECR-2024-0017
item: A-1
done_by: J
done_on: 2024-05-01
evidence: [D-000001]
"""


def problems(kind: str, fields: str, extra: str = "", *, date_order: str = "iso") -> list[str]:
    text = f"---\nkind: {kind}\n{fields.strip()}\n{extra}\n---\n"
    found, _, broken = read_front_matter(text)
    assert broken == []
    return [f"{p.severity} {p}" for p in validate(kind, found, load_kinds(), date_order=date_order)]


def test_a_request_with_requester_date_and_description_is_whole() -> None:
    assert problems("change_request", REQUEST) == []


def test_everything_that_is_missing_is_listed() -> None:
    found = problems("change_request", "title: x")

    assert [problem.split("`")[1] for problem in found] == ["requester", "requested_on", "description", "id"]


def test_an_unknown_kind_is_one_problem_with_the_nearest_name() -> None:
    assert problems("desicion", "id: x") == [
        "error line 2: there is no kind of record called `desicion`; did you mean `decision`?"
    ]


def test_an_unknown_field_is_answered_with_the_nearest() -> None:
    assert problems("change_request", REQUEST, "needed_bye: 2024-05-01") == [
        "error line 7: a change request has no field `needed_bye`; did you mean `needed_by`?"
    ]
    assert "belongs in `notes`" in problems("change_request", REQUEST, "weather: fine")[0]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("needed_by: 2024-02-30", "does not exist"),
        ("needed_by: 01/03/2024", "write 2024-03-01 or 2024-01-03"),
        ("needed_by: [2024-01-01, 2024-01-02]", "holds 2 values"),
        ("track: fsat", "did you mean `fast`"),
        ("needed_by: [{a: b}]", "holds rows"),
        ("affects: [{item: A-1, action: rework}]", "affects` row 1, action: `rework`"),
        ("affects: [{item: A-1}, {rev_now: B}]", "row 2: `item` is missing"),
        ("affects: [{item: A-1, acton: revise}]", "there is no `acton`; did you mean `action`"),
        ("affects: [{item: A-1, weather: fine}]", "it has item, rev_now"),
    ],
)
def test_a_wrong_value_is_reported_with_its_line(line: str, words: str) -> None:
    found = problems("change_request", REQUEST, line)

    assert len(found) == 1
    assert found[0].startswith("error line 7: ") and words in found[0]


def test_a_slashed_date_is_fine_where_the_house_has_an_order() -> None:
    assert problems("change_request", REQUEST, "needed_by: 01/03/2024", date_order="day-first") == []


def test_money_without_currency_is_reported() -> None:
    assert "no currency" in problems("assessment", ASSESSMENT.replace("10 EUR", "10"))[0]
    rows = ASSESSMENT.replace("10 EUR", "[{one_off: 10 EUR, recurring: 12}]")
    assert "row 1, recurring: `12` has no currency" in problems("assessment", rows)[0]


def test_risks_and_costs_may_be_told_in_sentences() -> None:
    told = ASSESSMENT.replace("10 EUR", "About 6400 EUR once for the tools.").replace(
        "risks: none", "risks: It may leak."
    )

    assert problems("assessment", told) == []


def test_yes_or_no_is_asked_for() -> None:
    assert problems("incorporation", INCORPORATION, "no_change_needed: no") == []
    assert "neither yes nor no" in problems("incorporation", INCORPORATION, "no_change_needed: maybe")[0]


def test_a_range_that_runs_backwards_is_reported() -> None:
    found = problems("revision", "of: A-1\nrev: C\nfiles: [a.pdf]\ndate: 2024-05-06", "lots: 30..20")

    assert len(found) == 1 and "backwards" in found[0]


def test_a_misspelled_number_is_pointed_out_with_its_spelling() -> None:
    found = problems("assessment", ASSESSMENT.replace("ECR-2024-0017", "ecr 2024/17"))

    assert found == [
        "warning line 4: `of`: `ecr 2024/17` is not spelled as numbers of this kind are: write ECR-2024-0017"
    ]


def test_a_number_of_another_kind_is_pointed_out() -> None:
    found = problems("assessment", ASSESSMENT.replace("ECR-2024-0017", "DEC-2024-0001"))

    assert len(found) == 1 and "number of a decision, not of a change_request" in found[0]


def test_names_document_numbers_and_other_schemes_are_not_judged() -> None:
    for target in ("D-000123#p4", "ECR 17", "the request of April", "K-4711"):
        assert problems("assessment", ASSESSMENT.replace("of: ECR-2024-0017", f"of: {target}")) == []


def test_several_numbers_in_one_text_are_to_be_written_as_a_list() -> None:
    found = problems("assessment", ASSESSMENT.replace("of: ECR-2024-0017", "of: ECR-2024-0017, ECR-2024-0018"))

    assert "write [ECR-2024-0017, ECR-2024-0018]" in found[0]


def test_a_reference_of_several_lines_is_no_reference() -> None:
    found = problems("incorporation", INCORPORATION.replace("item: A-1", 'item: "A-1\\nA-2"'))

    assert "names one thing" in found[0]


def test_a_missing_date_of_its_own_is_a_warning_only() -> None:
    assert problems("product", "id: P-1\ntitle: Pump") == [
        "warning `date` is missing: without it the day of receipt is taken"
    ]


def test_a_number_is_asked_for_only_where_nothing_else_makes_one() -> None:
    assert problems("revision", "of: SPC-1001-02\nrev: C\nfiles: [a.pdf]\nreleased_on: 2024-05-06") == []
    assert (
        "`id` is missing: write its number, such as ECR-2024-0017"
        in problems("change_request", REQUEST.replace("id: ECR-2024-0017", ""))[0]
    )
