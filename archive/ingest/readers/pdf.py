"""PDF through pdfium, the one door of pypdfium2: text, metadata, attachments, and pictures of pages."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as raw

from archive.errors import Unreadable
from archive.ingest.readers import Context, NeedsPassword
from archive.ingest.readers.events import MAX_TEXT, Event, Problem, one_line, safe
from archive.model import Meta, Page

VERSION = "1"
LIBRARY = "pypdfium2"
MAX_PIXELS = 40_000_000
OCR_DPI = 300
FEW = 20
"""Characters; a page with fewer and an image over half of it is a scan."""
SAMPLED = 32
"""Characters of a page whose font map is looked at."""
_HYPHEN = re.compile("[\x02\ufffe](?:\r?\n)?")
_NAMES = {
    "Title": "title",
    "Author": "author",
    "Subject": "subject",
    "Keywords": "keywords",
    "Creator": "creator",
    "Producer": "producer",
    "CreationDate": "created",
    "ModDate": "modified",
}
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(Z|[+-]\d\d(?:'?\d\d)?)?")


def read(path: Path, context: Context) -> Iterator[Event]:
    with _opened(path) as document:
        yield from _metadata(document)
        for index in range(len(document)):
            yield from _page(document, index, context)
        yield from _attachments(document, context)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as problem:
        if problem.err_code == raw.FPDF_ERR_PASSWORD:
            raise NeedsPassword("a password is needed to open it") from problem
        raise Unreadable("damaged: it cannot be opened as PDF") from problem
    with document:
        yield document


def _metadata(document: Any) -> Iterator[Event]:
    for theirs, value in document.get_metadata_dict(skip_empty=True).items():
        name = _NAMES.get(theirs, theirs.lower())
        text = iso_date(value) if name in ("created", "modified") else one_line(value)
        if text:
            yield Meta(name, text, "embedded")


def iso_date(value: str) -> str:
    """Return a PDF date (`D:20240131120000+01'00'`) in ISO form, to the day or second; empty for no date."""
    found = _DATE.match(value.strip())
    if not found:
        return ""
    year, month, day, hour, minute, second = (int(digits or 0) for digits in found.groups()[:6])
    try:
        moment = datetime(year, month or 1, day or 1, hour, minute, second)
    except ValueError:
        return ""
    if found[4] is None:
        return moment.date().isoformat() if found[3] else ""
    zone = (found[7] or "").replace("'", "")
    return moment.isoformat() + (zone if zone in ("", "Z") else f"{zone[:3]}:{zone[3:] or '00'}")


def _page(document: Any, index: int, context: Context) -> Iterator[Event]:
    try:
        page = document[index]
        text, broken = _text(page)
    except pypdfium2.PdfiumError:
        yield Problem(f"page {index + 1} is damaged and cannot be read")
        yield Page("", "none")
        return
    try:
        if broken or (len(text.strip()) < FEW and _is_scan(page)):
            yield from _recognised(page, text, index + 1, context)
        else:
            yield Page(text, "embedded" if text.strip() else "none")
    finally:
        page.close()


def _text(page: Any) -> tuple[str, bool]:
    """Return the page's own text, and whether its fonts have no usable map to characters."""
    layer = page.get_textpage()
    try:
        count = layer.count_chars()
        text = layer.get_text_range(0, min(count, MAX_TEXT)) if count > 0 else ""
        places = range(0, count, max(1, count // SAMPLED))
        wrong = sum(raw.FPDFText_HasUnicodeMapError(layer, place) == 1 for place in places)
    finally:
        layer.close()
    text = safe(_HYPHEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n"))
    return text, count > 0 and wrong > 0.3 * len(places)


def _is_scan(page: Any) -> bool:
    width, height = page.get_size()
    for image in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        with contextlib.suppress(pypdfium2.PdfiumError):
            left, bottom, right, top = image.get_bounds()
            if (right - left) * (top - bottom) > 0.5 * width * height:
                return True
    return False


def _recognised(page: Any, text: str, number: int, context: Context) -> Iterator[Event]:
    """Read the page by OCR; its own text stays where that finds nothing."""
    from archive.ingest import ocr

    own = Page(text, "embedded" if text.strip() else "none")
    why_not = ocr.available() if context.ocr else "switched off"
    if why_not:
        yield Problem(f"OCR pending: {why_not}")
        yield own
        return
    try:
        found, doubts = ocr.read_image(raster(page, OCR_DPI, gray=True), context.languages)
    except Unreadable as problem:
        yield Problem(f"page {number}: {problem}")
        yield own
        return
    yield from map(Problem, doubts)
    yield found if found.text else own


def raster(page: Any, dpi: float, *, gray: bool = False) -> Any:
    """Return the page as a Pillow image that knows its dpi, at a lower one where it would exceed MAX_PIXELS."""
    width, height = page.get_size()
    if not (0 < width < math.inf and 0 < height < math.inf):
        raise Unreadable("it has no size")
    scale = min(dpi / 72, math.sqrt(MAX_PIXELS / (width * height)))
    try:
        bitmap = page.render(scale=scale, grayscale=gray, may_draw_forms=not gray)
    except (pypdfium2.PdfiumError, ValueError) as problem:
        raise Unreadable("it cannot be drawn") from problem
    picture = bitmap.to_pil()
    picture.info["dpi"] = (scale * 72, scale * 72)
    return picture


def draw(path: Path, number: int, dpi: float) -> Any:
    """Return page `number` (from 1) as a Pillow image with its form fields filled in."""
    with _opened(path) as document:
        with contextlib.suppress(pypdfium2.PdfiumError):
            document.init_forms()
        if not 1 <= number <= len(document):
            raise Unreadable(f"it has {len(document)} pages")
        try:
            return raster(document[number - 1], dpi)
        except pypdfium2.PdfiumError as problem:
            raise Unreadable("it is damaged") from problem


def _attachments(document: Any, context: Context) -> Iterator[Event]:
    for index in range(document.count_attachments()):
        try:
            attachment = document.get_attachment(index)
            yield context.keep_part(bytes(attachment.get_data()), attachment.get_name())
        except pypdfium2.PdfiumError:
            yield Problem(f"attachment {index + 1} is damaged")
