"""The template language: text to pieces, with every reason why a template cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise, product

from archive.errors import Invalid

NUMBERS = ("year", "n", "tab")
LONGEST = 80
MOST_OPTIONAL = 3
FEWEST_DIGITS = 4

_TOKEN = re.compile(r"\{([^{}\[\]]*)\}|([\[\]])|([^{}\[\]]+)|([{}])")
_PLACE = re.compile(r"(year)(?::([24]))?|(n)(?::(0?)([1-9]))?|(tab)(?::([1-9]))?|(rev)")
_HEAD = re.compile(r"[^\W\d_]*")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a template: literal text, or the place of a number or a revision.

    Attributes:
        name: `year`, `n`, `tab` or `rev`; empty for literal text.
        width: digits; 0 means as many as needed.
        grows: `width` is the least, not the exact number of digits.
        group: 0 where it always stands, else the number of its optional part, from 1.
    """

    name: str
    text: str = ""
    width: int = 0
    grows: bool = False
    group: int = 0

    @property
    def is_open(self) -> bool:
        """True for a number whose end only the next character tells."""
        return self.name in NUMBERS and (self.grows or not self.width)

    @property
    def is_digits(self) -> bool:
        return self.name in NUMBERS or self.text[:1].isdigit()


def parse(template: str) -> tuple[Piece, ...]:
    """Cut a template into its pieces.

    Raises: Invalid, with every problem found, each naming the template.
    """
    pieces, problems = _cut(template)
    problems = problems or _problems(template, pieces)
    if problems:
        named = tuple(f"scheme {template!r}: {problem}" for problem in problems)
        raise Invalid(named[0], named)
    return pieces


def head(pieces: tuple[Piece, ...]) -> str:
    """Return the letters a template begins with; empty where it begins with a number or a sign."""
    found = _HEAD.match(pieces[0].text)
    return found[0] if found else ""


def has_letters(pieces: Iterable[Piece]) -> bool:
    return any(character.isalpha() for piece in pieces for character in piece.text)


def split_revision(pieces: tuple[Piece, ...]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Part the key's pieces from the revision and the text that leads to it."""
    if pieces[-1].name != "rev":
        return pieces, ()
    at = len(pieces) - 1
    if not pieces[at - 1].name and pieces[at - 1].group == pieces[at].group:
        at -= 1
    return pieces[:at], pieces[at:]


def _cut(template: str) -> tuple[tuple[Piece, ...], list[str]]:
    pieces: list[Piece] = []
    problems: list[str] = []
    group, inside = 0, False
    for place, bracket, text, stray in _TOKEN.findall(template):
        if bracket:
            if (bracket == "[") == inside:
                return (), ["the square brackets do not pair; optional parts cannot stand inside each other"]
            inside = not inside
            group += inside
        elif stray:
            return (), ["the curly brackets do not pair"]
        elif text:
            pieces.append(Piece("", text, group=group * inside))
        elif found := _PLACE.fullmatch(place):
            pieces.append(_place(found, group * inside))
        else:
            problems.append(f"{{{place}}} is not known; use {{year:4}}, {{n:4}}, {{n:04}}, {{n}}, {{tab:2}} or {{rev}}")
    if inside:
        problems.append("the square brackets do not pair")
    return tuple(pieces), problems


def _place(found: re.Match[str], group: int) -> Piece:
    year, digits, n, zero, width, tab, tab_width, _ = found.groups()
    if year:
        return Piece("year", width=int(digits or 4), group=group)
    if n:
        return Piece("n", width=int(width or 0), grows=bool(zero), group=group)
    if tab:
        return Piece("tab", width=int(tab_width or 2), group=group)
    return Piece("rev", group=group)


def _problems(template: str, pieces: tuple[Piece, ...]) -> list[str]:
    names = [piece.name for piece in pieces if piece.name]
    groups = {piece.group for piece in pieces}
    numbers = [piece for piece in pieces if piece.name in ("n", "tab") and not piece.group]
    first = head(pieces) if pieces else ""
    empty = groups - {piece.group for piece in pieces if piece.name} - {0}
    checks = (
        (len(template) > LONGEST, f"it is longer than {LONGEST} characters"),
        (template != template.strip(), "it begins or ends with a space"),
        (not template.isprintable(), "it holds a line break or another sign that cannot be printed"),
        (len(set(names)) < len(names), "a placeholder stands twice; a second number is {tab:2}"),
        (not numbers, "it numbers nothing: it needs {n} or {tab} outside square brackets"),
        ("rev" in names and pieces[-1].name != "rev", "{rev} must be the last thing in it"),
        (bool(pieces and pieces[0].group), "it begins with an optional part; write two schemes instead"),
        (len(groups - {0}) > MOST_OPTIONAL, f"it has more than {MOST_OPTIONAL} optional parts"),
        (bool(empty), "an optional part holds no placeholder"),
        (
            not has_letters(pieces) and sum(piece.width for piece in numbers) < FEWEST_DIGITS,
            f"it would match nearly any number; add letters, or {FEWEST_DIGITS} digits besides the year",
        ),
        (0 < len(first) < 3 and not first.isupper(), "a prefix of one or two letters must be in capitals"),
        (_touches(pieces), "a number without a fixed width touches more digits, so nobody can tell where it ends"),
    )
    return [problem for wrong, problem in checks if wrong]


def _touches(pieces: tuple[Piece, ...]) -> bool:
    groups = sorted({piece.group for piece in pieces} - {0})[:MOST_OPTIONAL]
    for present in product((True, False), repeat=len(groups)):
        left_out = {group for group, stands in zip(groups, present, strict=True) if not stands}
        standing = [piece for piece in pieces if piece.group not in left_out]
        if any(before.is_open and after.is_digits for before, after in pairwise(standing)):
            return True
    return False
