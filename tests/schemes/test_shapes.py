"""Folding, segments, and identifiers of no known scheme."""

from __future__ import annotations

import pytest

from archive.schemes import fold, identifier_shaped, identifier_tokens, segments, skeleton


@pytest.mark.parametrize("spelling", ["spc-1001-02", "SPC 1001 02", "SPC_1001/02", "SPC – 1001.02", "SPC--1001-02."])
def test_spellings_that_differ_in_case_and_separators_fold_alike(spelling: str) -> None:
    assert fold(spelling) == "SPC-1001-02"


def test_folding_keeps_apart_what_is_written_with_and_without_a_separator() -> None:
    assert fold("W-2") != fold("W2")
    assert skeleton("W-2") == skeleton("W2")


@pytest.mark.parametrize("misread", ["5PC-1O01-02", "SPC1001-0Z", "$pc l00l 02", "SPC-|QO1-02"])
def test_what_a_scan_confuses_has_one_skeleton(misread: str) -> None:
    assert skeleton(misread) == skeleton("SPC-1001-02")


def test_segments_are_cut_at_separators_and_between_letters_and_digits() -> None:
    assert segments("PN-4711-B") == segments("pn4711b") == ("PN", "4711", "B")
    assert segments("…") == ()


@pytest.mark.parametrize(
    "token", ["W-2", "02091-C-71", "SPC-1001-02", "PN4711B", "4711-20", "A4", "ECR-2024-0017", "X/12.3"]
)
def test_letters_with_digits_and_groups_of_digits_are_shaped_like_an_identifier(token: str) -> None:
    assert identifier_shaped(token)


NO_IDENTIFIERS = (
    "pump state-of-the-art 4711 12.03.2024 2024-03-12 03/12/24 2024-05-01T10 12-Mar-2024 12:30 1,234.50 1.234.567"
    " 12.50EUR EUR12.50 10kg 5-10mm 12th 2024/25 1990-2000 12/2024 24/7 192.168.1.1"
)


@pytest.mark.parametrize("token", [*NO_IDENTIFIERS.split(), "", "PN 4711", "a1" * 30])
def test_words_numbers_days_amounts_and_measures_are_not(token: str) -> None:
    assert not identifier_shaped(token)


def test_tokens_are_found_with_their_places_and_without_a_file_names_ending() -> None:
    text = "W-2, SPC-1001-02.pdf (02091-C-71). See X-2.Then"
    tokens = identifier_tokens(text)
    assert [token for token, _, _ in tokens] == ["W-2", "SPC-1001-02", "02091-C-71", "X-2"]
    assert all(text[start:end] == token for token, start, end in tokens)


def test_shares_amounts_and_addresses_in_running_text_are_passed_over() -> None:
    assert (
        identifier_tokens("100-200 %, €10000-20000, 10000-20000 €, https://firm.example/PN4711, b2@firm.example") == []
    )
