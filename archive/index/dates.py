"""The ways of writing a date or a span of dates in a query, as civil dates with both ends inclusive."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import NamedTuple, TypeAlias

Span: TypeAlias = tuple[date | None, date | None]

FORMS = "2022, 2022-03, 2022-03-31, 2022-03..2022-05, >=2022-03, <2022, today, yesterday, last-30d"

_DAY = timedelta(days=1)
_WRITTEN = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_HOUSE = re.compile(r"(?:(\d{1,2})([./-]))??(\d{1,2})(?(2)\2|[./])(\d{4})")
"""`14.05.2024` and `05.2024`, with any of three marks; the order of the first two is the house's."""

_LAST = re.compile(r"last-(\d{1,4})([dwmy])")
_COMPARED = re.compile(r"(>=|<=|>|<)\s*(.+)")
_BRACKETED = re.compile(r"\[\s*(\S+)\s+to\s+(\S+)\s*\]")


class _Reading(NamedTuple):
    """What the meaning of a written date depends on beside its letters."""

    today: date | None
    date_order: str


def span(text: str, today: date | None, date_order: str = "iso") -> Span:
    """Read one date or span of dates.

    Args:
        date_order: how the house writes `14.05.2024`, `day-first` or `month-first`; under `iso` it is no date.

    Raises:
        ValueError: what is wrong with it, in plain words, without the text itself.
    """
    try:
        return _span(text.strip().casefold(), _Reading(today, date_order))
    except OverflowError as problem:
        raise ValueError("this date lies outside the years 1 to 9999") from problem


def _span(text: str, given: _Reading) -> Span:
    if text == "*":
        return None, None
    if bracketed := _BRACKETED.fullmatch(text):
        return _ends(bracketed[1].strip("*"), bracketed[2].strip("*"), given)
    if ".." in text:
        first, _, last = text.partition("..")
        return _ends(first, last, given)
    if compared := _COMPARED.fullmatch(text):
        return _compared(compared[1], *_period(compared[2], given))
    return _period(text, given)


def _compared(sign: str, first: date, last: date) -> Span:
    if sign == ">=":
        return first, None
    if sign == ">":
        return last + _DAY, None
    return (None, last) if sign == "<=" else (None, first - _DAY)


def _ends(first: str, last: str, given: _Reading) -> Span:
    if not first.strip() and not last.strip():
        raise ValueError("a span of dates needs at least one end")
    begin = _period(first.strip(), given)[0] if first.strip() else None
    end = _period(last.strip(), given)[1] if last.strip() else None
    if begin and end and begin > end:
        raise ValueError(f"{begin} comes after {end}: the earlier date stands first")
    return begin, end


def _period(text: str, given: _Reading) -> tuple[date, date]:
    if written := _WRITTEN.fullmatch(text):
        return _written(int(written[1]), written[2], written[3])
    if (house := _HOUSE.fullmatch(text)) and given.date_order != "iso":
        day, month = (house[1], house[3]) if given.date_order == "day-first" or not house[1] else (house[3], house[1])
        return _written(int(house[4]), month, day)
    if given.today is None:
        raise ValueError(f"a date is written as {FORMS}")
    if last := _LAST.fullmatch(text):
        return _back(given.today, int(last[1]), last[2]), given.today
    return _worded(text, given.today)


def _written(year: int, month: str | None, day: str | None) -> tuple[date, date]:
    try:
        if day:
            only = date(year, int(month or 1), int(day))
            return only, only
        if month:
            return date(year, int(month), 1), _month_end(year, int(month))
        return date(year, 1, 1), date(year, 12, 31)
    except ValueError as problem:
        raise ValueError(f"there is no such day in the calendar ({problem})") from problem


def _month_end(year: int, month: int) -> date:
    return date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - _DAY


def _back(today: date, count: int, unit: str) -> date:
    if unit in "dw":
        return today - timedelta(days=count * (7 if unit == "w" else 1))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    if year < 1:
        raise OverflowError
    return date(year, month + 1, min(today.day, _month_end(year, month + 1).day))


def _worded(text: str, today: date) -> tuple[date, date]:
    month = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    if text == "today":
        return today, today
    if text == "yesterday":
        return today - _DAY, today - _DAY
    if text in ("previous month", "last month"):
        return (month - _DAY).replace(day=1), month - _DAY
    if text in ("previous quarter", "last quarter"):
        return _back(quarter, 3, "m"), quarter - _DAY
    if text in ("previous year", "last year"):
        return date(today.year - 1, 1, 1), date(today.year - 1, 12, 31)
    if text in ("this month", "this quarter", "this year"):
        start = {"month": month, "quarter": quarter, "year": date(today.year, 1, 1)}[text.split()[1]]
        return start, today
    raise ValueError(f"a date is written as {FORMS}")
