"""Markdown; with front matter that states a `kind:` it is a structured record."""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from archive.errors import Invalid
from archive.ingest.readers import Context
from archive.ingest.readers.events import MAX_TEXT, Event, Problem, RecordKey, one_line, safe
from archive.ingest.readers.text import load, page_of
from archive.model import Field, Meta
from archive.records import Kinds, date_of, key_of, load_kinds, read_front_matter, title_of, validate

VERSION = "1"
LIBRARY = "PyYAML"
_HEADING = re.compile(r"^#{1,2}[ \t]+(.+?)[ \t#]*$", re.MULTILINE)


def read(path: Path, context: Context) -> Iterator[Event]:
    text, problems = load(path)
    yield from problems
    if len(text) > MAX_TEXT:
        yield Problem(f"the text beyond {MAX_TEXT} characters is left out")
    text = safe(text[:MAX_TEXT])
    yield page_of(text)
    try:
        kinds = _kinds(tuple(sorted(context.kinds.items())))
    except Invalid as problem:
        yield Problem(f"the archive's own kinds are not used: {problem}")
        kinds = load_kinds()
    fields, body, doubts = read_front_matter(text, kinds)
    if any(field.name == "kind" for field in fields):
        yield from (Problem(_place(doubt.line, doubt.message)) for doubt in doubts)
        yield from _record(fields, body, kinds, context.date_order)
    else:
        yield from _note(fields, body)


def _record(fields: list[Field], body: str, kinds: Kinds, date_order: str) -> Iterator[Event]:
    yield from fields
    stated = next(field.value for field in fields if field.name == "kind")
    kind = kinds.find(stated) if isinstance(stated, str) else None
    for doubt in validate(kind or str(stated), fields, kinds, date_order=date_order):
        yield Problem(_place(doubt.line, doubt.message))
    if kind is None:
        return
    key = key_of(kind, fields)
    if key:
        yield RecordKey(kind.name, key)
    yield Meta("title", one_line(title_of(kind, fields, body)), "record")
    day = date_of(kind, fields, date_order)
    if day:
        yield Meta("date", day.isoformat(), "record")


def _note(fields: list[Field], body: str) -> Iterator[Event]:
    """Take a title from front matter that is not a record's, else from the first heading."""
    stated = next((field.value for field in fields if field.name == "title" and isinstance(field.value, str)), "")
    heading = _HEADING.search(body)
    if stated.strip():
        yield Meta("title", one_line(stated), "embedded")
    elif heading:
        yield Meta("title", one_line(heading[1]), "first page")


def _place(line: int, message: str) -> str:
    return f"line {line}: {message}" if line else message


def warm_up(job: Mapping[str, Any]) -> None:
    """Compile the kinds, and read a record of our own to load all that reading one needs."""
    with contextlib.suppress(Invalid):
        kinds = _kinds(tuple(sorted(job["kinds"].items())))
        fields, body, _ = read_front_matter("---\nkind: product\nid: P-1\ndate: 2024-01-02\n---\n", kinds)
        list(_record(fields, body, kinds, job["date_order"]))


@functools.lru_cache(maxsize=4)
def _kinds(own: tuple[tuple[str, str], ...]) -> Kinds:
    return load_kinds(dict(own))
