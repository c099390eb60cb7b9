"""The items a change affects, and whether each is in its new state (DOMAIN §3, the guard of *incorporated*)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from archive.control.papers import ChangeFile, Paper, choice, day_in, originals, quote, rows_of, says_yes
from archive.control.view import OnFile
from archive.errors import Invalid
from archive.model import Edge, Evidence, Release
from archive.records import as_choice
from archive.xref.names import revision_order

ITEM_KINDS = ("controlled_document", "part", "product")
LONGEST_CHAIN = 100

_REV_WORD = re.compile(r"(?:rev(?:ision)?|issue)\b\.?\s*(?=\S)", re.IGNORECASE)


@dataclass(frozen=True)
class ItemState:
    """One affected item.

    Attributes:
        name: how the request names it; `node`: what that is, empty where nothing is known by it.
        old: the revision it had; empty where none is stated.
        done: it is in its new state, since `day`, by `by`; or no change was needed.
        new: what it became: `SPC-1001-02 rev C`, `no change needed`; empty while not done.
        claims: incorporation records that say it was changed.
    """

    name: str
    node: str
    action: str
    old: str
    claims: tuple[Paper, ...] = ()
    done: bool = False
    new: str = ""
    day: date | None = None
    by: str = ""
    evidence: tuple[Evidence, ...] = ()
    missing: str = ""

    @property
    def is_changed(self) -> bool:
        return self.done and self.new != NO_CHANGE


NO_CHANGE = "no change needed"


def item_node(view: OnFile, text: str) -> tuple[str, str]:
    """The item that a reference (or a node as such) names, and the revision it names with it."""
    kind, _, key = text.partition(":")
    node = text if key and kind in (*ITEM_KINDS, "revision") else view.named(text, *ITEM_KINDS, "revision")
    if not node.startswith("revision:"):
        return node, ""
    key, _, rev = node.partition(":")[2].rpartition(" rev ")
    return view.named(key, *ITEM_KINDS), rev


def revision_node(item: str, rev: str) -> str:
    return f"revision:{key_of(item)} rev {rev}"


def key_of(node: str) -> str:
    return node.partition(":")[2]


def plain_rev(text: str) -> str:
    """A revision as its letter or number alone: `Rev. c` is `C`."""
    return _REV_WORD.sub("", text.strip(), count=1).strip().upper()


def affected_items(change: ChangeFile) -> tuple[ItemState, ...]:
    """Every affected item of the request with its state, in the request's order."""
    if change.request is None:
        return ()
    view, request = change.view, change.request.record
    return tuple(_state(change, row) for row in rows_of(view, request, "affects") if row.get("item"))


def _state(change: ChangeFile, row: dict[str, str]) -> ItemState:
    node, cited = item_node(change.view, row["item"])
    old = plain_rev(row.get("rev_now", "")) or cited
    claims = tuple(each for each in change.incorporations if node and _item_of(change, each) == node)
    item = ItemState(row["item"], node, _action(change, row), old, claims)
    unneeded = _no_change(change, item)
    if unneeded is not None:
        return unneeded
    if not node:
        return replace(item, missing=f"nothing is known by the name {row['item']}")
    if item.action in ("release", "add"):
        return _first_release(change, item)
    return _ended(change, item) if item.action in ("obsolete", "remove") else _revised(change, item)


def _item_of(change: ChangeFile, claim: Paper) -> str:
    return item_node(change.view, claim.record.text("item"))[0]


def _action(change: ChangeFile, row: dict[str, str]) -> str:
    """What is to become of it; *revise* where that is left open."""
    rule = change.view.kinds.get("change_request").field("affects")
    column = rule.column("action") if rule else None
    try:
        return as_choice(column, row["action"]) if column and "action" in row else "revise"
    except Invalid:
        return "revise"


def _no_change(change: ChangeFile, item: ItemState) -> ItemState | None:
    for claim in item.claims:
        record = claim.record
        if claim.counts and claim.by and says_yes(record, "no_change_needed") and record.text("reason"):
            proof = (quote(record, "no_change_needed", "reason", "done_by", "done_on"), *originals(change, record))
            return replace(
                item, done=True, new=NO_CHANGE, day=claim.day, by=", ".join(claim.by), evidence=proof, missing=""
            )
    return None


def _revised(change: ChangeFile, item: ItemState) -> ItemState:
    """*Revise*: a newer released revision that supersedes the old one and implements or cites the change."""
    view, missing = change.view, ""
    for release in first_releases(view, item.node):
        if item.old and revision_order(release.rev) <= revision_order(item.old):
            continue
        node = revision_node(item.node, release.rev)
        newer, why = superseding(view, node, item), citing(change, node)
        if newer and why:
            return _released(item, release, (_place(why[0]), _place(newer[-1])))
        said = [] if newer else [f"supersedes {_old(item)}"]
        said += [] if why else [f"implements {change.key}"]
        missing = f"{key_of(node)} is released, but does not say that it {' nor that it '.join(said)}"
    return replace(item, missing=missing or _unreleased(view, item))


def _old(item: ItemState) -> str:
    return f"rev {item.old}" if item.old else "the one before"


def _unreleased(view: OnFile, item: ItemState) -> str:
    newer = [rev for rev in view.revisions(item.node) if not item.old or revision_order(rev) > revision_order(item.old)]
    if newer and (item.old or len(newer) > 1):
        return f"{key_of(item.node)} rev {newer[-1]} is on file, release not proven"
    wanted = f"after {item.old}" if item.old else "that takes the place of another"
    return f"{key_of(item.node)}: no revision {wanted} is on file"


def superseding(view: OnFile, node: str, item: ItemState) -> list[Edge]:
    """Links by which a revision takes the place of the old one, directly or one after the other; the last names it."""
    old = revision_node(item.node, item.old) if item.old else ""
    open_: list[tuple[str, list[Edge]]] = [(node, [])]
    seen = {node}
    while open_ and len(seen) < LONGEST_CHAIN:
        at, path = open_.pop(0)
        for edge in view.links(at, "supersedes"):
            target = edge.target or ""
            if (target == old) if old else target.startswith(f"revision:{key_of(item.node)} rev "):
                return [*path, edge]
            if target and target not in seen:
                seen.add(target)
                open_.append((target, [*path, edge]))
    return []


def citing(change: ChangeFile, node: str) -> list[Edge]:
    """Links by which a revision names the change; those that say it carries the change out come first."""
    links = change.view.links(node, "implements", "cites")
    return sorted(
        (edge for edge in links if edge.target == change.node), key=lambda edge: (edge.rel != "implements", edge.known)
    )


def first_releases(view: OnFile, item: str) -> list[Release]:
    """The earliest release of each revision, in order of day."""
    first: dict[str, Release] = {}
    for release in view.releases(item):
        known = first.get(release.rev)
        if known is None or (release.on, release.known) < (known.on, known.known):
            first[release.rev] = release
    return sorted(first.values(), key=lambda release: (release.on, revision_order(release.rev)))


def _released(item: ItemState, release: Release, more: tuple[Evidence, ...]) -> ItemState:
    stated = (release.evidence,) if release.evidence else ()
    name = key_of(revision_node(item.node, release.rev))
    proof = tuple(dict.fromkeys((*stated, *more)))
    return replace(item, done=True, new=name, day=release.on, by=release.by, evidence=proof, missing="")


def _place(edge: Edge) -> Evidence:
    return Evidence(edge.document, edge.page, edge.snippet)


def _first_release(change: ChangeFile, item: ItemState) -> ItemState:
    """*Release* and *add*: the first released revision, not older than the request unless it names the change."""
    releases = first_releases(change.view, item.node)
    if not releases:
        return replace(item, missing=f"no revision of {key_of(item.node)} is released")
    first = releases[0]
    why = citing(change, revision_node(item.node, first.rev))
    asked = change.request.day if change.request else None
    if not why and asked and first.on < asked:
        since = f"{key_of(item.node)} rev {first.rev} was released on {first.on}"
        return replace(item, missing=f"{since}, before the change was asked for")
    return _released(item, first, tuple(_place(edge) for edge in why[:1]))


def _ended(change: ChangeFile, item: ItemState) -> ItemState:
    """*Obsolete* and *remove*: the newest revision bears a day on which it ends, and that day has come."""
    view = change.view
    revisions = view.revisions(item.node)
    rev = revisions[-1] if revisions else item.old
    record = view.record("revision", key_of(revision_node(item.node, rev))) if rev else None
    if record is None:
        return replace(item, missing=f"no revision record says when {key_of(item.node)} ends")
    end = day_in(view, record, "effective_to")
    if end is None or end > view.day:
        said = f"ends on {end} only" if end else "bears no day on which it ends"
        return replace(item, missing=f"{record.key} {said}")
    proof = (quote(record, "effective_to", "status"),)
    return replace(item, done=True, new=f"{record.key}, ended", day=end, by=record.text("owner"), evidence=proof)


def other_changed(change: ChangeFile, items: tuple[ItemState, ...]) -> Iterator[ItemState]:
    """Items changed, or said to be changed, for this change that the request does not list."""
    listed = {item.node for item in items}
    for paper in change.revisions:
        node, _ = item_node(change.view, paper.record.text("of"))
        rev = plain_rev(paper.record.text("rev"))
        release = next((each for each in first_releases(change.view, node) if each.rev == rev), None) if node else None
        if release and node not in listed:
            listed.add(node)
            yield _released(ItemState(key_of(node), node, "revise", ""), release, (quote(paper.record, "implements"),))
    for claim in change.incorporations:
        node = _item_of(change, claim)
        if node and node not in listed:
            listed.add(node)
            yield ItemState(key_of(node), node, "revise", "", (claim,))


def is_end_of(view: OnFile, item: str, rev: str, day: date) -> bool:
    """Whether a revision's own record says that it holds no longer on that day."""
    record = view.record("revision", key_of(revision_node(item, rev)))
    if record is None:
        return False
    end = day_in(view, record, "effective_to")
    return choice(view, record, "status") == "obsolete" if end is None else end < day
