"""Pictures, the one door of Pillow: every page of them by OCR."""

from __future__ import annotations

import contextlib
import io
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image, ImageOps

from archive.errors import Unreadable
from archive.ingest.readers import Context
from archive.ingest.readers.events import Event, Problem
from archive.model import Page

VERSION = "1"
LIBRARY = "Pillow"
MAX_PIXELS = 160_000_000
MAX_PAGES = 2_000
_DAMAGED = (OSError, SyntaxError, ValueError, TypeError, EOFError, KeyError, IndexError, struct.error)
"""What Pillow's decoders raise on broken files."""

Image.MAX_IMAGE_PIXELS = None


def read(path: Path, context: Context) -> Iterator[Event]:
    with _opened(path) as picture:
        count = _count(picture)
        if count > MAX_PAGES:
            yield Problem(f"of its {count} pages only the first {MAX_PAGES} are read")
        for number in range(1, min(count, MAX_PAGES) + 1):
            yield from _page(picture, number, context)


def draw(path: Path, number: int) -> Any:
    """Return page `number` (from 1) of a picture, upright as its camera says."""
    with _opened(path) as picture:
        return _frame(picture, number)


def png(picture: Any, box: tuple[float, float, float, float] | None = None) -> bytes:
    """Return a Pillow image, or the box of it in fractions, as PNG."""
    if box is not None:
        left, top, right, bottom = (min(max(edge, 0.0), 1.0) for edge in box)
        wide, high = picture.size
        edges = (int(left * wide), int(top * high), round(right * wide), round(bottom * high))
        picture = picture.crop((*edges[:2], max(edges[2], edges[0] + 1), max(edges[3], edges[1] + 1)))
    if picture.mode not in ("1", "L", "RGB", "RGBA"):
        picture = picture.convert("RGB")
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        picture = Image.open(path)
    except _DAMAGED as problem:
        raise Unreadable("damaged: it cannot be opened as a picture") from problem
    with picture:
        yield picture


def _count(picture: Any) -> int:
    try:
        return picture.n_frames if picture.format == "TIFF" else 1
    except _DAMAGED:
        return 1


def _frame(picture: Any, number: int) -> Any:
    if not 1 <= number <= _count(picture):
        raise Unreadable(f"it has {_count(picture)} pages")
    try:
        picture.seek(number - 1)
        if picture.width * picture.height > MAX_PIXELS:
            raise Unreadable(f"it has more than {MAX_PIXELS // 10**6} million pixels")
        upright = ImageOps.exif_transpose(picture)
        upright.load()
    except _DAMAGED as problem:
        raise Unreadable("damaged: the picture breaks off or is not one") from problem
    if upright.mode.startswith("I"):
        upright = upright.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return upright


def _page(picture: Any, number: int, context: Context) -> Iterator[Event]:
    from archive.ingest import ocr

    try:
        frame = _frame(picture, number)
    except Unreadable as problem:
        if _count(picture) == 1:
            raise
        yield Problem(f"page {number}: {problem}")
        yield Page("", "none")
        return
    why_not = ocr.available() if context.ocr else "switched off"
    if why_not:
        yield Problem(f"OCR pending: {why_not}")
        yield Page("", "none")
        return
    page, doubts = ocr.read_image(frame, context.languages)
    yield from map(Problem, doubts)
    yield page
