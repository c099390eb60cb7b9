"""A query as a tree, and its spelling: reading the spelling again gives the same tree.

The nodes are written out: made as dataclasses the twelve cost every search half the start of a bare Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import TypeAlias

QUOTES = '"“”„«»'
OPERATORS = ("AND", "OR", "NOT")
FIELD_START = re.compile(r"([A-Za-z]{2,}(?:-[A-Za-z]+)*):")

_SPECIAL = re.compile(rf"[()*?~\\{QUOTES}]")
_SAFE_VALUE = re.compile(r"[\w./*][\w./*-]*")


class _Part:
    """Equal to another of its kind whose `__match_args__` are equal; never changed once made."""

    __slots__: tuple[str, ...] = ()
    __match_args__: tuple[str, ...] = ()

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__match_args__)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, _Part) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._values()))})"


class Everything(_Part):
    """`*`: every document."""

    __slots__ = ()


class _Said(_Part):
    """What a text must say; `field` is empty where any will do."""

    __slots__ = ("field", "text")
    __match_args__ = ("text", "field")

    def __init__(self, text: str, field: str = "") -> None:
        self.text, self.field = text, field


class Word(_Said):
    """One word as typed; found in any of its forms (stemmed), or as an identifier when it is shaped like one."""

    __slots__ = ()


class Pattern(_Said):
    """A word with `*` (any characters) or `?` (one character)."""

    __slots__ = ()


class Phrase(_Said):
    """Words side by side in this order and form; `slop` is how many other words may stand between them in all."""

    __slots__ = ("slop",)
    __match_args__ = ("text", "field", "slop")

    def __init__(self, text: str, field: str = "", slop: int = 0) -> None:
        super().__init__(text, field)
        self.slop = slop


class Fuzzy(_Said):
    """A word up to `distance` (1 or 2) letters away; two letters changing places count as one."""

    __slots__ = ("distance",)
    __match_args__ = ("text", "field", "distance")

    def __init__(self, text: str, field: str = "", distance: int = 1) -> None:
        super().__init__(text, field)
        self.distance = distance


class Exact(_Part):
    """A field that has this value, compared whole; `*` in it stands for any characters."""

    __slots__ = __match_args__ = ("field", "value")

    def __init__(self, field: str, value: str) -> None:
        self.field, self.value = field, value


class Between(_Part):
    """A civil date, both ends inclusive; None is open, and both None means that there is a date."""

    __slots__ = __match_args__ = ("field", "first", "last")

    def __init__(self, field: str, first: date | None, last: date | None) -> None:
        self.field, self.first, self.last = field, first, last


class Resolved(_Part):
    """A condition that the index cannot know: the caller says which documents meet it.

    Attributes:
        at: where in the query it stands, to point at; two that differ in nothing else are equal.
    """

    __slots__ = ("at", "field", "value")
    __match_args__ = ("field", "value")

    def __init__(self, field: str, value: str, at: int = 0) -> None:
        self.field, self.value, self.at = field, value, at


class _Several(_Part):
    __slots__ = __match_args__ = ("parts",)

    def __init__(self, parts: tuple[Node, ...]) -> None:
        self.parts = parts


class And(_Several):
    """All of these."""

    __slots__ = ()


class Or(_Several):
    """One of these at least."""

    __slots__ = ()


class Not(_Part):
    """Everything but this."""

    __slots__ = __match_args__ = ("part",)

    def __init__(self, part: Node) -> None:
        self.part = part


Node: TypeAlias = "Everything | Word | Phrase | Pattern | Fuzzy | Exact | Between | Resolved | And | Or | Not"


class Query(_Part):
    """A query that was read; equal to another of the same tree.

    Attributes:
        text: as it was typed.
        notes: what was left out of it and why, in plain words.
    """

    __slots__ = ("notes", "text", "tree")
    __match_args__ = ("tree",)

    def __init__(self, tree: Node, text: str = "", notes: tuple[str, ...] = ()) -> None:
        self.tree, self.text, self.notes = tree, text, notes


def spelled(node: Node, nested: bool = False) -> str:
    """Spell a tree as a person would type it."""
    match node:
        case And(parts) | Or(parts):
            joint = " " if isinstance(node, And) else " OR "
            inner = joint.join(spelled(part, not (isinstance(node, Or) and isinstance(part, And))) for part in parts)
            return f"({inner})" if nested else inner
        case Not(part):
            return "-" + spelled(part, True)
        case Everything():
            return "*"
        case Exact(name, value) | Resolved(name, value):
            return f"{name}:{value if _SAFE_VALUE.fullmatch(value) else _quoted(value)}"
        case Between(name, first, last):
            ends = "*" if first is None and last is None else f"{_day(first)}..{_day(last)}"
            return f"{name}:{ends}"
        case Word() | Phrase() | Pattern() | Fuzzy():
            return (node.field + ":" if node.field else "") + _spelled_text(node)


def _spelled_text(node: Word | Phrase | Pattern | Fuzzy) -> str:
    match node:
        case Word(text):
            return _escaped(text, bool(node.field))
        case Phrase(text, _, slop):
            return _quoted(text) + (f"~{slop}" if slop else "")
        case Pattern(text):
            return re.sub(r"\\([*?])", r"\1", _escaped(text, bool(node.field)))
        case Fuzzy(text, _, distance):
            return f"{_escaped(text, bool(node.field))}~{distance}"


def _escaped(text: str, after_field: bool) -> str:
    escaped = _SPECIAL.sub(lambda found: "\\" + found[0], text)
    if not after_field and (start := FIELD_START.match(escaped)):
        escaped = escaped[: start.end() - 1] + "\\" + escaped[start.end() - 1 :]
    return "\\" + escaped if text in OPERATORS or text.startswith(("-", "[")) else escaped


def _quoted(text: str) -> str:
    return '"' + re.sub(rf"[\\{QUOTES}]", lambda found: "\\" + found[0], text) + '"'


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def without_dates(node: Node, negated: bool = False) -> Node:
    """A tree that asks for no date where the given one asks for a certain span of them."""
    match node:
        case And(parts):
            return And(tuple(without_dates(part, negated) for part in parts))
        case Or(parts):
            return Or(tuple(without_dates(part, negated) for part in parts))
        case Not(part):
            return Not(without_dates(part, not negated))
        case Between("date", first, last) if not negated and (first or last):
            return Not(Between("date", None, None))
        case _:
            return node


def leaves(node: Node, negated: bool = False) -> Iterator[tuple[Node, bool]]:
    """Yield every leaf, with whether it stands under an odd number of NOTs."""
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from leaves(part, negated)
        case Not(part):
            yield from leaves(part, not negated)
        case _:
            yield node, negated
