"""What one document gives to the registry: a pure function of what is on file about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from archive.model import Entry
from archive.records import Kinds, load_kinds
from archive.schemes import BUILT_IN, Schemes, compile_schemes
from archive.settings import House
from archive.xref.cues import Cues, load_cues
from archive.xref.declared import RecordOnFile, StatedRelease, aliases, declared, record_on_file, released
from archive.xref.mining import Found, mine, snippet
from archive.xref.names import Node, document_node, stated
from archive.xref.own import Contradiction, Own, own_number
from archive.xref.readings import Read

_METHODS = frozenset({"declared", "imported", "extracted", "inferred", "confirmed"})


@dataclass(frozen=True)
class Rules:
    """What deriving depends on beside the document."""

    schemes: Schemes
    kinds: Kinds
    cues: Cues
    date_order: str


@dataclass(frozen=True)
class Source:
    """One document: its name, its reading's entry and content, the statement that files it.

    Attributes:
        body: of the newest reading; empty where there is none.
        read: None where there is no reading, or its objects cannot be read.
    """

    number: str
    name: str
    body: Mapping[str, Any]
    read: Read | None
    filed: Entry | None


@dataclass(frozen=True)
class Given:
    """Everything to be stored for one document; names are (node, `title` or `alias`, text)."""

    edges: tuple[Found, ...]
    names: tuple[tuple[Node, str, str], ...]
    release: StatedRelease | None = None
    contradiction: Contradiction | None = None


def rules_of(house: House) -> Rules:
    """The rules that house settings make; the house's schemes come first, then its kinds', then the built-in."""
    kinds = load_kinds(house.kinds)
    pairs = (*house.schemes, *((kind.scheme, kind.name) for kind in kinds if kind.scheme), *BUILT_IN)
    return Rules(compile_schemes(dict.fromkeys(pairs)), kinds, load_cues(), house.date_order)


def give(source: Source, rules: Rules) -> Given:
    """Derive what a document is, what it cites, how its item is called and what release it states."""
    here = document_node(source.number)
    beside = [*_version(source, here), *_filing(source, here, rules)]
    names = [(here, "file", source.name)]
    if source.read is None:
        return Given(tuple(beside), tuple(names))
    record = record_on_file(source.read, source.number, rules.kinds, rules.schemes)
    if record is not None:
        return _give_record(record, beside, names, rules)
    own = _filed_as(source, rules) or own_number(source.read, source.name, rules.schemes, rules.cues)
    clash = own if isinstance(own, Contradiction) else None
    known = own if isinstance(own, Own) else None
    if known and source.filed is None:
        beside.append(_issue(source, here, known))
    speaks = known.node if known else here
    names.append((_master(known.node) if known else here, "title", source.read.title))
    edges = (*beside, *mine(source.read, speaks, known, rules.schemes, rules.cues))
    return Given(edges, tuple(names), None, clash)


def _give_record(record: RecordOnFile, beside: list[Found], names: list[tuple[Node, str, str]], rules: Rules) -> Given:
    mined = mine(record.read, record.node, None, rules.schemes, rules.cues)
    names.append((record.node, "title", record.read.title or record.text("title")))
    names += [(record.node, "alias", alias) for alias in aliases(record)]
    edges = (*beside, *declared(record, rules.schemes), *mined)
    return Given(edges, tuple(names), released(record, rules.date_order))


def _filed_as(source: Source, rules: Rules) -> Own | None:
    """The number that a person filed it under."""
    if source.filed is None:
        return None
    body = source.filed.body
    return Own(stated(body["item"], body.get("rev"), rules.schemes), 0, 0, 0, str(body["item"]))


def _filing(source: Source, here: Node, rules: Rules) -> Iterator[Found]:
    own = _filed_as(source, rules)
    if own is not None and source.filed is not None:
        words = str(source.filed.body.get("why") or own.raw)
        yield beside_the_text(here, "issue_of", own.node, "confirmed", words, known=source.filed.seq)


def _issue(source: Source, here: Node, own: Own) -> Found:
    if own.page == 0:
        return beside_the_text(here, "issue_of", own.node, "extracted", f"file name: {source.name}", raw=own.raw)
    text = source.read.pages[own.page - 1] if source.read else ""
    words = snippet(text, own.start, own.end)
    rev = own.node.key.rpartition(" rev ")[2] if own.node.master else None
    return Found(here, "issue_of", own.node, own.raw, rev, "extracted", 1.0, own.page, own.start, own.end, words)


def _version(source: Source, here: Node) -> Iterator[Found]:
    version = source.body.get("version_of")
    if version:
        method = version.get("method") if version.get("method") in _METHODS else "inferred"
        words = str(version.get("evidence") or version.get("method") or "")
        yield beside_the_text(here, "version_of", document_node(version["number"]), str(method), words)


def _master(node: Node) -> Node:
    kind, _, key = (node.master or node.name).partition(":")
    return Node(kind, key)


def beside_the_text(
    source: Node, rel: str, target: Node, method: str, words: str, *, raw: str = "", known: int | None = None
) -> Found:
    """An edge that no place on a page shows: `words` say what does."""
    line = " ".join(words.split())
    return Found(source, rel, target, raw or line, None, method, 1.0, 1, 0, 0, line, known=known)
