"""Settings: read, checked with every problem listed, and taken into the log when the house's part changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import Invalid
from archive.settings import HOUSE, MACHINE, House, house_of, load, parse
from tests.running import Home


def problems(text: str) -> tuple[str, ...]:
    with pytest.raises(Invalid) as caught:
        parse(text, {})
    return caught.value.problems


def test_no_settings_at_all_are_the_defaults(tmp_path: Path) -> None:
    found = load(tmp_path)
    assert dict(found.house.values) == dict(HOUSE)
    assert dict(found.machine) == dict(MACHINE)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[house]\ntimzone = 'UTC'", "did you mean timezone?"),
        ("[machine]\nsettle = 1.0", "did you mean settle_s?"),
        ("[hause]\n", "did you mean house?"),
        ("[house]\nxyzzy = 1", "xyzzy is not a setting"),
        ("[house]\nkinds = {}", "kinds is not a setting"),
        ("[house]\ntimezone = 'Nowhere/Town'", "is not a time zone"),
        ("[house]\ntimezone = ''", "is not a time zone"),
        ("[house]\ntimezone = '../../etc/passwd'", "is not a time zone"),
        ("[house]\ntimezone = 'Europe'", "is not a time zone"),
        ("[house]\ndate_order = 'backwards'", "day-first, month-first, iso"),
        ("[house]\ncontrol_from = '31.5.2024'", "is not a date"),
        ("[house]\nlanguages = []", "two-letter codes"),
        ("[house]\nlanguages = ['english']", "two-letter codes"),
        ("[house]\nlanguages = 'en'", "a list is expected"),
        ("[house]\nreply_days = -1", "at least 0"),
        ("[house]\nreply_days = true", "a whole number is expected"),
        ("[house]\nname = 7", "a text in quotes is expected"),
        ("[[house.schemes]]\ntemplate = 'SPC-{n:4}'", "template and kind are expected"),
        ("[house]\nschemes = ['SPC']", "template and kind are expected"),
        ("house = 3", "must be a table"),
        ("[machine]\npoll = 'yes'", "true or false is expected"),
        ("[machine]\nmemory_mb = 10", "at least 256"),
        ("[machine]\nengine = 'grep'", "tantivy only"),
        ("[machine]\nwatch = [7]", "watch"),
        ("[machine]\nsettle_s = nan", "settle_s"),
        ("[house]\nname = \n", "not written as it should be"),
        ("[house]\nname = 'a'\nname = 'b'\n", "not written as it should be"),
    ],
)
def test_a_wrong_setting_is_said_in_words_that_help(text: str, words: str) -> None:
    assert any(words in problem for problem in problems(text)), problems(text)


def test_all_problems_are_listed_at_once() -> None:
    found = problems("[house]\ntimzone = 'x'\ndate_order = 'y'\n[machine]\nmemory_mb = 1\npoll = 3\n")
    assert len(found) == 4
    assert all(each.startswith("archive.toml: ") for each in found)


def test_a_date_may_be_written_with_and_without_quotes() -> None:
    for text in ("control_from = 2024-05-31", "control_from = '2024-05-31'"):
        assert parse(f"[house]\n{text}", {}).house.values["control_from"] == "2024-05-31"


def test_a_house_part_goes_through_the_log_unchanged() -> None:
    house = parse("[house]\nname = 'Murmelbach'\nreply_days = 3\n", {"return": "text"}).house
    back = house_of(dict(house.values), 7)
    assert dict(back.values) == dict(house.values)
    assert (back.seq, back.name, back.days("reply_days"), back.kinds) == (7, "Murmelbach", 3, {"return": "text"})


def test_a_house_part_of_an_older_program_has_defaults_for_what_it_lacks() -> None:
    assert house_of({"name": "old"}, 1).date_order == "iso"


def test_a_civil_day_is_the_house_s_own() -> None:
    moment = datetime(2024, 5, 31, 23, 30, tzinfo=UTC)
    assert House().civil(moment) == date(2024, 5, 31)
    assert house_of({"timezone": "Europe/Berlin"}, 1).civil(moment) == date(2024, 6, 1)


_VALUES: st.SearchStrategy[Any] = st.one_of(st.text(max_size=5), st.integers(-5, 5), st.booleans())


@given(st.dictionaries(st.sampled_from(sorted(HOUSE)), _VALUES), st.sampled_from(sorted(HOUSE)), _VALUES)
def test_a_section_s_fingerprint_changes_exactly_when_the_section_does(
    values: dict[str, Any], name: str, value: Any
) -> None:
    before, after = house_of(values, 1), house_of({**values, name: value}, 2)
    same = [before.values[name]] == [after.values[name]] and type(before.values[name]) is type(value)
    for section in HOUSE:
        alike = before.digest((section,)) == after.digest((section,))
        assert alike == (section != name or same)


# In an archive ----------------------------------------------------------------------------------------------


def test_invalid_settings_end_every_start_with_five_and_every_problem(home: Home) -> None:
    (home.path / "archive.toml").write_text("[house]\ntimzone = 'UTC'\ndate_order = 'x'\n")
    for verb in (("search", "x"), ("add", home.file("a.txt", "a")), ("watch", "--once"), ("verify",)):
        done = home.run(*verb)
        assert done.code == 5
        assert "did you mean timezone?" in done.err
        assert "date_order" in done.err
        assert done.out == ""
    assert len(home_entries(home)) == 1


def home_entries(home: Home) -> list[str]:
    return (home.path / "log" / "00000001.jsonl").read_text().splitlines()


def test_a_changed_house_part_is_one_entry_and_a_changed_machine_part_none(home: Home) -> None:
    settings = home.path / "archive.toml"
    home.add(home.file("a.txt", "a paper"))
    settings.write_text(settings.read_text() + "\nworkers = 1\n")
    home.add(home.file("b.txt", "another paper"))
    assert len(home.entries("settings")) == 1
    settings.write_text(settings.read_text().replace('"iso"', '"day-first"'))
    for name in ("c.txt", "d.txt"):
        home.add(home.file(name, f"paper {name}"))
    [_, changed] = home.entries("settings")
    assert changed.body["house"]["date_order"] == "day-first"


def test_a_reading_verb_takes_no_settings_into_the_log(home: Home) -> None:
    (home.path / "archive.toml").write_text("[house]\nname = 'Another'\n")
    home.run("search", "x")
    home.run("verify")
    assert len(home.entries()) == 1


def test_the_firm_s_own_kinds_are_part_of_the_house(home: Home) -> None:
    (home.path / "kinds" / "permit.toml").write_text("title = 'Permit'\nhelp = 'May be built.'\n")
    home.add(home.file("a.txt", "a paper"))
    assert home.entries("settings")[-1].body["house"]["kinds"] == {
        "permit": "title = 'Permit'\nhelp = 'May be built.'\n"
    }


def test_settings_that_cannot_be_read_are_invalid(home: Home) -> None:
    (home.path / "archive.toml").write_bytes(b"[house]\nname = '\xff'\n")
    assert home.run("search", "x").code == 5


def test_settings_that_were_deleted_are_the_defaults(home: Home) -> None:
    (home.path / "archive.toml").unlink()
    assert home.add(home.file("a.txt", "a paper"))[0]["status"] == "stored"


def test_derived_may_lie_elsewhere(home: Home) -> None:
    elsewhere = home.desk / "derived elsewhere"
    (home.path / "archive.toml").write_text(f'[machine]\nderived = "{elsewhere}"\n')
    home.add(home.file("a.txt", "gaskets"))
    assert home.found("gaskets") == ["D-000001"]
    assert (elsewhere / "catalog").is_dir()


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("archive.toml", "[[house.schemes]]\ntemplate = 'SPC-{zz'\nkind = 'controlled_document'\n", "brackets"),
        ("kinds/permit.toml", "title = [\n", "kinds/permit.toml"),
        ("kinds/permit.toml", "titel = 'Permit'\n", "kinds/permit.toml"),
    ],
)
def test_schemes_and_kinds_that_cannot_be_used_never_reach_the_log(
    home: Home, file: str, text: str, words: str
) -> None:
    sound = (home.path / file).read_text() if (home.path / file).exists() else None
    (home.path / file).write_text(text)
    done = home.run("add", home.file("a.txt", "gaskets"))
    assert done.code == 5
    assert words in done.err
    assert len(home.entries()) == 1
    (home.path / file).write_text(sound) if sound else (home.path / file).unlink()
    assert home.add(home.file("a.txt", "gaskets"))[0]["status"] == "stored"


def test_an_archive_is_not_begun_with_settings_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "own.toml").write_text("[[house.schemes]]\ntemplate = 'SPC-{zz'\nkind = 'controlled_document'\n")
    with pytest.raises(Invalid):
        Home(tmp_path / "home", tmp_path / "desk").init(tmp_path / "own.toml")
    assert not (tmp_path / "home").exists()
