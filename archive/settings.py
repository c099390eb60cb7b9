"""What a firm and a machine may set: `archive.toml` read, checked and parted.

The *machine* part (watched folders, limits, engine, where `derived/` lies) stays outside the log. The
*house* part (schemes, date order, time zone, languages, kinds) decides answers, so it is taken into the
log as a `settings` entry and every follower works from there, never from the file (DESIGN §4).
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from archive.errors import CannotWrite, Invalid

FILE = "archive.toml"
KINDS = "kinds"

DATE_ORDERS = ("day-first", "month-first", "iso")

HOUSE: Mapping[str, Any] = {
    "name": "",
    "timezone": "UTC",
    "languages": ["en"],
    "date_order": "iso",
    "reply_days": 10,
    "emergency_days": 5,
    "control_from": "",
    "schemes": [],
    "kinds": {},
}
"""Every house setting with its default; `kinds` comes from the folder kinds/, not from the file.

A default never changes: an entry that does not name a key means the default it was born with.
"""

MACHINE: Mapping[str, Any] = {
    "watch": [],
    "settle_s": 2.0,
    "poll": False,
    "derived": "",
    "engine": "tantivy",
    "workers": 0,
    "read_max_mb": 512,
    "memory_mb": 2048,
    "wall_s": 300,
}

_AT_LEAST = {"settle_s": 0.0, "read_max_mb": 1, "memory_mb": 256, "wall_s": 1, "workers": 0, "reply_days": 0}
_AT_LEAST["emergency_days"] = 0


@dataclass(frozen=True)
class House:
    """The house part in force: what answers may depend on.

    Attributes:
        values: every key of HOUSE, plain JSON values.
        seq: the entry that put it in force; 0 before the first.
    """

    values: Mapping[str, Any] = field(default_factory=lambda: dict(HOUSE))
    seq: int = 0

    @property
    def name(self) -> str:
        return str(self.values["name"])

    @cached_property
    def timezone(self) -> ZoneInfo:
        return ZoneInfo(str(self.values["timezone"]))

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self.values["languages"])

    @property
    def date_order(self) -> str:
        return str(self.values["date_order"])

    @property
    def schemes(self) -> tuple[tuple[str, str], ...]:
        """The house's own schemes as (template, kind)."""
        return tuple((row["template"], row["kind"]) for row in self.values["schemes"])

    @property
    def kinds(self) -> Mapping[str, str]:
        """The house's own kinds: name to the text of its TOML file."""
        return dict(self.values["kinds"])

    def days(self, name: str) -> int:
        """A number of days: `reply_days` or `emergency_days`."""
        return int(self.values[name])

    def digest(self, sections: tuple[str, ...]) -> str:
        """Fingerprint of the named sections alone; changes exactly when one of them does."""
        own = {name: self.values.get(name) for name in sections}
        return sha256(json.dumps(own, sort_keys=True).encode()).hexdigest()

    def civil(self, moment: datetime) -> date:
        """The civil date of an instant in the house's time zone."""
        return moment.astimezone(self.timezone).date()


@dataclass(frozen=True)
class Settings:
    """One reading of `archive.toml`."""

    house: House
    machine: Mapping[str, Any]


def house_of(values: Mapping[str, Any], seq: int) -> House:
    """Take a house part back from a log entry; keys it does not name have their defaults."""
    return House({**HOUSE, **values}, seq)


def load(home: Path) -> Settings:
    """Read `archive.toml` and kinds/ of an archive; a missing file means all defaults.

    Raises:
        Invalid: every problem listed, with the file's name.
    """
    path = home / FILE
    text = read_text(path) if path.exists() else ""
    return parse(text, _own_kinds(home / KINDS))


def read_text(path: Path) -> str:
    """The text of a settings file; raises Invalid where it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise Invalid(f"{path.name} cannot be read: {problem}. Look at its permissions, or restore it.") from problem


def parse(text: str, kinds: Mapping[str, str]) -> Settings:
    """Check the text of an `archive.toml`; raises Invalid with every problem found."""
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise Invalid(f"{FILE} is not written as it should be: {problem}. Correct that line.") from problem
    problems: list[str] = []
    _unknown("", found, {"house", "machine"}, problems)
    house = _part("house", found.get("house", {}), HOUSE, problems)
    machine = _part("machine", found.get("machine", {}), MACHINE, problems)
    _check_house(house, problems)
    _check_least({**house, **machine}, problems)
    if not all(map(_is_text, machine["watch"])):
        problems.append('[machine] watch: a list of folders is expected, as ["/a/folder"]')
    if machine["engine"] not in ("tantivy",):
        problems.append(f"[machine] engine = {machine['engine']!r}: this program has the engine tantivy only")
    if problems:
        raise Invalid(f"{FILE} has {len(problems)} problem(s)", tuple(f"{FILE}: {each}" for each in problems))
    return Settings(House({**house, "kinds": dict(kinds)}), machine)


def _part(name: str, found: Any, defaults: Mapping[str, Any], problems: list[str]) -> dict[str, Any]:
    if not isinstance(found, dict):
        problems.append(f"[{name}] must be a table")
        return dict(defaults)
    _unknown(f"[{name}] ", found, set(defaults) - {"kinds"}, problems)
    values = dict(defaults)
    for key, value in found.items():
        if key not in defaults:
            continue
        if not _alike(value, defaults[key]):
            problems.append(f"[{name}] {key} = {value!r}: {_expected(defaults[key])} is expected")
            continue
        values[key] = _plain(value)
    return values


def _alike(value: Any, default: Any) -> bool:
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(default, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    if isinstance(default, str):
        return isinstance(value, str | date)
    return isinstance(value, type(default))


def _expected(default: Any) -> str:
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "a text in quotes", list: "a list"}
    return words.get(type(default), "a table")


def _plain(value: Any) -> Any:
    """TOML dates become ISO texts, so that a house part is JSON."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | datetime) else value


def _unknown(where: str, found: Mapping[str, Any], known: set[str], problems: list[str]) -> None:
    for key in sorted(set(found) - known):
        from difflib import get_close_matches

        near = get_close_matches(key, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        problems.append(f"{where}{key} is not a setting{hint}")


def _check_house(house: Mapping[str, Any], problems: list[str]) -> None:
    try:
        ZoneInfo(house["timezone"])
    except (ZoneInfoNotFoundError, ValueError):
        problems.append(f"[house] timezone = {house['timezone']!r} is not a time zone, as Europe/Berlin is")
    if house["date_order"] not in DATE_ORDERS:
        problems.append(f"[house] date_order = {house['date_order']!r}: one of {', '.join(DATE_ORDERS)} is expected")
    if house["control_from"]:
        try:
            date.fromisoformat(house["control_from"])
        except ValueError:
            problems.append(f"[house] control_from = {house['control_from']!r} is not a date like 2024-05-31")
    if not house["languages"] or not all(isinstance(each, str) and len(each) == 2 for each in house["languages"]):
        problems.append('[house] languages: a list of two-letter codes is expected, as ["en", "de"]')
    for row in house["schemes"]:
        if not (isinstance(row, dict) and set(row) == {"template", "kind"} and all(map(_is_text, row.values()))):
            problems.append(f"[[house.schemes]] {row!r}: template and kind are expected, both texts")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _check_least(values: Mapping[str, Any], problems: list[str]) -> None:
    for name, least in _AT_LEAST.items():
        # Written so that nan, which is less than nothing, is refused too.
        if not values[name] >= least:
            problems.append(f"{name} = {values[name]!r}: at least {least:g} is expected")


def _own_kinds(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        return {}
    kinds = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            kinds[path.stem] = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as problem:
            raise Invalid(f"{KINDS}/{path.name} cannot be read: {problem}") from problem
    return kinds


def write_first(home: Path, text: str) -> None:
    """Write the settings file of a new archive."""
    try:
        (home / FILE).write_text(text, encoding="utf-8")
        (home / KINDS).mkdir(exist_ok=True)
    except OSError as problem:
        raise CannotWrite(f"{home / FILE} cannot be written: {problem}") from problem
