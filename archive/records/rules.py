"""What a kind of record is: its fields, their types, and the words people use for them."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from archive.errors import NotFound

TYPES = (
    "text",
    "longtext",
    "date",
    "datetime",
    "money",
    "qty",
    "bool",
    "enum",
    "range",
    "person",
    "ref",
    "rows",
)

STEPS = (
    "received",
    "screened",
    "assessed",
    "presented",
    "decided",
    "communicated",
    "authorised",
    "planned",
    "incorporated",
    "verified",
    "closed",
)

RELATIONS: Mapping[str, str] = {
    "cites": "cited_by",
    "affects": "affected_by",
    "implements": "implemented_by",
    "supersedes": "superseded_by",
    "revision_of": "has_revision",
    "part_of": "has_part",
    "assesses": "assessed_by",
    "decides": "decided_by",
    "authorises": "authorised_by",
    "verifies": "verified_by",
    "conveys": "conveyed_by",
    "communicated_to": "informed_of",
    "acknowledges": "acknowledged_by",
    "requires": "required_by",
    "fulfils": "fulfilled_by",
    "evidences": "evidenced_by",
    "raised_from": "led_to",
    "concerns": "",
    "ships": "",
    "sells": "",
    "returns": "",
    "issued_to": "",
    "member_of": "",
    "attachment_of": "has_attachment",
    "issue_of": "issued_as",
    "answers": "answered_by",
    "version_of": "",
    "same_as": "",
}
"""Each relation and the name of its inverse, empty where it has none."""

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a record, said so that its author can put it right.

    Attributes:
        field: the field's name; empty where it is about the whole.
        line: line in the file, from 1; 0 where there is none.
        message: one sentence that names the field and says what to do.
        severity: `error` = the statement cannot be used; `warning` = it can, but says less than it seems to.
    """

    field: str
    line: int
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"line {self.line}: {self.message}" if self.line else self.message


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of a kind, or one column of its rows.

    Attributes:
        required: a record without it is not complete.
        asked_at: the step of a change that needs it; empty where none does. Never also `required`.
        many: a list of values of this type.
        choices, also: the words of an enum, and other words that mean one of them.
        to: kinds a `ref` may name, empty = anything on file; a `person` is a party.
        rel: relation the reference states, read from the record to what it names; it may be an inverse
            (`evidenced_by`), which then holds from the target to the record. Empty = no link.
        significant: a change of it makes links to the record suspect.
        prose: rows that may also be told in sentences.
        columns: of `rows`; the first is what a bare text in place of a row means.
    """

    name: str
    type: str
    help: str = ""
    required: bool = False
    asked_at: str = ""
    many: bool = False
    choices: tuple[str, ...] = ()
    also: Mapping[str, str] = field(default_factory=dict)
    to: tuple[str, ...] = ()
    rel: str = ""
    significant: bool = False
    prose: bool = False
    synonyms: tuple[str, ...] = ()
    columns: tuple[FieldRule, ...] = ()

    @property
    def is_narrative(self) -> bool:
        """Whether it is usually told under a heading of its own."""
        return self.type == "longtext" or self.prose

    def column(self, label: str) -> FieldRule | None:
        """The column known by this name or synonym, whatever its case and punctuation."""
        return labelled(self.columns).get(slug(label))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record.

    Attributes:
        date: names of the fields that hold its date, the first stated one counts. Where `date` is not among them,
            the word `date` means the first.
        scheme: template of its keys, `ECR-{year:4}-{n:04}`; empty where the firm chooses them or they are composed.
        prefix: how a chosen key begins.
        compose: the key made from the fields that name it, `{of} rev {rev}`, where no `id` is stated.
        title_from: the title made from fields, first template whose fields are all stated.
        fields: its own in the order of the form, then those common to all kinds.
    """

    name: str
    title: str
    help: str
    date: tuple[str, ...]
    fields: tuple[FieldRule, ...]
    scheme: str = ""
    prefix: str = ""
    compose: str = ""
    title_from: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    labels: Mapping[str, FieldRule] = field(default_factory=dict, repr=False, compare=False)

    def field(self, label: str) -> FieldRule | None:
        """The field known by this name or synonym, whatever its case and punctuation."""
        return self.labels.get(slug(label))


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds in force: those of the package under those of the firm."""

    by_name: Mapping[str, Kind]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted(self.by_name))

    def find(self, name: str) -> Kind | None:
        """The kind by its name, title or synonym (`ECR`, `Change request`), or None."""
        wanted = slug(name)
        found = self.by_name.get(wanted)
        if found is not None or not wanted:
            return found
        return next((kind for kind in self if wanted in map(slug, (kind.title, *kind.synonyms))), None)

    def get(self, name: str) -> Kind:
        """Return the kind; raise NotFound with the nearest name where there is none."""
        found = self.find(name)
        if found is None:
            raise NotFound(f"there is no kind of record called {shown(name)}{self.instead(name)}")
        return found

    def instead(self, name: str) -> str:
        """What to type in place of an unknown kind, as the end of a sentence."""
        near = nearest(slug(name), self.names)
        return f"; did you mean `{near}`?" if near else f"; the kinds are {', '.join(self.names)}"

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.by_name.values())


def slug(label: str) -> str:
    """Fold a label to a field name: `Requested by:` is `requested_by`."""
    return re.sub(r"[\W_]+", "_", unicodedata.normalize("NFKC", label).casefold()).strip("_")


def nearest(name: str, among: Iterable[str]) -> str:
    """The name most like this one, or an empty text where none is near."""
    found = [] if len(name) > 60 else difflib.get_close_matches(name, list(among), n=1, cutoff=0.7)
    return found[0] if found else ""


def shown(text: str) -> str:
    """Quote what was typed for a message: one line, control characters visible, at most 60 characters."""
    line = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return f"`{line if len(line) <= 60 else line[:59] + '…'}`"


def labelled(rules: Iterable[FieldRule]) -> dict[str, FieldRule]:
    """Map every name and synonym, folded, to its field; a name beats a synonym, the first synonym a later one."""
    rules = tuple(rules)
    labels = {slug(rule.name): rule for rule in rules}
    for rule in rules:
        for word in rule.synonyms:
            labels.setdefault(slug(word), rule)
    return labels
