"""Who is who: persons compared as parties where they are on file, by spelling where not; and what they may sign."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from archive.errors import Invalid
from archive.model import Record
from archive.records import Money, as_date, as_money

PRODUCT_MANAGER = "product_manager"

_MAILBOX = re.compile(r"\s*(?P<name>[^<>]*?)\s*<(?P<address>[^<>\s]+)>\s*")
_SUM = re.compile(r"(?<![\w.,-])(?:\d[\d.,'’]*\s?(?:[A-Z]{3}|[€£])(?![\w-])|(?:[A-Z]{3}\s|[€£]\s?)\d[\d.,'’]*)")


class Persons:
    """Spellings of persons, each led back to the party it names.

    Args:
        parties: `party` records: name and aliases name the same one.
        others: names that some other paper vouches for, such as those in authorities.
    """

    def __init__(self, parties: Iterable[Record], others: Iterable[str] = ()) -> None:
        self._parties: dict[str, set[str]] = {}
        for party in parties:
            name = party.text("name") or party.key
            for spelling in (name, *party.many("aliases")):
                self._parties.setdefault(_fold(spelling), set()).add(_fold(name))
        self._others = {fold for name in others for fold in _spellings(name)}

    def of(self, spelling: str) -> str:
        """The person a spelling names, in one form for all spellings of one party."""
        spellings = _spellings(spelling)
        for fold in spellings:
            parties = self._parties.get(fold, set())
            if len(parties) == 1:
                return next(iter(parties))
        return spellings[0]

    def knows(self, spelling: str) -> bool:
        """Whether exactly one party, or a name that another paper vouches for, is spelled so."""
        spellings = _spellings(spelling)
        if any(len(self._parties.get(fold, ())) > 1 for fold in spellings):
            return False
        return any(fold in self._parties or fold in self._others for fold in spellings)

    def is_among(self, spelling: str, others: Iterable[str]) -> bool:
        return bool(spelling.strip()) and self.of(spelling) in {self.of(other) for other in others}


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _spellings(text: str) -> tuple[str, ...]:
    """Of `Name <address>` the name, the address and the whole; else the text alone."""
    mailbox = _MAILBOX.fullmatch(text)
    if mailbox is None:
        return (_fold(text),)
    return tuple(_fold(each) for each in (mailbox["name"], mailbox["address"], text) if each.strip())


@dataclass(frozen=True, slots=True)
class Authority:
    """What somebody may decide or sign from a day on.

    Attributes:
        limit: None where none is stated.
        is_clear: False where a limit is stated that cannot be read; it then covers no sum.
    """

    person: str
    role: str
    begins: date
    ends: date | None
    limit: Money | None
    is_clear: bool
    record: Record

    def holds(self, day: date) -> bool:
        return self.begins <= day and (self.ends is None or day <= self.ends)

    def knows_currency(self, amount: Money) -> bool:
        return self.is_clear and (self.limit is None or self.limit.currency == amount.currency)

    def covers(self, amounts: Iterable[Money]) -> bool:
        """Whether every sum is within the limit, in the limit's own currency."""
        return all(
            self.knows_currency(each) and (self.limit is None or each.amount <= self.limit.amount) for each in amounts
        )


@dataclass(frozen=True)
class Authorities:
    """All authorities on file."""

    every: tuple[Authority, ...]
    persons: Persons

    def held(self, person: str, day: date) -> list[Authority]:
        """What this person may do on that day."""
        name = self.persons.of(person)
        return [each for each in self.every if each.holds(day) and self.persons.of(each.person) == name]

    def begun(self, day: date) -> bool:
        """Whether any authority on file, of anybody, begins on or before that day."""
        return any(each.begins <= day for each in self.every)

    def holders(self, day: date, *, product_manager: bool) -> list[str]:
        """Who holds an authority that day: the product managers, or the others."""
        names = [each.person for each in self.every if each.holds(day) and _manages(each) is product_manager]
        return list(dict.fromkeys(names))


def _manages(authority: Authority) -> bool:
    return re.sub(r"[\W_]+", "_", authority.role).casefold() == PRODUCT_MANAGER


def authority_of(record: Record, date_order: str) -> Authority | None:
    """Read an `authority` record; None where person or first day is missing, or a day cannot be read."""
    try:
        begins = as_date(record.text("from"), date_order)
        ends = as_date(record.text("to"), date_order)
    except Invalid:
        return None
    person = record.text("person")
    if begins is None or not person:
        return None
    stated, limit = record.text("limit"), None
    with suppress(Invalid):
        limit = as_money(stated) if stated else None
    return Authority(person, record.text("role"), begins, ends, limit, limit is not None or not stated, record)


def sums_in(text: str) -> list[Money]:
    """List the sums of money a text names with their currency; what can be read in two ways is left out."""
    sums = []
    for found in _SUM.finditer(text):
        with suppress(Invalid):
            sums.append(as_money(found[0].rstrip(".,'’")))
    return sums


def highest(sums: Iterable[Money]) -> tuple[Money, ...]:
    """The highest sum of each currency."""
    found: dict[str, Money] = {}
    for each in sums:
        known = found.get(each.currency)
        if known is None or known.amount < each.amount:
            found[each.currency] = each
    return tuple(found.values())
