"""What a structured record declares: its links, other names, and the release it states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from archive.errors import Invalid
from archive.model import Evidence, Field
from archive.records import DeclaredLink, Kind, Kinds, as_date, as_list, as_rows, by_name, links_of
from archive.schemes import Schemes
from archive.xref.mining import Found, snippet
from archive.xref.names import Node, document_node, named, record_node
from archive.xref.readings import Read
from archive.xref.relations import stored

_ALIASES = ("names", "aliases", "gtin")
_TO_PEOPLE = frozenset({"communicated_to", "issued_to"})


@dataclass(frozen=True, slots=True)
class StatedRelease:
    """A release as a record or a person states it; days are ISO texts, `effective` empty where none is stated."""

    node: Node
    rev: str
    on: str
    effective: str
    by: str
    evidence: Evidence | None


@dataclass(frozen=True)
class RecordOnFile:
    """A structured record with what is needed to read its fields.

    Attributes:
        node: the item that it is.
        document: number of the document that holds it.
    """

    node: Node
    kind: Kind
    fields: Mapping[str, Field]
    read: Read
    document: str

    def text(self, name: str) -> str:
        found = as_list(self.fields[name].value) if name in self.fields else ()
        return found[0] if found else ""


def record_on_file(read: Read, document: str, kinds: Kinds, schemes: Schemes) -> RecordOnFile | None:
    """The record that a reading says it is; None for an unstructured document or a kind no longer known."""
    kind = kinds.find(read.record[0]) if read.record else None
    if read.record is None or kind is None:
        return None
    fields = by_name(kind, read.fields)
    first = {name: (as_list(fields[name].value) or ("",))[0] for name in ("of", "rev") if name in fields}
    node = record_node(kind.name, read.record[1], first.get("of", ""), first.get("rev", ""), schemes)
    return RecordOnFile(node, kind, fields, read, document)


def declared(record: RecordOnFile, schemes: Schemes) -> Iterator[Found]:
    """The record's own place as issue of its item, and every link its fields state."""
    here = document_node(record.document)
    yield _found(
        record, (here, "issue_of", record.node), record.read.record[1] if record.read.record else "", "id", None
    )
    for link in links_of(record.kind, record.fields.values()):
        kinds = ("party",) if link.rel in _TO_PEOPLE else link.kinds
        target, rev = named(link.target, kinds, schemes)
        rel, swapped = stored(link.rel)
        source, target = (target, record.node) if swapped else (record.node, target)
        if source.name != target.name:
            found = _found(record, (source, rel, target), link.target, link.field, _cited(record, link) or rev)
            yield replace(found, swapped=swapped)


def _cited(record: RecordOnFile, link: DeclaredLink) -> str | None:
    """The revision that an affected item's row says it has."""
    if link.row is None:
        return None
    rule = record.kind.field(link.field)
    rows = as_rows(rule, record.fields[link.field].value) if rule else ()
    return rows[link.row].get("rev_now") if link.row < len(rows) else None


def _found(record: RecordOnFile, ends: tuple[Node, str, Node], raw: str, name: str, rev: str | None) -> Found:
    source, rel, target = ends
    field = record.fields.get(name)
    page, start, end = _place(record.read, field, raw)
    return Found(
        source=source,
        rel=rel,
        target=target,
        raw=raw,
        rev=rev,
        method="declared",
        confidence=1.0,
        page=page,
        start=start,
        end=end,
        snippet=snippet(record.read.pages[page - 1], start, end) if end > start else f"{name}: {raw}",
    )


def _place(read: Read, field: Field | None, raw: str) -> tuple[int, int, int]:
    """Page and offsets of the words inside their field; the whole field where they do not stand there as such."""
    if field is None:
        return 1, 0, 0
    if not 0 < field.page <= len(read.pages) or field.end <= field.start:
        return max(1, field.page), 0, 0
    at = read.pages[field.page - 1].find(raw, field.start, field.end)
    return (field.page, at, at + len(raw)) if at >= 0 else (field.page, field.start, field.end)


def aliases(record: RecordOnFile) -> Iterator[str]:
    """Other names that the record gives its item."""
    for name in _ALIASES:
        if name in record.fields:
            yield from as_list(record.fields[name].value)


def released(record: RecordOnFile, date_order: str) -> StatedRelease | None:
    """The release a revision record states: a day that can be read, and a name."""
    if record.kind.name != "revision" or not record.node.master:
        return None
    on, by = _day(record.text("released_on"), date_order), record.text("released_by")
    if not on or not by:
        return None
    words = "; ".join(f"{name}: {record.text(name)}" for name in ("released_on", "released_by"))
    evidence = Evidence(record.document, record.fields["released_on"].page, words)
    effective = _day(record.text("effective_from"), date_order)
    return StatedRelease(record.node, record.node.key.rpartition(" rev ")[2], on, effective, by, evidence)


def _day(text: str, date_order: str) -> str:
    try:
        found = as_date(text, date_order)
    except Invalid:
        return ""
    return found.isoformat() if found else ""
