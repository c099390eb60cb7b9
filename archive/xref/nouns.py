"""What the cross-references answer with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.model import Edge


@dataclass(frozen=True, slots=True)
class EdgeAtDepth:
    """An edge met on a walk.

    Attributes:
        depth: steps from where the walk began, from 1.
        near, far: the end it was reached from and the other, as `type:key`.
        rel: the relation as read from `near`; an inverse name where the edge points the other way.
    """

    depth: int
    near: str
    far: str
    rel: str
    edge: Edge


@dataclass(frozen=True, slots=True)
class NotExpanded:
    """Where a walk stopped before the end: the node, how many links it has (at least), and why."""

    node: str
    links: int
    reason: str


@dataclass(frozen=True, slots=True)
class Walk:
    """Edges nearest first, each once; `not_expanded` says what lies behind but was not looked at."""

    edges: tuple[EdgeAtDepth, ...]
    not_expanded: tuple[NotExpanded, ...] = ()

    def __iter__(self) -> Iterator[EdgeAtDepth]:
        return iter(self.edges)

    def __len__(self) -> int:
        return len(self.edges)


@dataclass(frozen=True, slots=True)
class Dangling:
    """A number that is cited and of which nothing is on file.

    Attributes:
        node: `type:key`, or empty where no scheme knows the words.
        count: confirmed citations; `examples` holds the first few of them.
        nearest: the most similar thing on file as `type:key`, or None.
    """

    node: str
    key: str
    count: int
    examples: tuple[Edge, ...]
    nearest: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """A thing that documents talk about.

    Attributes:
        on_file: False for one known only by citation.
        title: empty where none is stated.
    """

    node: str
    type: str
    key: str
    title: str
    aliases: tuple[str, ...]
    on_file: bool


@dataclass(frozen=True, slots=True)
class Issue:
    """A document that is an issue of an item or a revision: which one, how it is known, and where it stands."""

    document: str
    node: str
    rev: str | None
    edge: Edge


@dataclass(frozen=True, slots=True)
class Clash:
    """A document whose title zone and file name state different numbers, so that it counts as neither."""

    document: str
    one: str
    other: str
