"""Identifiers in running text: what is found, in which form, and what is left alone."""

from __future__ import annotations

import pytest

from archive.schemes import BUILT_IN, compile_schemes, parse_key, recognise

HOUSE = (
    ("SPC-{n:4}-{tab:2}[ rev {rev}]", "controlled_document"),
    ("{n:5}-C-{tab:2}", "part"),
    ("PN-{n:4}", "part"),
    ("W-{n}", "part"),
)
SCHEMES = compile_schemes([*HOUSE, *BUILT_IN])


def found(text: str) -> list[tuple[str, str | None, str]]:
    return [(mention.key, mention.rev, mention.how) for mention in recognise(text, SCHEMES)]


def keys(text: str) -> list[str]:
    return [mention.key for mention in recognise(text, SCHEMES)]


@pytest.mark.parametrize(
    ("text", "key", "rev"),
    [
        ("as specified in SPC-1001-02 rev C.", "SPC-1001-02", "C"),
        ("SPC-1001-02 Rev. C", "SPC-1001-02", "C"),
        ("SPC-1001-02, revision C", "SPC-1001-02", "C"),
        ("SPC-1001-02 in Rev. C", "SPC-1001-02", "C"),
        ("nach SPC-1001-02 Ausgabe C", "SPC-1001-02", "C"),
        ("SPC-1001-02 (Stand C)", "SPC-1001-02", "C"),
        ("SPC-1001-02 rev c", "SPC-1001-02", "C"),
        ("SPC-1001-02_revC.pdf", "SPC-1001-02", "C"),
        ("SPC-1001-02\nRev 12", "SPC-1001-02", "12"),
        ("PN-4711 rev AB", "PN-4711", "AB"),
        ("SPC-1001-02: REV3", "SPC-1001-02", "3"),
        ("SPC-1001-02 Stand 3", "SPC-1001-02", "3"),
        ("SPC-1001-02/C", "SPC-1001-02", None),
        ("SPC-1001-02 revs A and B", "SPC-1001-02", None),
        ("SPC-1001-02 REVISIONS", "SPC-1001-02", None),
        ("SPC-1001-02 STANDS", "SPC-1001-02", None),
        ("SPC-1001-02 Stand 12 März", "SPC-1001-02", None),
        ("SPC-1001-02 Stand 12.03.2024", "SPC-1001-02", None),
        ("SPC-1001-02 Ausgabe 2024", "SPC-1001-02", None),
        ("SPC-1001-02 REVISION IS PENDING", "SPC-1001-02", None),
        ("SPC-1001-02 review", "SPC-1001-02", None),
        ("SPC-1001-02 rev 3.1", "SPC-1001-02", None),
    ],
)
def test_a_revision_counts_only_with_its_word_and_is_no_part_of_the_key(text: str, key: str, rev: str | None) -> None:
    assert found(text) == [(key, rev, "exact")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ECR-2024-\n0017", "ECR-2024-0017"),
        ("ECR-\r\n    2024-0017", "ECR-2024-0017"),
        ("ECR-2024-10001", "ECR-2024-10001"),
        ("part 02091-C-71 fits", "02091-C-71"),
        ("W-2", "W-2"),
        ("D-000123#p4", "D-000123"),
        ("D-000123@2", "D-000123"),
        ("2024-05-01-SPC-1001-02-2024-05-01.pdf", "SPC-1001-02"),
        ("Copy-of-SPC-1001-02-signed.pdf", "SPC-1001-02"),
        ("ECR-2024-0017–0021", "ECR-2024-0017"),
    ],
)
def test_the_strict_form_may_break_at_a_hyphen_and_stand_in_a_file_name(text: str, key: str) -> None:
    assert found(text) == [(key, None, "exact")]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ecr-2024-0017", "ECR-2024-0017"),
        ("ECR 2024 0017", "ECR-2024-0017"),
        ("ECR –2024—0017", "ECR-2024-0017"),
        ("ECR_2024/17", "ECR-2024-0017"),
        ("ECR-2O24-OO17", "ECR-2024-0017"),
        ("5PC-1001-lI", "SPC-1001-11"),
        ("P0-2024-0001", "PO-2024-0001"),
        ("SPC 1001.02", "SPC-1001-02"),
        ("PN 4711", "PN-4711"),
        ("D 000123", "D-000123"),
        ("02O91-C-7l", "02091-C-71"),
        ("ECR-2024\x020017", "ECR-2024-0017"),
    ],
)
def test_what_scans_and_writers_make_of_an_identifier_is_read_with_less_confidence(text: str, key: str) -> None:
    (mention,) = recognise(f"see {text}, please", SCHEMES)
    assert (mention.key, mention.how, mention.confidence, mention.raw) == (key, "lenient", 0.9, text)


@pytest.mark.parametrize(
    "text",
    [
        "for So is display",
        "SO 2024 15",
        "so-2024-0015",
        "50-2024-0001",
        "PQ-2024-0001",
        "the Act 2020 1500 pages",
        "Firm SA 2024 1000 people",
        "SPC-1001 20 pieces",
        "D-40211 Düsseldorf",
        "a W 2 m wide",
        "PN-471B",
        "ACT-2024-0001s",
        "ECR-1824-0017",
        "ECR-2024-00017",
        "XSPC-1001-02",
        "SPC-1001-021",
        "XY-SPC-1001-02",
        "4711-PN-4711",
        "FIRM-SA-2024-0003",
        "W/2",
        "SPC-1001-02-03",
        "PN-4711-B",
        "W-2.5",
        "https://firm.example/ECR-2024-0017",
        "www.firm.example/ECR-2024-0017",
        "ecr-2024-0017@firm.example",
    ],
)
def test_what_only_resembles_an_identifier_or_is_part_of_something_longer_is_left_alone(text: str) -> None:
    assert keys(text) == []


def test_two_file_name_identifiers_joined_by_a_hyphen_are_both_found() -> None:
    assert keys("SPC-1001-02-ECR-2024-0017.pdf") == ["SPC-1001-02", "ECR-2024-0017"]


def test_of_two_readings_that_overlap_the_longer_wins_and_of_equal_ones_the_earlier_scheme() -> None:
    schemes = compile_schemes([("AB-{n:4}", "short"), ("AB-{n:4}/{tab:2}", "long"), ("AB-{n:04}", "late")])
    assert [(m.kind, m.key) for m in recognise("AB-1234/05 and AB-1234", schemes)] == [
        ("long", "AB-1234/05"),
        ("short", "AB-1234"),
    ]


def test_a_scheme_without_letters_allows_only_its_own_digits() -> None:
    schemes = compile_schemes([("{n:5}.{tab:2}", "part")])
    assert [m.key for m in recognise("12345.67 but not 12345x67, 12345 67 or l2345.67", schemes)] == ["12345.67"]


def test_an_attached_revision_letter_is_read_by_the_template() -> None:
    schemes = compile_schemes([("DR{n:4}{rev}", "controlled_document"), ("FX-{n:3}[-{tab:2}][/{rev}]", "part")])
    read = [(m.key, m.rev) for m in recognise("DR1234B, DR1234, DR1234 rev D, FX-123/C, FX-123-04", schemes)]
    assert read == [("DR1234", "B"), ("DR1234", None), ("DR1234", "D"), ("FX-123", "C"), ("FX-123-04", None)]


def test_numbers_beside_a_template_that_ends_in_a_bare_revision_are_none() -> None:
    schemes = compile_schemes([("AB-{n:2}-{rev}", "part")])
    read = [(m.key, m.rev) for m in recognise("AB-12 20 pieces, AB-12 A new one, AB-12-C, AB-12-draft", schemes)]
    assert read == [("AB-12", None), ("AB-12", None), ("AB-12", "C"), ("AB-12", None)]


def test_an_exact_key_wins_over_what_an_earlier_scheme_might_read_into_it() -> None:
    mention = parse_key("P0-1234", compile_schemes([("PO-{n:4}", "order"), ("P0-{n:4}", "part")]))
    assert mention is not None
    assert (mention.kind, mention.how) == ("part", "exact")


def test_no_schemes_find_nothing() -> None:
    assert recognise("ECR-2024-0017", compile_schemes([])) == []


@pytest.mark.parametrize(
    ("typed", "key", "how"),
    [
        ("ECR-2024-0017", "ECR-2024-0017", "exact"),
        (" ECR-2024-0017 ", "ECR-2024-0017", "exact"),
        ("ecr 2024 17", "ECR-2024-0017", "lenient"),
        ("so-2024-15", "SO-2024-0015", "lenient"),
        ("d-123", "D-000123", "lenient"),
    ],
)
def test_a_key_is_read_as_people_type_it(typed: str, key: str, how: str) -> None:
    mention = parse_key(typed, SCHEMES)
    assert mention is not None
    assert (mention.key, mention.how) == (key, how)


def test_a_typed_key_may_carry_its_revision() -> None:
    mention = parse_key("spc-1001-02 rev c", SCHEMES)
    assert mention is not None
    assert (mention.kind, mention.key, mention.rev) == ("controlled_document", "SPC-1001-02", "C")


@pytest.mark.parametrize("typed", ["", "hello", "ECR-2024-0017 and more", "ECR-2024", "see ECR-2024-0017"])
def test_a_text_that_is_not_one_identifier_is_no_key(typed: str) -> None:
    assert parse_key(typed, SCHEMES) is None
