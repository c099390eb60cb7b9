"""The operating system's advisory lock on a file; that the file exists means nothing."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from archive.errors import Busy
from archive.store.fs import writing

_PAUSE_S = 0.02


class FileLock:
    """One exclusive lock, given back by the system when its holder dies."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextmanager
    def held(self, wait_s: float, *, shared: bool = False) -> Iterator[None]:
        """Hold the lock.

        Args:
            wait_s: how long to wait for another holder; 0 tries once.
            shared: several may hold it so at once; on Windows, which has no such lock, nothing is held.
        Raises:
            Busy: another program holds it all that time.
            CannotWrite: the lock file cannot be opened.
        """
        with writing(f"the lock {self.path.name}"):
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o664)
        try:
            with writing(f"the lock {self.path.name}"):
                self._wait(descriptor, shared, time.monotonic() + wait_s, wait_s)
            yield
        finally:
            # Closing gives the lock back, on every system.
            os.close(descriptor)

    def _wait(self, descriptor: int, shared: bool, until: float, wait_s: float) -> None:
        while not _try(descriptor, shared):
            if time.monotonic() >= until:
                raise Busy(
                    f"another program is writing to this archive (waited {wait_s:g} s for {self.path.name}): "
                    "try again, or wait longer with --wait"
                )
            time.sleep(_PAUSE_S)


if sys.platform == "win32":
    import msvcrt

    def _try(descriptor: int, shared: bool) -> bool:
        if shared:
            return True
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try(descriptor: int, shared: bool) -> bool:
        try:
            fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
