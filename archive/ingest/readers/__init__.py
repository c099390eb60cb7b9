"""One reader per format: `read(path, context)` yields what the document says.

A reader raises Unreadable for a damaged file and NeedsPassword for a locked one; what it yielded before counts.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, cast

from archive.errors import Unreadable
from archive.ingest.readers.events import Event, Part, one_line

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_WORD_MACRO = "application/vnd.ms-word.document.macroenabled.12"
_READERS = {
    "application/pdf": "pdf",
    _WORD: "docx",
    _WORD_MACRO: "docx",
    "text/plain": "text",
    "text/csv": "text",
    "text/tab-separated-values": "text",
    "application/json": "text",
    "application/xml": "text",
    "text/markdown": "markdown",
    "text/html": "html",
    "message/rfc822": "mail",
    "image/png": "image",
    "image/jpeg": "image",
    "image/tiff": "image",
    "image/gif": "image",
    "image/bmp": "image",
    "image/webp": "image",
}
MAX_PARTS = 2_000
MAX_PART_BYTES = 200_000_000
"""All parts of one document together."""


class NeedsPassword(Unreadable):
    """The file is whole, but locked."""


@dataclass
class Context:
    """What a reader may know and use besides the file.

    Attributes:
        name: what the file was called, for showing and for the media type only.
        kinds: the house's own kinds of record, name to TOML text.
    """

    name: str
    media_type: str
    scratch: Path
    ocr: bool = True
    languages: tuple[str, ...] = ("eng",)
    kinds: Mapping[str, str] = field(default_factory=dict)
    date_order: str = "iso"
    _parts: int = 0
    _bytes: int = 0

    def keep_part(self, content: bytes, name: str, media_type: str = "") -> Part:
        """Write a document found inside into the scratch folder; Unreadable past the limits of number and size."""
        if self._parts >= MAX_PARTS or self._bytes + len(content) > MAX_PART_BYTES:
            raise Unreadable(f"more than {MAX_PARTS} documents or {MAX_PART_BYTES // 10**6} MB inside")
        self._parts += 1
        self._bytes += len(content)
        self.scratch.mkdir(exist_ok=True)
        path = self.scratch / f"part-{self._parts:04d}"
        path.write_bytes(content)
        return Part(path, one_line(name, 255) or path.name, media_type)


class Reader(Protocol):
    """A module of this package."""

    VERSION: str
    LIBRARY: str
    """Distribution whose version is stated with the reading; empty for the standard library."""

    def read(self, path: Path, context: Context) -> Iterator[Event]: ...


def find(media_type: str) -> Reader | None:
    """Return the reader of a media type, importing it with its library, or None."""
    name = _READERS.get(media_type)
    return cast(Reader, importlib.import_module(f"{__name__}.{name}")) if name else None


def name_of(media_type: str) -> str:
    """Return the name of the reader of a media type, empty where there is none."""
    return _READERS.get(media_type, "")
