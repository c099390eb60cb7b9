"""From a dropped file to a reading: custody first, then reading in processes of their own.

Each name is loaded when first used: the reading processes import this package too, and need none of them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archive.ingest.inbox import Inbox, Row
    from archive.ingest.intake import Intake, Rules
    from archive.ingest.names import encoded, shown
    from archive.ingest.sandbox import Limits, Sandbox
    from archive.ingest.walk import gather
    from archive.ingest.watch import Watched, Watcher

__all__ = [
    "Inbox",
    "Intake",
    "Limits",
    "Row",
    "Rules",
    "Sandbox",
    "Watched",
    "Watcher",
    "encoded",
    "gather",
    "shown",
]

_WHERE = {
    "Inbox": "inbox",
    "Row": "inbox",
    "Intake": "intake",
    "Rules": "intake",
    "encoded": "names",
    "shown": "names",
    "Limits": "sandbox",
    "Sandbox": "sandbox",
    "gather": "walk",
    "Watched": "watch",
    "Watcher": "watch",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"archive.ingest.{_WHERE[name]}"), name)
