"""What format 1 defines, and that its page says the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archive.store.actions import ACTIONS, VALUES, documents_of, mentioned_in, objects_of

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "format.md").read_text(encoding="utf-8")


def _row(title: str, action: str) -> str:
    table = PAGE[PAGE.index(title) :]
    found = re.search(rf"^\| `{action}` \|.*$", table, re.MULTILINE)
    assert found, f"{action} has no row under {title}"
    return found[0]


def test_the_page_lists_exactly_the_actions_there_are() -> None:
    table = PAGE[PAGE.index("| action | keys |") : PAGE.index("| action | objects |")]
    assert re.findall(r"^\| `([a-z ]+)` \|", table, re.MULTILINE) == list(ACTIONS)


@pytest.mark.parametrize("action", ACTIONS)
def test_the_page_says_which_keys_name_objects_and_documents(action: str) -> None:
    names = ACTIONS[action]
    if any(names):
        cells = _row("| action | objects |", action).split("|")[2:5]
        assert [tuple(re.findall(r"`([a-z_.]+)`", cell)) for cell in cells] == list(names)


@pytest.mark.parametrize("action", VALUES)
def test_the_page_lists_every_value_that_decides_a_meaning(action: str) -> None:
    key, values = VALUES[action]
    row = _row("| action | keys |", action)
    assert all(f"`{each}`" in row for each in (key, *values))


def test_names_are_found_inside_keys_and_lists_and_nothing_is_made_of_null() -> None:
    body = {"number": "D-000002", "text": "aa", "more": None, "parts": ["D-000003", "D-000004"], "version_of": None}
    assert objects_of("reading", body) == ["aa"]
    assert documents_of("reading", body) == ["D-000002"]
    assert mentioned_in("reading", {**body, "version_of": {"number": "D-000001"}}) == [
        *("D-000002", "D-000003", "D-000004", "D-000001")
    ]
    assert mentioned_in("accession", {"number": "D-000001", "parent": None}) == ["D-000001"]
