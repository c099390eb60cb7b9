"""What the index knows of one document, from that document's own entries: the card it keeps, the fields it searches."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from archive.errors import Damaged, NotFound
from archive.model import Entry, Objects
from archive.schemes import identifier_tokens, segments, skeleton
from archive.settings import House

SHORTEST_SKELETON = 5
"""Below it, too many identifiers look alike once what scanning confuses is folded."""

_READING = ("text", "more", "media_type", "title", "date", "record", "version_of", "parts")

_SHORT_TYPES = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "message/rfc822": "eml",
    "text/plain": "txt",
    "text/markdown": "md",
    "image/jpeg": "jpg",
    "image/tiff": "tif",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What the index remembers of a document between two batches; plain JSON values only.

    Attributes:
        received: ISO civil date of the accession in the house's time zone.
        parents: numbers of the documents it was met in, with the relation (`D-000007 attachment`).
        reading: of the newest reading, what is searched or shown; empty before the first.
        superseded: a newer reading on file says that it is the next version of this document.
    """

    ref: str
    digest: str
    media_type: str
    received: str
    names: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    reading: Mapping[str, Any] = field(default_factory=dict)
    set_aside: bool = False
    superseded: bool = False

    @property
    def version_of(self) -> str:
        return str((self.reading.get("version_of") or {}).get("number", ""))

    def succeeds(self, ref: str) -> bool:
        """Whether it stands in the place of another document: its next version, and not set aside itself."""
        return self.version_of == ref != self.ref and not self.set_aside

    @property
    def record(self) -> Mapping[str, str]:
        return self.reading.get("record") or {}

    @property
    def kind(self) -> str:
        return self.record.get("kind", "document")

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.record["key"],) if self.record.get("key") else ()

    @property
    def title(self) -> str:
        return clean(str((self.reading.get("title") or {}).get("value", "")))

    @property
    def date(self) -> date | None:
        """The document's date; where only month or year is stated, the first day of it."""
        written = re.match(r"\d{4}(-\d\d)?(-\d\d)?", str((self.reading.get("date") or {}).get("value", "")))
        try:
            return date.fromisoformat((written[0] + "-01-01")[:10]) if written else None
        except ValueError:
            return None

    def spelled(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)


def card_of(text: str) -> Card:
    """Take a card back from its spelling."""
    values = json.loads(text)
    return Card(**{**values, **{name: tuple(values[name]) for name in ("names", "sources", "parents")}})


def take(card: Card | None, entry: Entry, house: House) -> Card | None:
    """What an entry makes of its document's card; None where the entry says nothing about a document on file."""
    body = entry.body
    if entry.action == "accession":
        fresh = Card(body["number"], body["digest"], body["media_type"], house.civil(entry.time).isoformat())
        return _met_at(fresh, body)
    if card is None:
        return None
    if entry.action == "occurrence":
        return _met_at(card, body)
    if entry.action == "reading":
        kept = {name: body[name] for name in _READING if body.get(name)}
        ocr = any(page.get("source") == "ocr" for page in body.get("pages") or ())
        return replace(card, reading={**kept, "ocr": True} if ocr else kept)
    if entry.action == "statement" and body.get("says") == "set aside":
        return replace(card, set_aside=True)
    return None


def about(entry: Entry) -> str:
    """The number of the document that an entry is about, or nothing."""
    return "" if entry.destroyed_under is not None else str(entry.body.get("number") or "")


def _met_at(card: Card, body: Mapping[str, Any]) -> Card:
    parent = body.get("parent") or {}
    met_in = f"{parent['number']} {parent.get('relation', '')}".strip() if parent else ""
    return replace(
        card,
        names=_with(card.names, body.get("name") or ""),
        sources=_with(card.sources, body.get("source") or ""),
        parents=_with(card.parents, met_in),
    )


def _with(values: tuple[str, ...], value: str) -> tuple[str, ...]:
    return values if not value or value in values else (*values, value)


@dataclass(frozen=True, slots=True)
class Document:
    """One document as it is searched: words as they stand, exact values folded.

    Attributes:
        extra: everything else that plain words find: names, folders, metadata, fields of forms.
        ids: identifiers in any of these, each cut into its segments.
        exact: values by field: `id`, `type`, `kind`, `source`, `lang`, `has`.
    """

    card: Card
    body: str
    extra: tuple[str, ...]
    paths: tuple[str, ...]
    ids: frozenset[tuple[str, ...]]
    skeletons: frozenset[str]
    exact: Mapping[str, frozenset[str]]

    @property
    def ref(self) -> str:
        return self.card.ref

    @property
    def received(self) -> date:
        return date.fromisoformat(self.card.received)


def document_of(card: Card, objects: Objects) -> Document:
    """Read a document's text and metadata.

    An object that is missing or damaged is noted for the operator; the document is still found by its name.
    """
    body = _read(card, "text", objects).decode("utf-8", "replace")
    more = _more(card, _read(card, "more", objects))
    paths = tuple(_decoded(source) for source in card.sources)
    metadata = tuple(str(row["value"]) for row in more.get("meta", ()))
    fields = tuple(text for row in more.get("fields", ()) for text in _texts(row["value"]))
    extra = tuple(clean(each) for each in (*card.names, *paths, *card.keys, *metadata, *fields) if each)
    tokens = {token for text in (card.title, body, *extra) for token, _, _ in identifier_tokens(text)} | {*card.keys}
    return Document(
        card=card,
        body=body,
        extra=extra,
        paths=tuple(clean(path) for path in paths),
        ids=frozenset(filter(None, map(segments, tokens))),
        skeletons=frozenset(each for each in map(skeleton, tokens) if len(each) >= SHORTEST_SKELETON),
        exact=_exact(card, body, paths, more),
    )


def _read(card: Card, name: str, objects: Objects) -> bytes:
    digest = card.reading.get(name)
    if not digest:
        return b""
    try:
        return objects.read(digest)
    except (NotFound, Damaged) as problem:
        _note(card, f"its {name} is not searchable: {problem}")
        return b""


def _note(card: Card, trouble: str) -> None:
    import logging

    logging.getLogger(__name__).warning("%s: %s", card.ref, trouble)


def _more(card: Card, packed: bytes) -> Mapping[str, Any]:
    import gzip

    try:
        found = json.loads(gzip.decompress(packed)) if packed else {}
    except (OSError, EOFError, ValueError) as problem:
        _note(card, f"its metadata is not searchable: {problem}")
        return {}
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _decoded(source: str) -> str:
    from urllib.parse import unquote

    return unquote(source, errors="replace")


def clean(text: str) -> str:
    """Replace what no UTF-8 can hold (halves of characters, from broken file names)."""
    return text.encode("utf-8", "replace").decode()


def _exact(card: Card, body: str, paths: tuple[str, ...], more: Mapping[str, Any]) -> dict[str, frozenset[str]]:
    media = str(card.reading.get("media_type") or card.media_type).partition(";")[0].strip()
    endings = {name.rpartition(".")[2] for name in card.names if "." in name}
    folders = {part for path in paths for part in re.split(r"[/\\]", path)[:-1] if part}
    met_in = {part for parent in card.parents for part in parent.split()}
    languages = {row["value"] for row in more.get("meta", ()) if row.get("name") in ("language", "lang")}
    has = {
        "text": any(each.isalnum() for each in body),
        "ocr": bool(card.reading.get("ocr")),
        "versions": bool(card.version_of) or card.superseded,
        "parts": bool(card.reading.get("parts")),
    }
    values = {
        "id": {card.ref, *card.keys, card.digest},
        "type": {media, media.partition("/")[0], media.partition("/")[2], _SHORT_TYPES.get(media, ""), *endings},
        "kind": {card.kind},
        "source": folders | met_in,
        "lang": languages,
        "has": {name for name, holds in has.items() if holds},
    }
    return {name: frozenset(filter(None, (folded(name, each) for each in found))) for name, found in values.items()}


def folded(name: str, value: str) -> str:
    """Fold one exact value, of a document or of a query; `*` stays."""
    value = clean(value).casefold().strip()
    if name == "id":
        return re.sub(r"[^\w*]|_", "", value)
    return re.sub(r"[\s-]+", "_", value) if name == "kind" else value
