"""The shape of a token, whatever scheme it may belong to: folding, segments, generic identifiers."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import cache

from archive.schemes.signs import DASHES

LONGEST = 40

_SEPARATORS = re.compile(rf"[\s{re.escape(DASHES)}―_/.]+")
_CLASSES = str.maketrans("OQIL|ZS$B", "001112558")
_SEGMENT = re.compile(r"\d+|[^\W\d_]+")
_ADDRESS = (
    r"(?:https?|ftps?|file)://[^\s<>\"]+|\bwww\.[^\s<>\"]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}"
)

_JOINT = "[-‐‑–/._]"
_TOKEN = re.compile(
    rf"(?<![^\W_])(?=[^\W\d_]*+(?:{_JOINT}[^\W\d_]++){{0,4}}+{_JOINT}?\d)(?P<token>[^\W_]++(?:{_JOINT}[^\W_]++)*+)"
)
_ENDING = re.compile(r"(?:\.[^\W\d_]{2,})+$")  # of a file name, or a sentence without a space after its point
_DAY = r"(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:\d{4}|\d{2}))"
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[^\W\d_]{0,6}"
_YEAR = r"(?:19|20)\d\d"
_UNIT = (
    r"(?:st|nd|rd|th|mm|cm|dm|km|m|µm|mg|g|kg|t|ml|l|hl|ms|s|min|h|hz|khz|mhz|ghz|mv|v|kv|ma|a|mw|w|kw|kwh|wh|nm|n|kn"
    r"|bar|mbar|pa|kpa|mpa|k|c|kb|mb|gb|tb|am|pm|uhr|x|pt|px|eur|usd|gbp|chf)"
)
_MEASURE = (
    rf"{_DAY}(?:T\d{{1,4}}Z?)?"
    rf"|\d{{1,2}}[-./]?{_MONTH}[-./]?(?:{_YEAR}|\d\d)?|{_MONTH}[-./]?(?:{_YEAR}|\d\d)|{_YEAR}[-./]{_MONTH}(?:[-./]\d\d?)?"
    rf"|{_YEAR}[-–/](?:{_YEAR}|\d\d)|\d{{1,2}}[-/]{_YEAR}"
    rf"|\d+(?:[.–-]\d+)*{_UNIT}(?:/{_UNIT})?"
    rf"|(?:eur|usd|gbp|chf)\d+(?:[.]\d+)*"
)
_NUMBERS = re.compile(r"\d+(?:[._]\d+)*|\d[\d/–-]{0,5}")  # decimals, versions, addresses; fractions and small ranges

_AMOUNT_AFTER = re.compile(r"[ \xa0\u202f]?[%‰€$£]|[:,]\d")


def fold(text: str) -> str:
    """Fold case and separators: two spellings of one identifier that differ in nothing else become equal."""
    upper = unicodedata.normalize("NFC", text).upper()
    return _SEPARATORS.sub("-", unicodedata.normalize("NFC", upper)).strip("-")


def skeleton(text: str) -> str:
    """Fold also what scanning confuses (0OQ 1IL| 2Z 5S$ 8B) and leave the separators out."""
    return fold(text).replace("-", "").translate(_CLASSES)


def segments(text: str) -> tuple[str, ...]:
    """Cut at separators and between letters and digits, in capitals: `PN-4711b` gives PN, 4711, B."""
    return tuple(_SEGMENT.findall(fold(text)))


def identifier_tokens(text: str) -> list[tuple[str, int, int]]:
    """Find tokens shaped like an identifier of any scheme, each with its place; in order, none overlapping.

    These mix letters with digits (`W-2`, `02091-C-71`, `PN4711B`), or are groups of digits of five or more in all
    (`4711-20`). Words, plain numbers, days, amounts, measures, percentages and addresses are not; nor is
    a file name's ending part of the token.
    """
    closed = addresses(text)
    found = []
    for hit in _TOKEN.finditer(text):
        token = _ENDING.sub("", hit["token"])
        end = hit.start() + len(token)
        if _is_identifier(token) and not is_inside(hit.start(), closed) and not _is_amount(text, hit.start(), end):
            found.append((token, hit.start(), end))
    return found


def identifier_shaped(text: str) -> bool:
    """Tell whether the whole text is one token that `identifier_tokens` would find."""
    stripped = text.strip()
    return [token for token, _, _ in identifier_tokens(stripped)] == [stripped]


def addresses(text: str) -> list[tuple[int, int]]:
    """Return where addresses of pages and mailboxes stand."""
    if "://" not in text and "www." not in text and "@" not in text:
        return []
    return [hit.span() for hit in _address().finditer(text)]


# Compiled when first needed: a search for plain words needs neither.


@cache
def _address() -> re.Pattern[str]:
    return re.compile(_ADDRESS)


@cache
def _measure() -> re.Pattern[str]:
    return re.compile(_MEASURE, re.IGNORECASE)


def is_inside(at: int, spans: list[tuple[int, int]]) -> bool:
    """Tell whether an offset lies inside one of the spans, which are sorted and apart."""
    before = bisect_right(spans, at, key=lambda span: span[0])
    return before > 0 and at < spans[before - 1][1]


def _is_identifier(token: str) -> bool:
    if len(token) > LONGEST or not any(character.isdigit() for character in token):
        return False
    return not _NUMBERS.fullmatch(token) and not _measure().fullmatch(token)


def _is_amount(text: str, start: int, end: int) -> bool:
    """Tell by its neighbours that a group of digits is a share, an amount or a piece of a time or number."""
    if any(character.isalpha() for character in text[start:end]):
        return False
    return bool(_AMOUNT_AFTER.match(text, end)) or text[max(0, start - 2) : start].rstrip()[-1:] in ("€", "$", "£")
