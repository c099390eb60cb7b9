"""What became of a source, and what a check reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Status = Literal[
    "stored", "duplicate", "stored_no_text", "needs_password", "unreadable", "pending", "ignored", "failed"
]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one source path.

    Attributes:
        path: the path as shown to people.
        ref: `D-000123`; None when nothing was kept.
        reason: plain words, empty when all is well.
        parts: numbers of the documents found inside.
        record: key of the structured record it is, or None.
    """

    path: str
    status: Status
    ref: str | None = None
    digest: str | None = None
    name: str = ""
    media_type: str = ""
    pages: int = 0
    reason: str = ""
    parts: tuple[str, ...] = ()
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something `check` or `verify` reports: a value, never raised."""

    finding: str
    severity: Literal["error", "warning", "note"]
    place: str
    fix: str
