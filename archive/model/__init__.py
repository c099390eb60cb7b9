"""The nouns of the archive: frozen values that packages hand to each other.

Nothing here touches the outside world. Offsets count characters (code points) of a page's text, page
numbers begin at 1, boxes are fractions of the page (0 left or top, 1 right or bottom), times are aware
UTC `datetime`, dates people write are `date`.

Each noun is made when first asked for: making all of them costs a cold start as much as a bare Python.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.model.keys import folded, numbered, ordinal
    from archive.model.outcome import Finding, Receipt, Status
    from archive.model.proof import Edge, Evidence, Mention, Record, Release
    from archive.model.reading import Field, Link, Meta, Page, Reading, Table, Word
    from archive.model.truth import Actor, Entry, Objects, Truth

PAGE_BREAK = "\f"
"""Parts the pages inside a stored text."""

__all__ = [
    "PAGE_BREAK",
    "Actor",
    "Edge",
    "Entry",
    "Evidence",
    "Field",
    "Finding",
    "Link",
    "Mention",
    "Meta",
    "Objects",
    "Page",
    "Reading",
    "Receipt",
    "Record",
    "Release",
    "Status",
    "Table",
    "Truth",
    "Word",
    "folded",
    "numbered",
    "ordinal",
]

_WHERE = {
    **dict.fromkeys(("Actor", "Entry", "Objects", "Truth"), "truth"),
    **dict.fromkeys(("Finding", "Receipt", "Status"), "outcome"),
    **dict.fromkeys(("Field", "Link", "Meta", "Page", "Reading", "Table", "Word"), "reading"),
    **dict.fromkeys(("folded", "numbered", "ordinal"), "keys"),
    **dict.fromkeys(("Edge", "Evidence", "Mention", "Record", "Release"), "proof"),
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"archive.model.{_WHERE[name]}"), name)
