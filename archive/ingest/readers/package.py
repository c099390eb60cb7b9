"""Parts of office packages, each read within limits."""

from __future__ import annotations

import contextlib
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from archive.errors import Unreadable

MAX_PART = 100_000_000
MAX_RATIO = 200
"""Unpacked to packed; only parts above SMALL are measured."""
SMALL = 1_000_000


@contextlib.contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a package; everything wrong with it or its parts inside the block is Unreadable."""
    try:
        with zipfile.ZipFile(path) as package:
            yield package
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError) as problem:
        raise Unreadable("damaged: a part of the package cannot be unpacked") from problem


def part(package: zipfile.ZipFile, name: str) -> bytes:
    """Return the bytes of a part, empty where it is missing; Unreadable when it is too large or packed too tightly."""
    try:
        info = package.getinfo(name)
    except KeyError:
        return b""
    with package.open(info) as file:
        content = file.read(MAX_PART + 1)
    if len(content) > MAX_PART:
        raise Unreadable(f"refused: {name} unpacks to more than {MAX_PART // 10**6} MB")
    if len(content) > SMALL and len(content) > MAX_RATIO * max(info.compress_size, 1):
        raise Unreadable(f"refused: {name} is packed more than {MAX_RATIO} to 1")
    return content
