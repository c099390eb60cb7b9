"""What format 1 defines: its actions, the values that decide what one means, and what each of them names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple


class Names(NamedTuple):
    """Keys of an entry that name something; `parent.number` is the key inside a key, a list names all it holds.

    Attributes:
        objects: keys that hold digests of objects.
        about: keys that hold numbers of documents; with any of them the entry is destroyed too.
        mentions: keys that hold numbers of documents and stay when those are destroyed.
    """

    objects: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    mentions: tuple[str, ...] = ()


ACTIONS: Mapping[str, Names] = {
    "settings": Names(),
    "accession": Names(("digest",), ("number",), ("parent.number",)),
    "occurrence": Names((), ("number", "parent.number")),
    "reading": Names(("text", "more"), ("number",), ("parts", "version_of.number")),
    "statement": Names((), ("number", "evidence.document")),
    "disposal": Names((), (), ("numbers",)),
    "reconciliation": Names(("list",)),
    "fixity check": Names(),
    "format": Names(),
}
"""Every action of format 1."""

VALUES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "statement": ("says", ("release", "file", "set aside")),
    "disposal": ("stage", ("begun", "done")),
    "reading": ("status", ("stored", "stored_no_text", "needs_password", "unreadable")),
}
"""Of some actions the key that decides what they mean, and every value of it."""


def is_known(action: str, body: Mapping[str, Any], newest: int) -> bool:
    """Whether a reader of format `newest` knows what an entry means."""
    if action not in ACTIONS:
        return False
    if action == "format":
        return type(body.get("to")) is int and body["to"] <= newest
    key, values = VALUES.get(action, ("", ()))
    return not key or body.get(key) in values


def objects_of(action: str, body: Mapping[str, Any]) -> list[str]:
    """The digests of the objects that an entry names."""
    return list(_found(body, ACTIONS[action].objects))


def documents_of(action: str, body: Mapping[str, Any]) -> list[str]:
    """The numbers of the documents that an entry is about: it goes with any of them."""
    return list(_found(body, ACTIONS[action].about))


def mentioned_in(action: str, body: Mapping[str, Any]) -> list[str]:
    """The numbers of all documents that an entry names."""
    names = ACTIONS[action]
    return list(_found(body, (*names.about, *names.mentions)))


def _found(body: Mapping[str, Any], keys: tuple[str, ...]) -> Iterator[str]:
    for key in keys:
        value: Any = body
        for part in key.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each:
                yield each
