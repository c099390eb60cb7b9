"""Who else is at work: a watcher of an archive learns of another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from archive.errors import Busy
from archive.store import FileLock


@contextmanager
def watching(home: Path) -> Iterator[bool]:
    """Be known as a watcher of the archive in `home`; yields whether another one is at work already.

    Two do no harm: nothing is taken in twice.
    """
    with ExitStack() as held:
        try:
            held.enter_context(FileLock(home / "state" / "watch").held(0))
            other = False
        except Busy:
            other = True
        yield other
