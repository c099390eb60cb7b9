"""The port that every follower implements; `tests/contract/` holds the suite that each must pass."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from archive.model import Entry, Truth
from archive.settings import House


class Writer(Protocol):
    """One generation, open for writing by one process under the follower's lock.

    A Writer MUST make a batch and its new watermark durable together: after a crash the generation
    holds exactly the entries up to its watermark. Entries at or below the watermark MUST change nothing.
    """

    @property
    def watermark(self) -> int:
        """Highest sequence number applied and durable; 0 before the first."""
        ...

    @property
    def wants_new_generation(self) -> bool:
        """Whether answers drift from those of a generation made anew (DESIGN §4); asked after a batch."""
        ...

    def apply(self, entries: Sequence[Entry]) -> None:
        """Take in entries in order of their sequence numbers; durable on return."""
        ...

    def close(self) -> None:
        """Let go of files; nothing is pending."""
        ...


class Follower(Protocol):
    """What the driver must know of a follower.

    Attributes:
        name: folder below derived/.
        version: changes whenever the schema or the rules of deriving do; a new one is rebuilt.
        sections: the house settings its answers depend on; a change of one starts a new generation.
        batch: how many entries one `apply` takes at most.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> str: ...

    @property
    def sections(self) -> tuple[str, ...]: ...

    @property
    def batch(self) -> int: ...

    def writer(self, folder: Path, truth: Truth, house: House) -> Writer:
        """Open the generation in `folder` for writing, making it when the folder is empty."""
        ...
