"""Reading a query: characters to tree, every mistake with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NoReturn
from unicodedata import normalize

from archive.errors import Invalid
from archive.index.dates import FORMS, span
from archive.index.fields import DATES, EXACT, FIELDS, HAS, HAS_RESOLVED, RESOLVED, near
from archive.index.query import (
    FIELD_START,
    QUOTES,
    And,
    Between,
    Everything,
    Exact,
    Fuzzy,
    Node,
    Not,
    Or,
    Pattern,
    Phrase,
    Query,
    Resolved,
    Word,
)

LONGEST = 4000
DEEPEST = 64
WIDEST_GAP = 10

_SHOWN = 70
_WORD = re.compile(rf"(?:\\\S|[^\s(){QUOTES}])+")
_QUOTED = re.compile(rf"[{QUOTES}]((?:\\.|[^\\{QUOTES}])*)[{QUOTES}]", re.DOTALL)
_BRACKETED = re.compile(r"\[[^\]]*\]")
_TILDE = re.compile(r"(?<!\\)(?:\\\\)*~(\d*)$")


def parse(text: str, *, today: date | None = None, raw: bool = False, date_order: str = "iso") -> Query:
    """Read a query; its letters are composed (Unicode NFC) first.

    Args:
        today: what `today`, `last-30d` and their like count from; without it they are no dates.
        date_order: how the house writes `14.05.2024` (see `dates.span`).
        raw: take every character literally: words and nothing else.
    Raises:
        Invalid: what is wrong, with a line that points at the place.
    """
    if len(text) > LONGEST:
        raise Invalid(f"the query has {len(text):,} characters; at most {LONGEST:,} can be read")
    text = normalize("NFC", text)
    reading = _Reading(text, today, date_order)
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        reading.fail(problem.start, "this character is half of one and no text")
    tree = reading.words() if raw else reading.whole()
    if tree is None:
        reading.fail(0, "nothing to search for: type a word with a letter or digit in it")
    return Query(tree, text, tuple(reading.notes))


def pointed(text: str, at: int, reason: str) -> str:
    """Put a query below the reason, and a caret below its character `at`."""
    start = max(0, at - _SHOWN + 10)
    shown = "".join(each if each.isprintable() else " " for each in text[start : start + _SHOWN])
    return f"{reason}\n  {shown}\n  {' ' * (at - start)}^"


class _Reading:
    def __init__(self, text: str, today: date | None, date_order: str) -> None:
        self.text = text
        self.today = today
        self.date_order = date_order
        self.at = 0
        self.notes: list[str] = []

    def fail(self, at: int, reason: str, hint: str = "") -> NoReturn:
        sentence = f"{reason}; did you mean {hint}?" if hint else reason
        raise Invalid(pointed(self.text, at, sentence), (sentence,))

    def words(self) -> Node | None:
        return _joined(And, [self.kept(Word(each), each) for each in self.text.split()])

    def whole(self) -> Node | None:
        self.space()
        if self.at == len(self.text):
            return None
        tree = self.either(0, "")
        if self.at < len(self.text):
            self.fail(self.at, "this parenthesis was never opened; put it in quotes to search for it")
        return tree

    def space(self) -> None:
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1

    def peek(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self.text[at] if at < len(self.text) else ""

    def takes(self, operator: str) -> bool:
        """Step over an operator if it stands here as a word of its own."""
        after = self.at + len(operator)
        found = self.text.startswith(operator, self.at)
        if not found or not (
            after == len(self.text) or self.text[after].isspace() or self.text[after] in "()" + QUOTES
        ):
            return False
        self.at = after
        return True

    def either(self, depth: int, field: str) -> Node | None:
        if depth > DEEPEST:
            self.fail(self.at, f"nested more than {DEEPEST} deep")
        parts = [self.both(depth, field)]
        while self.takes("OR"):
            parts.append(self.both(depth, field))
        return _joined(Or, parts)

    def both(self, depth: int, field: str) -> Node | None:
        parts: list[Node | None] = []
        open_ended = True
        self.space()
        while (here := self.peek()) and here != ")" and not self.sees_or():
            start = self.at
            if not open_ended and self.takes("AND"):
                open_ended = True
            elif open_ended and self.takes("AND"):
                self.fail(start, "AND needs something on both sides")
            else:
                parts.append(self.unary(depth, field))
                open_ended = False
            self.space()
        if open_ended:
            self.fail(min(self.at, len(self.text)), "something to search for is missing here")
        return _joined(And, parts)

    def sees_or(self) -> bool:
        at = self.at
        found = self.takes("OR")
        self.at = at
        return found

    def unary(self, depth: int, field: str) -> Node | None:
        start = self.at
        minus = self.peek() == "-" and self.peek(1) not in ("", ")") and not self.peek(1).isspace()
        if minus or self.takes("NOT"):
            if depth >= DEEPEST:
                self.fail(start, f"nested more than {DEEPEST} deep")
            self.at += minus
            self.space()
            if self.peek() in ("", ")"):
                self.fail(start, "NOT needs something on its right")
            part = self.unary(depth + 1, field)
            return Not(part) if part is not None else None
        return self.atom(depth, field)

    def atom(self, depth: int, field: str) -> Node | None:
        start = self.at
        if self.peek() == "(":
            self.at += 1
            inner = self.either(depth + 1, field)
            if self.peek() != ")":
                self.fail(start, "this parenthesis is not closed")
            self.at += 1
            return inner
        if self.peek() in QUOTES:
            return self.phrase(field)
        if (name := FIELD_START.match(self.text, self.at)) and (known := self.field(name)):
            if field:
                self.fail(start, f"a field cannot stand inside {field}:( )")
            self.at = name.end()
            if self.peek() in ("", ")") or self.peek().isspace():
                self.fail(self.at, f"{known}: needs a value right behind the colon")
            return self.atom(depth, known) if self.peek() in "(" + QUOTES else self.word(known)
        return self.word(field)

    def field(self, name: re.Match[str]) -> str:
        """The field that a name means, nothing when it is only a word with a colon behind it."""
        known = name[1].casefold()
        if known in FIELDS:
            return known
        after = self.text[name.end() : name.end() + 1]
        if not after or after.isspace() or after == ")":
            return ""
        return self.unknown(name, near(known, FIELDS))

    def unknown(self, name: re.Match[str], hint: str) -> NoReturn:
        self.fail(
            name.start(),
            f"{name[1]}: is not a field that can be searched (to search for the words, put them in quotes)",
            f"{hint}:" if hint else "",
        )

    def phrase(self, field: str) -> Node | None:
        start = self.at
        found = _QUOTED.match(self.text, start)
        if found is None:
            self.fail(start, "this quotation mark is not closed")
        self.at = found.end()
        text = re.sub(rf"\\([\\{QUOTES}])", r"\1", found[1])
        if not text.strip():
            self.fail(start, "nothing stands between these quotation marks")
        if field in (*EXACT, *DATES, *RESOLVED):
            return self.valued(field, text, start)
        slop = 0
        if gap := re.compile(r"~(\d{1,9})").match(self.text, self.at):
            slop = int(gap[1])
            if slop > WIDEST_GAP:
                self.fail(self.at, f"at most {WIDEST_GAP} words may stand between")
            self.at = gap.end()
        return self.kept(Phrase(text, field, slop), text)

    def word(self, field: str) -> Node | None:
        start = self.at
        if field in DATES and (bracketed := _BRACKETED.match(self.text, start)):
            self.at = bracketed.end()
            return self.valued(field, bracketed[0], start)
        found = _WORD.match(self.text, start)
        if found is None:
            self.fail(start, "this cannot stand here")
        self.at = found.end()
        typed = found[0]
        if field in (*EXACT, *DATES, *RESOLVED):
            return self.valued(field, _literal(typed), start)
        if set(typed) == {"*"}:
            return Pattern("*", field) if field else Everything()
        if tilde := _TILDE.search(typed):
            return self.fuzzy(typed, tilde, field)
        if re.search(r"(?<!\\)(?:\\\\)*[*?]", typed):
            return self.pattern(typed, field)
        return self.kept(Word(_literal(typed), field), typed)

    def pattern(self, typed: str, field: str) -> Node | None:
        text = _literal(re.sub(r"\\(.)", lambda found: "" if found[1] in "*?" else found[0], typed))
        return self.kept(Pattern(text, field), typed)

    def fuzzy(self, typed: str, tilde: re.Match[str], field: str) -> Node | None:
        distance = tilde[1] or "1"
        if distance not in ("1", "2"):
            self.fail(self.at - len(distance), "a word may be 1 or 2 letters away, as in word~1")
        text = _literal(typed[: tilde.start(1) - 1])
        return self.kept(Fuzzy(text, field, int(distance)), text)

    def valued(self, field: str, value: str, start: int) -> Node:
        value = value.strip()
        if field in DATES:
            try:
                first, last = span(value, self.today, self.date_order)
            except ValueError as problem:
                self.fail(start, f"{value!r} is no date: {problem}")
            return Between(field, first, last)
        if field == "has":
            known = value.casefold()
            if known not in (*HAS, *HAS_RESOLVED):
                names = (*HAS, *HAS_RESOLVED)
                self.fail(start, f"has: knows {', '.join(names)}", near(known, names))
            return Exact(field, known) if known in HAS else Resolved(field, known, self.named(field, start))
        return Resolved(field, value, self.named(field, start)) if field in RESOLVED else Exact(field, value)

    def named(self, field: str, start: int) -> int:
        """Where the field's name stands that a value at `start` belongs to; in a group, the value itself."""
        at = max(0, start - len(field) - 1)
        return at if self.text[at:start].casefold() == f"{field}:" else start

    def kept(self, node: Node, typed: str) -> Node | None:
        """Leave out, and note, what no text can hold a word of."""
        if any(each.isalnum() for each in typed):
            return node
        self.notes.append(f"{typed} was left out: there is no letter or digit in it")
        return None


def _literal(typed: str) -> str:
    """Take the backslashes away that only say: the next character means itself."""
    return normalize("NFC", re.sub(r"^\\(\w)|\\([^\w\s])", lambda found: found[1] or found[2], typed))


def _joined(kind: Callable[[tuple[Node, ...]], Node], parts: list[Node | None]) -> Node | None:
    kept = tuple(part for part in parts if part is not None)
    return kind(kept) if len(kept) > 1 else kept[0] if kept else None


__all__ = ["DEEPEST", "FORMS", "LONGEST", "parse", "pointed"]
