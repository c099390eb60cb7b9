"""Version chains: an earlier version's own links stop counting when the next one arrives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from itertools import zip_longest

_BESIDE = """
SELECT version_of FROM documents WHERE number = :number AND version_of IS NOT NULL
UNION SELECT number FROM documents WHERE version_of = :number
"""


def members(db: sqlite3.Connection, number: str) -> set[str]:
    """Every document joined with this one by *version of*, itself included; numbers without a document among them."""
    found, open_ = {number}, [number]
    while open_:
        for (beside,) in db.execute(_BESIDE, {"number": open_.pop()}).fetchall():
            if beside not in found:
                found.add(beside)
                open_.append(beside)
    return found


def settle(db: sqlite3.Connection, numbers: Iterable[str]) -> None:
    """Note for each of these documents from which line and day on a later version stands in its place."""
    left = set(numbers)
    while left:
        chain = members(db, left.pop())
        left -= chain
        _settle_chain(db, chain)


def _settle_chain(db: sqlite3.Connection, chain: set[str]) -> None:
    marks = ", ".join("?" * len(chain))
    day = "coalesce(nullif(date, ''), received)"
    ordered = f"SELECT number, known, {day} FROM documents WHERE number IN ({marks}) ORDER BY known"
    rows = db.execute(ordered, tuple(chain)).fetchall()
    update = "UPDATE documents SET retired = ?, retired_on = ? WHERE number = ?"
    for row, later in zip_longest(rows, rows[1:]):
        db.execute(update, (later and later[1], later and later[2], row[0]))
