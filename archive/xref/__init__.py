"""Registry of items and cross-references with proof: what each document is, what it cites, in which words.

`XREF` follows the log; `Xref` answers from one generation. Nothing about *in force*, *outdated* or *dangling* is
stored: they are worked out when asked, from what is on file then.
"""

from __future__ import annotations

from archive.xref.follower import FILE, XrefFollower
from archive.xref.nouns import Clash, Dangling, EdgeAtDepth, Issue, Item, NotExpanded, Walk
from archive.xref.reader import Xref
from archive.xref.relations import inverse
from archive.xref.releases import in_force

XREF = XrefFollower()

__all__ = [
    "FILE",
    "XREF",
    "Clash",
    "Dangling",
    "EdgeAtDepth",
    "Issue",
    "Item",
    "NotExpanded",
    "Walk",
    "Xref",
    "XrefFollower",
    "in_force",
    "inverse",
]
