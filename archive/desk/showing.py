"""One document or item shown: what it is, where it came from, what it is linked with."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from archive.catalog import Document
from archive.desk import issues
from archive.desk.nouns import Shown, Target
from archive.errors import Ambiguous, NotFound, Unreadable
from archive.model import PAGE_BREAK

if TYPE_CHECKING:
    from archive.desk.desk import Desk

_STATUS = {
    "stored": "kept and read",
    "stored_no_text": "kept; no text in it could be read",
    "needs_password": "kept; locked by a password",
    "unreadable": "kept; no reader could open it",
    "unread": "kept; not read yet",
    "destroyed": "destroyed",
}


def show(desk: Desk, target: Target) -> Shown:
    """Show a document, a record or an item; of one with several faces, the item's comes with the document's."""
    if target.ref is not None:
        return _document(desk, desk.catalog.document(target.ref), target.page)
    node = target.node or ""
    return issues.item(desk, node, _links(desk, node))


def text_of(desk: Desk, document: Document, page: int | None = None) -> str:
    """The text read from a document, or from one page of it.

    Raises:
        Unreadable: nothing was read, or there is no such page.
    """
    if document.text is None:
        raise Unreadable(f"{document.number} has no text: {_status(document)}")
    text = desk.store.objects.read(document.text).decode("utf-8", "replace")
    if page is None:
        return text
    pages = text.split(PAGE_BREAK)
    if not 1 <= page <= len(pages):
        raise Unreadable(f"{document.number} has {len(pages)} page(s), not {page}")
    return pages[page - 1]


def document_of(desk: Desk, target: Target) -> Document:
    """The document a name means: by itself, as the one issue of an item; of a revision not the record about it."""
    if target.node and target.node.startswith("revision:") and (found := issues.originals(desk, target.node)):
        if len(found) > 1:
            names = tuple(f"{each.number}  {each.name}" for each in found)
            raise Ambiguous(f"{target.words} was issued as {len(found)} documents: name one of them", names)
        return found[0]
    if target.ref is not None:
        return _still_there(desk.catalog.document(target.ref))
    known = {issue.document: issue for issue in reversed(desk.open_xref().documents_of(target.node or ""))}
    if not known:
        raise NotFound(f"{target.words} is known, but nothing of it is on file: archive xref shows who cites it")
    if len(known) > 1:
        names = tuple(f"{number}  {_issue(desk, issue)}" for number, issue in sorted(known.items()))
        raise Ambiguous(f"{target.words} has {len(known)} documents: name one of them", names)
    return _still_there(desk.catalog.document(next(iter(known))))


def _still_there(document: Document) -> Document:
    if document.destroyed_under:
        raise NotFound(f"{document.number} was destroyed under {document.destroyed_under}: only its number is left")
    return document


def number_of(shown: Shown) -> str:
    """The document's number; raises Unreadable where an item was shown."""
    if not shown.values["ref"]:
        raise Unreadable(f"{shown.title} is not one document: name one of its documents")
    return str(shown.values["ref"])


def _document(desk: Desk, document: Document, page: int | None) -> Shown:
    if document.destroyed_under and page is None:
        return _destroyed(desk, document)
    facts = [("document", document.number)]
    if document.key:
        facts.append(("record", f"{(document.kind or '').replace('_', ' ')} {document.key}"))
    facts += [("name", document.name), ("title", document.title), ("date", document.date)]
    facts.append(("status", _status(document)))
    facts += issues.of_record(desk, document)
    facts.append(("received", f"{desk.house.civil(document.received).isoformat()} by {document.actor}"))
    facts.append(("from", unquote(document.source, errors="replace")))
    places = [source for _, source in desk.catalog.occurrences(document.number)]
    facts += [("also found at", _place(source)) for source in places]
    facts += _relatives(desk, document)
    facts += _issues(desk, document)
    facts += [("fingerprint", document.digest), ("links", _links(desk, f"document:{document.number}"))]
    try:
        text = text_of(desk, document, page)
    except Unreadable:
        if page is not None:
            raise
        text = ""
    shown = tuple((name, value) for name, value in facts if value)
    return Shown(document.title or document.name, shown, _values(desk, document, page), text)


def _values(desk: Desk, document: Document, page: int | None) -> dict[str, Any]:
    """What `archive show --json` says of a document."""
    return {
        "ref": document.number,
        "key": document.key,
        "page": page,
        "name": document.name,
        "title": document.title,
        "status": document.status,
        "digest": document.digest,
        "media_type": document.media_type,
        "pages": document.pages,
        "date": document.date,
        "received": document.received.isoformat(),
        "parts": [part.number for part in desk.catalog.parts(document.number)],
    }


def _status(document: Document) -> str:
    said = "; ".join(dict.fromkeys(document.reason.split("; ")))
    return f"{_STATUS[document.status]} ({said})" if said else _STATUS[document.status]


def _destroyed(desk: Desk, document: Document) -> Shown:
    """What is left of a destroyed document: its number, under which disposal it went, its place in a chain."""
    facts = [("document", document.number), ("status", f"{_STATUS[document.status]} {document.reason}")]
    facts.append(("received", desk.house.civil(document.received).isoformat()))
    return Shown(document.number, (*facts, *_relatives(desk, document)), _values(desk, document, None))


def _place(source: str) -> str:
    """Where the same bytes were met: a path, or another document."""
    return f"inside {source[3:]}" if source.startswith("in:") else unquote(source, errors="replace")


def _relatives(desk: Desk, document: Document) -> list[tuple[str, str]]:
    facts = []
    if document.parent:
        facts.append(("found inside", document.parent))
    parts = desk.catalog.parts(document.number)
    if parts:
        facts.append(("holds", ", ".join(f"{part.number} {part.name}" for part in parts)))
    if document.version_of:
        facts.append(("later version of", document.version_of))
    if document.newer:
        facts.append(("newer version", document.newer))
    if document.set_aside:
        facts.append(("set aside", "it is hidden from searches"))
    return facts


def _issues(desk: Desk, document: Document) -> list[tuple[str, str]]:
    """What the document is an issue of, as its own words say."""
    found = desk.open_xref().issues_of(document.number)
    return [("is", issue.node.partition(":")[2]) for issue in found if issue.node.partition(":")[2] != document.key]


def _links(desk: Desk, node: str) -> str:
    edges = desk.open_xref().links(node).edges
    counts = Counter("to it" if edge.rel != edge.edge.rel else "from it" for edge in edges)
    return ", ".join(f"{count} {way}" for way, count in sorted(counts.items())) or ""


def _issue(desk: Desk, issue: Any) -> str:
    document = desk.catalog.find(issue.document)
    name = document.name if document else "destroyed"
    return " ".join(filter(None, [f"rev {issue.rev}" if issue.rev else "", issue.document, name]))
