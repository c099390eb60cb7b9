"""The shortest chain of proven links between two things; the one door to networkx."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from archive.model import Edge
from archive.xref.walks import Step

_STRENGTH = ("declared", "confirmed", "imported", "extracted", "inferred")


def shortest(steps: Iterable[Step], one: int, other: int) -> list[Edge] | None:
    """Find the shortest path in a loaded neighbourhood, each hop by its best proven edge; None where there is none."""
    import networkx

    graph: networkx.Graph[int] = networkx.Graph()
    for step in steps:
        if step.far is None:
            continue
        known = graph.get_edge_data(step.near, step.far)
        if known is None or _rank(step.edge) < _rank(known["edge"]):
            graph.add_edge(step.near, step.far, edge=step.edge)
    try:
        path = networkx.shortest_path(graph, one, other)
    except (networkx.NetworkXNoPath, networkx.NodeNotFound):
        return None
    return [graph.edges[near, far]["edge"] for near, far in pairwise(path)]


def _rank(edge: Edge) -> tuple[float, int, int, str]:
    return (-edge.confidence, _STRENGTH.index(edge.method), edge.known, edge.edge)
