"""References in running text: each identifier with its relation, its place and the words around it (DOMAIN §5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archive.model import Mention
from archive.schemes import Schemes, recognise
from archive.xref.cues import Cue, Cues
from archive.xref.names import ISSUED, Node, node_of
from archive.xref.own import Own
from archive.xref.readings import Read
from archive.xref.relations import stored

AROUND = 60

_SUCCESSORS = ISSUED | {"revision"}


@dataclass(frozen=True, slots=True)
class Found:
    """An edge as found in one document, not yet stored.

    Attributes:
        unconfirmed: never to be used in a guard: a fuzzy match, or any but the strict one on an OCR page.
        known: sequence number, where it is not that of the document's accession.
        swapped: it is the source that the words name, the target that they speak for.
    """

    source: Node
    rel: str
    target: Node
    raw: str
    rev: str | None
    method: str
    confidence: float
    page: int
    start: int
    end: int
    snippet: str
    unconfirmed: bool = False
    known: int | None = None
    swapped: bool = False


@dataclass(frozen=True, slots=True)
class _Stated:
    """The relation read for one mention, its subject, and the cue that holds for the next one of a list too."""

    rel: str
    swapped: bool
    subject: Node
    cue: Cue | None = None


def mine(read: Read, here: Node, own: Own | None, schemes: Schemes, cues: Cues) -> Iterator[Found]:
    """Find every reference of a document, page by page.

    Args:
        here: what the document's words speak for: the record or issue that it is, else the document.
    """
    for number, text in enumerate(read.pages, 1):
        yield from _page(text, number, _Reader(here, own, cues, number in read.ocr), schemes)


@dataclass(frozen=True, slots=True)
class _Reader:
    here: Node
    own: Own | None
    cues: Cues
    is_ocr: bool

    def is_self(self, node: Node) -> bool:
        return node.name in (self.here.name, self.here.master) or (self.own is not None and self.own.is_self(node))


def _page(text: str, number: int, reader: _Reader, schemes: Schemes) -> Iterator[Found]:
    before: Mention | None = None
    held: _Stated | None = None
    for mention in recognise(text, schemes):
        node = node_of(mention)
        held = _relation(text, mention, before, held, reader)
        before = mention
        if reader.is_self(node):
            continue
        source, target = (node, held.subject) if held.swapped else (held.subject, node)
        if source.name == target.name:
            continue
        yield Found(
            source=source,
            rel=held.rel,
            target=target,
            raw=mention.raw,
            rev=mention.rev,
            method="extracted",
            confidence=mention.confidence,
            page=number,
            start=mention.start,
            end=mention.end,
            snippet=snippet(text, mention.start, mention.end),
            unconfirmed=mention.how == "fuzzy" or (reader.is_ocr and mention.how != "exact"),
            swapped=held.swapped,
        )


def _relation(text: str, mention: Mention, before: Mention | None, held: _Stated | None, reader: _Reader) -> _Stated:
    plain = _Stated("cites", False, reader.here)
    kind = node_of(mention).type
    cue = reader.cues.before(text, mention.start, before.end if before else 0)
    if cue is None:
        listed = before is not None and reader.cues.joined(text[before.end : mention.start])
        return held if listed and held and held.cue and held.cue.fits(kind) else plain
    if not cue.fits(kind):
        return plain
    rel, swapped = stored(cue.relation)
    subject = _subject(text, cue, before, reader)
    if rel == "supersedes" and subject.type not in _SUCCESSORS:
        return plain
    return _Stated(rel, swapped, subject, cue)


def _subject(text: str, cue: Cue, before: Mention | None, reader: _Reader) -> Node:
    """Who stands in the relation: of *supersedes* the identifier right before the cue, else the document."""
    if before is None or cue.relation not in ("supersedes", "superseded_by"):
        return reader.here
    node = node_of(before)
    if node.type not in _SUCCESSORS or not reader.cues.is_subject(text[before.end : cue.start]):
        return reader.here
    return reader.here if reader.is_self(node) and not node.master else node


def snippet(text: str, start: int, end: int) -> str:
    """The words around a place, on one line."""
    return " ".join(text[max(0, start - AROUND) : end + AROUND].split())
