from __future__ import annotations

import pytest

from archive.errors import Invalid, NotFound
from archive.records import RELATIONS, FieldRule, load_kinds

SPINE = (
    "product",
    "part",
    "controlled_document",
    "party",
    "authority",
    "revision",
    "change_request",
    "assessment",
    "decision",
    "communication",
    "authorisation",
    "incorporation",
    "plan",
)

LEGAL = {*RELATIONS, *RELATIONS.values()} - {""}


def rules() -> list[FieldRule]:
    fields = [rule for kind in load_kinds() for rule in kind.fields]
    return [*fields, *(column for rule in fields for column in rule.columns)]


def test_the_kinds_of_the_package_are_there_and_say_what_they_are_for() -> None:
    kinds = load_kinds()

    assert set(SPINE) <= set(kinds.names)
    assert all(kind.title and kind.help.endswith(".") for kind in kinds)
    assert all(rule.help.endswith(".") for rule in rules())


def test_every_reference_states_a_relation_that_exists() -> None:
    assert {rule.rel for rule in rules() if rule.type == "ref"} <= LEGAL


def test_a_change_request_needs_little_to_be_received() -> None:
    kind = load_kinds().get("change_request")

    assert [rule.name for rule in kind.fields if rule.required] == ["requester", "requested_on", "description"]
    asked = {rule.name: rule.asked_at for rule in kind.fields if rule.asked_at}
    assert (asked["relevance"], asked["affects"]) == ("screened", "assessed")


def test_no_word_means_two_fields_of_one_kind() -> None:
    for kind in load_kinds():
        own = [rule.name for rule in kind.fields]
        assert len(own) == len(set(own))
        assert all(kind.field(rule.name) is rule for rule in kind.fields)


def test_a_kind_is_found_by_name_title_and_abbreviation() -> None:
    kinds = load_kinds()

    assert {kinds.get(word).name for word in ("change_request", "Change Request", "ECR", "Änderungsantrag")} == {
        "change_request"
    }


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="did you mean `decision`"):
        load_kinds().get("desicion")
    with pytest.raises(NotFound, match="the kinds are assessment"):
        load_kinds().get("zzz")


def test_a_firm_adds_a_field_to_a_kind_and_keeps_the_rest() -> None:
    kinds = load_kinds({"part": '[fields.colour]\nhelp = "Its colour."\n[fields.unit]\nrequired = true\n'})
    part = kinds.get("part")

    colour, unit, number = part.field("Colour"), part.field("unit"), part.field("p/n")
    assert colour is not None and colour.type == "text"
    assert unit is not None and unit.required and "uom" in unit.synonyms
    assert number is not None and number.name == "part_no"
    assert load_kinds().get("part").field("colour") is None


def test_a_firm_adds_a_kind_with_the_fields_common_to_all() -> None:
    text = 'title = "Lesson"\nhelp = "What we learned."\n[fields.about]\ntype = "ref"\nrel = "cites"\nto = ["part"]\n'
    kind = load_kinds({"lesson": text}).get("lesson")

    assert [rule.name for rule in kind.fields][:3] == ["about", "id", "title"]
    assert kind.date == ("date",)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title = ", "not TOML"),
        ('help = "x"', "needs `title"),
        ('title = "x"\nhelp = "x"\nfeilds = 1', "did you mean `fields`"),
        ('title = "x"\nhelp = "x"\nfields = 1', "must be a table"),
        ('title = "x"\nhelp = "x"\ndate = ["when"]', "date names `when`"),
        ('title = "x"\nhelp = "x"\ndate = "title"', "which is a text"),
        ('title = "x"\nhelp = "x"\ndate = 3', "must be a text or a list"),
        ('title = "x"\nhelp = "x"\n[key]\ncompose = "{nr}"', "names `nr`"),
        ('title = "x"\nhelp = "x"\n[key]\ncompose = "{id.__class__}"', "names `id.__class__`"),
        ('title = "x"\nhelp = "x"\n[key]\ncompose = "{id"', "not a template"),
        ('title = "x"\nhelp = "x"\n[fields]\na = 1', "write it as a table"),
        ('title = "x"\nhelp = "x"\n[fields.A]\n', "small letters"),
        ('title = "x"\nhelp = "x"\n[fields.a]\ntype = "dat"', "did you mean `date`"),
        ('title = "x"\nhelp = "x"\n[fields.a]\nrequird = true', "did you mean `required`"),
        ('title = "x"\nhelp = "x"\n[fields.a]\nrequired = "yes"', "must be a bool"),
        ('title = "x"\nhelp = "x"\n[fields.a]\ntype = "enum"', "needs `choices"),
        ('title = "x"\nhelp = "x"\n[fields.a]\ntype = "ref"', "needs the relation"),
        ('title = "x"\nhelp = "x"\n[fields.a]\ntype = "ref"\nrel = "citse"', "did you mean `cites`"),
        ('title = "x"\nhelp = "x"\n[fields.a]\ntype = "ref"\nrel = "cites"\nto = ["prt"]', "did you mean `part`"),
        ('title = "x"\nhelp = "x"\n[fields.a]\ntype = "rows"', "rows need columns"),
        ('title = "x"\nhelp = "x"\n[fields.a]\nasked_at = "decidet"', "did you mean `decided`"),
        ('title = "x"\nhelp = "x"\n[fields.a]\nasked_at = "decided"\nrequired = true', "not both"),
    ],
)
def test_a_mistake_in_a_kind_file_is_named_with_its_file(text: str, words: str) -> None:
    with pytest.raises(Invalid) as caught:
        load_kinds({"lesson": text})

    assert any(problem.startswith("kinds/lesson.toml: ") and words in problem for problem in caught.value.problems)


def test_all_mistakes_of_all_kind_files_are_listed() -> None:
    with pytest.raises(Invalid) as caught:
        load_kinds({"a": 'title = "x"', "b": 'help = "x"', "Big Kind": 'title = "x"\nhelp = "x"'})

    assert len(caught.value.problems) == 3
