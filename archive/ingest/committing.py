"""Committing readings: texts and parts made durable, then one group under the lock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from archive.catalog import Catalog, Document
from archive.errors import Damaged, NotFound, Unreadable
from archive.ingest import accession as custody
from archive.ingest.accession import Taken, settle_again
from archive.ingest.reading import entry_of, more_of, numbers_in_title, text_of
from archive.ingest.sandbox import Outcome
from archive.model import folded, numbered
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
    copies: dict[str, Callable[[], Staged] | None]
    whole: bool = True


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
        gone = set(session.missing([digest for each in ready for digest in each.copies]))
        for each in ready:
            if each.whole and all(
                settle_again(store, digest, again) for digest, again in each.copies.items() if digest in gone
            ):
                group.add(each)
            else:
                group.pass_over(each)
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
        copies: dict[str, Callable[[], Staged] | None] = {}
        text, more = text_of(each.outcome.reading), more_of(each.outcome.reading)
        for name, content in (("text", text), ("more", more)):
            if content is not None:
                staged.append(store.objects.stage([content], len(content)))
                body[name] = staged[-1].digest
                copies[body[name]] = partial(store.objects.stage, [content], len(content))
        parts: list[Taken] = []
        whole = True
        if each.with_parts:
            whole = _copy_parts(store, each, parts)
        elif each.outcome.parts:
            body["problems"].append(_NESTED)
        staged += [part.staged for part in parts]
        copies |= {part.staged.digest: part.again for part in parts}
        ready.append(_Ready(each, body, (text or b"").decode(), parts, copies, whole))
    store.objects.settle(staged)
    return ready


def _copy_parts(store: Store, heard: Heard, parts: list[Taken]) -> bool:
    """Copy the parts that were found; False where one is gone, so that the document stays unread."""
    try:
        for part in heard.outcome.parts:
            parts.append(custody.copy_part(store, part.path, part.name, (heard.number, part.relation)))
    except Unreadable:
        return False
    return True


class _Group:
    """The drafts of one group, decided against the catalog as it is under the lock."""

    def __init__(self, store: Store, catalog: Catalog, rules: Rules) -> None:
        self.store, self.catalog = store, catalog
        self.schemes = compile_schemes((*rules.house.schemes, *BUILT_IN))
        self.number = catalog.next_number()
        self.drafts: list[tuple[str, Mapping[str, Any]]] = []
        self.wrote: list[tuple[Mapping[str, Any], int, list[str]]] = []
        self._own: dict[str, str] = {}
        self._keys: dict[tuple[str, str], list[Document]] = {}

    def add(self, ready: _Ready) -> None:
        document = self.catalog.document(ready.heard.number)
        if document.status != "unread" and not ready.heard.again:
            self.pass_over(ready)
            return
        new: list[str] = []
        ready.body["parts"] = [self._part(part, new) for part in ready.parts]
        ready.body["version_of"] = self._version_of(document, ready)
        self.drafts.append(("reading", ready.body))
        self.wrote.append((ready.body, len(self.drafts) - 1, new))

    def pass_over(self, ready: _Ready) -> None:
        """Write nothing: somebody else read it meanwhile, or what was read is gone; a later run reads it."""
        status = self.catalog.document(ready.heard.number).status
        self.wrote.append(({**ready.body, "status": "pending" if status == "unread" else status}, -1, []))

    def _part(self, part: Taken, new: list[str]) -> str:
        verdict, kept = custody.decide(self.catalog, part)
        known = self._own.get(part.staged.digest) or (kept.number if kept else None)
        if known is None:
            known = numbered(self.number)
            self.number += 1
            self._own[part.staged.digest] = known
            self.drafts.append(custody.accession(part, known))
            new.append(known)
        elif verdict != "seen":
            self.drafts.append(custody.occurrence(part, known))
        return known

    def _version_of(self, document: Document, ready: _Ready) -> dict[str, Any] | None:
        """A later state of one document: the same record key and kind, or the same left-in-place path.

        The ground says in fixed words what was compared: words of the other document would outlive it.
        """
        if document.version_of and document.reading:
            return dict(self.store.entries(document.reading - 1, document.reading)[0].body["version_of"])
        record = ready.body["record"]
        if record:
            return self._by_key(document, record)
        older = self.catalog.before_at_source(document.source, document.seq) if document.source else None
        if older is None or older.key:
            return None
        before, now = self._numbers(older), numbers_in_title(ready.text, self.schemes)
        if before and now and before != now:
            return None
        compared = "both title zones state the same number" if before and now else "no two numbers to compare"
        return {"number": older.number, "method": "path", "evidence": compared}

    def _by_key(self, document: Document, record: Mapping[str, str]) -> dict[str, Any] | None:
        name = (record["kind"], folded(record["key"]))
        found = [
            each
            for each in (*self._keys.get(name, ()), *self.catalog.by_key(record["key"]))
            if each.kind in (None, record["kind"]) and each.seq < document.seq and each.counts()
        ]
        self._keys.setdefault(name, []).append(document)
        if not found:
            return None
        before = max(found, key=lambda each: each.seq)
        return {"number": before.number, "method": "key", "evidence": "the same kind and key"}

    def _numbers(self, older: Document) -> frozenset[tuple[str, str | None]]:
        if older.text is None:
            return frozenset()
        try:
            text = self.store.objects.read(older.text).decode()
        except (NotFound, Damaged):
            return frozenset()
        return numbers_in_title(text, self.schemes)
