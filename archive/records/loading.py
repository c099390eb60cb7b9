"""Kinds from their TOML: the package's own under those of the firm, every mistake in a file named.

A kind file holds `title`, `help`, `date`, `[key]` and one `[fields.NAME]` for each field; `kinds/_common.toml`
holds the fields that every kind has. A firm's file of a name that exists changes that kind field by field;
one of a new name adds a kind.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from archive.errors import Invalid
from archive.records.rules import RELATIONS, STEPS, TYPES, FieldRule, Kind, Kinds, labelled, nearest, slug

COMMON = "_common"

_KIND_KEYS = ("title", "help", "synonyms", "date", "title_from", "key", "fields")
_KEY_KEYS = ("scheme", "prefix", "compose")
_FIELD_KEYS: Mapping[str, type] = {
    "type": str,
    "help": str,
    "required": bool,
    "asked_at": str,
    "many": bool,
    "choices": list,
    "also": dict,
    "to": list,
    "rel": str,
    "significant": bool,
    "prose": bool,
    "synonyms": list,
    "columns": dict,
}


def load_kinds(own: Mapping[str, str] = {}) -> Kinds:
    """Load the kinds in force.

    Args:
        own: the firm's kinds, name -> text of its TOML file.

    Raises Invalid with one problem for each mistake in `own`, each naming the file.
    """
    return _packaged() if not own else _compiled(own)


@cache
def _packaged() -> Kinds:
    return _compiled({})


@cache
def _package_tables() -> Mapping[str, Mapping[str, Any]]:
    folder = Path(__file__).parent / "kinds"
    return {path.stem: tomllib.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.toml"))}


def _compiled(own: Mapping[str, str]) -> Kinds:
    tables = dict(_package_tables())
    common = tables.pop(COMMON)["fields"]
    problems: list[str] = []
    for name, text in own.items():
        table = _own_table(name, text, problems)
        tables[name] = _merged(tables.get(name, {}), table)
    names = tuple(tables)
    by_name = {}
    for name, table in tables.items():
        found: list[str] = []
        by_name[name] = _kind(name, table, common, names, found)
        problems += [f"kinds/{name}.toml: {problem}" for problem in found]
    if problems:
        raise Invalid(f"{len(problems)} mistake(s) in the kinds of record: {problems[0]}", tuple(problems))
    return Kinds(by_name)


def _own_table(name: str, text: str, problems: list[str]) -> Mapping[str, Any]:
    if name != slug(name):
        problems.append(f"kinds/{name}.toml: a kind is named in small letters with _ between words, {slug(name)}.toml")
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        problems.append(f"kinds/{name}.toml: not TOML: {problem}")
        return {}


def _merged(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Lay the firm's table over the package's, field by field and column by column."""
    merged = dict(base)
    for key, value in own.items():
        under = merged.get(key)
        merged[key] = _merged(under, value) if isinstance(under, Mapping) and isinstance(value, Mapping) else value
    return merged


def _kind(
    name: str, table: Mapping[str, Any], common: Mapping[str, Any], kinds: tuple[str, ...], problems: list[str]
) -> Kind:
    _unknown("", table, _KIND_KEYS, problems)
    fields, key = _table(table, "fields", problems), _table(table, "key", problems)
    _unknown("[key] ", key, _KEY_KEYS, problems)
    for word in ("title", "help"):
        if not isinstance(table.get(word), str):
            problems.append(f'a kind needs `{word} = "…"`')
    dates = _words(table, "date", problems) or ("date",)
    rules = {field: _rule(field, value, kinds, problems) for field, value in {**common, **fields}.items()}
    rules = {field: rules[field] for field in (*fields, *(word for word in common if word not in fields))}
    _check_dates(dates, rules, problems)
    if "date" not in dates and "date" not in fields and dates[0] in rules:
        del rules["date"]
        rules[dates[0]] = replace(rules[dates[0]], synonyms=(*rules[dates[0]].synonyms, "date"))
    kind = Kind(
        name=name,
        title=str(table.get("title", name)),
        help=str(table.get("help", "")),
        date=dates,
        fields=tuple(rules.values()),
        scheme=str(key.get("scheme", "")),
        prefix=str(key.get("prefix", "")),
        compose=str(key.get("compose", "")),
        title_from=_words(table, "title_from", problems),
        synonyms=_words(table, "synonyms", problems),
        labels=labelled(rules.values()),
    )
    for template in (kind.compose, *kind.title_from):
        _check_template(template, rules, problems)
    return kind


def _rule(name: str, table: Any, kinds: tuple[str, ...], problems: list[str], *, where: str = "") -> FieldRule:
    where = f"{where}{name}: "
    if not isinstance(table, Mapping):
        problems.append(f"{where}write it as a table, [fields.{name}]")
        return FieldRule(name, "text")
    if name != slug(name):
        problems.append(f"{where}a field is named in small letters with _ between words, {slug(name)}")
    _unknown(where, table, _FIELD_KEYS, problems)
    fitting: dict[str, Any] = {
        word: value for word, value in table.items() if isinstance(value, _FIELD_KEYS.get(word, object))
    }
    problems += [
        f"{where}`{word}` must be a {_FIELD_KEYS[word].__name__}"
        for word in table
        if word in _FIELD_KEYS and word not in fitting
    ]
    _check_rule(where, fitting, kinds, problems)
    columns = fitting.get("columns", {})
    return FieldRule(
        name=name,
        type=fitting.get("type", "text"),
        help=fitting.get("help", ""),
        required=fitting.get("required", False),
        asked_at=fitting.get("asked_at", ""),
        many=fitting.get("many", False) or fitting.get("type") == "rows",
        choices=tuple(map(str, fitting.get("choices", ()))),
        also={str(word): str(choice) for word, choice in fitting.get("also", {}).items()},
        to=tuple(map(str, fitting.get("to", ("party",) if fitting.get("type") == "person" else ()))),
        rel=fitting.get("rel", ""),
        significant=fitting.get("significant", False),
        prose=fitting.get("prose", False),
        synonyms=tuple(map(str, fitting.get("synonyms", ()))),
        columns=tuple(_rule(column, value, kinds, problems, where=where) for column, value in columns.items()),
    )


def _check_rule(where: str, table: Mapping[str, Any], kinds: tuple[str, ...], problems: list[str]) -> None:
    relations = (*RELATIONS, *(inverse for inverse in RELATIONS.values() if inverse))
    type_ = table.get("type", "text")
    _one_of(f"{where}type ", type_, TYPES, problems)
    for kind in table.get("to", ()):
        _one_of(f"{where}to ", kind, kinds, problems)
    if "rel" in table:
        _one_of(f"{where}rel ", table["rel"], relations, problems)
    if "asked_at" in table:
        _one_of(f"{where}asked_at ", table["asked_at"], STEPS, problems)
    for choice in table.get("also", {}).values():
        _one_of(f"{where}also ", choice, tuple(map(str, table.get("choices", ()))), problems)
    if type_ == "enum" and not table.get("choices"):
        problems.append(f"{where}an enum needs `choices = [ … ]`")
    if type_ == "ref" and "rel" not in table:
        problems.append(f'{where}a ref needs the relation it states, `rel = "cites"`')
    if (type_ == "rows") != bool(table.get("columns")):
        problems.append(f"{where}rows need columns, and only rows have them: [fields.….columns.NAME]")
    if table.get("required") and table.get("asked_at"):
        problems.append(f"{where}either required or asked_at, not both")


def _check_dates(dates: tuple[str, ...], rules: Mapping[str, FieldRule], problems: list[str]) -> None:
    for name in dates:
        if name not in rules:
            problems.append(f"date names `{name}`, which is not one of its fields")
        elif rules[name].type not in ("date", "datetime"):
            problems.append(f"date names `{name}`, which is a {rules[name].type}")


def _check_template(template: str, rules: Mapping[str, FieldRule], problems: list[str]) -> None:
    try:
        named = [field for _, field, _, _ in string.Formatter().parse(template) if field is not None]
    except ValueError as problem:
        problems.append(f"`{template}` is not a template: {problem}")
        return
    problems += [f"`{template}` names `{word}`, which is not one of its fields" for word in named if word not in rules]


def _unknown(
    where: str, table: Mapping[str, Any], known: Mapping[str, Any] | tuple[str, ...], problems: list[str]
) -> None:
    for word in table:
        if word not in known:
            near = nearest(word, known)
            problems.append(f"{where}there is no `{word}`{f'; did you mean `{near}`?' if near else ''}")


def _one_of(where: str, word: Any, known: tuple[str, ...], problems: list[str]) -> None:
    if word not in known:
        near = nearest(str(word), known)
        problems.append(f"{where}`{word}` is not known{f'; did you mean `{near}`?' if near else ''}")


def _table(table: Mapping[str, Any], name: str, problems: list[str]) -> Mapping[str, Any]:
    found = table.get(name, {})
    if isinstance(found, Mapping):
        return found
    problems.append(f"`{name}` must be a table, [{name}]")
    return {}


def _words(table: Mapping[str, Any], name: str, problems: list[str]) -> tuple[str, ...]:
    """A text or a list of texts as a tuple."""
    found = table.get(name, ())
    words = (found,) if isinstance(found, str) else tuple(found) if isinstance(found, list | tuple) else (None,)
    if all(isinstance(word, str) for word in words):
        return tuple(str(word) for word in words)
    problems.append(f"`{name}` must be a text or a list of texts")
    return ()
