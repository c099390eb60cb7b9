"""Persons are compared as parties; authorities hold for a time and up to a sum."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.control.persons import Authorities, Persons, authority_of, highest, sums_in
from archive.model import Record
from archive.records import Money
from tests.control.desk_of_papers import Papers


def party(name: str, *aliases: str) -> Record:
    return Papers().add("party", name=name, sort="person", aliases=list(aliases))


def test_name_aliases_and_mail_address_lead_to_one_person() -> None:
    persons = Persons([party("Odo Plaice", "O. Plaice", "odo@pond.example")])
    spellings = ["Odo Plaice", "odo  plaice", "O. PLAICE", "Plaice, O. <Odo@Pond.example>"]
    assert {persons.of(each) for each in spellings} == {"odo plaice"}
    assert all(map(persons.knows, spellings))


def test_a_spelling_that_fits_two_parties_names_neither() -> None:
    persons = Persons([party("Odo Plaice", "O.P."), party("Ona Perch", "O.P.")])
    assert persons.of("O.P.") == "o.p."
    assert not persons.knows("O.P.")


def test_nobody_is_among_anybody_without_a_name() -> None:
    assert not Persons([]).is_among(" ", ["", " "])


@given(st.text(), st.text())
def test_comparing_is_the_same_both_ways_and_never_fails(one: str, other: str) -> None:
    persons = Persons([party("Odo Plaice", "OP")])
    assert persons.is_among(one, [one]) is bool(one.strip())
    if one.strip() and other.strip():
        assert persons.is_among(one, [other]) is persons.is_among(other, [one])


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("cartridge 02091-C-71, one-off cost 6400.00 EUR.", ["6400.00 EUR"]),
        ("EUR 1,200.50 and 300 GBP, €5", ["1200.50 EUR", "300 GBP", "5 EUR"]),
        ("rev 3, PLN-2024-0004, 71 PLN-2024-0004, 40 l/min, 12 pcs", []),
    ],
)
def test_sums_are_read_only_where_a_currency_stands(text: str, sums: list[str]) -> None:
    assert [str(each) for each in sums_in(text)] == sums


def test_the_highest_sum_of_each_currency_counts() -> None:
    euro = [Money(Decimal(1), "EUR"), Money(Decimal(3), "EUR"), Money(Decimal(2), "GBP")]
    assert highest(euro) == (Money(Decimal(3), "EUR"), Money(Decimal(2), "GBP"))


def authorities(**fields: str) -> Authorities:
    record = Papers().add("authority", person="Odo Plaice", role="director", **fields)
    found = authority_of(record, "iso")
    return Authorities((found,) if found else (), Persons([]))


def test_an_authority_holds_from_its_first_to_its_last_day() -> None:
    held = authorities(from_="2024-01-01", to="2024-01-31")
    assert [bool(held.held("odo plaice", date(2024, 1, day))) for day in (1, 31)] == [True, True]
    assert not held.held("Odo Plaice", date(2023, 12, 31)) and not held.held("Odo Plaice", date(2024, 2, 1))
    assert held.begun(date(2024, 2, 1)) and not held.begun(date(2023, 12, 31))


def test_a_limit_that_cannot_be_read_covers_no_sum_but_a_signature_without_one() -> None:
    (unclear,) = authorities(from_="2024-01-01", limit="2500").every
    assert unclear.covers([])
    assert not unclear.covers([Money(Decimal(1), "EUR")])


def test_an_authority_without_a_day_that_can_be_read_is_none() -> None:
    assert authorities(from_="spring").every == ()
