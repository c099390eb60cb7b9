"""The query language: what is read as what, what is refused and where, and spelling as its inverse."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import Invalid
from archive.index import parse, span, spelled
from archive.index.query import (
    And,
    Between,
    Everything,
    Exact,
    Fuzzy,
    Not,
    Or,
    Pattern,
    Phrase,
    Resolved,
    Word,
)

TODAY = date(2024, 5, 15)

A, B, C = Word("a1"), Word("b1"), Word("c1")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a1 b1", And((A, B))),
        ("a1 AND b1", And((A, B))),
        ("a1 b1 OR c1", Or((And((A, B)), C))),
        ("a1 (b1 OR c1)", And((A, Or((B, C))))),
        ("((a1))", A),
        ("-a1", Not(A)),
        ("NOT a1", Not(A)),
        ("b1 -(a1 OR c1)", And((B, Not(Or((A, C)))))),
        ("--a1", Not(Not(A))),
        ("W-2", Word("W-2")),
        ("or", Word("or")),
        (r"\OR", Word("OR")),
        (r"\-a1", Word("-a1")),
        ('"Rev A"', Phrase("Rev A")),
        ("“Rev A”", Phrase("Rev A")),
        ('"a b"~3', Phrase("a b", "", 3)),
        (r'"say \"no\""', Phrase('say "no"')),
        ("pump*", Pattern("pump*")),
        ("p?mp", Pattern("p?mp")),
        (r"pump\*", Word("pump*")),
        ("word~", Fuzzy("word", "", 1)),
        ("word~2", Fuzzy("word", "", 2)),
        ("*", Everything()),
        ("title:pump", Word("pump", "title")),
        ("Title:pump", Word("pump", "title")),
        ('title:"the pump"', Phrase("the pump", "title")),
        ("title:(a1 OR b1)", Or((Word("a1", "title"), Word("b1", "title")))),
        ("title:*", Pattern("*", "title")),
        ("kind:change_request", Exact("kind", "change_request")),
        ("-has:OCR", Not(Exact("has", "ocr"))),
        ("has:hold", Resolved("has", "hold")),
        ("id:D-000012", Exact("id", "D-000012")),
        ("part:PN-47*", Resolved("part", "PN-47*")),
        ('cites:"SPC 1"', Resolved("cites", "SPC 1")),
        ("link:supersedes:SPC-1", Resolved("link", "supersedes:SPC-1")),
        ("10:30", Word("10:30")),
        ("Note: pump", And((Word("Note:"), Word("pump")))),
        ("pump & valve", And((Word("pump"), Word("valve")))),
        ("pump (&)", Word("pump")),
    ],
)
def test_a_query_is_read_as_its_tree(text: str, tree: object) -> None:
    assert parse(text, today=TODAY).tree == tree


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-03", "2022-03-01", "2022-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2022-03-31", "2022-03-31", "2022-03-31"),
        ("2022-03..2022-05", "2022-03-01", "2022-05-31"),
        ("2022..", "2022-01-01", None),
        ("..2022-03", None, "2022-03-31"),
        ("[2022 TO 2023-01]", "2022-01-01", "2023-01-31"),
        ("[2022 to *]", "2022-01-01", None),
        (">=2022-03", "2022-03-01", None),
        (">2022-03", "2022-04-01", None),
        ("<2022-03", None, "2022-02-28"),
        ("<=2022-03", None, "2022-03-31"),
        ("today", "2024-05-15", "2024-05-15"),
        ("yesterday", "2024-05-14", "2024-05-14"),
        ("last-30d", "2024-04-15", "2024-05-15"),
        ("last-2w", "2024-05-01", "2024-05-15"),
        ("last-3m", "2024-02-15", "2024-05-15"),
        ("last-1y", "2023-05-15", "2024-05-15"),
        ('"previous month"', "2024-04-01", "2024-04-30"),
        ('"last quarter"', "2024-01-01", "2024-03-31"),
        ('"this year"', "2024-01-01", "2024-05-15"),
        ("yesterday..today", "2024-05-14", "2024-05-15"),
        ("*", None, None),
    ],
)
def test_a_date_is_a_span_of_civil_days(text: str, first: str | None, last: str | None) -> None:
    day = {None: None}
    tree = parse(f"date:{text}", today=TODAY).tree
    ends = [date.fromisoformat(each) if each else day[None] for each in (first, last)]
    assert tree == Between("date", *ends)


@pytest.mark.parametrize(
    ("text", "order", "first", "last"),
    [
        ("14.05.2024", "day-first", "2024-05-14", "2024-05-14"),
        ("4/5/2024", "day-first", "2024-05-04", "2024-05-04"),
        ("4/5/2024", "month-first", "2024-04-05", "2024-04-05"),
        ("05.2024", "day-first", "2024-05-01", "2024-05-31"),
        ("05/2024", "month-first", "2024-05-01", "2024-05-31"),
        ("14.05.2024..06.2024", "day-first", "2024-05-14", "2024-06-30"),
        (">=14.05.2024", "day-first", "2024-05-14", None),
        ("[14.05.2024 TO *]", "day-first", "2024-05-14", None),
        ("2024-05-14", "day-first", "2024-05-14", "2024-05-14"),
    ],
)
def test_a_date_is_read_in_the_order_of_the_house(text: str, order: str, first: str, last: str | None) -> None:
    ends = [date.fromisoformat(each) if each else None for each in (first, last)]
    assert parse(f"date:{text}", today=TODAY, date_order=order).tree == Between("date", *ends)
    assert list(span(text, TODAY, order)) == ends
    with pytest.raises(Invalid, match="no such day"):
        parse("date:31.02.2024", today=TODAY, date_order=order)


def test_a_date_that_no_order_is_known_for_is_named_once() -> None:
    with pytest.raises(Invalid, match=r"14\.05\.2024") as caught:
        parse("date:14.05.2024", today=TODAY)
    assert caught.value.problems[0].count("14.05.2024") == 1
    with pytest.raises(ValueError, match="a date is written as") as told:
        span("soon", TODAY)
    assert "soon" not in str(told.value)


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 0, "nothing to search for"),
        ("&", 0, "nothing to search for"),
        ("pump (valve", 5, "not closed"),
        ("pump) valve", 4, "never opened"),
        ('pump "valve', 5, "not closed"),
        ('pump ""', 5, "nothing stands between"),
        ("pump OR", 7, "missing here"),
        ("OR pump", 0, "missing here"),
        ("AND pump", 0, "both sides"),
        ("pump AND", 8, "missing here"),
        ("pump ()", 6, "missing here"),
        ("pump NOT", 5, "on its right"),
        ("pump titel:valve", 5, "did you mean title:"),
        ("title: pump", 6, "right behind the colon"),
        ("title:(kind:a)", 7, "cannot stand inside"),
        ("has:txt", 4, "did you mean text"),
        ("date:2022-13", 5, "no such day"),
        ("date:2023-02-30", 5, "no such day"),
        ("date:0000", 5, "no such day"),
        ("date:<0001", 5, "outside the years"),
        ("date:soon", 5, "is no date"),
        ("date:..", 5, "at least one end"),
        ("date:2023..2022", 5, "comes after"),
        ("word~3", 5, "1 or 2 letters"),
        ('"a b"~99', 5, "at most 10 words"),
        ("https://x.example", 0, "put them in quotes"),
        ("pump \ud800", 5, "half of one"),
    ],
)
def test_a_mistake_is_refused_with_its_place(text: str, column: int, says: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse(text, today=TODAY)
    reason, _, caret = str(caught.value).split("\n")
    assert says in reason
    assert caret == "  " + " " * column + "^"
    assert caught.value.exit_code == 5


def test_a_long_query_is_shown_around_the_mistake() -> None:
    with pytest.raises(Invalid) as caught:
        parse("pump " * 100 + "titel:x")
    _, shown, caret = str(caught.value).split("\n")
    assert shown[caret.index("^") :] == "titel:x"


@pytest.mark.parametrize("text", ["(" * 65 + "a" + ")" * 65, "-" * 66 + "a", "(" * 3000, "-" * 3999 + "a"])
def test_deep_nesting_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="nested more than 64 deep"):
        parse(text)


def test_the_deepest_that_is_allowed_is_read() -> None:
    assert parse("(" * 64 + "a" + ")" * 64).tree == Word("a")


def test_a_query_of_more_than_4000_characters_is_refused() -> None:
    assert parse("a" * 4000)
    with pytest.raises(Invalid, match="at most 4,000"):
        parse("a" * 4001)


def test_what_was_left_out_is_noted() -> None:
    assert parse("pump & valve").notes == ("& was left out: there is no letter or digit in it",)


def test_raw_takes_every_character_literally() -> None:
    tree = parse('(pump* OR "x:y -z~1', raw=True).tree
    assert tree == And((Word("(pump*"), Word("OR"), Word('"x:y'), Word("-z~1")))


def test_without_a_day_given_relative_dates_are_no_dates() -> None:
    with pytest.raises(Invalid, match="is no date"):
        parse("date:today")


PIECES = [*'ab1é("):-*?~\\ \t“„»[].<>', " OR ", " NOT ", "title:", "date:", "2022", "has:", "id:", "text"]
TYPED = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


@given(st.one_of(TYPED, st.text(max_size=60)), st.booleans())
def test_any_text_is_a_tree_or_refused_and_a_tree_spelled_and_read_again_is_the_same(text: str, raw: bool) -> None:
    try:
        query = parse(text, today=TODAY, raw=raw)
    except Invalid as refusal:
        assert refusal.problems
        return
    again = spelled(query.tree)
    assert parse(again).tree == query.tree, again
