"""Files to measure with, made here and the same in every run: small texts, and PDFs as an office program makes them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

LINES = 42
_ONSETS = ("b", "br", "c", "d", "f", "fl", "g", "h", "j", "k", "l", "m", "n", "p", "pl", "r", "s", "st", "t", "tr", "v")
_ENDS = ("a", "al", "an", "ar", "e", "el", "en", "er", "i", "ing", "is", "o", "on", "or", "u", "ure")
_COMMON = ("the", "of", "and", "to", "in", "is", "for", "with", "on", "be", "shall", "not", "at", "by", "from", "as")


def texts(folder: Path, count: int) -> list[Path]:
    """Write text files of one to three kilobytes."""
    words = _Words(1)
    return [_written(folder / f"note {at:05d}.txt", words.lines(12 + at % 20)) for at in range(count)]


def pdfs(folder: Path, count: int, pages: int) -> list[Path]:
    """Write PDFs of so many pages each, about 3,500 characters a page, in a standard font."""
    words = _Words(2)
    paths = []
    for at in range(count):
        paths.append(folder / f"specification {at:04d}.pdf")
        _write_pdf(paths[-1], [words.lines(LINES) for _ in range(pages)])
    return paths


class _Words:
    """Running text over 9,000 words, the frequent ones first, with numbers of documents, parts and changes in it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        coined = {self._coin() for _ in range(16_000)}
        self.words = [*_COMMON, *sorted(coined)[:9_000]]
        self.weights = [1 / (rank + 3) for rank in range(len(self.words))]

    def _coin(self) -> str:
        syllables = self.random.choices((1, 2, 3), (2, 5, 3))[0]
        return "".join(self.random.choice(_ONSETS) + self.random.choice(_ENDS) for _ in range(syllables + 1))

    def lines(self, count: int) -> list[str]:
        return [self._line() for _ in range(count)]

    def _line(self) -> str:
        words = self.random.choices(self.words, self.weights, k=14)
        if self.random.random() < 0.12:
            words[self.random.randrange(14)] = self._number()
        return " ".join(words).capitalize() + "."

    def _number(self) -> str:
        number = self.random.randrange(1, 400)
        return self.random.choice(
            (
                f"SPC-1{number:03d}-02 rev {self.random.choice('ABCD')}",
                f"ECR-{self.random.randrange(2019, 2025)}-{number:04d}",
                f"PN-{4000 + number}",
                f"W-{number % 20}",
            )
        )


def _written(path: Path, lines: Sequence[str]) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _write_pdf(path: Path, pages: Sequence[Sequence[str]]) -> None:
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
    for lines in pages:
        page = writer.add_blank_page(595, 842)
        shown = "".join(f"({line}) Tj T*\n" for line in lines)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 9 Tf 50 790 Td 17 TL\n{shown}ET".encode("latin-1"))
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    writer.add_metadata({"/Title": path.stem.capitalize()})
    writer.write(path)
    writer.close()
