"""Plain words for the screen: what became of a document, how far a part is behind, what a check found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveError

if TYPE_CHECKING:
    from archive.catalog import Catalog
    from archive.model import Finding

_COUNTED = {
    "stored": "kept and read",
    "stored no text": "kept, no text in it",
    "needs password": "kept, locked by a password",
    "unreadable": "kept, could not be read",
    "unread": "kept, not read yet",
}
_PARTS = {"catalog behind by": "catalog", "index behind by": "search index", "xref behind by": "links"}
_ADVICE = re.compile(r"run archive verify, and |, then run archive verify again")
"""What other commands say of the same trouble, and who has just run it need not be told."""


def health(facts: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, str]]:
    """Turn the facts of `info` into words."""
    for name, value in facts:
        if name in _PARTS:
            yield _PARTS[name], f"{counted(value, 'entry', 'entries')} behind" if value else "up to date"
        elif name == "needs you":
            yield name, f"{counted(value, 'file', 'files')}: archive inbox --failed" if value else "nothing"
        else:
            yield _COUNTED.get(name, name), str(value)


def counted(count: int, one: str, many: str) -> str:
    """A number with its noun: `1 entry`, `3 entries`."""
    return f"{count:,} {one if count == 1 else many}"


def finding(found: Finding, catalog: Callable[[], Catalog]) -> Finding:
    """What `verify` found, with the document's name beside its number, where the catalog can still be asked."""
    told = replace(found, fix=_ADVICE.sub("", found.fix))
    if found.place.startswith("D-"):
        with suppress(ArchiveError):
            document = catalog().find(found.place)
            if document is not None and document.name:
                return replace(told, place=f"{found.place} ({document.name})")
    return told
