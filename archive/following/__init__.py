"""How derived state follows the log: generations, watermarks, and the one way to catch up.

A *follower* turns committed entries into something that answers questions (catalog, index,
cross-references). It is given entries in order and nothing else; live, late and rebuilt are the same
calls of `apply`. Its state on disk is a *generation*: `derived/<name>/<n>/`, named by
`derived/<name>/current` once it has caught up for the first time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.following.driver import Following, Lag
from archive.following.sqlite import SqliteWriter, open_read_only

if TYPE_CHECKING:
    from archive.following.contract import Follower, Writer

__all__ = ["Follower", "Following", "Lag", "SqliteWriter", "Writer", "open_read_only"]


def __getattr__(name: str) -> Any:
    """The port itself is for those who write followers; a question needs none of it."""
    if name not in ("Follower", "Writer"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from archive.following import contract

    return getattr(contract, name)
