"""An item as the telephone asks for it: which revision holds, who released it, why, and where it can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archive.desk.nouns import Shown
from archive.errors import ArchiveError

if TYPE_CHECKING:
    from archive.catalog import Document
    from archive.control import InForce, View
    from archive.desk.desk import Desk
    from archive.xref import Issue

_MOST = 5
"""Documents named of one item; the others are counted."""


def item(desk: Desk, node: str, links: str) -> Shown:
    """Show an item that is no one document; `links` is how many there are, in words."""
    kind, _, key = node.partition(":")
    issues = desk.open_xref().documents_of(node)
    facts = [(kind.replace("_", " "), key)]
    values: dict[str, Any] = {"key": key, "ref": None, "page": None, "kind": kind}
    if not issues:
        facts.append(("on file", "known, nothing on file: it is only cited"))
    if kind in ("controlled_document", "part"):
        try:
            facts += _force(desk, key, values)
        except ArchiveError as problem:
            facts.append(("in force", str(problem)))
    facts += _papers(desk, issues)
    values["documents"] = list(dict.fromkeys(issue.document for issue in issues))
    facts.append(("links", links))
    shown = tuple((name, value) for name, value in facts if value)
    return Shown(key, shown, values, next=("archive", "lineage", key, "-o", "report.html"))


def _force(desk: Desk, key: str, values: dict[str, Any]) -> list[tuple[str, str]]:
    from archive.control import in_force

    view = desk.view()
    force = in_force(view, key, desk.today)
    since = force.since.isoformat() if force.since else None
    values |= {"in_force": force.rev if force.proven else None, "since": since, "by": force.by}
    values["evidence"] = [asdict(each) for each in force.evidence]
    facts = [("in force", force.words), ("released by", _released(force))]
    return facts + (_reasons(view, f"{key} rev {force.rev}") if force.rev else [])


def _released(force: InForce) -> str:
    proof = f" ({force.evidence[0].document} p.{force.evidence[0].page})" if force.proven and force.evidence else ""
    return f"{force.by}{proof}" if force.by else ""


def _reasons(view: View, name: str) -> list[tuple[str, str]]:
    """What the record of a revision says of why it was made."""
    record = view.record("revision", name)
    if record is None:
        return []
    because = [("because of", _titled(view, change)) for change in record.many("implements")]
    return [*because, ("what changed", record.text("change_note"))]


def _titled(view: View, change: str) -> str:
    request = view.record("change_request", change)
    return f"{change}  {request.text('title')}".strip() if request else change


def of_record(desk: Desk, document: Document) -> list[tuple[str, str]]:
    """What the record of a revision states, and the document that it is the record of; nothing for other documents."""
    record = (
        desk.catalog.record(document.key, kind="revision") if document.kind == "revision" and document.key else None
    )
    if record is None:
        return []
    facts = [("released by", record.text("released_by")), ("in force from", record.text("effective_from"))]
    facts += _reasons(desk.view(), record.key)
    itself = originals(desk, f"revision:{record.key}")
    return facts + [("the document itself", f"{each.number} {each.name}") for each in itself]


def originals(desk: Desk, node: str) -> Sequence[Document]:
    """The documents that a revision was issued as, without the records about it."""
    found = {issue.document: desk.catalog.find(issue.document) for issue in desk.open_xref().documents_of(node)}
    return [each for each in found.values() if each and each.counts() and not each.kind and each.newer is None]


def _papers(desk: Desk, issues: Sequence[Issue]) -> Iterator[tuple[str, str]]:
    """Each document of an item once, the newest revision first: the thing itself, or a record of it."""
    from archive.xref.names import revision_order

    told = {issue.document: issue for issue in issues}
    newest = sorted(told.values(), key=lambda issue: revision_order(issue.rev or ""), reverse=True)
    for issue in newest[:_MOST]:
        document = desk.catalog.find(issue.document)
        of = f" {'of ' if document and document.kind else ''}rev {issue.rev}" if issue.rev else ""
        name = document.name if document and not document.destroyed_under else "destroyed"
        yield f"{'record' if document and document.kind else 'document'}{of}", f"{issue.document} {name}"
    if len(newest) > _MOST:
        yield "older documents", f"{len(newest) - _MOST} more"
