from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.errors import Invalid
from archive.records import (
    FieldRule,
    Money,
    Quantity,
    Range,
    as_bool,
    as_choice,
    as_date,
    as_datetime,
    as_list,
    as_money,
    as_qty,
    as_range,
    as_rows,
)


def test_an_iso_date_is_read_whatever_the_house_writes() -> None:
    for order in ("iso", "day-first", "month-first"):
        assert as_date(" 2024-05-06 ", order) == date(2024, 5, 6)


def test_a_slashed_date_follows_the_house() -> None:
    assert as_date("01/03/2024", "day-first") == date(2024, 3, 1)
    assert as_date("01/03/2024", "month-first") == date(2024, 1, 3)
    assert as_date("6.5.2024", "day-first") == date(2024, 5, 6)


def test_a_slashed_date_is_never_guessed() -> None:
    with pytest.raises(Invalid, match="write 2024-03-01 or 2024-01-03"):
        as_date("01/03/2024")


@pytest.mark.parametrize("text", ["2024-02-30", "2023-02-29", "2024-13-01", "31/04/2024", "0000-01-01"])
def test_a_date_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="does not exist"):
        as_date(text, "day-first")


@pytest.mark.parametrize("text", ["2024", "2024-03", "6.5.24", "20240506", "next week", "٢٠٢٤-٠٥-٠٦", "1/2.2024"])
def test_what_is_not_a_whole_date_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="not a date"):
        as_date(text, "day-first")


def test_nothing_written_is_no_date() -> None:
    assert as_date("  ") is None


def test_a_moment_needs_its_offset() -> None:
    moment = datetime(2024, 5, 31, 14, 30, tzinfo=timezone(timedelta(hours=2)))
    assert as_datetime("2024-05-31 14:30+02:00") == moment
    assert as_datetime("2024-05-31T12:30:00Z") == moment
    with pytest.raises(Invalid, match="no offset"):
        as_datetime("2024-05-31 14:30")
    with pytest.raises(Invalid, match="does not exist"):
        as_datetime("2024-05-31 25:30Z")


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("1200.00 EUR", "1200.00", "EUR"),
        ("EUR 1,200.00", "1200.00", "EUR"),
        ("1.200,00 EUR", "1200.00", "EUR"),
        ("1 200,5 eur", "1200.5", "EUR"),
        ("CHF 1'200", "1200", "CHF"),
        ("€ 1.200", "1200", "EUR"),
        ("1,200 USD", "1200", "USD"),
        ("1.234.567,89 €", "1234567.89", "EUR"),
        ("-12,50 EUR", "-12.50", "EUR"),
        ("0.125 EUR", "0.125", "EUR"),
        ("1200 EUR", "1200", "EUR"),
    ],
)
def test_money_is_amount_and_currency(text: str, amount: str, currency: str) -> None:
    assert as_money(text) == Money(Decimal(amount), currency)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1200.00", "no currency"),
        ("$1200", "several currencies"),
        ("1200 Euro", "did you mean EUR"),
        ("1200 pcs", "not a currency"),
        ("much", "not a sum"),
        ("", "not a sum"),
        ("1,200,00 EUR", "not a number"),
        ("1.200.5 EUR", "not a number"),
        ("1.200 KWD", "thousands or with decimals"),
        ("12 EUR 13 EUR", "not a currency"),
        ("9" * 400 + " EUR", "too long"),
    ],
)
def test_money_that_can_be_misread_is_refused(text: str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        as_money(text)


@settings(deadline=None)
@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2), st.sampled_from(["EUR", "USD", "GBP"]))
def test_money_comes_back_as_it_was_written(amount: Decimal, currency: str) -> None:
    assert as_money(str(Money(amount, currency))) == Money(amount, currency)
    assert as_money(f"{currency} {amount:,.2f}") == Money(amount, currency)


def test_a_quantity_is_number_and_unit() -> None:
    assert as_qty("12 pcs") == Quantity(Decimal(12), "pcs")
    assert as_qty("1,5kg") == Quantity(Decimal("1.5"), "kg")
    assert as_qty("3") == Quantity(Decimal(3), "")
    with pytest.raises(Invalid, match="thousands or with decimals"):
        as_qty("1.500 kg")
    with pytest.raises(Invalid, match="not a quantity"):
        as_qty("some")


def test_yes_and_no_are_read_in_both_tongues() -> None:
    assert [as_bool(text) for text in ("yes", "No", "ja", "nein", "TRUE", "0")] == [
        True,
        False,
        True,
        False,
        True,
        False,
    ]
    with pytest.raises(Invalid, match="neither yes nor no"):
        as_bool("perhaps")


def test_a_choice_is_read_whatever_its_case_and_by_its_other_words() -> None:
    rule = FieldRule("outcome", "enum", choices=("approved", "more_information_needed"), also={"accepted": "approved"})

    assert as_choice(rule, "More information needed") == "more_information_needed"
    assert as_choice(rule, "ACCEPTED") == "approved"
    with pytest.raises(Invalid, match="did you mean `approved`"):
        as_choice(rule, "aproved")
    with pytest.raises(Invalid, match="choose from approved"):
        as_choice(rule, "blue")


def test_a_range_has_two_ends_or_one() -> None:
    assert as_range("0100..0500") == Range("0100", "0500")
    assert as_range("SN-0100 - SN-0500") == Range("SN-0100", "SN-0500")
    assert as_range("24-17 to 24-20") == Range("24-17", "24-20")
    assert as_range("0100..") == Range("0100", "")
    with pytest.raises(Invalid, match="backwards"):
        as_range("SN0500..SN0100")
    with pytest.raises(Invalid, match="not a range"):
        as_range("0100")


def test_a_list_is_a_list_or_bulleted_lines_or_one_text() -> None:
    assert as_list(["a", " ", "b "]) == ("a", "b")
    assert as_list("- tell the dealers\n- mark the boxes, both\n") == ("tell the dealers", "mark the boxes, both")
    assert as_list("Roe, Jane") == ("Roe, Jane",)
    assert as_list(" ") == ()


def test_a_bare_text_is_a_row_of_the_first_column() -> None:
    rule = FieldRule(
        "affects", "rows", columns=(FieldRule("item", "ref"), FieldRule("rev_now", "text", synonyms=("rev",)))
    )

    assert as_rows(rule, ["A-1", {"item": "A-2", "Rev": "B"}, {"item": " "}]) == (
        {"item": "A-1"},
        {"item": "A-2", "rev_now": "B"},
    )
    assert as_rows(rule, "A-1") == ({"item": "A-1"},)


@settings(deadline=None)
@given(st.text(max_size=30), st.sampled_from(["iso", "day-first", "month-first"]))
def test_any_text_has_a_meaning_or_is_invalid(text: str, order: str) -> None:
    readers = (lambda: as_date(text, order), lambda: as_money(text), lambda: as_qty(text), lambda: as_range(text))
    for reader in (*readers, lambda: as_bool(text), lambda: as_datetime(text)):
        try:
            reader()
        except Invalid as problem:
            assert str(problem)
