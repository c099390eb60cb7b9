"""Pictures of pages."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfWriter

from archive.errors import Unreadable
from archive.ingest.render import draw
from archive.ingest.sandbox import Sandbox

QUARTER = (0.5, 0.5, 1.0, 1.0)


def _open(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    writer = PdfWriter()
    writer.add_blank_page(width=144, height=72)
    path = tmp_path / "two by one inches.pdf"
    writer.write(path)
    return path


@pytest.fixture
def tiff(tmp_path: Path) -> Path:
    pages = [Image.new("RGB", (60, 40), colour) for colour in ("red", "blue")]
    pages[1].paste((0, 255, 0), (30, 20, 60, 40))
    pages[0].save(tmp_path / "two.tif", save_all=True, append_images=pages[1:])
    return tmp_path / "two.tif"


def test_a_page_is_drawn_at_the_resolution_asked_for(pdf: Path) -> None:
    assert _open(draw(pdf, "application/pdf", 1, dpi=100)).size == (200, 100)


def test_a_box_in_fractions_is_cut_out(pdf: Path, tiff: Path) -> None:
    assert _open(draw(pdf, "application/pdf", 1, box=QUARTER, dpi=100)).size == (100, 50)
    crop = _open(draw(tiff, "image/tiff", 2, box=QUARTER))
    assert crop.size == (30, 20)
    assert crop.convert("RGB").getpixel((5, 5)) == (0, 255, 0)


def test_a_box_outside_the_page_still_gives_a_picture(pdf: Path) -> None:
    assert _open(draw(pdf, "application/pdf", 1, box=(2.0, 2.0, -1.0, -1.0))).size >= (1, 1)


def test_a_page_it_has_not_or_a_text_cannot_be_drawn(pdf: Path, tiff: Path) -> None:
    for path, media_type, page in ((pdf, "application/pdf", 2), (tiff, "image/tiff", 3), (pdf, "text/plain", 1)):
        with pytest.raises(Unreadable):
            draw(path, media_type, page)


def test_an_enormous_page_is_drawn_smaller(tmp_path: Path) -> None:
    writer = PdfWriter()
    writer.add_blank_page(width=14_400, height=14_400)
    writer.write(tmp_path / "wall.pdf")
    wide, high = _open(draw(tmp_path / "wall.pdf", "application/pdf", 1, dpi=300)).size
    assert wide * high <= 41_000_000


def test_the_sandbox_draws_and_says_why_it_cannot(pdf: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    with Sandbox(1) as sandbox:
        assert _open(sandbox.render(pdf, "application/pdf", 1, QUARTER, dpi=100)).size == (100, 50)
        with pytest.raises(Unreadable, match="damaged"):
            sandbox.render(tmp_path / "broken.pdf", "application/pdf", 1)
        with pytest.raises(Unreadable, match="1 pages"):
            sandbox.render(pdf, "application/pdf", 9)
