"""The parts alone: what the same work takes without an archive around it, in seconds."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any


def seconds(act: Callable[[], object]) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def copying(paths: Sequence[Path], folder: Path) -> float:
    """Read each file, hash it, write it elsewhere; nothing is synced."""

    def act() -> None:
        for at, path in enumerate(paths):
            content = path.read_bytes()
            sha256(content).hexdigest()
            (folder / str(at)).write_bytes(content)

    folder.mkdir()
    return seconds(act)


def syncing(count: int, folder: Path) -> float:
    """Make so many new files of 200 bytes, each synced before the next."""

    def act() -> None:
        for at in range(count):
            descriptor = os.open(folder / str(at), os.O_WRONLY | os.O_CREAT)
            os.write(descriptor, b"x" * 200)
            os.fsync(descriptor)
            os.close(descriptor)

    folder.mkdir()
    return seconds(act)


def extracting(paths: Sequence[Path]) -> float:
    """Have pdfium take the text of every page, on all cores; the processes stand before the clock starts."""
    with get_context("spawn").Pool(os.cpu_count()) as pool:
        pool.map(_characters, [paths[0]] * 2 * (os.cpu_count() or 1), chunksize=1)
        return seconds(lambda: list(pool.imap_unordered(_characters, paths)))


def _characters(path: Path) -> int:
    import pypdfium2

    count = 0
    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            layer = page.get_textpage()
            count += len(layer.get_text_range())
            layer.close()
            page.close()
    return count


def indexing(put: Sequence[tuple[Any, ...]], commits: Sequence[int], folder: Path, languages: tuple[str, ...]) -> float:
    """Have the engine index what the follower gave it, under the same schema and with as many commits.

    Args:
        put: the arguments of each `put`, in order.
        commits: how many documents had been put before each commit.
    """
    from archive.index.tantivy_engine import Session

    def act() -> None:
        session = Session(folder, languages)
        done = 0
        for number, upto in enumerate(commits, 1):
            for arguments in put[done:upto]:
                session.put(*arguments)
            done = upto
            session.commit(number)
        session.close()

    folder.mkdir()
    return seconds(act)
