"""The keys that others rely on (CLI.md), and that stdout holds data only."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.running import Home, keys_of

READING = [
    ("search", "flow"),
    ("show", "D-000001"),
    ("show", "SPC-1001-02"),
    ("xref", "W-2"),
    ("why", "ECR-2024-0017", "W-2"),
    ("dangling",),
    ("status", "ECR-2024-0017"),
    ("verify",),
    ("inbox",),
    ("info",),
]


@pytest.mark.parametrize("args", READING, ids=" ".join)
def test_every_line_of_a_reading_verb_is_one_object_with_its_schema(firm: Home, args: tuple[str, ...]) -> None:
    done = firm.run(*args, "--json")
    assert all(row["schema"].endswith("/1") for row in done.json)
    assert "\x1b" not in done.out


KEYS = {
    ("search", "flow"): {
        *("ref", "title", "name", "score", "page", "snippet", "kind", "date", "digest", "keys", "parent"),
    },
    ("show", "ECR-2024-0017"): {"ref", "key", "text", "page"},
    ("show", "SPC-1001-02"): {"ref", "key", "text", "page", "in_force", "since", "by", "evidence"},
    ("xref", "W-2"): {
        *("source", "target", "rel", "status", "method", "confidence", "document", "page", "snippet", "raw"),
        *("depth", "edge"),
    },
    ("why", "ECR-2024-0017", "W-2"): {"path"},
    ("dangling",): {"raw", "count", "nearest"},
    ("status", "ECR-2024-0017"): {"state", "steps", "waiting_for", "waiting_on", "days", "findings"},
    ("inbox",): {"path", "status", "reason", "tries", "ref"},
}


@pytest.mark.parametrize("args", KEYS, ids=" ".join)
def test_the_keys_of_a_verb_are_spelled_as_promised(firm: Home, args: tuple[str, ...]) -> None:
    rows = [row for row in firm.run(*args, "--json").json if "truncated" not in row]
    assert rows
    assert KEYS[args] <= keys_of(rows)


def test_the_steps_of_a_change_say_when_by_whom_and_on_which_paper(firm: Home) -> None:
    [found] = firm.run("status", "ECR-2024-0017", "--json").json
    assert {"step", "done", "in_order", "date", "by", "evidence"} <= keys_of(found["steps"])
    assert found["state"] == "communicated"
    assert next(each["finding"] for each in found["findings"]) == "incorporated_without_authorisation"


def test_a_path_between_two_things_is_a_list_of_links(firm: Home) -> None:
    [found] = firm.run("why", "ECR-2024-0017", "W-2", "--json").json
    assert {"source", "target", "rel", "document", "page", "snippet", "edge"} <= keys_of(found["path"])


def test_the_receipts_of_add_have_their_keys(home: Home) -> None:
    rows = home.add(home.file("a.txt", "a paper"), home.file("b.pdf", b"%PDF-1.7 broken"))
    promised = {"status", "ref", "digest", "name", "media_type", "pages", "reason", "parts", "record"}
    assert promised <= keys_of(rows)


def test_a_list_that_was_cut_ends_with_a_line_that_says_so(firm: Home) -> None:
    *rows, last = firm.run("search", "--json", "-n", "2", "flow").json
    assert len(rows) == 2
    assert last["truncated"] is True
    assert last["total"] > 2
    whole = firm.run("search", "--json", "-n", "100", "flow").json
    assert len(whole) == last["total"]
    assert "truncated" not in whole[-1]


def test_pages_of_a_list_are_the_list(firm: Home) -> None:
    whole = firm.run("search", "-q", "-n", "100", "--sort", "title", "flow").lines
    parts = [
        firm.run("search", "-q", "-n", "3", "--offset", str(at), "--sort", "title", "flow").lines for at in (0, 3, 6)
    ]
    assert [ref for part in parts for ref in part] == whole[:9]


def test_findings_of_verify_have_their_keys(own_firm: Home) -> None:
    (own_firm.path / "tmp" / "left.part").write_bytes(b"left")
    [found] = own_firm.run("verify", "--json").json
    assert {"finding", "severity", "place"} <= set(found)
    assert found["finding"] == "left_in_tmp"


def test_cells_of_a_csv_are_no_formulas(home: Home) -> None:
    for name in ("=1+1.txt", "+1.txt", "-1.txt", "@sum.txt", "plain.txt"):
        home.file(name, f"formula {name}")
    home.add(home.desk)
    rows = list(csv.DictReader(io.StringIO(home.run("search", "--csv", "formula").out)))
    assert {row["name"] for row in rows} == {"'=1+1.txt", "'+1.txt", "'-1.txt", "'@sum.txt", "plain.txt"}


def test_control_characters_of_a_document_never_reach_the_screen(home: Home) -> None:
    home.add(home.file("a.txt", "alarm \x1b]0;owned and \x9b31m red and \u202egnp.exe"))
    for args in (("search", "alarm"), ("show", "D-000001", "--text"), ("search", "--csv", "alarm")):
        out = home.run(*args).out
        assert not any(mark in out for mark in "\x1b\x9b\u202e")
    assert "\\x9b31m" in home.run("show", "D-000001", "--text").out


def test_json_keeps_what_a_text_holds(home: Home) -> None:
    home.add(home.file("Prüfblatt \u202e.txt", "alarm \x1b red \x9b31m"))
    [row] = home.run("search", "--json", "alarm").json
    assert row["name"] == "Prüfblatt \u202e.txt"
    out = home.run("search", "--json", "alarm").out
    assert not any(mark in out for mark in "\x1b\x9b\u202e")
    assert json.loads(out)["snippet"].count("\x02") == 0


def test_the_real_program_keeps_data_and_words_apart(firm: Home) -> None:
    done = firm.process("search", "--json", "flow")
    assert next(row["schema"] for row in done.json) == "search/1"
    human = firm.process("search", "flow")
    assert "next: archive show 1" in human.err
    assert "next:" not in human.out
