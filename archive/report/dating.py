"""The date that a paper states in its own words, in the title zone of its first page."""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from archive.errors import Invalid
from archive.records import as_date
from archive.report.papers import Paper

ZONE = 20
"""Lines of the first page in which a paper says what it is, from whom and of which day."""

_MONTHS = (
    *("jan(?:uary|uar)?", "feb(?:ruary|ruar)?", "mar(?:ch)?|märz", "apr(?:il)?", "ma[yi]", "jun[ei]?", "jul[yi]?"),
    *("aug(?:ust)?", "sep(?:t(?:ember)?)?", "o[ck]t(?:ober)?", "nov(?:ember)?", "de[cz](?:ember)?"),
)
_NUMBERS = r"\d{4}-\d\d-\d\d|\d{1,2}(?P<mark>[./])\d{1,2}(?P=mark)\d{4}"
_WORDS = rf"(\d{{1,2}})\.?\s+({'|'.join(_MONTHS)})\.?\s+(\d{{4}})"
_SAYS = (
    "released|release date|date of (?:release|issue)|issued|freigegeben|freigabe|ausgabedatum|ausgegeben",
    "date|dated|datum",
)
_STATED = tuple(
    re.compile(
        rf"^[^\w\n]*(?:{words})\b[\s:|.]*(?:(?:on|am|vom|den)\b[\s:|.]*)?(?P<day>{_NUMBERS}|{_WORDS})\b",
        re.IGNORECASE | re.MULTILINE,
    )
    for words in _SAYS
)
_WORDED = re.compile(_WORDS, re.IGNORECASE)


class Stated(NamedTuple):
    """A date with the line on page 1 that states it, from offset `start` to `end`.

    Attributes:
        is_release: the line calls it the day of a release.
    """

    day: date
    start: int
    end: int
    is_release: bool


def stated(paper: Paper, date_order: str) -> Stated | None:
    """The day of which a paper says that it was released, else the day that it calls its date.

    Args:
        date_order: the house's, for `06/05/2024`; dates with full stops are day-first unless it is month-first.
    """
    page = paper.text(1)
    zone = "\n".join(page.split("\n")[:ZONE])
    for place, pattern in enumerate(_STATED):
        for found in pattern.finditer(zone):
            day = _day(found["day"], date_order)
            if day is not None:
                line_end = page.find("\n", found.end())
                return Stated(day, found.start(), len(page) if line_end < 0 else line_end, place == 0)
    return None


def _day(text: str, date_order: str) -> date | None:
    try:
        if worded := _WORDED.fullmatch(text):
            month = next(at for at, name in enumerate(_MONTHS, 1) if re.fullmatch(name, worded[2], re.IGNORECASE))
            return date(int(worded[3]), month, int(worded[1]))
        return as_date(text, "day-first" if "." in text and date_order == "iso" else date_order)
    except (Invalid, ValueError):
        return None
