"""What the catalog answers with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Document:
    """One document: its accession, and its newest reading where there is one.

    Attributes:
        seq: sequence number of the accession; from then on it is on file.
        source: path it was taken from, percent-encoded; empty for a part.
        parent: number of the document it was found in, or None; `relation` says how.
        status: of the reading; `unread` before the first; `destroyed` after a disposal.
        text, more: digests of the reading's objects, or None.
        kind, key: of a structured record, or None.
        version_of: number of the document that this one is a later version of, or None.
        newer: number of the newest document that is a later version of this one, or None.
        set_aside: sequence number of the statement that hid it, or None.
        date: the document's own date (ISO) as far as the reading states one, else empty.
    """

    number: str
    seq: int
    received: datetime
    digest: str
    size: int
    name: str
    source: str
    media_type: str
    actor: str
    parent: str | None
    relation: str | None
    status: str
    reason: str
    pages: int
    title: str
    date: str
    text: str | None
    more: str | None
    kind: str | None
    key: str | None
    reading: int | None
    version_of: str | None
    newer: str | None
    set_aside: int | None
    destroyed_under: str | None

    def counts(self, upto: int | None = None) -> bool:
        """Whether it was on file, not destroyed and not set aside, after entry `upto` (default: now)."""
        hidden = self.set_aside is not None and (upto is None or self.set_aside <= upto)
        return not hidden and self.destroyed_under is None and (upto is None or self.seq <= upto)


@dataclass(frozen=True, slots=True)
class Statement:
    """What a person asserted: `says` and the entry's own keys."""

    seq: int
    time: datetime
    actor: str
    says: str
    body: Mapping[str, Any]
