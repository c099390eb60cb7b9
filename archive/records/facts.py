"""What a record says of itself: its key, its date, its title, its links."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from archive.errors import Invalid
from archive.model import Field
from archive.records.front_matter import headings, without_remarks
from archive.records.rules import Kind, slug
from archive.records.values import as_date, as_list, as_rows

LONGEST_TITLE = 100

_REV_WORD = re.compile(r"(?:rev(?:ision)?|issue)\b\.?\s*(?=\S)", re.IGNORECASE)


class DeclaredLink(NamedTuple):
    """A link that a field states.

    Attributes:
        rel: relation read from the record to the target; an inverse name (`evidenced_by`) holds the other way round.
        field: name of the field as its kind has it.
        target: the text as written: a key, a D-number, a file name, a title, a person.
        kinds: kinds of record or item it may name; empty = anything.
        row: index of the row among the stated rows of the field, from 0; None where it is not in a row.
    """

    rel: str
    field: str
    target: str
    kinds: tuple[str, ...]
    row: int | None


def by_name(kind: Kind, fields: Iterable[Field]) -> dict[str, Field]:
    """Map fields by the names their kind has for them; the first of a name counts, unknown ones keep theirs."""
    named: dict[str, Field] = {}
    for field in fields:
        rule = kind.field(field.name)
        named.setdefault(rule.name if rule else field.name, field)
    return named


def key_of(kind: Kind, fields: Iterable[Field]) -> str:
    """Return the human key: `id`, else the fields that name it; empty where neither is stated."""
    named = by_name(kind, fields)
    return _text(named, "id") or _composed(kind.compose, named)


def date_of(kind: Kind, fields: Iterable[Field], date_order: str = "iso") -> date | None:
    """Return the record's date; None where none is stated or it cannot be read."""
    named = by_name(kind, fields)
    for name in kind.date:
        rule = kind.field(name)
        text = _text(named, name)
        with suppress(Invalid):
            found = as_date(text[:10] if rule and rule.type == "datetime" else text, date_order)
            if found:
                return found
    return None


def title_of(kind: Kind, fields: Iterable[Field], body: str = "") -> str:
    """Return the title: as stated, else made from its fields, else its first heading or line, else kind and key."""
    named = by_name(kind, fields)
    stated = _text(named, "title")
    if stated:
        return " ".join(stated.split())
    for template in kind.title_from:
        if made := _composed(template, named):
            return _short(made)
    names = {slug(kind.title), *kind.labels}
    words = [heading.words for heading in headings(body) if slug(heading.words) not in names]
    lines = [line for line in without_remarks(body).splitlines() if line.strip(" #\t") and not line.startswith("#")]
    return _short((words or lines or [f"{kind.title} {_text(named, 'id')}"])[0])


def links_of(kind: Kind, fields: Iterable[Field]) -> list[DeclaredLink]:
    """List the links a record states, in the order of its kind's fields."""
    named = by_name(kind, fields)
    links: list[DeclaredLink] = []
    for rule in kind.fields:
        value: Any = named[rule.name].value if rule.name in named else ""
        if rule.rel:
            links += [DeclaredLink(rule.rel, rule.name, text, rule.to, None) for text in as_list(value)]
        for column in (column for column in rule.columns if column.rel):
            rows = enumerate(as_rows(rule, value))
            links += [
                DeclaredLink(column.rel, rule.name, row[column.name], column.to, index)
                for index, row in rows
                if column.name in row
            ]
    return links


def _text(named: Mapping[str, Field], name: str) -> str:
    """The field as one text: of a list, its first."""
    texts = as_list(named[name].value) if name in named else ()
    return texts[0] if texts else ""


def _composed(template: str, named: Mapping[str, Field]) -> str:
    """Fill a template; empty where it is, or where a field it names is not stated."""
    words = {name: _text(named, name) for _, name, _, _ in string.Formatter().parse(template) if name}
    if not template or not all(words.values()):
        return ""
    if "rev" in words:
        words["rev"] = _REV_WORD.sub("", words["rev"], count=1)
    return template.format(**words)


def _short(text: str) -> str:
    """The first line or sentence, at most LONGEST_TITLE characters."""
    line = " ".join(next(iter(text.strip(" #\t\r\n").splitlines()), "")[:1000].split())
    sentence = re.split(r"(?<=[a-zäöüß]{2}[.!?])\s+(?=[A-ZÄÖÜ])", line)[0]
    if len(sentence) <= LONGEST_TITLE:
        return sentence.rstrip(".")
    return sentence[:LONGEST_TITLE].rsplit(" ", 1)[0] + " …"
