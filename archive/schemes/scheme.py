"""One scheme: its template, the patterns made from it, and the numbers it gives out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from archive.errors import Invalid
from archive.schemes import patterns
from archive.schemes.template import Piece, head, parse, split_revision


@dataclass(frozen=True)
class Scheme:
    """A way of numbering things of one kind.

    Attributes:
        template: as the house wrote it.
        kind: what it numbers (`change_request`, `controlled_document` …).
        key: pieces of the canonical spelling, without the revision.
        tail: the revision and the text that leads to it; empty where the template has none.
    """

    template: str
    kind: str
    key: tuple[Piece, ...] = field(init=False, repr=False, compare=False)
    tail: tuple[Piece, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Parse the template; raises Invalid when it cannot be used."""
        key, tail = split_revision(parse(self.template))
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "tail", tail)

    @cached_property
    def head(self) -> str:
        """The letters it begins with; may be empty."""
        return head(self.key)

    @cached_property
    def strict(self) -> re.Pattern[str]:
        return patterns.strict(self.key)

    @cached_property
    def lenient(self) -> re.Pattern[str]:
        return patterns.lenient(self.key)

    @cached_property
    def revision(self) -> re.Pattern[str] | None:
        return patterns.revision(self.tail)


def format_key(scheme: Scheme, /, **parts: int | str) -> str:
    """Spell the identifier with these parts: `year`, `n`, `tab` as numbers, `rev` as text.

    Optional parts stand where their numbers are given. The year is a full one, also for `{year:2}`.
    Raises: Invalid, when a part is missing, unknown, or does not fit its place.
    """
    known = {piece.name for piece in scheme.key + scheme.tail if piece.name}
    if unknown := sorted(parts.keys() - known):
        raise Invalid(f"scheme {scheme.template!r} has no {', '.join(unknown)}")
    spelled = {name: _spell_part(scheme, name, value) for name, value in parts.items()}
    key = _spell(scheme, spelled)
    return key + "".join(piece.text or spelled["rev"] for piece in scheme.tail) if "rev" in parts else key


def parts_of(key: str, scheme: Scheme) -> dict[str, int] | None:
    """Return the numbers in a canonical key, or None when this scheme does not spell it so."""
    found = scheme.strict.fullmatch(key)
    return {name: int(value) for name, value in found.groupdict().items() if value} if found else None


def spell(scheme: Scheme, numbers: Mapping[str, int]) -> str:
    """Spell the canonical key from numbers as they stood in the text (a year of two digits stays one)."""
    widths = {piece.name: piece.width for piece in scheme.key}
    return _spell(scheme, {name: f"{number:0{widths[name]}d}" for name, number in numbers.items()})


def _spell(scheme: Scheme, spelled: Mapping[str, str]) -> str:
    standing = {0} | {piece.group for piece in scheme.key if piece.name in spelled}
    pieces = [piece for piece in scheme.key if piece.group in standing]
    if missing := [piece.name for piece in pieces if piece.name and piece.name not in spelled]:
        raise Invalid(f"scheme {scheme.template!r} needs {', '.join(missing)}")
    return "".join(piece.text or spelled[piece.name] for piece in pieces)


def _spell_part(scheme: Scheme, name: str, value: int | str) -> str:
    if name == "rev":
        return _spell_revision(scheme, str(value))
    piece = next(piece for piece in scheme.key if piece.name == name)
    number = value if isinstance(value, int) else -1
    if name == "year":
        if not 1900 <= number <= 2099:
            raise Invalid(f"scheme {scheme.template!r}: {value!r} is not a year from 1900 to 2099")
        return str(number)[-piece.width :]
    most = 10 ** (piece.width if piece.width and not piece.grows else 9) - 1
    if not 0 <= number <= most:
        raise Invalid(f"scheme {scheme.template!r}: {name} must be a number from 0 to {most}, not {value!r}")
    return f"{number:0{piece.width}d}"


def _spell_revision(scheme: Scheme, value: str) -> str:
    attached = len(scheme.tail) == 1
    if not patterns.REVISION.fullmatch(value.upper()) or (attached and value.isdigit()):
        sort = "one or two letters" if attached else "one or two letters, or up to three digits"
        raise Invalid(f"scheme {scheme.template!r}: a revision is {sort}, not {value!r}")
    return value.upper()
