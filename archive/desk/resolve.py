"""What a name means: numbers, keys, revisions, titles, file names, digests, row numbers (DESIGN §7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from archive.catalog import Catalog
from archive.desk.nouns import Target
from archive.errors import Ambiguous, NotFound, Usage

if TYPE_CHECKING:
    from archive.xref import Xref

_NUMBER = re.compile(r"[dD]-0*(\d+)(?:@(\d+))?(?:#p(\d+))?\Z")
_DIGEST = re.compile(r"[0-9a-f]{8,64}\Z")
_SHOWN = 9


def resolve(text: str, catalog: Catalog, xref: Callable[[], Xref], row: Callable[[int], str]) -> Target:
    """Find the one thing a name means.

    Args:
        row: what row n of the last list stands for.
    Raises:
        NotFound: nothing by that name, with the nearest ones known. Ambiguous: several, listed.
        Usage: an empty name.
    """
    text = text.strip()
    if not text:
        raise Usage("a name is expected: a number like D-000123, a key like ECR-2024-0017, a title or a file name")
    if text.isdigit() and len(text) <= 4:
        return resolve(row(int(text)), catalog, xref, row)
    if found := _NUMBER.match(text):
        return _numbered(catalog, found)
    candidates = _candidates(text, catalog, xref())
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        names = tuple(_told(each, catalog) for each in candidates[:_SHOWN])
        raise Ambiguous(f"{text} may mean {len(candidates)} things: name one of them", names)
    raise NotFound(f"{text}: nothing by that name in this archive{_near(text, catalog)}; try archive search")


def _told(target: Target, catalog: Catalog) -> str:
    """A candidate as a person would type it, and what it is called."""
    document = catalog.find(target.ref) if target.ref else None
    title = document.title or document.name if document else ""
    return f"{target.words}  {title}" if title and title not in target.words else target.words


def _numbered(catalog: Catalog, found: re.Match[str]) -> Target:
    number = f"D-{int(found[1]):06d}"
    document = catalog.document(number)
    if found[2]:
        chain = catalog.chain(number)
        member = int(found[2])
        if not 1 <= member <= len(chain):
            raise NotFound(f"{number} has {len(chain)} version(s), not {member}: archive show {number} --versions")
        document = chain[member - 1]
    return Target(document.number, document.number, page=int(found[3]) if found[3] else None)


def _candidates(text: str, catalog: Catalog, xref: Xref) -> list[Target]:
    """Exact readings first; a weaker way is tried only where the stronger ones found nothing."""
    for way in (_by_node, _by_file, _by_digest):
        found = way(text, catalog, xref)
        if found:
            return found
    return []


def _by_node(text: str, catalog: Catalog, xref: Xref) -> list[Target]:
    targets = []
    for node in xref.resolve(text):
        kind, _, key = node.partition(":")
        if kind == "document":
            targets.append(Target(key, key, node))
            continue
        record = catalog.record(key)
        targets.append(Target(key, record.document if record else None, node))
    return targets


def _by_file(text: str, catalog: Catalog, xref: Xref) -> list[Target]:
    found = [each for each in catalog.by_name(text) if not each.set_aside and each.newer is None]
    return [Target(f"{each.number} {each.name}" if len(found) > 1 else each.number, each.number) for each in found]


def _by_digest(text: str, catalog: Catalog, xref: Xref) -> list[Target]:
    if not _DIGEST.match(text):
        return []
    return [Target(each.number, each.number) for each in catalog.by_digest(text)]


def _near(text: str, catalog: Catalog) -> str:
    from difflib import get_close_matches

    near = get_close_matches(text, catalog.known_names(), n=2, cutoff=0.7)
    return f" (did you mean {' or '.join(near)}?)" if near else ""
