"""The desk of one open archive: its questions, each answered from several parts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive.desk import searching
from archive.desk.rows import Rows
from archive.errors import NotFound

if TYPE_CHECKING:
    from archive.catalog import Catalog, Document
    from archive.control import ChangeStatus, View
    from archive.desk.nouns import Found, Shown, Target
    from archive.index import Index
    from archive.settings import House
    from archive.store import Store
    from archive.xref import EdgeAtDepth, Walk, Xref


@dataclass
class Desk:
    """Answers questions; changes nothing.

    Attributes:
        open_index, open_xref: give the readers, opened when first needed.
        view: the records at today's clocks.
    """

    store: Store
    catalog: Catalog
    house: House
    today: date
    open_index: Callable[[], Index]
    open_xref: Callable[[], Xref]
    view: Callable[[], View]

    @cached_property
    def rows(self) -> Rows:
        return Rows(self.store.archive_id)

    def resolve(self, text: str) -> Target:
        """Find the one thing a name means (see `resolve.resolve`)."""
        from archive.desk.resolve import resolve

        return resolve(text, self.catalog, self.open_xref, self.rows.meaning)

    def search(self, text: str, wish: searching.Wish) -> Found:
        """Search, and say where the words stand (see `searching.search`)."""
        return searching.search(self, text, wish)

    def resolvers(self) -> Mapping[str, Callable[[str], Collection[str]]]:
        """Conditions of the query language that depend on other documents: field to documents that meet it."""
        from archive.desk.conditions import resolvers

        return resolvers(self.open_xref())

    def show(self, target: Target, page: int | None = None, *, whole: bool = False) -> Shown:
        """One document or item, as a person asks for it; `page` wins over the one named with it.

        Raises:
            Unreadable: all its text is asked for (`whole`) or that of a page, and there is none.
        """
        from archive.desk import showing

        found = showing.show(self, target._replace(page=page or target.page))
        if whole and not found.text:
            showing.text_of(self, self.catalog.document(showing.number_of(found)))
        return found

    def document(self, target: Target) -> Document:
        """The document a name means; raises NotFound for an item of which nothing is on file, Ambiguous for several."""
        from archive.desk import showing

        return showing.document_of(self, target)

    def versions(self, shown: Shown) -> list[tuple[str, str, str, str]]:
        """The chain a document is in, oldest first: number, when received, name, `current` for the one that counts."""
        from archive.desk import showing

        chain = self.catalog.chain(showing.number_of(shown))
        current = next((each.number for each in reversed(chain) if each.counts()), "")
        return [
            (each.number, self._moment(each.received), each.name, "current" if each.number == current else "")
            for each in chain
        ]

    def _moment(self, moment: datetime) -> str:
        return f"{moment.astimezone(self.house.timezone):%Y-%m-%d %H:%M}"

    def entries(self, shown: Shown) -> list[tuple[str, str, str, str]]:
        """The log's entries about a document: sequence number, time, action, who acted."""
        from archive.desk import showing

        seqs = self.catalog.entries_of(showing.number_of(shown))
        found = [self.store.entries(seq - 1, seq)[0] for seq in seqs]
        return [(str(each.seq), f"{each.time:%Y-%m-%d %H:%M:%S} UTC", each.action, each.actor) for each in found]

    def hand_out(self, document: Document, target: Path | None) -> Path:
        """Write the original bytes to a file (by default under its own name, here), hashed on the way.

        Raises:
            Refused: a file of that name is there. Damaged: the bytes are not those that were logged.
        """
        from archive.desk import handing

        return handing.hand_out(self, document, target)

    def replaces_report(self, path: Path) -> bool:
        """Whether a report written there takes the place of an earlier one; raises Refused over any other file."""
        from archive.desk import handing

        return handing.replaces_report(path)

    def watching(self) -> AbstractContextManager[bool]:
        """Be known as a watcher meanwhile; gives whether another one is at work already."""
        from archive.desk import presence

        return presence.watching(self.store.home)

    def reached(self, day: date | None) -> date | None:
        """Give the day back; raises NotFound where the archive had no entry yet at its end."""
        if day is not None:
            first = self.house.civil(self.store.entries(0, 1)[0].time)
            if day < first:
                raise NotFound(f"this archive's first entry is of {first}; nothing was on file on that day ({day})")
        return day

    def unread(self) -> list[str]:
        """Numbers of documents that no text came from."""
        return [
            each.number
            for each in self.every_document()
            if each.status in ("unread", "stored_no_text", "unreadable", "needs_password")
        ]

    def every_document(self) -> Iterator[Document]:
        """All documents that were not destroyed, in order of accession."""
        after = 0
        while batch := self.catalog.every(after):
            yield from (each for each in batch if each.destroyed_under is None)
            after = batch[-1].seq

    def status(self, target: Target, view: View) -> ChangeStatus:
        """Where a change stands; raises NotFound for what is no change."""
        from archive.control import status_of

        return status_of(view, (target.node or "").partition(":")[2] or target.words)

    def links(self, target: Target, **how: Any) -> Walk:
        """Links in and out, with their proof (see archive.xref.Xref.links); raises Usage for an unknown relation."""
        from archive.desk import linking

        linking.check_relations(how.get("rels") or ())
        return self.open_xref().links(node_of(target), **how)

    def link_row(self, link: EdgeAtDepth) -> dict[str, Any]:
        """One link as shown and as JSON (CLI.md `xref`)."""
        from archive.desk import linking

        return linking.row(link)

    def told_once(self, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        """Links for the screen: what a declared link says is not repeated by the words it stands in."""
        from archive.desk import linking

        return linking.told_once(rows)

    def path(self, one: Target, other: Target) -> list[dict[str, Any]] | None:
        """The shortest path of proven links between two things, or None."""
        from archive.desk import linking

        return linking.path(self.open_xref(), node_of(one), node_of(other))

    def unresolved(self) -> list[dict[str, Any]]:
        """Numbers that are cited and of which nothing is on file (CLI.md `dangling`)."""
        from archive.desk import linking

        return [linking.unresolved(each) for each in self.open_xref().dangling()]


def node_of(target: Target) -> str:
    """What the cross-references call a thing."""
    return target.node or f"document:{target.ref}"
