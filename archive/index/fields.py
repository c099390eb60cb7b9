"""The field names of the query language: what each one is about, and which of them the index itself can answer."""

from __future__ import annotations

TEXTS = ("text", "title", "name", "path")
"""Searched by words, phrases and patterns."""

EXACT = ("id", "type", "kind", "source", "lang", "has")
"""One value, compared whole; `*` stands for any characters in it."""

DATES = ("date", "received", "added")

RESOLVED = (
    "part",
    "product",
    "cr",
    "plan",
    "doc",
    "class",
    "status",
    "state",
    "rev",
    "party",
    "tag",
    "effective",
    "due",
    "link",
    "cites",
    "cited-by",
)
"""Answered from other documents, corrections or today: the caller turns each into a set of references."""

FIELDS = (*TEXTS, *EXACT, *DATES, *RESOLVED)

HAS = ("text", "ocr", "versions", "parts")
"""What `has:` can ask of a document's own entries."""

HAS_RESOLVED = ("links", "hold", "signature")
"""What `has:` can ask that depends on others: resolved by the caller."""


def near(word: str, known: tuple[str, ...]) -> str:
    """The known word that was probably meant, or nothing."""
    from difflib import get_close_matches

    found = get_close_matches(word.casefold(), known, n=1, cutoff=0.5)
    return found[0] if found else ""
