"""The log as others see it: who acts, what an entry says, and where kept bytes are read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the name as typed or the account's, and how it was learned (`option`, `environment`, `account`)."""

    name: str
    via: str = "account"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the truth: a statement, or the tombstone that stands in its place.

    Attributes:
        seq: line number in the log, from 1.
        body: the statement's own keys (docs/format.md lists them by action).
        destroyed_under: of a tombstone, the key of the disposal; else None.
    """

    seq: int
    time: datetime
    action: str
    actor: str
    body: Mapping[str, Any]
    destroyed_under: str | None = None


class Objects(Protocol):
    """Where kept bytes are read from."""

    def read(self, digest: str) -> bytes:
        """Return the bytes; raise Damaged when they do not hash to `digest`, NotFound when absent."""
        ...


class Truth(Protocol):
    """What a follower may see of the store: committed entries and the objects they name."""

    @property
    def objects(self) -> Objects: ...

    def entries(self, after: int, upto: int | None = None) -> Sequence[Entry]:
        """Committed entries with `after < seq <= upto`, in order."""
        ...
