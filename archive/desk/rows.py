"""Row numbers of the last list, in the user's own cache folder: `archive show 3` means its third row."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from archive.errors import NotFound

LIFE_S = 3600
"""A row number means something for an hour (DESIGN §7)."""


class Rows:
    """The last list of one archive and one user."""

    def __init__(self, archive_id: str, folder: Path | None = None) -> None:
        self.path = (folder or _cache()) / f"rows-{archive_id}.json"

    def remember(self, refs: Sequence[str]) -> None:
        """Keep what the rows of a list stand for; where nothing can be kept, row numbers just do not work."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            aside = self.path.with_suffix(f".{os.getpid()}")
            aside.write_text(json.dumps({"time": time.time(), "refs": list(refs)}), encoding="utf-8")
            aside.replace(self.path)

    def meaning(self, number: int) -> str:
        """What row `number` (from 1) of the last list stands for; raises NotFound."""
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            age, refs = time.time() - kept["time"], kept["refs"]
        except (OSError, ValueError, KeyError, TypeError):
            age, refs = LIFE_S, []
        if age >= LIFE_S:
            raise NotFound(f"{number} is the row of no list: run archive search first, or name the document")
        if not 1 <= number <= len(refs):
            raise NotFound(f"the last list has {len(refs)} rows, not {number}: name one of them")
        return str(refs[number - 1])


def _cache() -> Path:
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
    return Path(base or "~/.cache").expanduser() / "product-archive"
