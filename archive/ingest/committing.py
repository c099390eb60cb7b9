"""Committing readings: texts and parts made durable, then one group under the lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive.catalog import Catalog, Document
from archive.errors import NotFound
from archive.ingest import accession as custody
from archive.ingest.accession import Taken
from archive.ingest.reading import entry_of, more_of, numbers_in_title, text_of
from archive.ingest.sandbox import Outcome
from archive.schemes import BUILT_IN, compile_schemes
from archive.store import Staged, Store

if TYPE_CHECKING:
    from archive.ingest.intake import Rules

_NESTED = "what is inside it lies too deep and was left inside"


@dataclass(frozen=True, slots=True)
class Heard:
    """One document's outcome on its way into the log.

    Attributes:
        with_parts: whether parts are taken in as documents of their own.
        again: a new reading of a document that has one.
    """

    number: str
    name: str
    source: str
    outcome: Outcome
    with_parts: bool = True
    again: bool = False


@dataclass
class Wrote:
    """What was committed for one document: the reading's body, its number in the log, the parts new to the archive."""

    body: Mapping[str, Any]
    seq: int
    new_parts: list[Document] = field(default_factory=list)


@dataclass
class _Ready:
    """A document's reading with everything durable that it names."""

    heard: Heard
    body: dict[str, Any]
    text: str
    parts: list[Taken]


def commit_readings(store: Store, fresh: Callable[[], Catalog], heard: Sequence[Heard], rules: Rules) -> list[Wrote]:
    """Commit the readings of one group, with the accessions of the parts found inside.

    A document that somebody else read meanwhile keeps that reading, unless this one was asked for.

    Raises:
        Busy, CannotWrite: nothing of the group counts; the documents stay unread and a later run reads them.
    """
    ready = _durable(store, heard, rules)
    with store.writing(rules.wait_s) as session:
        catalog = fresh()
        group = _Group(store, catalog, rules)
        for each in ready:
            group.add(each)
        entries = session.commit(group.drafts, rules.actor, rules.clock())
    first = entries[0].seq if entries else 0
    catalog = fresh()
    return [
        Wrote(body, first + at if at >= 0 else 0, [catalog.document(number) for number in new])
        for body, at, new in group.wrote
    ]


def _durable(store: Store, heard: Sequence[Heard], rules: Rules) -> list[_Ready]:
    told = {"ocr": rules.ocr, "languages": list(rules.ocr_languages)}
    staged: list[Staged] = []
    ready = []
    for each in heard:
        body = entry_of(each.number, each.name, each.outcome, told)
        text, more = text_of(each.outcome.reading), more_of(each.outcome.reading)
        for name, content in (("text", text), ("more", more)):
            if content is not None:
                staged.append(store.objects.stage([content], len(content)))
                body[name] = staged[-1].digest
        parts = []
        if each.with_parts:
            parts = [
                custody.copy_part(store, part.path, part.name, (each.number, part.relation))
                for part in each.outcome.parts
            ]
        elif each.outcome.parts:
            body["problems"].append(_NESTED)
        staged += [part.staged for part in parts]
        ready.append(_Ready(each, body, (text or b"").decode(), parts))
    store.objects.settle(staged)
    return ready


class _Group:
    """The drafts of one group, decided against the catalog as it is under the lock."""

    def __init__(self, store: Store, catalog: Catalog, rules: Rules) -> None:
        self.store, self.catalog = store, catalog
        self.schemes = compile_schemes((*rules.house.schemes, *BUILT_IN))
        self.number = catalog.next_number()
        self.drafts: list[tuple[str, Mapping[str, Any]]] = []
        self.wrote: list[tuple[Mapping[str, Any], int, list[str]]] = []
        self._own: dict[str, str] = {}
        self._keys: dict[tuple[str, str], str] = {}

    def add(self, ready: _Ready) -> None:
        document = self.catalog.document(ready.heard.number)
        if document.status != "unread" and not ready.heard.again:
            self.wrote.append(({**ready.body, "status": document.status}, -1, []))
            return
        new: list[str] = []
        ready.body["parts"] = [self._part(part, new) for part in ready.parts]
        ready.body["version_of"] = self._version_of(document, ready)
        self.drafts.append(("reading", ready.body))
        self.wrote.append((ready.body, len(self.drafts) - 1, new))

    def _part(self, part: Taken, new: list[str]) -> str:
        verdict, kept = custody.decide(self.catalog, part)
        known = self._own.get(part.staged.digest) or (kept.number if kept else None)
        if known is None:
            known = f"D-{self.number:06d}"
            self.number += 1
            self._own[part.staged.digest] = known
            self.drafts.append(custody.accession(part, known))
            new.append(known)
        elif verdict != "seen":
            self.drafts.append(custody.occurrence(part, known))
        return known

    def _version_of(self, document: Document, ready: _Ready) -> dict[str, Any] | None:
        """A later state of one document: the same record key and kind, or the same left-in-place path."""
        if document.version_of:
            return {"number": document.version_of, "method": "stated before", "evidence": ""}
        record = ready.body["record"]
        if record:
            return self._by_key(document, record)
        older = self._older_at(document) if document.source else None
        if older is None or older.key:
            return None
        before, now = self._numbers(older), numbers_in_title(ready.text, self.schemes)
        if before and now and before != now:
            return None
        compared = f"numbers in the title zones: {_spelled(before)} and {_spelled(now)}"
        return {"number": older.number, "method": "path", "evidence": f"the same path; {compared}"}

    def _by_key(self, document: Document, record: Mapping[str, str]) -> dict[str, Any] | None:
        name = (record["kind"], record["key"].casefold())
        before = self._keys.get(name)
        self._keys[name] = document.number
        if before is None:
            found = [
                each
                for each in self.catalog.by_key(record["key"])
                if each.kind == record["kind"] and each.seq < document.seq and not each.set_aside
            ]
            before = found[0].number if found else None
        if before is None or before == document.number:
            return None
        return {"number": before, "method": "key", "evidence": f"{record['kind']} {record['key']}"}

    def _older_at(self, document: Document) -> Document | None:
        return self.catalog.before_at_source(document.source, document.seq)

    def _numbers(self, older: Document) -> frozenset[tuple[str, str | None]]:
        if older.text is None:
            return frozenset()
        try:
            text = self.store.objects.read(older.text).decode()
        except NotFound:
            return frozenset()
        return numbers_in_title(text, self.schemes)


def _spelled(numbers: frozenset[tuple[str, str | None]]) -> str:
    return ", ".join(sorted(f"{key} rev {rev}" if rev else key for key, rev in numbers)) or "none"
