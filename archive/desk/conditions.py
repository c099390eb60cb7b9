"""Conditions of the query language that other documents decide: name to resolver."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.xref import Xref

_TYPES = {
    "part": ("part",),
    "product": ("product",),
    "cr": ("change_request",),
    "plan": ("plan",),
    "doc": ("controlled_document", "revision"),
}


def resolvers(xref: Xref) -> Mapping[str, Callable[[str], Collection[str]]]:
    """Field name to a function from the value to the documents that are of that thing, or cite it."""
    table: dict[str, Callable[[str], Collection[str]]] = {
        name: partial(_about, xref, types) for name, types in _TYPES.items()
    }
    return {**table, "cites": partial(_citing, xref)}


def _about(xref: Xref, types: tuple[str, ...], value: str) -> set[str]:
    found = set()
    for node in xref.resolve(value):
        kind, _, _ = node.partition(":")
        if kind in types:
            found |= {issue.document for issue in xref.documents_of(node)} | _citing(xref, node)
    return found


def _citing(xref: Xref, value: str) -> set[str]:
    nodes = [value] if ":" in value else xref.resolve(value)
    return {each.edge.document for node in nodes for each in xref.links(node, direction="in").edges}
