"""Names of nodes: `type:key`, revisions beside their masters, revision letters in order."""

from __future__ import annotations

import re
from dataclasses import dataclass

from archive.model import Mention
from archive.schemes import Schemes, fold, parse_key

ISSUED = frozenset({"controlled_document", "part", "product"})
"""Kinds whose issues are revisions."""

_REVISION = re.compile(r"(?P<key>.+?) rev (?P<rev>\S+)")
_DOCUMENT = re.compile(r"(D-[0-9]{6,})(?:#p?[0-9]+|,? p(?:age|\.)? ?[0-9]+)?")


@dataclass(frozen=True, slots=True)
class Node:
    """A thing that links join.

    Attributes:
        type: its kind; begins with `?` while only the words of a reference are known, then holds the kinds it may be.
        master: name of the node whose issue this revision is, else empty.
    """

    type: str
    key: str
    master: str = ""

    @property
    def name(self) -> str:
        return f"{self.type}:{self.key}"

    @property
    def fold(self) -> str:
        return fold(self.key)


def document_node(number: str) -> Node:
    return Node("document", number)


def revision_node(master: Node, rev: str) -> Node:
    return Node("revision", f"{master.key} rev {rev.strip().upper()}", master.name)


def node_of(mention: Mention) -> Node:
    """The node an identifier names: the revision where one is cited, else the item."""
    item = Node(mention.kind, mention.key)
    return revision_node(item, mention.rev) if mention.rev and mention.kind in ISSUED else item


def unresolved(text: str, kinds: tuple[str, ...]) -> Node:
    """The node of a reference whose words no scheme knows; it is looked up whenever it is read."""
    return Node("?" + "|".join(sorted(kinds)), " ".join(text.split()))


def named(text: str, kinds: tuple[str, ...], schemes: Schemes) -> tuple[Node, str | None]:
    """The node that a declared reference names, and the revision it cites.

    Args:
        kinds: what it may be; empty = anything.
    """
    written = " ".join(text.split())
    if number := _DOCUMENT.fullmatch(written):
        return document_node(number[1]), None
    found = parse_key(written, schemes)
    if found is not None:
        return node_of(found), found.rev
    cited = _REVISION.fullmatch(written)
    if cited and (not kinds or "revision" in kinds):
        return revision_node(_master(cited["key"], kinds), cited["rev"]), cited["rev"].upper()
    return unresolved(written, kinds), None


def stated(text: str, rev: str | None, schemes: Schemes) -> Node:
    """The item or revision that a statement names: `SPC-1001-02`, `SPC-1001-02 rev C` or `type:key`."""
    kind, colon, key = text.partition(":")
    typed = kind if colon and kind.isidentifier() and kind != "revision" else ""
    key = " ".join((key if typed or kind == "revision" else text).split())
    found, cited = parse_key(key, schemes), _REVISION.fullmatch(key)
    if found is not None:
        item, rev = Node(typed or found.kind, found.key), rev or found.rev
    elif cited and not rev:
        item, rev = Node(typed or "controlled_document", cited["key"]), cited["rev"]
    else:
        item = Node(typed or "controlled_document", key)
    return revision_node(item, rev) if rev and rev.strip() else item


def record_node(kind: str, key: str, of: str, rev: str, schemes: Schemes) -> Node:
    """The item that a structured record is; of a revision, `of` and `rev` are its fields."""
    if kind == "revision" and of and rev:
        found = parse_key(of, schemes)
        master = Node(found.kind, found.key) if found else Node("controlled_document", " ".join(of.split()))
        return revision_node(master, rev)
    found = parse_key(key, schemes)
    return Node(kind, found.key if found and found.kind == kind else key)


def revision_order(rev: str) -> tuple[int, int, str]:
    """Sort key of revisions: `-` before numbers before letters, `9` before `10`, `Z` before `AA`."""
    text = rev.strip().upper()
    if text.isdigit():
        return (1, int(text), "")
    return (2, len(text), text) if text.strip("-") else (0, 0, "")


def _master(key: str, kinds: tuple[str, ...]) -> Node:
    of = sorted(ISSUED.intersection(kinds))
    return Node(of[0] if len(of) == 1 else "controlled_document", key)
