"""How derived state follows the log: generations, watermarks, and the one way to catch up.

A *follower* turns committed entries into something that answers questions (catalog, index,
cross-references). It is given entries in order and nothing else; live, late and rebuilt are the same
calls of `apply`. Its state on disk is a *generation*: `derived/<name>/<n>/`, named by
`derived/<name>/current` once it has caught up for the first time.
"""

from __future__ import annotations

from archive.following.contract import Follower, Writer
from archive.following.driver import Following, Lag
from archive.following.sqlite import SqliteWriter, open_read_only

__all__ = ["Follower", "Following", "Lag", "SqliteWriter", "Writer", "open_read_only"]
