"""The three forms of a lineage: safe, whole, narrow enough, and true to the published schema."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import types
import typing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import report as package
from archive.report import Lineage, as_html, as_json, as_text
from archive.report.nouns import Sentence
from archive.report.papers import bounds, exact, passage, plain
from tests.report.case import Case

SCHEMA = Path(package.__file__).parent / "templates" / "lineage-1.schema.json"
KEY = "ECR-2024-0017"


def described(hint: Any) -> dict[str, Any]:
    """The JSON Schema of one type of the model."""
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        properties = {name: described(inner) for name, inner in hints.items()}
        return {"type": "object", "properties": properties, "required": list(hints), "additionalProperties": False}
    if origin is tuple:
        return {"type": "array", "items": described(args[0])}
    if origin is typing.Literal:
        return {"enum": list(args)}
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [described(arg) for arg in args]}
    formats = {date: "date", datetime: "date-time"}
    if hint in formats:
        return {"type": "string", "format": formats[hint]}
    return {"type": {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null"}[hint]}


def problems(value: Any, schema: dict[str, Any], place: str = "$") -> list[str]:
    """Where a value is not as the schema says."""
    if "anyOf" in schema:
        return [] if any(not problems(value, each) for each in schema["anyOf"]) else [f"{place}: none fits"]
    if "enum" in schema:
        return [] if value in schema["enum"] else [f"{place}: {value!r}"]
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    kind = kinds.get(schema["type"], int if schema["type"] == "integer" else (int, float))
    if not isinstance(value, kind):
        return [f"{place}: {value!r} is no {schema['type']}"]
    if isinstance(value, list):
        return [each for at, inner in enumerate(value) for each in problems(inner, schema["items"], f"{place}[{at}]")]
    if isinstance(value, dict):
        if list(value) != schema["required"]:
            return [f"{place}: {sorted(set(value) ^ set(schema['required']))}"]
        return [
            each
            for name, inner in value.items()
            for each in problems(inner, schema["properties"][name], f"{place}.{name}")
        ]
    return []


def test_the_published_schema_is_that_of_the_model() -> None:
    made = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "lineage/1", **described(Lineage)}
    text = json.dumps(made, indent=1, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        SCHEMA.write_text(text, encoding="utf-8")
    assert SCHEMA.read_text("utf-8") == text


@pytest.mark.parametrize("key", [KEY, "ECR-2024-0023", "SPC-1001-02", "D-000001"])
def test_the_json_is_as_the_schema_says(case: Case, key: str) -> None:
    value = json.loads(as_json(case.report(key)))
    assert problems(value, json.loads(SCHEMA.read_text("utf-8"))) == []
    assert value["schema"] == "lineage/1"


def test_the_page_fetches_nothing_and_runs_nothing(case: Case) -> None:
    page = as_html(case.report(KEY))
    assert not re.search(r"<script|<img|<link|<iframe|javascript:|url\(|@import|\son\w+=", page, re.IGNORECASE)
    assert set(re.findall(r'href="(.)', page)) == {"#"}
    assert "http:" not in page
    assert "https:" not in page


def test_every_cite_of_the_page_leads_to_a_row(case: Case) -> None:
    page = as_html(case.report(KEY))
    names = re.findall(r'\sid="([^"]+)"', page)
    assert len(names) == len(set(names))
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(names)


def test_the_answer_comes_first(case: Case) -> None:
    page = as_html(case.report(KEY))
    assert re.findall(r"<h2>([^<]+)", page)[:2] == ["The answer", "Authorisation beside incorporation"]


def test_the_text_is_eighty_columns_wide_but_for_what_must_not_be_broken(case: Case) -> None:
    wide = [line for line in as_text(case.report(KEY)).splitlines() if len(line) > 80]
    assert all(line.startswith("  sha256sum") for line in wide)


@pytest.mark.parametrize("key", [KEY, "SPC-1001-02"])
def test_no_line_of_the_text_is_a_mark_alone_and_no_word_is_cut(case: Case, key: str) -> None:
    lines = as_text(case.report(key)).splitlines()
    assert not {"*", "!", "-", ":"} & {line.strip() for line in lines}
    assert not any(line.startswith(":") for line in lines)


def test_a_quotation_is_printed_once_in_the_text(case: Case) -> None:
    report = case.report(KEY)
    body = as_text(report).partition("EVIDENCE\n========")[0]
    assert all(body.count(f'  {row.id} [{row.document} p.{row.page} "') <= 1 for row in report.evidence)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
def test_hostile_words_stay_words(words: str) -> None:
    report = hostile(f"<script>alert(1)</script>\x1b[31m\"'&{words}")
    page = as_html(report)
    assert "<script>" not in page
    assert "\x1b" not in page
    assert "\\x1b[31m" in page
    text = as_text(report)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert json.loads(as_json(report))["answer"][0]["text"] == report.answer[0].text


def hostile(words: str) -> Lineage:
    """A report with nothing in it but these words, wherever a paper's words may stand."""
    cover = package.nouns.Cover(
        words, words, words, words, words, 1, None, date(2024, 1, 1), date(2024, 1, 1), "", "", ""
    )
    empty: dict[str, Any] = {
        field.name: () for field in dataclasses.fields(Lineage) if field.name not in ("schema", "cover", "integrity")
    }
    integrity = package.nouns.Integrity(0, 0, words, (words,))
    sentence = Sentence(words, words, True, ())
    return Lineage(schema="lineage/1", cover=cover, integrity=integrity, **{**empty, "answer": (sentence,)})


@given(st.text(alphabet="ab .\n-Z1:", min_size=1, max_size=80), st.data())
def test_a_passage_stands_on_its_page_and_holds_its_place(page: str, draw: st.DataObject) -> None:
    start = draw.draw(st.integers(0, len(page) - 1))
    end = draw.draw(st.integers(start + 1, len(page)))
    words = passage(page, start, end)
    assert words in plain(page)
    assert plain(page[start:end]) in words
    assert bounds(page)[0] == 0


@given(st.text(max_size=60), st.text(max_size=60))
def test_words_are_exact_only_where_they_stand(words: str, page: str) -> None:
    assert all(piece in plain(page) for piece in exact(words, page))
