"""The first follower: which documents there are, what was read from them, and the settings in force.

`CATALOG` is the follower, `Catalog` answers from one of its generations.
"""

from __future__ import annotations

from archive.catalog.answers import Catalog
from archive.catalog.follower import CATALOG
from archive.catalog.nouns import Document, Statement

__all__ = ["CATALOG", "Catalog", "Document", "Statement"]
