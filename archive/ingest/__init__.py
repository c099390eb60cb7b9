"""From a dropped file to a reading: custody first, then reading in processes of their own."""

from __future__ import annotations

from archive.ingest.inbox import Inbox, Row
from archive.ingest.intake import Intake, Rules
from archive.ingest.names import shown
from archive.ingest.sandbox import Limits, Sandbox
from archive.ingest.walk import IGNORED, is_ignored, walk
from archive.ingest.watch import Watcher

__all__ = [
    "IGNORED",
    "Inbox",
    "Intake",
    "Limits",
    "Row",
    "Rules",
    "Sandbox",
    "Watcher",
    "is_ignored",
    "shown",
    "walk",
]
