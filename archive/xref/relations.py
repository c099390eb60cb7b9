"""Relations and their inverses: only one of the two is stored, the other is derived."""

from __future__ import annotations

from archive.records import RELATIONS

_STORED = {inverse: relation for relation, inverse in RELATIONS.items() if inverse}

UNDATED = frozenset({"supersedes", "revision_of", "issue_of", "version_of", "attachment_of", "affects"})
"""Relations that name an older revision rightly: such a link is never outdated."""


def inverse(relation: str) -> str:
    """How a stored relation is called when read from its target; the relation's own name where it has none."""
    return RELATIONS.get(relation, "") or relation


def stored(relation: str) -> tuple[str, bool]:
    """The relation under which it is stored, and whether source and target change places for that."""
    return (_STORED[relation], True) if relation in _STORED else (relation, False)
