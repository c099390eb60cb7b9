"""Full-text search: the follower that keeps the index, the query language, and the reader that answers.

    index = Index(folder, house)
    found = index.search(parse('pump "Rev A" date:2022..'), limit=10)
    page, words = snippet(objects.read(found.hits[0].text).decode(), query, house)

The engine is loaded when an index is opened or a text is analysed, never on the way in.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from archive.index.dates import span
from archive.index.parse import parse
from archive.index.query import Node, Query, Resolved, leaves, spelled

if TYPE_CHECKING:
    from archive.index.documents import Document
    from archive.index.follower import INDEX
    from archive.index.reader import Hit, Hits, Index
    from archive.settings import House

__all__ = [
    "INDEX",
    "Hit",
    "Hits",
    "Index",
    "Node",
    "Query",
    "Resolved",
    "leaves",
    "matches",
    "parse",
    "snippet",
    "span",
    "spelled",
]

_WHERE = {"INDEX": "follower", "Hit": "reader", "Hits": "reader", "Index": "reader"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"archive.index.{_WHERE[name]}"), name)


def snippet(
    text: str, query: Query | Node, house: House, *, marks: tuple[str, str] = ("\x02", "\x03"), width: int = 240
) -> tuple[int, str]:
    """Find the page of a stored text that answers a query best, and its words there (see `snippets.snippet`)."""
    from archive.index.snippets import snippet as found
    from archive.index.tantivy_engine import analysis_for

    return found(text, query, analysis_for(house.languages), marks=marks, width=width)


def matches(
    query: Query | Node, document: Document, house: House, resolved: Mapping[Resolved, Collection[str]] | None = None
) -> bool:
    """Tell by plain meaning, without an index, whether a document meets a query (see `meaning.matches`)."""
    from archive.index.meaning import matches as holds
    from archive.index.tantivy_engine import analysis_for

    tree = query.tree if isinstance(query, Query) else query
    return holds(tree, document, analysis_for(house.languages), resolved)
