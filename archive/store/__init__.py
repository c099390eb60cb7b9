"""The truth on disk: objects, entries and the log (docs/format.md), and the only code that writes them."""

from __future__ import annotations

from archive.store.fs import OsFiles
from archive.store.lock import FileLock
from archive.store.objects import Staged
from archive.store.store import Session, Store, create

__all__ = ["FileLock", "OsFiles", "Session", "Staged", "Store", "create"]
