from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Field
from archive.records import Problem, load_kinds, read_front_matter, template, validate

TYPED = [
    "1.10",
    "no",
    "yes",
    "On",
    "012345",
    "0o14",
    "0x1F",
    "0b11",
    "10:30",
    "190:20:30",
    "1e3",
    "1_000",
    "-0",
    ".5",
    "+49 30 1234",
    "~",
    "null",
    "NaN",
    ".inf",
    "2024-05-06",
    "2024-02-30",
    "2024-05-06 10:30:00",
    "=x",
    "=1+1",
    "<<",
    "1,200.00",
    "10-11",
    "Rev. C",
    "SPC-1001-02#p4",
    "http://pumps.example/a?b=c",
    "a:b",
    "50 %",
    "Müller & Söhne",
    "-",
    "true",
]


def read(*lines: str, body: str = "") -> tuple[dict[str, Field], list[Problem]]:
    fields, _, problems = read_front_matter("\n".join(["---", *lines, "---", body]))
    return {field.name: field for field in fields}, problems


@pytest.mark.parametrize("typed", TYPED)
def test_what_a_coordinator_types_is_kept_as_typed(typed: str) -> None:
    fields, problems = read("kind: part", f"notes: {typed}", "tags:", f"  - {typed}")

    assert fields["notes"].value == typed
    if typed != "-":
        assert fields["tags"].value == [typed]
        assert problems == []


def test_an_empty_value_is_an_empty_text() -> None:
    fields, problems = read("kind: part", "title:", "unit: ''")

    assert (fields["title"].value, fields["unit"].value, problems) == ("", "", [])


def test_a_value_stands_where_its_offsets_say() -> None:
    text = '\ufeff---\r\nkind: part\r\ntitle: Dichtung 𝄞 "neu"\r\nunit: "piece"\r\ntags: [one, two]\r\n---\r\nbody\r\n'
    fields, body, problems = read_front_matter(text)

    places = {field.name: (text[field.start : field.end], field.line) for field in fields}
    assert places == {
        "kind": ("part", 2),
        "title": ('Dichtung 𝄞 "neu"', 3),
        "unit": ("piece", 4),
        "tags": ("one, two", 5),
    }
    assert (body, problems) == ("body\r\n", [])


def test_rows_are_lists_of_mappings_of_texts() -> None:
    fields, problems = read(
        "kind: change_request",
        "affects:",
        "  - item: SPC-1001-02",
        "    rev_now: 1.10",
        "  - {item: 02091-C-71, action: revise}",
    )

    assert fields["affects"].value == [
        {"item": "SPC-1001-02", "rev_now": "1.10"},
        {"item": "02091-C-71", "action": "revise"},
    ]
    assert problems == []


def test_a_single_mapping_is_one_row() -> None:
    fields, _ = read("kind: assessment", "costs:", "  one_off: 1200.00 EUR", "  once more: x")

    assert fields["costs"].value == [{"one_off": "1200.00 EUR", "once more": "x"}]


def test_fields_and_columns_bear_the_names_of_their_kind() -> None:
    fields, problems = read(
        "Kind: Change Request", "Originator: Jane Roe", "Affected items:", "  - Number: A-1", "    Current revision: B"
    )

    assert fields["requester"].value == "Jane Roe"
    assert fields["affects"].value == [{"item": "A-1", "rev_now": "B"}]
    assert problems == []


@pytest.mark.parametrize("line", ["title: pump #2", "title: #2", "title: [a, b] #2", "title: 'pump' #2"])
def test_a_value_that_a_hash_would_cut_is_refused(line: str) -> None:
    _, problems = read("kind: part", line)

    assert [(problem.line, problem.severity) for problem in problems] == [(3, "error")]
    assert "would be cut" in problems[0].message


def test_a_value_refused_for_its_hash_is_still_whole() -> None:
    fields, _ = read("kind: part", "title: pump #2 in hall 3", "unit: #4")

    assert fields["title"].value == "pump #2 in hall 3"
    assert fields["unit"].value == "#4"


def test_a_hash_inside_words_or_quotes_or_a_comment_line_is_no_trouble() -> None:
    fields, problems = read("# how we number", "kind: part", "title: C#4", "unit: 'a #4'")

    assert (fields["title"].value, fields["unit"].value, problems) == ("C#4", "a #4", [])


@pytest.mark.parametrize(
    ("line", "value", "words"),
    [
        ("title: *pump", "*pump", "quotes"),
        ("title: &pump x", "&pump x", "quotes"),
        ("title: !important", "!important", "quotes"),
        ("title: !!int 12", "!!int 12", "quotes"),
        ("title: Note: see below", "Note: see below", "second colon"),
        ("title: @home", "@home", "quotes"),
        ("title: 'open", "'open", "not closed"),
        ("title: [open", "[open", "not closed"),
        ("title:pump", "pump", "no space after the colon"),
    ],
)
def test_what_yaml_reads_otherwise_is_kept_as_written_and_reported(line: str, value: str, words: str) -> None:
    fields, problems = read("kind: part", line, "unit: piece")

    assert [(problem.line, words in problem.message) for problem in problems] == [(3, True)]
    assert (fields["title"].value, fields["unit"].value) == (value, "piece")


def test_every_broken_field_is_reported_and_the_others_are_read() -> None:
    fields, problems = read("kind: part", "title: a: b", "unit: piece", "\tnotes: x", "tags: @", "part_no: 7")

    assert [problem.line for problem in problems] == [3, 5, 6]
    assert (fields["unit"].value, fields["part_no"].value) == ("piece", "7")


def test_a_field_stated_twice_is_reported_with_both_lines() -> None:
    fields, problems = read("kind: change_request", "requester: Jane Roe", "Originator: John Doe")

    assert fields["requester"].value == "Jane Roe"
    assert [str(p) for p in problems] == [
        "line 4: `requester` is stated in line 3 and again in line 4 (as `Originator`): keep one of them"
    ]


def test_the_date_of_a_kind_may_also_be_called_date_if_both_agree() -> None:
    _, agreed = read("kind: decision", "decided_on: 2024-05-06", "date: 2024-05-06")
    _, different = read("kind: decision", "decided_on: 2024-05-06", "date: 2024-05-07")

    assert (agreed, len(different)) == ([], 1)


def test_nesting_is_refused_beyond_rows() -> None:
    fields, problems = read("kind: change_request", "affects:", "  - item: {a: {b: c}}", "tags:", "  - [one]")

    assert fields["affects"].value == [{"item": "c"}]
    assert {problem.line for problem in problems} == {4, 6}


def test_ten_thousand_brackets_are_one_problem() -> None:
    fields, problems = read("kind: part", "title: " + "[" * 10_000, "unit: piece")

    assert len(problems) == 1
    assert fields["unit"].value == "piece"


def test_thousands_of_problems_are_counted_not_listed() -> None:
    _, problems = read("kind: part", "tags:", *["  - *a"] * 1000)

    assert len(problems) == 201
    assert problems[-1].message == "800 more problems are not listed"


def test_a_second_document_in_the_front_matter_is_reported() -> None:
    _, problems = read("kind: part", "--- x", "unit: piece")

    assert any("dashes end the front matter" in problem.message for problem in problems)


def test_front_matter_far_too_long_is_one_problem() -> None:
    fields, problems = read("kind: part", "notes: " + "word " * 50_000)

    assert (fields, len(problems)) == ({}, 1)


def test_a_section_becomes_a_field_that_is_not_stated_above() -> None:
    body = (
        "# Weighing\nIntro\n\n\n## Risks\n\nIt may leak.\n\n### Detail\nAt 3 bar.\n\n## Benefits\nnone\n## Background\n"
    )
    fields, problems = read("kind: assessment", "benefits: less noise", body=body)

    assert fields["risks"].value == "It may leak.\n\n### Detail\nAt 3 bar."
    assert fields["risks"].line == 9
    assert fields["benefits"].value == "less noise"
    assert set(fields) == {"kind", "benefits", "risks"}
    assert problems == []


def test_a_section_stands_where_its_offsets_say() -> None:
    text = "---\nkind: assessment\n---\n\n## Kosten\n\n  12 EUR je Stück  \n\n## Nutzen\n"
    fields, _, _ = read_front_matter(text)

    assert [(field.name, text[field.start : field.end]) for field in fields[1:]] == [("costs", "12 EUR je Stück")]


def test_a_heading_in_fenced_code_is_no_section() -> None:
    fields, _ = read("kind: assessment", body="```\n## Risks\nnone\n```\n")

    assert "risks" not in fields


def test_a_heading_that_is_nearly_a_field_is_pointed_out() -> None:
    _, problems = read("kind: assessment", body="## Benefitts\nless noise\n")

    assert [(p.severity, "`## benefits`" in p.message) for p in problems] == [("warning", True)]


def test_a_text_without_front_matter_has_no_fields_and_no_problems() -> None:
    for text in ("", "Dear all", "---\n\nA line drawn above\n", "--- x\nkind: part\n---\n"):
        assert read_front_matter(text) == ([], text, [])


def test_front_matter_without_an_end_is_reported_and_read() -> None:
    fields, body, problems = read_front_matter("---\nkind: part\ntitle: Seal\n\nWords below.\n")

    assert [field.value for field in fields] == ["part", "Seal"]
    assert "Words below." in body
    assert "no end" in problems[0].message


def test_characters_that_yaml_has_no_place_for_are_reported() -> None:
    fields, problems = read("kind: part", "title: a\x07b", "unit: c\u2028d")

    assert [(problem.line, problem.message.split()[2]) for problem in problems] == [(3, "`\\x07`"), (4, "`\\u2028`")]
    assert fields["title"].value == "a b"


def test_a_field_of_a_firms_own_kind_has_its_section_too() -> None:
    own = load_kinds({"lesson": 'title = "Lesson"\nhelp = "x"\n[fields.what_worked]\ntype = "longtext"\n'})
    fields, _, _ = read_front_matter("---\nkind: lesson\n---\n## What worked\nAsking early.\n", own)

    assert [field.name for field in fields] == ["kind", "what_worked"]


LINES = st.text(
    st.sampled_from("abk:-#'\"[]{}&*!|>%@`?, \t\n\r.~=0\\é𝄞\u2028\x85\ufeff\x00") | st.characters(), max_size=40
)


@settings(deadline=None)
@given(st.lists(LINES, max_size=6), LINES)
def test_any_text_is_fields_or_problems_and_nothing_else(lines: list[str], body: str) -> None:
    text = "\n".join(["---", "kind: assessment", *lines, "---", body])
    fields, _, problems = read_front_matter(text)

    for problem in [*problems, *validate("assessment", fields, load_kinds())]:
        assert problem.message
        assert 0 <= problem.line <= text.count("\n") + text.count("\r") + 1
    for field in fields:
        assert 0 <= field.start <= field.end <= len(text)


PLAIN = st.text(st.characters(exclude_categories=["C", "Z"], exclude_characters=",[]{}#&*!|>%@`\"':?-") | st.just(" "))


@settings(deadline=None)
@given(PLAIN.map(str.strip).filter(bool))
def test_every_plain_value_comes_back_as_the_same_characters(value: str) -> None:
    text = f"---\nkind: part\ntitle: {value}\ntags:\n  - {value}\n---\n"
    fields, _, problems = read_front_matter(text)

    assert problems == []
    assert [field.value for field in fields] == ["part", value, [value]]
    assert text[fields[1].start : fields[1].end] == value


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff")))
def test_every_quoted_value_comes_back_as_the_same_characters(value: str) -> None:
    quoted = "'" + value.replace("'", "''") + "'"
    fields, _, problems = read_front_matter(f"---\nkind: part\ntitle: {quoted}\n---\n")

    assert problems == []
    assert fields[1].value == value


@pytest.mark.parametrize("name", load_kinds().names)
def test_the_blank_form_of_every_kind_lacks_only_what_is_missing(name: str) -> None:
    kinds = load_kinds()
    kind = kinds.get(name)
    fields, _, problems = read_front_matter(template(kind))

    assert problems == []
    assert all("is missing" in problem.message for problem in validate(kind, fields, kinds))
    assert {field.name for field in fields} <= {"kind", *(rule.name for rule in kind.fields)}


def test_a_form_filled_under_its_headings_says_what_it_says() -> None:
    form = template(load_kinds().get("assessment")).replace("## Risks\n", "## Risks\n\nIt may leak.\n")
    fields, _, _ = read_front_matter(form)

    assert next(field.value for field in fields if field.name == "risks") == "It may leak."
