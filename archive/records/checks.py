"""All that is wrong with a record, field by field, each with its line and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from archive.errors import Invalid
from archive.model import Field
from archive.records.facts import by_name, key_of
from archive.records.rules import FieldRule, Kind, Kinds, Problem, Severity, nearest, shown, slug
from archive.records.values import (
    as_bool,
    as_choice,
    as_date,
    as_datetime,
    as_list,
    as_money,
    as_qty,
    as_range,
    as_rows,
    is_stated,
)

LONGEST_LINE = 300

_DOCUMENT = re.compile(r"D-[0-9]+(@[0-9]+)?(#p[0-9]+)?")
_SCHEME = re.compile(r"([A-Z]+)-\{year:4\}-\{n:0(\d)\}")


def validate(kind: Kind | str, fields: Iterable[Field], kinds: Kinds, *, date_order: str = "iso") -> list[Problem]:
    """List all problems of a record's fields, in the order of their lines; those without a line come first.

    Args:
        kind: the kind or its name as written; an unknown one is itself the one problem.
        date_order: as in `as_date`.
    """
    fields = list(fields)
    known = kinds.find(kind) if isinstance(kind, str) else kind
    if known is None:
        line = next((field.line for field in fields if slug(field.name) == "kind"), 0)
        what = f"there is no kind of record called {shown(str(kind))}" if str(kind).strip() else "`kind` is empty"
        return [Problem("kind", line, what + kinds.instead(str(kind)))]
    named = by_name(known, fields)
    problems = [*_unknown(known, named), *_missing(known, named), *_key_problems(known, named, kinds)]
    for rule in known.fields:
        if rule.name in named and is_stated(named[rule.name].value):
            place = _Place(rule.name, named[rule.name].line)
            problems += _check(rule, named[rule.name].value, kinds, date_order, place)
    return sorted(problems, key=lambda problem: problem.line)


class _Place(NamedTuple):
    """What is looked at: a field, and in it perhaps a row and column."""

    field: str
    line: int
    within: str = ""

    def problem(self, message: str, severity: Severity = "error") -> Problem:
        return Problem(self.field, self.line, f"`{self.field}`{self.within}: {message}", severity)


def _unknown(kind: Kind, named: Mapping[str, Field]) -> list[Problem]:
    problems = []
    for name, field in named.items():
        if kind.field(name) is None and slug(name) != "kind":
            near = nearest(slug(name), kind.labels)
            known = (
                f"did you mean `{kind.labels[near].name}`?" if near else "its text belongs in `notes` or below the ---"
            )
            problems.append(Problem(name, field.line, f"a {kind.title.lower()} has no field {shown(name)}; {known}"))
    return problems


def _missing(kind: Kind, named: Mapping[str, Field]) -> list[Problem]:
    stated = {name for name, field in named.items() if is_stated(field.value)}
    problems = [
        Problem(rule.name, _line(named, rule.name), f"`{rule.name}` is missing: {rule.help[:1].lower()}{rule.help[1:]}")
        for rule in kind.fields
        if rule.required and rule.name not in stated
    ]
    if not stated.intersection(kind.date) and not any(p.field in kind.date for p in problems):
        message = f"`{kind.date[0]}` is missing: without it the day of receipt is taken"
        problems.append(Problem(kind.date[0], _line(named, kind.date[0]), message, "warning"))
    if not key_of(kind, named.values()) and not kind.compose:
        example = kind.scheme.format(year=2024, n=17) if _SCHEME.fullmatch(kind.scheme) else f"{kind.prefix}1001"
        message = f"`id` is missing: write its number, such as {example}"
        problems.append(Problem("id", _line(named, "id"), message))
    return problems


def _line(named: Mapping[str, Field], name: str) -> int:
    return named[name].line if name in named else 0


def _key_problems(kind: Kind, named: Mapping[str, Field], kinds: Kinds) -> list[Problem]:
    """Look at the stated `id`: one line, spelled as the scheme of its kind spells it, not another kind's."""
    texts = as_list(named["id"].value) if "id" in named else ()
    if not texts:
        return []
    message = _misspelled(texts[0], kinds, (kind.name,))
    return [Problem("id", named["id"].line, f"`id`: {message}", "warning")] if message else []


def _check(rule: FieldRule, value: Any, kinds: Kinds, date_order: str, place: _Place) -> list[Problem]:
    if rule.type == "rows":
        return _check_rows(rule, value, kinds, date_order, place)
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        return [place.problem("holds rows where a text belongs: write the value alone")]
    texts = as_list(value)
    if len(texts) > 1 and not rule.many:
        if isinstance(value, str) and rule.is_narrative:
            return []
        return [place.problem(f"holds {len(texts)} values where one belongs: keep one")]
    problems = []
    for text in texts if rule.many else (" ".join(texts),):
        problems += _check_text(rule, text, kinds, date_order, place)
    return problems


def _check_rows(rule: FieldRule, value: Any, kinds: Kinds, date_order: str, place: _Place) -> list[Problem]:
    problems = []
    for number, row in enumerate(as_rows(rule, value), 1):
        here = place._replace(within=f" row {number}")
        if rule.prose and len(row) == 1 and _is_prose(rule, row):
            continue
        for label, text in row.items():
            column = rule.column(label)
            if column is None:
                problems.append(here.problem(f"there is no {shown(label)}; {_instead(label, rule)}"))
            else:
                cell = here._replace(within=f"{here.within}, {column.name}")
                problems += _check_text(column, text, kinds, date_order, cell)
        for column in rule.columns:
            if column.required and column.name not in row:
                problems.append(here.problem(f"`{column.name}` is missing"))
    return problems


def _instead(label: str, rule: FieldRule) -> str:
    names = [column.name for column in rule.columns]
    near = nearest(slug(label), names)
    return f"did you mean `{near}`?" if near else f"it has {', '.join(names)}"


def _is_prose(rule: FieldRule, row: Mapping[str, str]) -> bool:
    """Whether a lone first cell is told in sentences: more words than a sum and its currency."""
    text = row.get(rule.columns[0].name, "")
    return len(re.findall(r"[^\W\d_]+", text)) > 1


def _check_text(rule: FieldRule, text: str, kinds: Kinds, date_order: str, place: _Place) -> list[Problem]:
    reader = _READERS.get(rule.type)
    try:
        if reader is not None:
            reader(text)
        elif rule.type == "date":
            as_date(text, date_order)
        elif rule.type == "enum":
            as_choice(rule, text)
    except Invalid as problem:
        return [place.problem(str(problem))]
    if rule.type == "qty" and not as_qty(text).unit:
        return [place.problem(f"{shown(text)} has no unit: write {text} pcs, or whichever it is", "warning")]
    if rule.type in ("ref", "person"):
        return _check_name(rule, text, kinds, place)
    return []


_READERS: Mapping[str, Callable[[str], object]] = {
    "datetime": as_datetime,
    "money": as_money,
    "qty": as_qty,
    "bool": as_bool,
    "range": as_range,
}


def _check_name(rule: FieldRule, text: str, kinds: Kinds, place: _Place) -> list[Problem]:
    """Look at a name or reference: one line, and no number that plainly is misspelled or of another kind."""
    if len(text) > LONGEST_LINE or re.search(r"[\r\n]", text):
        return [place.problem("names one thing: write its number or name alone, on one line")]
    if rule.type == "person" or _DOCUMENT.fullmatch(text):
        return []
    keys = re.split(r"\s*[,;]\s*", text)
    if len(keys) > 1 and all(_kind_of(key, kinds) for key in keys):
        return [place.problem(f"{shown(text)} holds {len(keys)} numbers: write [{', '.join(keys)}]")]
    message = _misspelled(text, kinds, rule.to)
    return [place.problem(message, "warning")] if message else []


def _kind_of(text: str, kinds: Kinds) -> tuple[Kind, str] | None:
    """The kind whose scheme a number follows but for padding, case and separators, and its proper spelling."""
    for kind in kinds:
        scheme = _SCHEME.fullmatch(kind.scheme)
        found = scheme and re.fullmatch(rf"{scheme[1]}[\W_]*([0-9]{{4}})[\W_]*([0-9]{{1,9}})", text, re.IGNORECASE)
        if found:
            return kind, kind.scheme.format(year=int(found[1]), n=int(found[2]))
    return None


def _misspelled(text: str, kinds: Kinds, wanted: tuple[str, ...]) -> str:
    """What is wrong with a number, empty where nothing plainly is: names and other schemes are not judged."""
    found = _kind_of(text, kinds)
    if found is None:
        return ""
    kind, spelling = found
    if wanted and kind.name not in wanted:
        return (
            f"{shown(text)} is the number of a {kind.title.lower()}, not of a {' or '.join(wanted)}: look at the number"
        )
    return f"{shown(text)} is not spelled as numbers of this kind are: write {spelling}" if spelling != text else ""
