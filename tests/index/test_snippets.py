"""Which page answers, and which words of it are shown and marked."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.index import parse, snippet
from tests.index.truth import HOUSE

TEXT = (
    "First page about other things.\f"
    "The running pumps of Rev B, see PN-4711-B.\f"
    "A pump of Rev A, see PN-4711 and the café. " + "More words. " * 60 + "At last the valve and its pump.\f"
)


def shown(query: str, text: str = TEXT, width: int = 240) -> tuple[int, str]:
    return snippet(text, parse(query), HOUSE, marks=("[", "]"), width=width)


@pytest.mark.parametrize(
    ("query", "page", "words"),
    [
        ("run", 2, ["[running]"]),
        ("the pump run", 2, ["[running] [pumps]"]),
        ('"Rev A"', 3, ["[Rev] [A]"]),
        ("Rev A", 3, ["[Rev] [A]"]),
        ("PN-4711-B", 2, ["[PN-4711-B]"]),
        ("pn4711b", 2, ["[PN-4711-B]"]),
        ("cafe", 3, ["[café]"]),
        ("val*", 3, ["[valve]"]),
        ("vavle~1", 3, ["[valve]"]),
        ('"pump rev"~1', 3, ["[pump] of [Rev]"]),
        ("valve pump", 3, ["[valve] and its [pump]"]),
        ("first -pump", 1, ["[First]"]),
        ("title:running first", 1, ["[First] page"]),
    ],
)
def test_the_page_that_answers_best_is_shown_with_its_words_marked(query: str, page: int, words: list[str]) -> None:
    number, line = shown(query)
    assert number == page
    for each in words:
        assert each in line


def test_a_query_that_matches_elsewhere_shows_the_beginning_of_the_first_page_with_words() -> None:
    assert shown("kind:document", "\f \fSome words") == (3, "Some words")
    assert shown("absent", "") == (1, "")


def test_a_cut_is_shown_and_the_line_is_one_line() -> None:
    number, line = shown("valve", width=60)
    assert number == 3
    assert line.startswith("… ")
    assert "\n" not in shown("two", "one\n\ntwo\tthree")[1]


def test_letters_are_marked_however_they_are_composed() -> None:
    assert shown("größen", unicodedata.normalize("NFD", "Alle Größen")) == (1, "Alle [Größen]")


def test_marks_that_stand_in_the_text_are_taken_out() -> None:
    assert shown("pump", "a [false] pump ]") == (1, "a false [pump]")


@given(st.text(max_size=80), st.sampled_from(["pump", '"a b"', "a*", "b~1", "x-1"]), st.integers(20, 60))
def test_any_text_gives_a_page_of_it(text: str, query: str, width: int) -> None:
    number, line = snippet(text, parse(query), HOUSE, width=width)
    assert 1 <= number <= text.count("\f") + 1
    assert line.count("\x02") == line.count("\x03")
