"""Services that need each other in a circle."""

from collections import deque
from collections.abc import Iterator

import msgspec

from pagerworthy.catalog import Criticality
from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Edge, NodeKind
from pagerworthy.graph.stacks import StackEdges, stack_edges
from pagerworthy.reliability.components import components

# How many edges the search for the shortest circle of one group may look at, so that a hostile catalog costs
# a bounded time. Past that the circle is the shortest of those that were found.
SEARCH_LIMIT = 500_000


class Cycle(msgspec.Struct, frozen=True):
    """Services of which each needs all others, directly or not.

    `services` lists all of them. `path` is one shortest circle among them, from its first name back to the
    same name; where a step leads over another service's resource, both the resource and its owner are on the
    path. A hard cycle has hard edges alone; on the path of a soft one is at least one soft edge, and `soft`
    lists those, as pairs of source and target.
    """

    criticality: Criticality
    services: tuple[str, ...]
    path: tuple[str, ...]
    soft: tuple[tuple[str, str], ...] = ()


def find_cycles(graph: DependencyGraph) -> tuple[Cycle, ...]:
    """One cycle for each group of services that need each other: first the hard ones, then the soft ones."""
    return hard_cycles(graph) + soft_cycles(graph)


def hard_cycles(graph: DependencyGraph) -> tuple[Cycle, ...]:
    """One cycle for each strongly connected component of the stacks over hard edges."""
    edges = stack_edges(graph, hard=True)
    cycles = []
    for group in _groups(edges):
        inside = set(group)
        starts = (edge for name in group for target, edge in edges[name].items() if target in inside)
        cycles.append(_cycle(graph, "hard", group, _shortest_circle(graph, edges, inside, starts)))
    return tuple(cycles)


def soft_cycles(graph: DependencyGraph) -> tuple[Cycle, ...]:
    """One cycle for each strongly connected component over all edges that has a soft edge inside."""
    edges = stack_edges(graph, hard=False)
    cycles = []
    for group in _groups(edges):
        inside = set(group)
        starts = [
            edge for name in group for target, edge in edges[name].items() if target in inside and not edge.is_hard
        ]
        if starts:
            cycles.append(_cycle(graph, "soft", group, _shortest_circle(graph, edges, inside, iter(starts))))
    return tuple(cycles)


def _groups(edges: StackEdges) -> list[list[str]]:
    """The components that have a cycle: more than one service, or one that needs itself."""
    names = list(edges)
    index = {name: position for position, name in enumerate(names)}
    successors = [[index[target] for target in edges[name]] for name in names]
    groups = [sorted(names[node] for node in component) for component in components(successors)]
    return sorted(group for group in groups if len(group) > 1 or group[0] in edges[group[0]])


def _shortest_circle(graph: DependencyGraph, edges: StackEdges, inside: set[str], starts: Iterator[Edge]) -> list[Edge]:
    """The edges of the shortest circle that begins with one of `starts`, the first of equals."""
    best: list[Edge] = []
    budget = SEARCH_LIMIT
    least = 1 if any(name in edges[name] for name in inside) else 2
    if sum(target in inside for name in inside for target in edges[name]) == len(inside):
        least = len(inside)  # one edge a service: there is no other circle
    for start in starts:
        found, looked = _way_back(graph, edges, inside, start, len(best) or len(inside) + 1)
        if found and (not best or len(found) < len(best)):
            best = found
        budget -= looked
        if best and (len(best) <= least or budget < 0):
            break
    return best


def _way_back(
    graph: DependencyGraph, edges: StackEdges, inside: set[str], start: Edge, limit: int
) -> tuple[list[Edge], int]:
    """The shortest circle over `start`, or none where it has `limit` edges; and how many edges it cost."""
    goal, first = start.source, graph.nodes[start.target].service
    came: dict[str, Edge] = {first: start}
    queue = deque([(first, 1)])
    looked = 0
    while queue:
        name, length = queue.popleft()
        if name == goal:
            circle = [came[name]]
            while circle[-1] is not start:
                circle.append(came[circle[-1].source])
            return circle[::-1], looked
        if length >= limit - 1:
            continue
        for target, edge in edges[name].items():
            looked += 1
            if target in inside and target not in came:
                came[target] = edge
                queue.append((target, length + 1))
    return [], looked


def _cycle(graph: DependencyGraph, criticality: Criticality, group: list[str], circle: list[Edge]) -> Cycle:
    """The circle, turned so that it starts at its first name."""
    first = min(range(len(circle)), key=lambda position: circle[position].source)
    circle = circle[first:] + circle[:first]
    path: list[str] = []
    for edge in circle:
        path.append(edge.source)
        if graph.nodes[edge.target].kind is NodeKind.RESOURCE:
            path.append(edge.target)
    path.append(circle[0].source)
    return Cycle(
        criticality=criticality,
        services=tuple(group),
        path=tuple(path),
        soft=tuple((edge.source, edge.target) for edge in circle if not edge.is_hard),
    )
