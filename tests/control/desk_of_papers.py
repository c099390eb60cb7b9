"""Papers in memory that change control can look at: records from their Markdown, links from their own fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

from archive.model import Edge, Evidence, Field, Record, Release
from archive.records import Kinds, by_name, key_of, links_of, load_kinds, read_front_matter
from archive.records.rules import Kind
from archive.schemes import BUILT_IN, compile_schemes
from archive.settings import House, parse
from archive.xref.declared import RecordOnFile, released
from archive.xref.names import named as named_node
from archive.xref.names import record_node, revision_order
from archive.xref.readings import Read
from archive.xref.relations import stored
from sample_corpus import make

SAMPLE = Path(make.__file__).parent
HOUSE = parse((SAMPLE / "archive.toml").read_text("utf-8"), {}).house
SCHEMES = compile_schemes((*HOUSE.schemes, *BUILT_IN))
ON_FILE = (*HOUSE.schemes, *BUILT_IN)


@dataclass
class Papers:
    """An OnFile in memory: `add` files a record, `keep` any other document; `seen` looks at other clocks."""

    today: date = date(2024, 12, 2)
    as_of: date | None = None
    upto: int | None = None
    house: House = HOUSE
    kinds: Kinds = field(default_factory=load_kinds)
    filed: list[Record] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    stated: list[Release] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def day(self) -> date:
        return self.as_of or self.today

    def seen(self, *, as_of: date | None = None, upto: int | None = None, today: date | None = None) -> Papers:
        return replace(self, as_of=as_of, upto=upto, today=today or self.today)

    def keep(self, name: str, *cites: str, words: str = "") -> str:
        """File a document that is no record, with what it cites."""
        number = f"D-{next(self.numbers):06}"
        self.names[name] = number
        for text in cites:
            self.link(f"document:{number}", "cites", self.named(text), number, words or text)
        return number

    def add(self, kind: str, key: str = "", **fields: object) -> Record:
        """File a record with these fields."""
        rule = self.kinds.get(kind)
        stated = [Field(name.rstrip("_"), value) for name, value in fields.items()]
        key = key or key_of(rule, stated)
        return self.take(rule, [Field("id", key), *stated], f"{key}.md")

    def read(self, path: Path) -> Record:
        fields, _, _ = read_front_matter(path.read_text("utf-8"), self.kinds)
        kind = self.kinds.get(next(each.value for each in fields if each.name == "kind"))
        return self.take(kind, [each for each in fields if each.name != "kind"], path.name)

    def take(self, kind: Kind, fields: Sequence[Field], name: str) -> Record:
        seq = next(self.numbers)
        number = f"D-{seq:06}"
        self.names[name] = number
        named = by_name(kind, fields)
        record = Record(kind.name, key_of(kind, fields), number, seq, datetime(2024, 12, 1, tzinfo=UTC), named)
        self.filed.append(record)
        of, rev = record.text("of"), record.text("rev")
        node = record_node(kind.name, record.key, of, rev, SCHEMES)
        on_file = RecordOnFile(node, kind, named, Read("", (), frozenset(), (), None, "", ""), number)
        for link in links_of(kind, named.values()):
            target, _ = named_node(link.target, link.kinds, SCHEMES)
            rel, swapped = stored(link.rel)
            ends = (target.name, node.name) if swapped else (node.name, target.name)
            self.link(ends[0], rel, ends[1], number, f"{link.field}: {link.target}", seq)
        if release := released(on_file, self.house.date_order):
            on, item = date.fromisoformat(release.on), release.node.master
            effective = date.fromisoformat(release.effective) if release.effective else None
            self.stated.append(Release(item, release.rev, on, release.by, release.evidence, seq, effective))
        return record

    def link(self, source: str, rel: str, target: str, document: str, words: str, seq: int | None = None) -> None:
        known = seq or int(document[2:])
        made = Edge("", source, rel, target, words, None, "declared", 1.0, document, 1, 0, 0, words, "ok", known)
        self.edges.append(made)

    def release(self, item: str, rev: str, by: str, on: date, evidence: Evidence | None = None) -> None:
        self.stated.append(Release(self.named(item), rev, on, by, evidence, next(self.numbers)))

    def _is_on_file(self, known: int) -> bool:
        return self.upto is None or known <= self.upto

    def _known(self) -> Iterable[Record]:
        return (each for each in self.filed if self._is_on_file(each.known))

    def _links(self) -> Iterable[Edge]:
        return (each for each in self.edges if self._is_on_file(each.known))

    def record(self, kind: str, key: str) -> Record | None:
        found = [each for each in self._known() if (each.kind, each.key.casefold()) == (kind, key.casefold())]
        return found[-1] if found else None

    def records(self, kind: str) -> Sequence[Record]:
        return sorted((each for each in self._known() if each.kind == kind), key=lambda each: each.key)

    def copies(self, record: Record) -> Sequence[Record]:
        return [each for each in self._known() if (each.kind, each.key) == (record.kind, record.key)]

    def stating(self, kind: str, rel: str, node: str) -> Sequence[Record]:
        documents = {each.document for each in self._links() if each.rel == rel and each.target == node}
        newest = {each.key: each for each in self._known() if each.kind == kind and each.document in documents}
        return list(newest.values())

    def named(self, text: str, *kinds: str) -> str:
        node, _ = named_node(text, kinds, SCHEMES)
        return "" if node.type.startswith("?") else node.name

    def links(self, node: str, *rels: str) -> Sequence[Edge]:
        return [each for each in self._links() if each.source == node and (not rels or each.rel in rels)]

    def is_cited(self, node: str) -> bool:
        return any(node in (each.source, each.target) for each in self._links())

    def revisions(self, item: str) -> Sequence[str]:
        start = f"revision:{item.partition(':')[2]} rev "
        nodes = {each.target for each in self._links() if each.rel == "issue_of"}
        nodes |= {
            record_node("revision", each.key, each.text("of"), each.text("rev"), SCHEMES).name
            for each in self.records("revision")
        }
        return sorted((node[len(start) :] for node in nodes if node and node.startswith(start)), key=revision_order)

    def releases(self, item: str) -> Sequence[Release]:
        return [
            each for each in self.stated if each.item == item and self._is_on_file(each.known) and each.on <= self.day
        ]

    def originals(self, text: str) -> Sequence[tuple[str, int]]:
        numbers = {number for name, number in self.names.items() if text in (name, number, name.removesuffix(".md"))}
        return [(number, 1) for number in sorted(numbers) if self._is_on_file(int(number[2:]))]

    def nearest(self, text: str, kind: str) -> str:
        from difflib import get_close_matches

        found = get_close_matches(text, [each.key for each in self.records(kind)], n=1)
        return found[0] if found else ""


def sample(*, later: bool) -> Papers:
    """The records of the sample, with its other papers by name; `later` adds the mail and the record that cites it."""
    papers = Papers()
    for path in sorted((SAMPLE / "inbox").iterdir()):
        if path.suffix != ".md":
            papers.keep(path.name)
    for path in sorted((SAMPLE / "inbox").glob("*.md")):
        papers.read(path)
    if later:
        file_later(papers)
    return papers


def file_later(papers: Papers) -> None:
    mail = "Re_ rated flow - your signature.eml"
    papers.keep(mail, "ECR-2024-0017", words="DEC-2024-0014, stands: ECR-2024-0017 is approved.")
    papers.read(SAMPLE / "later" / "authorisation rated flow.md")
