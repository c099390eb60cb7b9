"""Laws of the schemes: what is generated is read back, and nothing ever overlaps."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive.schemes import (
    BUILT_IN,
    Scheme,
    compile_schemes,
    fold,
    format_key,
    identifier_tokens,
    parse_key,
    parts_of,
    recognise,
    segments,
    skeleton,
)

ALL = compile_schemes(
    [("SPC-{n:4}-{tab:2}[ rev {rev}]", "doc"), ("{n:5}-C-{tab:2}", "part"), ("W-{n}", "part"), *BUILT_IN]
)

separators = st.sampled_from("-/._ ")
prefixes = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=5)
numbers = st.sampled_from([("{n:4}", 9999), ("{n:04}", 999_999_999), ("{n}", 999_999_999), ("{n:6}", 999_999)])
tails = st.sampled_from(["", " rev {rev}", "[ rev {rev}]", "[-R{rev}]", "[/{rev}]", "{rev}"])
revisions = st.one_of(st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), st.sampled_from(["AA", "BC", "ZZ"]), st.none())


@st.composite
def identifiers(draw: st.DrawFn) -> tuple[Scheme, str, str | None, dict[str, int]]:
    """A scheme, a key it generates, the revision and the numbers in the key."""
    place, most = draw(numbers)
    year, tab, tail = draw(st.booleans()), draw(st.booleans()), draw(tails)
    template = draw(prefixes) + (draw(separators) + "{year:4}" if year else "") + draw(separators) + place
    template += (draw(separators) + "{tab:2}" if tab else "") + tail
    parts = {"n": draw(st.integers(0, most))}
    parts |= {"year": draw(st.integers(1900, 2099))} if year else {}
    parts |= {"tab": draw(st.integers(0, 99))} if tab else {}
    return Scheme(template, "thing"), template, draw(revisions) if tail else None, parts


@given(
    identifiers(),
    st.sampled_from(["", "see ", "(", "Ref: ", "Grüße\n", "/"]),
    st.sampled_from(["", ".", ", and", ")", "\n"]),
)
def test_what_a_scheme_generates_is_read_back_at_its_place(
    made: tuple[Scheme, str, str | None, dict[str, int]], before: str, after: str
) -> None:
    scheme, template, rev, parts = made
    schemes = compile_schemes([(template, "thing")])
    key = format_key(scheme, **parts)
    cited = format_key(scheme, **parts, rev=rev) if rev else key
    (mention,) = recognise(before + cited + after, schemes)
    assert (mention.key, mention.rev, mention.raw, mention.start) == (key, rev, cited, len(before))
    assert (mention.how, mention.confidence) == ("exact", 1.0)
    assert parts_of(key, scheme) == parts
    typed = parse_key(cited, schemes)
    assert typed is not None
    assert (typed.key, typed.rev, typed.how) == (key, rev, "exact")


WORDS = "SPC spc 5PC - – / . _ 1001 02 0 O l 1 rev Rev. C W ECR 2024 0017 D 000123 ( https:// @ 02091 Stand \x02 é 😀"
pieces = st.sampled_from([" ", "\n", *WORDS.split(" ")])
texts = st.lists(pieces, max_size=40).map("".join)


@given(texts)
@example("SPC-1001-02/SPC-1001-02 rev C-W-2")
def test_mentions_are_in_order_never_overlap_and_quote_their_words(text: str) -> None:
    end = 0
    for mention in recognise(text, ALL):
        assert end <= mention.start < mention.end
        assert text[mention.start : mention.end] == mention.raw
        end = mention.end


@given(texts)
def test_a_key_that_was_read_is_itself_an_exact_key(text: str) -> None:
    for mention in recognise(text, ALL):
        again = parse_key(mention.key, ALL)
        assert again is not None
        assert (again.kind, again.key, again.how) == (mention.kind, mention.key, "exact")


@given(st.one_of(texts, st.text()))
def test_tokens_are_in_order_never_overlap_and_hold_a_digit(text: str) -> None:
    end = 0
    for token, start, stop in identifier_tokens(text):
        assert end <= start
        assert text[start:stop] == token
        assert re.search(r"\d", token)
        end = stop


@given(st.one_of(texts, st.text()))
def test_folding_is_idempotent_and_the_skeleton_does_not_see_it(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert skeleton(fold(text)) == skeleton(text)
    assert segments(fold(text)) == segments(text)


@pytest.mark.parametrize(
    "unit", ["SPC-1", "SPC-1001-02 rev ", "SPC-1001-02-", "1-", "a-", "w.", "a@", "ECR-2024-", "- ", "rev "]
)
def test_a_long_text_of_nearly_identifiers_comes_to_an_end(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    mentions = recognise(text, ALL)
    assert all(mention.raw == text[mention.start : mention.end] for mention in mentions)
    assert len(identifier_tokens(text)) <= len(text)


@pytest.mark.long
@pytest.mark.parametrize("unit", ["SPC-1", "SPC-1001-02", "1", "A"])
def test_a_megabyte_of_one_thing_comes_to_an_end(unit: str) -> None:
    assert recognise(unit * (1_000_000 // len(unit)), ALL) == []
