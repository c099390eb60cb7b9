"""A query as a tree of frozen nodes, and its spelling: reading the spelling again gives the same tree.

The nodes have no slots: making eleven classes with them costs a cold search 4 ms.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

QUOTES = '"“”„«»'
OPERATORS = ("AND", "OR", "NOT")
FIELD_START = re.compile(r"([A-Za-z]{2,}(?:-[A-Za-z]+)*):")

_SPECIAL = re.compile(rf"[()*?~\\{QUOTES}]")
_SAFE_VALUE = re.compile(r"[\w./*][\w./*-]*")


@dataclass(frozen=True)
class Everything:
    """`*`: every document."""


@dataclass(frozen=True)
class Word:
    """One word as typed; found in any of its forms (stemmed), or as an identifier when it is shaped like one."""

    text: str
    field: str = ""


@dataclass(frozen=True)
class Phrase:
    """Words side by side in this order and form; `slop` is how many other words may stand between them in all."""

    text: str
    field: str = ""
    slop: int = 0


@dataclass(frozen=True)
class Pattern:
    """A word with `*` (any characters) or `?` (one character)."""

    text: str
    field: str = ""


@dataclass(frozen=True)
class Fuzzy:
    """A word up to `distance` (1 or 2) letters away; two letters changing places count as one."""

    text: str
    field: str = ""
    distance: int = 1


@dataclass(frozen=True)
class Exact:
    """A field that has this value, compared whole; `*` in it stands for any characters."""

    field: str
    value: str


@dataclass(frozen=True)
class Between:
    """A civil date, both ends inclusive; None is open, and both None means that there is a date."""

    field: str
    first: date | None
    last: date | None


@dataclass(frozen=True)
class Resolved:
    """A condition that the index cannot know: the caller says which documents meet it."""

    field: str
    value: str
    at: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True)
class And:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Not:
    """Everything but the part."""

    part: Node


Node: TypeAlias = "Everything | Word | Phrase | Pattern | Fuzzy | Exact | Between | Resolved | And | Or | Not"


@dataclass(frozen=True)
class Query:
    """A query that was read.

    Attributes:
        text: as it was typed.
        notes: what was left out of it and why, in plain words.
    """

    tree: Node
    text: str = dataclasses.field(default="", compare=False)
    notes: tuple[str, ...] = dataclasses.field(default=(), compare=False)


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
