"""Which revision is in force, and the statement that releases one."""

from __future__ import annotations

from datetime import date
from typing import Any

from archive.control.items import ITEM_KINDS, first_releases, is_end_of, item_node, key_of, plain_rev, revision_node
from archive.control.nouns import InForce
from archive.control.view import OnFile
from archive.errors import Invalid, NotFound, Refused
from archive.model import Evidence, Release
from archive.xref import in_force as newest


def in_force(view: OnFile, item: str, day: date) -> InForce:
    """Say which revision of an item holds on a day (DOMAIN §1).

    Where no release counts by then the latest revision on file is named, with the words that it is not proven.
    Raises NotFound when the item is not known at all.
    """
    node = known_item(view, item)
    key = key_of(node)
    found = newest(standing(view, node, day), day)
    if found is not None:
        since = _begins(found)
        words = f"rev {found.rev}, in force since {since}"
        proof = (found.evidence,) if found.evidence else ()
        return InForce(key, day, found.rev, True, since, found.by, proof, words)
    begun = [each for each in first_releases(view, node) if _begins(each) <= day]
    if begun:
        last = begun[-1].rev
        return InForce(key, day, None, False, None, "", (), f"none in force: rev {last}, the last one, has ended")
    later = {each.rev for each in view.releases(node)}
    on_file = [rev for rev in view.revisions(node) if rev not in later]
    if not on_file:
        return InForce(key, day, None, False, None, "", (), "no revision on file")
    words = f"latest on file: rev {on_file[-1]}, release not proven"
    return InForce(key, day, on_file[-1], False, None, "", _where(view, node, on_file[-1]), words)


def _where(view: OnFile, node: str, rev: str) -> tuple[Evidence, ...]:
    documents = view.originals(key_of(revision_node(node, rev)))
    return tuple(Evidence(number, page) for number, page in documents)


def standing(view: OnFile, node: str, day: date) -> list[Release]:
    """Releases effective by a day whose revision has neither ended nor been superseded by then."""
    begun = {revision_node(node, each.rev): each for each in first_releases(view, node) if _begins(each) <= day}
    replaced = {
        edge.target
        for name, each in begun.items()
        for edge in view.links(name, "supersedes")
        # A revision cannot take the place of one that came after it, whatever a paper says.
        if edge.target in begun and _begins(begun[edge.target]) <= _begins(each)
    }
    return [each for name, each in begun.items() if name not in replaced and not is_end_of(view, node, each.rev, day)]


def rivals(view: OnFile, node: str, day: date) -> list[Release]:
    """Revisions that are in force at once: they began on one day and none supersedes another; else nothing."""
    found = newest(standing(view, node, day), day)
    if found is None:
        return []
    same = [each for each in standing(view, node, day) if _begins(each) == _begins(found)]
    return same if len(same) > 1 else []


def _begins(release: Release) -> date:
    return max(release.on, release.effective) if release.effective else release.on


def known_item(view: OnFile, text: str) -> str:
    """The item's node; raises NotFound, with the nearest key, where nothing is known by that name."""
    node, _ = item_node(view, text)
    if node and (view.is_cited(node) or view.revisions(node) or view.releases(node)):
        return node
    near = next((near for kind in ITEM_KINDS if (near := view.nearest(text, kind))), "")
    raise NotFound(f"{text}: nothing is known by this number{f'; did you mean {near}?' if near else ''}")


def release_draft(
    view: OnFile, item: str, rev: str, by: str, on: date, *, evidence: Evidence | None = None, why: str = ""
) -> tuple[str, dict[str, Any]]:
    """Draft the entry that states a release, ready for the store; nothing is written.

    Args:
        rev: `C` or `rev C`.
        evidence: what shows the release; its document must be one that can be shown.

    Raises:
        NotFound: the item is not known, or the evidence is not on file.
        Invalid: nobody is named, or the day is yet to come.
        Refused: that revision is not on file, or it is released already.
    """
    node = known_item(view, item)
    rev = plain_rev(rev)
    name = key_of(revision_node(node, rev))
    _check_statement(view, name, by, on)
    if rev not in view.revisions(node):
        on_file = ", ".join(view.revisions(node)) or "none"
        raise Refused(f"{name} is not on file (on file: {on_file}); take it in first: archive add <{name}>")
    stated = next((each for each in first_releases(view, node) if each.rev == rev), None)
    if stated is not None:
        shown = f", proven in {stated.evidence.document}" if stated.evidence else ""
        raise Refused(f"{name} is released already: by {stated.by} on {stated.on}{shown}")
    if evidence is not None and not view.originals(evidence.document):
        raise NotFound(f"{evidence.document}, the evidence, is not on file; take it in first: archive add <the paper>")
    shown_in = {"document": evidence.document, "page": evidence.page, "words": evidence.words} if evidence else None
    body = {"says": "release", "item": node, "rev": rev, "by": by.strip(), "on": on.isoformat()}
    return "statement", body | {"evidence": shown_in, "why": why}


def _check_statement(view: OnFile, name: str, by: str, on: date) -> None:
    problems = []
    if not by.strip():
        problems.append(f"{name}: who released it? Say --by NAME")
    if on > view.today:
        problems.append(f"{name}: {on} is yet to come; a release is stated on or after its day")
    if problems:
        raise Invalid("; ".join(problems), tuple(problems))
