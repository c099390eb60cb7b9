"""What the index searches of one document: its words and values, read by way of its card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from archive.errors import Damaged, NotFound
from archive.following.more import unpacked
from archive.index.cards import Card
from archive.index.words import SHORTEST_SKELETON, clean, folded
from archive.model import Objects
from archive.schemes import identifier_tokens, segments, skeleton

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
    def names(self) -> tuple[str, ...]:
        return tuple(map(clean, self.card.names))

    @property
    def received(self) -> date:
        return date.fromisoformat(self.card.received)


def document_of(card: Card, objects: Objects) -> Document:
    """Read a document's text and metadata.

    An object that is missing or damaged is noted for the operator; the document is still found by its name.
    """
    body = clean(_read(card, "text", objects).decode("utf-8", "replace"))
    more = _more(card, _read(card, "more", objects))
    paths = tuple(_decoded(source) for source in card.sources)
    metadata = tuple(str(row["value"]) for row in more.get("meta", ()))
    fields = tuple(text for row in more.get("fields", ()) for text in _texts(row["value"]))
    extra = tuple(clean(each) for each in (*card.names, *paths, *card.keys, *metadata, *fields) if each)
    keys = map(clean, card.keys)
    tokens = {token for text in (card.title, body, *extra) for token, _, _ in identifier_tokens(text)} | {*keys}
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
    try:
        return unpacked(packed) if packed else {}
    except Damaged as problem:
        _note(card, f"its metadata is not searchable: {problem}")
        return {}


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
