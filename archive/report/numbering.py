"""Evidence numbered in the order in which a reader meets it; what nothing cites is left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from archive.report.nouns import Lineage

_CITING = ("cites", "leads")
_Part = TypeVar("_Part")


def numbered(lineage: Lineage) -> Lineage:
    """Give every cite its number by first use, from E1."""
    rows = {row.id: row for row in lineage.evidence}
    order = {old: f"E{new}" for new, old in enumerate(dict.fromkeys(_cites(lineage)), 1)}
    evidence = tuple(replace(rows[old], id=new) for old, new in order.items())
    return replace(_renamed(lineage, order), evidence=evidence)


def _cites(value: Any) -> Iterator[str]:
    if isinstance(value, tuple):
        for inner in value:
            yield from _cites(inner)
    elif is_dataclass(value):
        for field in fields(value):
            inner = getattr(value, field.name)
            yield from inner if field.name in _CITING else _cites(inner)


def _renamed(part: _Part, order: dict[str, str]) -> _Part:
    if isinstance(part, tuple):
        return tuple(_renamed(inner, order) for inner in part)  # type: ignore[return-value]
    if not is_dataclass(part) or isinstance(part, type):
        return part
    changed = {
        field.name: tuple(order[cite] for cite in getattr(part, field.name))
        if field.name in _CITING
        else _renamed(getattr(part, field.name), order)
        for field in fields(part)
    }
    return replace(part, **changed)
