"""What is on file, at two clocks: all that change control ever sees of the archive."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Protocol

from archive.catalog import Catalog, Document
from archive.errors import Ambiguous, NotFound
from archive.model import Edge, Record, Release
from archive.records import Kinds, load_kinds
from archive.schemes import fold
from archive.settings import House
from archive.xref import Xref
from archive.xref.given import Rules, rules_of
from archive.xref.names import named

_PAGE = re.compile(r"(?P<name>.+?)(?:#p?|,? p(?:age|\.)? ?)(?P<page>[0-9]+)")
_NUMBER = re.compile(r"D-[0-9]{6,}")
_DECLARED = frozenset({"declared", "imported", "confirmed"})
_OPEN = frozenset({"unconfirmed", "ambiguous"})


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


@dataclass(frozen=True)
class View:
    """The archive at two clocks, as `OnFile`; made anew for each question, since it remembers what it looked up.

    Attributes:
        as_of: facts dated later do not count; None = today.
        upto: what came later in the log does not count; None = all.
    """

    catalog: Catalog
    xref: Xref
    house: House
    today: date
    as_of: date | None = None
    upto: int | None = None
    _records: dict[str, tuple[Record, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def day(self) -> date:
        return self.as_of or self.today

    @cached_property
    def kinds(self) -> Kinds:
        return load_kinds(self.house.kinds)

    @cached_property
    def _rules(self) -> Rules:
        return rules_of(self.house)

    def record(self, kind: str, key: str) -> Record | None:
        return self.catalog.record(key, self.upto, kind)

    def records(self, kind: str) -> Sequence[Record]:
        if kind not in self._records:
            self._records[kind] = tuple(self.catalog.records(kind, self.upto))
        return self._records[kind]

    def copies(self, record: Record) -> Sequence[Record]:
        newest: dict[str, Document] = {}
        for each in self.catalog.by_key(record.key, self.upto):
            if each.kind == record.kind and _can_be_shown(each):
                newest.setdefault(each.source or each.number, each)
        if len(newest) < 2:
            return [record]
        found = (self.catalog.record(record.key, each.seq, record.kind) for each in newest.values())
        return [each for each in found if each is not None]

    def stating(self, kind: str, rel: str, node: str) -> Sequence[Record]:
        found: dict[str, Record] = {}
        for edge in self._edges(node, (rel,), "in"):
            document = self.catalog.find(edge.document) if edge.method in _DECLARED else None
            if document is not None and document.kind == kind and document.key:
                record = self.record(kind, document.key)
                if record is not None:
                    found[record.document] = record
        return list(found.values())

    def named(self, text: str, *kinds: str) -> str:
        node, _ = named(text, kinds, self._rules.schemes)
        if not node.type.startswith("?"):
            return node.name
        found = [each for each in self._called(text) if not kinds or each.partition(":")[0] in kinds]
        return found[0] if len(found) == 1 else ""

    def links(self, node: str, *rels: str) -> Sequence[Edge]:
        return [edge for edge in self._edges(node, rels, "out") if edge.target and edge.status not in _OPEN]

    def is_cited(self, node: str) -> bool:
        return bool(self._edges(node, (), "both"))

    def revisions(self, item: str) -> Sequence[str]:
        try:
            return self.xref.revisions(item, upto=self.upto)
        except (NotFound, Ambiguous):
            return ()

    def releases(self, item: str) -> Sequence[Release]:
        try:
            return [each for each in self.xref.releases(item, upto=self.upto) if each.on <= self.day]
        except (NotFound, Ambiguous):
            return ()

    def originals(self, text: str) -> Sequence[tuple[str, int]]:
        paged = _PAGE.fullmatch(text)
        name, page = (paged["name"], int(paged["page"])) if paged else (text, 1)
        if paged and not _NUMBER.fullmatch(name) and (found := self._shown(text)):
            return [(number, 1) for number in found]
        return [(number, page) for number in self._shown(name)]

    def nearest(self, text: str, kind: str) -> str:
        return (self.xref.nearest(text, kind, upto=self.upto) or "").partition(":")[2]

    def _edges(self, node: str, rels: tuple[str, ...], direction: str) -> list[Edge]:
        try:
            walk = self.xref.links(node, rels=rels or None, direction=direction, upto=self.upto)
        except (NotFound, Ambiguous):
            return []
        return [each.edge for each in walk]

    def _called(self, text: str) -> Iterator[str]:
        """Nodes whose key, title or other name is this text; a mere beginning does not do."""
        for node in self.xref.resolve(text):
            item = self.xref.item(node, upto=self.upto)
            if fold(text) in map(fold, (item.key, item.title, *item.aliases)):
                yield node

    def _shown(self, text: str) -> list[str]:
        """Numbers of documents on file: of a number or file name the newest, else all issues of what is called so."""
        found = [self.catalog.find(text)] if _NUMBER.fullmatch(text) else self.catalog.by_name(text)
        shown = [each.number for each in found if each and self._is_on_file(each)]
        if shown:
            return shown[:1]
        numbers: dict[str, None] = {}
        node = self.named(text)
        kind, _, key = node.partition(":")
        if kind == "document":
            numbers[key] = None
        elif node and self.is_cited(node):
            numbers |= {issue.document: None for issue in self.xref.documents_of(node, upto=self.upto)}
        return [number for number in numbers if (each := self.catalog.find(number)) and self._is_on_file(each)]

    def _is_on_file(self, document: Document) -> bool:
        return _can_be_shown(document) and (self.upto is None or document.seq <= self.upto)


def _can_be_shown(document: Document) -> bool:
    return document.counts()
