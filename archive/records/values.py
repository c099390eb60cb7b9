"""What the text in a field means: dates, money, quantities, words to choose from.

Every function takes the text as typed and either returns the one meaning it can have or raises Invalid saying
how to write it. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from archive.errors import Invalid
from archive.records.rules import FieldRule, nearest, shown, slug

CURRENCIES = frozenset(
    re.findall(
        r"[A-Z]{3}",
        """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND
    VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWL""",
    )
)
THREE_DECIMALS = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
SIGNS = {"€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₺": "TRY", "zł": "PLN"}

LONGEST = 300

YES = frozenset({"yes", "y", "true", "1", "x", "ja", "j", "oui", "si"})
NO = frozenset({"no", "n", "false", "0", "nein", "non"})

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_SLASHED = re.compile(r"([0-9]{1,2})\s?([./-])\s?([0-9]{1,2})\s?\2\s?([0-9]{4})")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?\s?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([.,'])[0-9]{3}(?:\1[0-9]{3})*(?:(?!\1)[.,][0-9]+)?")
_AMOUNT = re.compile(r"[+−-]?\s?[0-9](?:[0-9.,'’\s]*[0-9])?")
_BULLET = re.compile(r"^[ \t]*[-*+•][ \t]+", re.MULTILINE)
_BETWEEN = (r"\s*(?:\.\.+|…)\s*", r"\s+(?:[-–—]|to|bis)\s+", r"[-–—]")


@dataclass(frozen=True, slots=True)
class Money:
    """A sum: `currency` is its ISO 4217 code."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number of something; `unit` as written, empty where none is."""

    number: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Range:
    """From one to another, both included; either is empty where the range is open there."""

    first: str
    last: str


def as_date(text: str, date_order: str = "iso") -> date | None:
    """Read a date, None where nothing is written.

    Args:
        date_order: the house's order for `01/03/2024`, `day-first` or `month-first`; under `iso` it is refused.
    """
    written = _written(text)
    if not written:
        return None
    if iso := _ISO.fullmatch(written):
        return _day(written, *(int(part) for part in iso.groups()))
    slashed = _SLASHED.fullmatch(written)
    if not slashed:
        raise Invalid(f"{shown(written)} is not a date: write it as 2024-05-31")
    one, two, year = int(slashed[1]), int(slashed[3]), int(slashed[4])
    if date_order == "day-first":
        return _day(written, year, two, one)
    if date_order == "month-first":
        return _day(written, year, one, two)
    may_be = sorted(
        {f"{year:04}-{m:02}-{d:02}" for m, d in ((one, two), (two, one)) if _exists(year, m, d)}, reverse=True
    )
    raise Invalid(
        f"{shown(written)} can be read in more than one order: write {' or '.join(may_be) or 'it as 2024-05-31'}"
        ", or let the house say which order it writes dates in"
    )


def as_datetime(text: str) -> datetime:
    """Read a moment: date, time and offset from UTC, `2024-05-31 14:30+02:00`."""
    written = _written(text)
    if not _MOMENT.fullmatch(written):
        raise Invalid(f"{shown(written)} is not a date with a time: write it as 2024-05-31 14:30+02:00")
    try:
        moment = datetime.fromisoformat(written.replace(" ", "T", 1).replace(" ", ""))
    except ValueError as problem:
        raise Invalid(f"{shown(written)} does not exist: look at day, hour and offset") from problem
    if moment.tzinfo is None:
        raise Invalid(f"{shown(written)} has no offset from UTC: write it as {written}+02:00")
    return moment


def as_money(text: str) -> Money:
    """Read a sum with its currency before or after: `1200.00 EUR`, `EUR 1,200.00`, `1.200,00 €`.

    Three digits after a single mark are thousands (`1,200 EUR`), as sums have two decimals; in the few
    currencies with three they are refused. `$` and `¥` belong to several currencies and are refused too.
    """
    written = _written(text)
    found = _AMOUNT.search(written)
    if not found:
        raise Invalid(f"{shown(written)} is not a sum of money: write it as 1200.00 EUR")
    name = (written[: found.start()] + " " + written[found.end() :]).strip(" .")
    currency = SIGNS.get(name.casefold(), name.upper())
    if not name:
        raise Invalid(f"{shown(written)} has no currency: write {written} EUR, or whichever it is")
    if currency in ("$", "¥"):
        raise Invalid(f"{shown(name)} belongs to several currencies: write the code, such as {found[0]} USD")
    if currency not in CURRENCIES:
        near = nearest(currency, CURRENCIES)
        raise Invalid(f"{shown(name)} is not a currency{f'; did you mean {near}' if near else ''}: write 1200.00 EUR")
    return Money(_number(found[0], grouped=currency not in THREE_DECIMALS), currency)


def as_qty(text: str) -> Quantity:
    """Read a number and its unit, `12 pcs`; the unit is empty where none is written."""
    written = _written(text)
    found = _AMOUNT.match(written)
    if not found:
        raise Invalid(f"{shown(written)} is not a quantity: write number and unit, such as 12 pcs")
    return Quantity(_number(found[0], grouped=False), written[found.end() :].strip())


def as_bool(text: str) -> bool:
    """Read yes or no."""
    word = _written(text).casefold()
    if word in YES or word in NO:
        return word in YES
    raise Invalid(f"{shown(text.strip())} is neither yes nor no")


def as_choice(rule: FieldRule, text: str) -> str:
    """Return the word of the enum that is meant: case, spaces and its other words do not matter."""
    word = slug(text)
    known = {slug(choice): choice for choice in rule.choices}
    known |= {slug(other): choice for other, choice in rule.also.items()}
    if word in known:
        return known[word]
    near = nearest(word, known)
    hint = f"did you mean `{known[near]}`?" if near else f"choose from {', '.join(rule.choices)}"
    raise Invalid(f"{shown(text.strip())} is not one of its words; {hint}")


def as_range(text: str) -> Range:
    """Read `0100..0500`, `0100 - 0500`, `0100 to 0500`, or one end open: `0100..`.

    Raises Invalid also where two numbers with the same letters before them run backwards.
    """
    written = _written(text)
    parted = [ends for mark in _BETWEEN if len(ends := re.split(mark, written)) == 2]
    first, last = parted[0] if parted else ("", "")
    if not (first or last):
        raise Invalid(f"{shown(written)} is not a range: write first and last, such as 0100..0500")
    low, high = (re.fullmatch(r"(.*?)([0-9]+)", end) for end in (first, last))
    if low and high and low[1] == high[1] and int(low[2]) > int(high[2]):
        raise Invalid(f"{shown(written)} runs backwards: write the lower end first")
    return Range(first, last)


def as_list(value: Any) -> tuple[str, ...]:
    """Return the texts of a field: a list as it stands, bulleted lines one by one, any other text as a list of one.

    Blank ones are left out; so are rows. Commas do not part, since names and numbers hold them.
    """
    if isinstance(value, str):
        value = _BULLET.split(value) if _BULLET.match(value.lstrip("\r\n")) else [value]
    if not isinstance(value, list | tuple):
        return ()
    return tuple(item.strip() for item in value if isinstance(item, str) and item.strip())


def as_rows(rule: FieldRule, value: Any) -> tuple[dict[str, str], ...]:
    """Return the rows of a field under their columns' own names; a bare text is a row of its first column.

    Blank cells, and rows without any, are left out. A cell under an unknown name keeps it. Indexes therefore
    count stated rows only.
    """
    rows: list[dict[str, str]] = []
    for item in value if isinstance(value, list | tuple) else as_list(value):
        cells: Mapping[str, str] = item if isinstance(item, Mapping) else {rule.columns[0].name: item}
        row: dict[str, str] = {}
        for label, text in cells.items():
            column = rule.column(label)
            if text.strip():
                row.setdefault(column.name if column else label, text.strip())
        if row:
            rows.append(row)
    return tuple(rows)


def is_stated(value: Any) -> bool:
    """Whether anything but blanks is written there."""
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Mapping):
        return any(is_stated(cell) for cell in value.values())
    return any(is_stated(item) for item in value)


def _written(text: str) -> str:
    """The text on one line; Invalid where it is far too long to be one value."""
    if len(text) > LONGEST:
        raise Invalid(f"{shown(text)} is too long for one value: move the words to a longer field")
    return " ".join(text.split())


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _day(written: str, year: int, month: int, day: int) -> date:
    if not _exists(year, month, day):
        raise Invalid(f"{shown(written)} is a date that does not exist: look at day and month")
    return date(year, month, day)


def _number(written: str, *, grouped: bool) -> Decimal:
    """Read a number with marks for thousands and decimals; `grouped` says what `1,200` is."""
    text = re.sub(r"\s(?=[0-9])|’", "'", written.replace("−", "-").lstrip("+"))
    sign, body = ("-", text[1:].strip(" '")) if text.startswith("-") else ("", text.strip(" '"))
    plain, groups = _PLAIN.fullmatch(body), _GROUPED.fullmatch(body)
    if plain and groups and not grouped:
        raise Invalid(
            f"{shown(written)} can be read with thousands or with decimals: leave out the mark, or write 1200.0"
        )
    if groups:
        body = body.replace(groups[1], "")
    elif not plain:
        raise Invalid(f"{shown(written)} is not a number: write it as 1200.00")
    return Decimal(sign + body.replace(",", "."))
