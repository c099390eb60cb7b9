"""A document archive for product coordinators.

`Archive` opens one; every error it raises on purpose is an `ArchiveError`. Both are loaded when first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.archive import Archive
    from archive.errors import ArchiveError

__version__ = "0.1.0"
__all__ = ["Archive", "ArchiveError", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "Archive":
        from archive.archive import Archive

        return Archive
    if name == "ArchiveError":
        from archive.errors import ArchiveError

        return ArchiveError
    raise AttributeError(name)
