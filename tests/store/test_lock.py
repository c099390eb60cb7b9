from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import Busy, CannotWrite
from archive.store import FileLock
from tests.store.archive_on_disk import RealArchive

_HOLD = """
import sys
from pathlib import Path
from archive.store import FileLock
with FileLock(Path(sys.argv[1])).held(0):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_another_process_that_holds_the_lock_makes_a_writer_busy(real: RealArchive) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(real.home / "state" / "lock")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout and holder.stdout.readline() == b"held\n"
        with pytest.raises(Busy, match=r"waited 0\.1 s") as told, real.open().writing(0.1):
            pass
        assert told.value.exit_code == 8
        holder.kill()
    # Its holder was killed: the system gave the lock back, and the file that stays means nothing.
    assert (real.home / "state" / "lock").exists()
    with real.open().writing(0):
        pass


def test_two_holders_in_one_process_exclude_each_other(tmp_path: Path) -> None:
    with FileLock(tmp_path / "lock").held(0), pytest.raises(Busy), FileLock(tmp_path / "lock").held(0):
        pass


def test_the_lock_is_given_back_when_its_holder_fails(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    with pytest.raises(KeyError), lock.held(0):
        raise KeyError
    with lock.held(0):
        pass


def test_several_may_hold_a_shared_lock_but_not_beside_an_exclusive_one(tmp_path: Path) -> None:
    lock = FileLock(tmp_path / "lock")
    with lock.held(0, shared=True), lock.held(0, shared=True), pytest.raises(Busy), lock.held(0):
        pass


def test_a_lock_in_a_folder_that_is_not_there_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(CannotWrite, match="the lock lock could not be written"):
        FileLock(tmp_path / "absent" / "lock").held(0).__enter__()
