"""Reading what interrupted runs kept and did not read: only while nobody else is reading."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from archive.errors import Busy
from archive.store import FileLock

if TYPE_CHECKING:
    from archive.ingest.intake import Intake


def reading_lock(home: Path) -> FileLock:
    """Held shared by whoever reads, alone by whoever looks after what readers left behind."""
    return FileLock(home / "state" / "reading")


def read_left_behind(home: Path, intake: Callable[[], Intake], note: Callable[[str], None]) -> bool:
    """Read what is kept and unread, and say so of each; False where somebody else reads or writes too long."""
    try:
        with reading_lock(home).held(0):
            for receipt in intake().resume():
                note(f"{receipt.ref} {receipt.name}: read now, kept by an earlier run")
    except Busy:
        return False
    return True
