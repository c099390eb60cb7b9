"""Templates: which are refused and why, and the numbers made from them."""

from __future__ import annotations

import pytest

from archive.errors import Invalid
from archive.schemes import BUILT_IN, Scheme, compile_schemes, format_key, parts_of


@pytest.mark.parametrize(
    ("template", "problem"),
    [
        ("", "numbers nothing"),
        ("ABC", "numbers nothing"),
        ("ABC-[{n}]", "numbers nothing"),
        ("{n}", "nearly any number"),
        ("{year:4}-{n}", "nearly any number"),
        ("{n}/{tab:2}", "nearly any number"),
        ("#{n}", "nearly any number"),
        ("ABC-[{n}", "square brackets do not pair"),
        ("ABC]-{n}", "square brackets do not pair"),
        ("ABC-{n}[-[{tab:2}]]", "inside each other"),
        ("ABC-{n", "curly brackets do not pair"),
        ("ABC-n}", "curly brackets do not pair"),
        ("ABC-{number}", "{number} is not known"),
        ("ABC-{n:12}", "{n:12} is not known"),
        ("ABC-{n}{n}", "stands twice"),
        ("ABC-{n}{tab:2}", "where it ends"),
        ("ABC-{n:04}[5{tab:2}]", "where it ends"),
        ("ABC-{n}[-{tab:2}]7", "where it ends"),
        ("ABC-{rev}-{n}", "must be the last"),
        ("[X]ABC-{n}", "begins with an optional part"),
        ("ABC-{n}[-E]", "holds no placeholder"),
        ("so {n}", "in capitals"),
        (" ABC-{n}", "begins or ends with a space"),
        ("ABC\n-{n}", "cannot be printed"),
        ("A" * 90 + "{n}", "longer than 80"),
    ],
)
def test_a_template_that_cannot_work_is_refused_with_its_name_and_the_reason(template: str, problem: str) -> None:
    with pytest.raises(Invalid) as refused:
        Scheme(template, "part")
    assert problem in str(refused.value) or any(problem in one for one in refused.value.problems)
    assert all(repr(template) in one for one in refused.value.problems)


def test_every_bad_template_of_a_house_is_reported_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        compile_schemes([("{n}", "part"), ("PN-{n:4}", "part"), ("X-{m}", "part")])
    assert len(refused.value.problems) == 2


def test_signs_that_mean_something_in_a_pattern_stand_for_themselves() -> None:
    scheme = Scheme("A.(x+)*{n:3}|$^\\d", "part")
    key = format_key(scheme, n=7)
    assert key == "A.(x+)*007|$^\\d"
    assert parts_of(key, scheme) == {"n": 7}
    assert parts_of("Ab(x+)*007|$^\\d", scheme) is None


def test_numbers_are_padded_and_grow_only_where_the_template_lets_them() -> None:
    grows, fixed = Scheme("ECR-{year:4}-{n:04}", "change_request"), Scheme("PN-{n:4}", "part")
    assert format_key(grows, year=2024, n=17) == "ECR-2024-0017"
    assert format_key(grows, year=2024, n=10017) == "ECR-2024-10017"
    assert format_key(fixed, n=17) == "PN-0017"
    with pytest.raises(Invalid, match="from 0 to 9999"):
        format_key(fixed, n=10000)


def test_optional_parts_stand_where_they_are_given() -> None:
    scheme = Scheme("SPC-{n:4}[-{tab:2}][ rev {rev}]", "controlled_document")
    assert format_key(scheme, n=1001) == "SPC-1001"
    assert format_key(scheme, n=1001, tab=2, rev="c") == "SPC-1001-02 rev C"
    assert parts_of("SPC-1001-02", scheme) == {"n": 1001, "tab": 2}
    assert parts_of("SPC-1001-02 rev C", scheme) is None


def test_a_year_of_two_digits_is_given_as_a_full_year() -> None:
    scheme = Scheme("CR{year:2}-{n:03}", "change_request")
    assert format_key(scheme, year=2024, n=5) == "CR24-005"


@pytest.mark.parametrize(
    "parts",
    [
        {},
        {"n": 1},
        {"year": 2024, "n": -1},
        {"year": 24, "n": 1},
        {"year": 2024, "n": 1, "tab": 2},
        {"year": 2024, "n": "1"},
    ],
)
def test_a_number_is_not_made_from_parts_that_do_not_fit(parts: dict[str, int | str]) -> None:
    with pytest.raises(Invalid):
        format_key(Scheme("ECR-{year:4}-{n:04}", "change_request"), **parts)


@pytest.mark.parametrize("rev", ["", "ABC", "1234", "IS", "C1"])
def test_a_revision_that_could_not_be_read_back_is_refused(rev: str) -> None:
    with pytest.raises(Invalid, match="revision"):
        format_key(Scheme("SPC-{n:4}[ rev {rev}]", "controlled_document"), n=1, rev=rev)


def test_each_kind_with_a_prefix_has_one_scheme_and_no_two_share_a_prefix() -> None:
    schemes = compile_schemes(BUILT_IN)
    request, document = schemes.of_kind("change_request"), schemes.of_kind("document")
    assert request is not None
    assert document is not None
    assert format_key(request, year=2024, n=17) == "ECR-2024-0017"
    assert format_key(document, n=123) == "D-000123"
    assert schemes.of_kind("party") is None
    assert len({scheme.head for scheme in schemes.schemes}) == len({kind for _, kind in BUILT_IN}) == len(BUILT_IN)
