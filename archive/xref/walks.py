"""Bounded walks over the edges: every one stops at a depth, at hubs, and at a number of edges, and says where."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from archive.model import Edge
from archive.xref.nouns import EdgeAtDepth, NotExpanded, Walk
from archive.xref.relations import inverse, stored
from archive.xref.view import View

HUB = 200
MOST_EDGES = 2000
MOST_MEMBERS = 400


@dataclass(frozen=True, slots=True)
class Step:
    """One edge seen from a node: `near` and `far` are numbers of nodes, `far` None where nothing is meant."""

    edge: Edge
    near: int
    far: int | None
    outward: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a walk goes; `rels` empty = every relation, `direction` is `out`, `in` or `both`."""

    depth: int = 1
    direction: str = "both"
    rels: frozenset[str] = frozenset()
    hub: int = HUB
    most: int = MOST_EDGES


def allowed(rels: Collection[str] | None) -> frozenset[str]:
    """Relations by the names under which they are stored."""
    return frozenset(stored(rel)[0] for rel in rels or ())


def walk(view: View, start: int, limits: Limits) -> Walk:
    """Follow edges breadth first from a node together with what it is the same as (see `group`)."""
    seen_nodes, seen_edges = set(group(view, start)), set[str]()
    frontier = sorted(seen_nodes, key=lambda each: (each != start, str(view.node(each)["name"])))
    found: list[EdgeAtDepth] = []
    stopped: list[NotExpanded] = []
    for depth in range(1, limits.depth + 1):
        reached: dict[int, None] = {}
        for node in frontier:
            if depth > 1 and (links := degree(view, node, limits.hub)) > limits.hub:
                stopped.append(NotExpanded(view.end(node), links, f"more than {limits.hub} links"))
                continue
            room = limits.most - len(found)
            steps = [step for step in steps_from(view, node, limits, room + 1) if step.edge.edge not in seen_edges]
            if len(steps) > room:
                stopped.append(
                    NotExpanded(view.end(node), len(found) + len(steps), f"only {limits.most} links are shown")
                )
            for step in steps[:room]:
                seen_edges.add(step.edge.edge)
                found.append(_at_depth(view, step, depth))
                if step.far is not None and step.far not in seen_nodes:
                    reached[step.far] = None
        seen_nodes.update(reached)
        frontier = list(reached)
    return Walk(tuple(found), tuple(stopped))


def group(view: View, start: int) -> list[int]:
    """A node with what stands for it: revisions for their master, documents for either, its item for a document."""
    members = [start]
    node = view.node(start)
    if node["type"] == "document":
        return [start, *(row["target"] for row in view.issues(node["key"]))]
    rows = view.db.execute("SELECT id FROM nodes WHERE master = ? ORDER BY name LIMIT ?", (start, MOST_MEMBERS))
    members += [row[0] for row in rows.fetchall()]
    for member in tuple(members):
        issues = view.rows("e.target = :v0 AND e.rel = 'issue_of'", (member,), MOST_MEMBERS)
        members += [each for row in issues for each in view.meant(row["source"])[:1]]
    return list(dict.fromkeys(members))


def degree(view: View, node: int, stop: int) -> int:
    """How many edges touch a node, counted no further than just beyond `stop`."""
    touching = "SELECT 1 FROM edges WHERE source = :node UNION ALL SELECT 1 FROM edges WHERE target = :node LIMIT :most"
    counted = f"SELECT count(*) FROM ({touching})"
    return int(view.db.execute(counted, {"node": node, "most": stop + 1}).fetchone()[0])


def steps_from(view: View, node: int, limits: Limits, most: int) -> list[Step]:
    """The edges at a node, those derived from its revision among them; at most `most`."""
    ends = [("source", True)] * (limits.direction in ("out", "both")) + [("target", False)] * (
        limits.direction in ("in", "both")
    )
    spelled = view.words_for(node)
    marks = ", ".join(f":v{place}" for place in range(len(spelled)))
    found: list[Step] = []
    for column, outward in ends:
        condition = f"e.{column} IN ({marks})"
        values: list[object] = list(spelled)
        if limits.rels:
            condition += f" AND e.rel IN ({', '.join(f':v{len(values) + n}' for n in range(len(limits.rels)))})"
            values += sorted(limits.rels)
        for row in view.rows(condition, values, max(0, most - len(found))):
            far = view.meant(row["target" if outward else "source"])
            found.append(Step(view.edge(row), node, far[0] if len(far) == 1 else None, outward))
        if not limits.rels or "revision_of" in limits.rels:
            found += _revisions(view, node, outward, found)
    return found[:most]


def _revisions(view: View, node: int, outward: bool, found: Iterable[Step]) -> list[Step]:
    """`revision_of` between a revision and its master where none is declared, proven by what names the revision."""
    declared = {(step.near, step.far) for step in found if step.edge.rel == "revision_of"}
    master = view.node(node)["master"]
    if outward:
        pairs = [(node, master)] if master is not None else []
    else:
        rows = view.db.execute("SELECT id FROM nodes WHERE master = ? ORDER BY name LIMIT ?", (node, MOST_MEMBERS))
        pairs = [(row[0], node) for row in rows.fetchall()]
    steps = []
    for revision, item in pairs:
        near, far = (revision, item) if outward else (item, revision)
        if (near, far) not in declared and (edge := _revision_of(view, revision, item)):
            steps.append(Step(edge, near, far, outward))
    return steps


def _revision_of(view: View, revision: int, master: int) -> Edge | None:
    names = (str(view.node(revision)["name"]), str(view.node(master)["name"]))
    if view.rows("e.source = :v0 AND e.target = :v1 AND e.rel = 'revision_of'", (revision, master), 1):
        return None
    proof = _proof(view, revision)
    if proof is None:
        return None
    name = sha256("\x1f".join((*names, "revision_of")).encode()).hexdigest()[:20]
    edge = view.edge(proof)
    status = "ok" if view.is_on_file(master) else "dangling"
    return replace(
        edge, edge=name, source=names[0], rel="revision_of", target=names[1], method="inferred", status=status
    )


def _proof(view: View, revision: int) -> sqlite3.Row | None:
    """The best edge that names a revision: one that says a document is its issue, else the first on file."""
    for condition in ("e.target = :v0 AND e.rel = 'issue_of'", "e.target = :v0", "e.source = :v0"):
        if rows := view.rows(f"{condition} AND e.unconfirmed = 0", (revision,), 1):
            return rows[0]
    return None


def _at_depth(view: View, step: Step, depth: int) -> EdgeAtDepth:
    edge = step.edge
    if step.outward:
        return EdgeAtDepth(depth, edge.source, edge.target or "?:" + edge.raw, edge.rel, edge)
    return EdgeAtDepth(depth, edge.target or view.end(step.near), edge.source, inverse(edge.rel), edge)


def between(view: View, one: int, other: int, max_depth: int) -> Sequence[Step]:
    """Load what lies around two nodes, from both ends in turn, until the two meet or the depth is used up.

    Hubs are not walked through; unconfirmed edges prove nothing and are left out.
    """
    limits = Limits(hub=HUB, most=MOST_EDGES)
    sides: list[tuple[set[int], list[int]]] = [({one}, [one]), ({other}, [other])]
    loaded: list[Step] = []
    for _ in range(max_depth):
        here, there = sorted(range(2), key=lambda side: len(sides[side][1]) or MOST_EDGES)
        seen, frontier = sides[here]
        reached: dict[int, None] = {}
        for node in frontier:
            if node not in (one, other) and degree(view, node, limits.hub) > limits.hub:
                continue
            for step in steps_from(view, node, limits, limits.most):
                if step.far is not None and step.edge.status not in ("unconfirmed", "ambiguous"):
                    loaded.append(step)
                    if step.far not in seen:
                        reached[step.far] = None
        seen.update(reached)
        sides[here] = (seen, list(reached))
        if seen & sides[there][0] or not reached:
            break
    return loaded
