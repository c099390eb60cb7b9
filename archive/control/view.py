"""What is on file, at two clocks: all that change control ever sees of the archive."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from archive.model import Edge, Record, Release
from archive.records import Kinds
from archive.settings import House


class OnFile(Protocol):
    """The papers a change is judged by.

    Nodes are spelled `type:key`, a revision `revision:KEY rev R`. Whatever came on file after the line that is looked
    at is left out by who implements this; whatever is dated after `day` is left out by who asks, but for releases.
    """

    @property
    def today(self) -> date: ...

    @property
    def day(self) -> date:
        """The business date that is looked at: facts dated later do not count."""
        ...

    @property
    def house(self) -> House: ...

    @property
    def kinds(self) -> Kinds: ...

    def record(self, kind: str, key: str) -> Record | None:
        """The record in its newest version, or None."""
        ...

    def records(self, kind: str) -> Sequence[Record]:
        """All records of a kind, in their newest versions, by key."""
        ...

    def copies(self, record: Record) -> Sequence[Record]:
        """The record as each file taken in under its kind and key has it, in the newest version of each file."""
        ...

    def stating(self, kind: str, rel: str, node: str) -> Sequence[Record]:
        """Records of this kind whose own fields state this relation to the node."""
        ...

    def named(self, text: str, *kinds: str) -> str:
        """The node that a reference names, whether or not anything is on file of it; empty where it names none."""
        ...

    def links(self, node: str, *rels: str) -> Sequence[Edge]:
        """Confirmed links that lead from the node in one of these relations; in any, where none is named."""
        ...

    def is_cited(self, node: str) -> bool:
        """Whether any paper names it."""
        ...

    def revisions(self, item: str) -> Sequence[str]:
        """The revisions of an item that are on file, oldest first."""
        ...

    def releases(self, item: str) -> Sequence[Release]:
        """Its releases stated up to `day`."""
        ...

    def originals(self, text: str) -> Sequence[tuple[str, int]]:
        """Numbers of the documents that can be shown under a number, file name or subject, with the page meant."""
        ...

    def nearest(self, text: str, kind: str) -> str:
        """The most similar key of that kind that is on file, or nothing."""
        ...


class View: ...
