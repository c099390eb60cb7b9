"""Links as rows: each with the words that prove it, and its status in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from archive.errors import Usage

if TYPE_CHECKING:
    from archive.model import Edge
    from archive.xref import Dangling, EdgeAtDepth, Xref

_WORDS = {
    "ok": "",
    "dangling": "unresolved reference: nothing by that number is on file",
    "unconfirmed": "not certain: compare the words with the page",
    "ambiguous": "may mean several things",
    "outdated": "cites an older revision than the one in force",
    "predated": "cites a revision that is not on file",
    "suspect": "to re-check: what it points to was changed since",
    "unwanted": "this link does not fit between these two",
}


_SAME = ("near", "rel_words", "far", "document", "page", "status")
"""What two links have in common of which the screen shows one."""


def row(link: EdgeAtDepth) -> dict[str, Any]:
    """A link met on a walk."""
    return {**_proof(link.edge), "depth": link.depth, **_ends(link.near, link.rel, link.far)}


def told_once(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Leave out what says nothing new.

    That is a plain citation where a declared link says more between the same two in the same paper, and the same
    link once more on the same page.
    """
    declared = {(each["source"], each["target"], each["document"]) for each in rows if each["method"] == "declared"}
    told: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for each in rows:
        is_declared = each["method"] == "declared" or each["rel"] != "cites"
        if is_declared or (each["source"], each["target"], each["document"]) not in declared:
            told.setdefault(tuple(each[name] for name in _SAME), each)
    return list(told.values())


def check_relations(rels: Iterable[str]) -> None:
    """Raise Usage for what is no relation, with the nearest one and all that are known."""
    from difflib import get_close_matches

    from archive.records import RELATIONS

    known = sorted({*RELATIONS, *filter(None, RELATIONS.values())})
    for each in rels:
        if each not in known:
            near = get_close_matches(each, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise Usage(f"{each} is no relation.{hint} Known are: {', '.join(known)}")


def path(xref: Xref, one: str, other: str) -> list[dict[str, Any]] | None:
    """A path as rows, each read in the direction of the walk."""
    from archive.xref import inverse

    found = xref.why(one, other)
    if found is None:
        return None
    rows, here = [], one
    for depth, edge in enumerate(found, 1):
        forward = edge.source == here
        far = (edge.target or "") if forward else edge.source
        rel = edge.rel if forward else inverse(edge.rel)
        rows.append({**_proof(edge), "depth": depth, **_ends(here, rel, far)})
        here = far
    return rows


def unresolved(found: Dangling) -> dict[str, Any]:
    """One number that is cited and not on file."""
    first = found.examples[0]
    nearest = found.nearest.partition(":")[2] if found.nearest else None
    place = {"document": first.document, "page": first.page, "snippet": first.snippet}
    return {"raw": found.key or first.raw, "count": found.count, "nearest": nearest, "node": found.node, **place}


def _proof(edge: Edge) -> dict[str, Any]:
    return {**asdict(edge), "status_words": _WORDS.get(edge.status, edge.status)}


def _ends(near: str, rel: str, far: str) -> dict[str, str]:
    return {"near": _plain(near), "rel_words": rel.replace("_", " "), "far": _plain(far)}


def _plain(node: str) -> str:
    """`document:D-000012` as D-000012, `change_request:ECR-2024-0017` as ECR-2024-0017."""
    return node.partition(":")[2] or "(unknown)"
