"""What paper becomes on a scanner: signature and stamp, a slight skew, noise."""

from __future__ import annotations

import io
import random
import time
from itertools import pairwise

from PIL import Image, ImageDraw, ImageFilter, ImageFont

BLUE = (38, 52, 130)
Point = tuple[float, float]

# Pen strokes of three hands, in units of the height of a small letter; drawn by eye.
_BRAMWICK: tuple[tuple[Point, ...], ...] = (
    ((0, 1.2), (0.5, -1.6), (0.6, 1.4), (0.3, 0.2), (1.1, -1.9), (2.0, -1.2), (1.2, -0.2), (0.6, 0.1)),
    ((1.9, 0.8), (2.3, -0.1), (2.5, 0.7), (2.9, 0.0), (3.0, 0.7), (3.5, 0.1), (3.6, 0.8)),
    ((4.3, 1.2), (4.5, -1.8), (5.6, -1.6), (4.8, -0.4), (6.0, 0.2), (4.7, 1.1), (6.2, 0.9)),
    (
        (6.2, 0.9),
        (6.5, 0.0),
        (6.8, 0.8),
        (7.1, 0.1),
        (7.5, 0.7),
        (7.9, 0.2),
        (8.2, 0.8),
        (8.6, 0.3),
        (9.0, 0.6),
        (11.2, 0.2),
    ),
    ((0.4, 1.8), (4.0, 1.4), (8.5, 1.5), (10.6, 1.1)),
)
_HOLM: tuple[tuple[Point, ...], ...] = (
    ((0, 1.0), (0.4, -1.5), (1.2, -1.2), (0.4, -0.2), (1.4, 1.0)),
    ((2.0, -1.4), (1.9, 1.0), (2.0, -0.1), (3.0, -0.3), (3.1, -1.5), (3.0, 1.0)),
    (
        (3.0, 0.6),
        (3.6, 0.1),
        (3.9, 0.8),
        (3.5, 0.8),
        (4.4, -1.4),
        (4.2, 0.8),
        (4.9, 0.2),
        (5.1, 0.9),
        (5.6, 0.3),
        (5.8, 0.9),
        (7.4, 0.4),
    ),
)
_INITIALS: tuple[tuple[Point, ...], ...] = (
    ((0, 1.0), (0.7, -1.4), (1.3, 1.0)),
    ((0.3, 0.2), (1.1, 0.1)),
    ((1.9, 1.4), (2.1, -1.4), (3.1, -1.1), (2.9, -0.2), (2.0, 0.0)),
    ((2.6, 1.1), (3.0, 0.5), (3.3, 1.0), (3.9, 0.6), (5.0, 0.8)),
)


def scanned_letter(page: bytes) -> bytes:
    """Turn the letter's page into a scanned PDF: signed, stamped, skewed by 0.6 degrees; 200 dpi JPEG."""
    paper = Image.open(io.BytesIO(page)).convert("RGB")
    _sign(paper, _BRAMWICK, (215, 1462), 28, BLUE)
    _stamp(paper, ("EINGEGANGEN", "14. Juni 2024", "Murmelbach Pumpenwerk"), (1050, 395), 6.0)
    scan = _through_scanner(paper, -0.6, seed=611)
    out = io.BytesIO()
    day = time.strptime("2024-06-14 09:31:08", "%Y-%m-%d %H:%M:%S")
    scan.save(
        out,
        "PDF",
        resolution=200.0,
        quality=58,
        creationDate=day,
        modDate=day,
        title="Scan_20240614_0931",
        producer="Office scanner",
    )
    return out.getvalue()


def scanned_sheet(page: bytes) -> bytes:
    """Turn the test sheet into a grey PNG of sixteen shades: signed twice, skewed by 0.4 degrees; 200 dpi."""
    paper = Image.open(io.BytesIO(page)).convert("RGB")
    _sign(paper, _HOLM, (130, 1185), 26, (50, 50, 60))
    _sign(paper, _INITIALS, (690, 1185), 26, (50, 50, 60))
    scan = _through_scanner(paper, 0.4, seed=50801).convert("L")
    shades = scan.point([min(15, round(level / 16)) * 17 for level in range(256)])
    out = io.BytesIO()
    shades.quantize(16).save(out, "PNG", dpi=(200, 200), optimize=True)
    return out.getvalue()


def _sign(
    paper: Image.Image,
    strokes: tuple[tuple[Point, ...], ...],
    at: tuple[int, int],
    size: int,
    ink: tuple[int, int, int],
) -> None:
    """Draw pen strokes as smooth curves whose width follows the speed of the hand."""
    draw = ImageDraw.Draw(paper)
    for stroke in strokes:
        curve = _smooth(stroke)
        for (x0, y0), (x1, y1) in pairwise(curve):
            speed = abs(x1 - x0) + abs(y1 - y0)
            radius = max(1.3, 2.6 - 14 * speed)
            x, y = at[0] + x0 * size, at[1] + y0 * size
            draw.line((x, y, at[0] + x1 * size, at[1] + y1 * size), fill=ink, width=round(2 * radius))
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)


def _smooth(points: tuple[Point, ...]) -> list[Point]:
    """Run a Catmull-Rom curve through the points."""
    padded = (points[0], *points, points[-1])
    curve: list[Point] = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(28):
            t = step / 28
            curve.append(
                (_between(before[0], start[0], end[0], after[0], t), _between(before[1], start[1], end[1], after[1], t))
            )
    return [*curve, points[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)


def _stamp(paper: Image.Image, lines: tuple[str, ...], at: tuple[int, int], angle: float) -> None:
    """Press a framed rubber stamp on the page: unevenly inked, a little turned."""
    width, height = 470, 190
    ink = Image.new("L", (width, height), 0)
    draw = ImageDraw.Draw(ink)
    draw.rectangle((4, 4, width - 5, height - 5), outline=235, width=6)
    for number, (words, size) in enumerate(zip(lines, (44, 40, 26), strict=True)):
        font = ImageFont.truetype("DejaVuSans-Bold.ttf", size)
        draw.text((width / 2, 44 + number * 54), words, fill=235, font=font, anchor="mm")
    wear = Image.frombytes("L", (60, 24), random.Random(7).randbytes(60 * 24)).resize(
        (width, height), Image.Resampling.BICUBIC
    )
    worn = Image.composite(
        ink, Image.new("L", ink.size, 0), wear.point([150 if level < 70 else 255 for level in range(256)])
    )
    turned = worn.rotate(angle, Image.Resampling.BICUBIC, expand=True).filter(ImageFilter.GaussianBlur(0.8))
    paper.paste(Image.new("RGB", turned.size, (150, 34, 52)), at, turned)


def _through_scanner(paper: Image.Image, skew: float, *, seed: int) -> Image.Image:
    """Skew, soften, grain, and add a dark edge and some specks."""
    dice = random.Random(seed)
    scan = paper.rotate(skew, Image.Resampling.BICUBIC, fillcolor=(246, 245, 241)).filter(ImageFilter.GaussianBlur(0.7))
    grain = Image.frombytes("L", scan.size, dice.randbytes(scan.width * scan.height)).convert("RGB")
    scan = Image.blend(scan, grain, 0.035)
    draw = ImageDraw.Draw(scan)
    for _ in range(45):
        x, y, r = dice.randrange(scan.width), dice.randrange(scan.height), dice.choice((0.5, 0.5, 1.0, 1.5))
        draw.ellipse((x - r, y - r, x + r, y + r), fill=(120, 118, 112))
    for offset in range(9):
        draw.line((offset, 0, offset, scan.height), fill=(150 + offset * 9,) * 3)
    return scan
