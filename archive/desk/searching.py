"""Search joined: the index finds, the stored text says on which page and in which words."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from archive.desk.nouns import Found, Row
from archive.errors import ArchiveError

if TYPE_CHECKING:
    from archive.desk.desk import Desk
    from archive.index import Hit, Query, Resolved


class Wish(NamedTuple):
    """How a search is to be answered.

    Attributes:
        limit, offset: rows wanted, and how many to pass over first.
        raw: every character is meant literally.
        all_versions: older versions and documents set aside too.
    """

    limit: int = 10
    offset: int = 0
    sort: str = "relevance"
    raw: bool = False
    all_versions: bool = False


def search(desk: Desk, text: str, wish: Wish) -> Found:
    """Find documents by the query language of SEARCH.md.

    Raises:
        Invalid: the query cannot be read; the place is shown under a caret.
    """
    from archive.index import parse

    query = parse(text, today=desk.today, raw=wish.raw, date_order=desk.house.date_order)
    index = desk.open_index()
    hits = index.search(
        query,
        limit=wish.limit,
        offset=wish.offset,
        sort=wish.sort,
        all_versions=wish.all_versions,
        resolved=_resolved(desk, query),
    )
    rows = tuple(_row(desk, hit, query) for hit in hits.hits)
    return Found(rows, hits.total, hits.hidden, query.notes, _scope(desk, hits.undated))


def _resolved(desk: Desk, query: Query) -> dict[Resolved, Collection[str]]:
    from archive.index import Resolved as Condition
    from archive.index import leaves

    wanted = [node for node, _ in leaves(query.tree) if isinstance(node, Condition)]
    if not wanted:
        return {}
    known = desk.resolvers()
    return {node: known[node.field](node.value) for node in wanted if node.field in known}


def _row(desk: Desk, hit: Hit, query: Query) -> Row:
    from archive.index import snippet

    page, words = 1, ""
    if hit.text is not None:
        try:
            text = desk.store.objects.read(hit.text).decode("utf-8", "replace")
            page, words = snippet(text, query, desk.house)
        except ArchiveError as problem:
            words = f"(its text cannot be shown: {problem})"
    return Row(
        hit.ref,
        hit.title,
        hit.name,
        round(hit.score, 4),
        page,
        words,
        hit.kind,
        hit.date.isoformat() if hit.date else "",
        hit.digest,
        hit.keys,
        hit.parent,
        hit.how,
        _note(hit),
    )


def _note(hit: Hit) -> str:
    notes = []
    if hit.superseded:
        notes.append("an older version")
    if hit.set_aside:
        notes.append("set aside")
    if hit.parent:
        notes.append(f"found inside {hit.parent}")
    return ", ".join(notes)


def _scope(desk: Desk, undated: int) -> str:
    """What an answer rests on: how many documents, and how many of them no search can look into."""
    counts = desk.catalog.counts()
    total = sum(count for status, count in counts.items() if status != "destroyed")
    words = [f"{total:,} documents searched"]
    for status, said in (
        ("unread", "kept but not read yet"),
        ("stored_no_text", "without text"),
        ("needs_password", "locked by a password"),
        ("unreadable", "that could not be read"),
    ):
        if counts.get(status):
            words.append(f"{counts[status]:,} {said}")
    if undated:
        words.append(f"{undated:,} more have no date and were not looked at")
    return ", ".join(words)
