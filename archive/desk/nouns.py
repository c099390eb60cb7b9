"""What the desk answers with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class Target(NamedTuple):
    """What a name a person typed means.

    Attributes:
        ref: number of a document, else None.
        node: `type:key` of an item, record or revision, else None; a record has both.
        page: page named with it (`D-000012#p4`), from 1; None where none was.
        words: how it is spelled back to a person.
    """

    words: str
    ref: str | None = None
    node: str | None = None
    page: int | None = None


class Row(NamedTuple):
    """One hit, as shown and as JSON (CLI.md `search`).

    Attributes:
        how: why it matched: `exact identifier`, `words` or `possible OCR match`.
        snippet: the words in their place; matches stand between `\\x02` and `\\x03`.
        note: what a person should know of it (superseded, set aside, found in a mail), empty when nothing.
    """

    ref: str
    title: str
    name: str
    score: float
    page: int
    snippet: str
    kind: str
    date: str
    digest: str
    keys: tuple[str, ...]
    parent: str | None
    how: str
    note: str


class Found(NamedTuple):
    """An answer to a search.

    Attributes:
        total: matching documents in all; `hidden` more are older versions or set aside.
        scope: what was searched, in words, so that an empty answer can be relied upon.
    """

    rows: tuple[Row, ...]
    total: int
    hidden: int
    notes: tuple[str, ...]
    scope: str


class Shown(NamedTuple):
    """One document or item: `facts` in the order they are shown, `values` for JSON, `next` a command that goes on."""

    title: str
    facts: tuple[tuple[str, str], ...]
    values: Mapping[str, Any]
    text: str = ""
    next: tuple[str, ...] = ()
