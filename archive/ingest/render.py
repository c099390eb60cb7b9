"""A page of a received document, or the part of it that proves something, as a picture."""

from __future__ import annotations

from pathlib import Path

from archive.errors import Unreadable


def draw(
    path: Path,
    media_type: str,
    page: int,
    *,
    box: tuple[float, float, float, float] | None = None,
    dpi: float = 150,
) -> bytes:
    """Return a page as PNG; parses received bytes, so only a sandboxed process calls it.

    Args:
        page: from 1.
        box: left, top, right, bottom as fractions of the page, as in a Word; None for all of it.
        dpi: of a PDF; pictures come in their own resolution.
    Raises Unreadable for a damaged file, a page it has not, or a kind of file that has no pages to draw.
    """
    from archive.ingest.readers import image

    if media_type == "application/pdf":
        from archive.ingest.readers import pdf

        return image.png(pdf.draw(path, page, min(max(dpi, 10), 600)), box)
    if media_type.startswith("image/"):
        return image.png(image.draw(path, page), box)
    raise Unreadable(f"there is no picture of {media_type}")
