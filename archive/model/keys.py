"""Numbers of documents and keys of records: how they are spelled, ordered and compared."""

from __future__ import annotations

from unicodedata import normalize


def numbered(count: int) -> str:
    """The number of the count-th document, from 1: at least six digits, more where they are needed."""
    return f"D-{count:06d}"


def ordinal(number: str) -> int:
    """The count that a document's number stands for; numbers are ordered by it, not by their letters."""
    return int(number.removeprefix("D-"))


def folded(key: str) -> str:
    """The form in which record keys are compared: Unicode NFC, then case folded."""
    return normalize("NFC", key).casefold()
