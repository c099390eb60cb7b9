"""The first follower: which documents there are, what was read from them, and the settings in force.

`CATALOG` is the follower, `Catalog` answers from one of its generations.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.catalog.answers import Catalog
    from archive.catalog.follower import CATALOG, inside
    from archive.catalog.nouns import Document, Statement

__all__ = ["CATALOG", "Catalog", "Document", "Statement", "inside"]

_WHERE = {"CATALOG": "follower", "Catalog": "answers", "Document": "nouns", "Statement": "nouns", "inside": "follower"}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"archive.catalog.{_WHERE[name]}"), name)
