"""Items in a lineage: their revisions with what proves them, and what two issues say differently."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from difflib import SequenceMatcher

from archive.control.items import first_releases, key_of, revision_node
from archive.control.view import OnFile
from archive.model import Evidence, Release
from archive.report.chain import revision_words
from archive.report.exhibits import Exhibits
from archive.report.nouns import Difference, Revision
from archive.report.papers import LONGEST, cut, passages
from archive.xref.names import revision_order

MOST = 20
"""Differences of two issues that are shown."""
LONGEST_ISSUE = 1500
"""Passages of an issue beyond which two are not compared here."""

LONGEST_BLOCK = 40
"""Passages of one replaced block that are put beside each other."""


def revisions_of(view: OnFile, item: str, exhibits: Exhibits) -> tuple[Revision, ...]:
    """Every revision of an item that is on file or released, oldest first."""
    releases = {release.rev: release for release in first_releases(view, item)}
    names = sorted({*view.revisions(item), *releases}, key=revision_order)
    return tuple(_revision(view, item, rev, releases.get(rev), exhibits) for rev in names)


def _revision(view: OnFile, item: str, rev: str, release: Release | None, exhibits: Exhibits) -> Revision:
    node = revision_node(item, rev)
    record = view.record("revision", key_of(node))
    documents = issues(view, node, exhibits)
    cites = [exhibits.whole(number) for number in documents]
    words = revision_words(record) if record else "No record states it."
    changes: tuple[str, ...] = ()
    if record is not None:
        cites.insert(0, exhibits.quote(record, "of", "rev", "released_on", "released_by", "implements", "supersedes"))
        changes = record.many("implements")
    elif release is not None and release.evidence is not None:
        cites.insert(
            0, exhibits.cite(Evidence(release.evidence.document, release.evidence.page, release.evidence.words))
        )
    if release is not None and record is None:
        words = f"Released on {release.on} by {release.by}, as stated in entry {release.known}."
    leads: tuple[str, ...] = ()
    if release is None:
        words += " Its release is not proven."
        leads = tuple(said[1] for number in documents if (said := exhibits.dated(number, release=True)))
    on: date | None = release.on if release else None
    supersedes = record.text("supersedes") if record else ""
    by = release.by if release else ""
    return Revision(key_of(item), rev, on, by, supersedes, changes, documents, words, tuple(filter(None, cites)), leads)


def issues(view: OnFile, node: str, exhibits: Exhibits) -> tuple[str, ...]:
    """Numbers of the documents in which a revision was issued: no records, no parts, each once."""
    found = []
    for number, _ in view.originals(key_of(node)):
        sheet = exhibits.papers.find(number)
        if sheet is not None and not sheet.document.kind:
            found.append(number)
    return tuple(dict.fromkeys(found))


def differences_of(view: OnFile, item: str, revs: tuple[str, str], exhibits: Exhibits) -> Iterator[Difference]:
    """What two revisions say differently, passage by passage, at most MOST of them."""
    sides = []
    for rev in revs:
        numbers = issues(view, revision_node(item, rev), exhibits)
        if not numbers:
            return
        sides.append((numbers[0], _passages(exhibits, numbers[0])))
    (old_number, old), (new_number, new) = sides
    if max(len(old), len(new)) > LONGEST_ISSUE:
        return
    matcher = SequenceMatcher(None, [words for words, _ in old], [words for words, _ in new], autojunk=False)
    told = 0
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            continue
        for before, after in _paired(old[i1:i2][:LONGEST_BLOCK], new[j1:j2][:LONGEST_BLOCK]):
            if before and after and _unnumbered(before[0], revs[0]) == _unnumbered(after[0], revs[1]):
                continue
            if told == MOST:
                return
            told += 1
            cites = [
                _cite(exhibits, number, side) for number, side in ((old_number, before), (new_number, after)) if side
            ]
            texts = [cut(side[0], LONGEST) if side else "" for side in (before, after)]
            yield Difference(key_of(item), revs[0], revs[1], texts[0], texts[1], tuple(cites))


_Passage = tuple[str, int]


def _passages(exhibits: Exhibits, number: str) -> list[_Passage]:
    """The passages of a document, each with its page."""
    sheet = exhibits.papers.find(number)
    pages = sheet.pages if sheet else ()
    return [(words, page) for page, text in enumerate(pages, 1) for words in passages(text)]


def _paired(old: Sequence[_Passage], new: Sequence[_Passage]) -> Iterator[tuple[_Passage | None, _Passage | None]]:
    """Passages of a replaced block put beside the one that is most like them, in order."""
    rest = list(new)
    for each in old:
        near = max(rest, key=lambda other: SequenceMatcher(None, each[0], other[0]).ratio(), default=None)
        if near is None or SequenceMatcher(None, each[0], near[0]).ratio() < 0.5:
            yield each, None
            continue
        for skipped in rest[: rest.index(near)]:
            yield None, skipped
        del rest[: rest.index(near) + 1]
        yield each, near
    for each in rest:
        yield None, each


def _unnumbered(words: str, rev: str) -> str:
    """Words without the revision they bear, so that a running head is no difference."""
    return re.sub(rf"\b(rev(?:ision)?\.?\s*){re.escape(rev)}\b", r"\1", words, flags=re.IGNORECASE)


def _cite(exhibits: Exhibits, number: str, side: _Passage) -> str:
    return exhibits.cite(Evidence(number, side[1], cut(side[0], LONGEST)))
