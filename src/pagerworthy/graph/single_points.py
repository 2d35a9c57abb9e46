"""Single points of failure: which node alone takes down services."""

import msgspec

from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Node, NodeKind, Redundancy


class SinglePoint(msgspec.Struct, frozen=True):
    """A node that is not known to be redundant, and what fails with it.

    `fails` counts the services that need it hard, directly or not, and `tiers` counts them by tier, from tier
    1 to 4; both include the node itself if it is a service. `best_tier` is the most critical of these tiers.
    """

    node: Node
    fails: int
    tiers: tuple[int, int, int, int]
    best_tier: int


class SinglePoints(msgspec.Struct, frozen=True):
    """The nodes that are single points (`single`), and those of which nobody knows (`unknown`).

    Each list has the nodes that take down at least one other service, or are a tier-1 service, those with the
    most critical and then the most failing services first.
    """

    single: tuple[SinglePoint, ...]
    unknown: tuple[SinglePoint, ...]


def tier_masks(graph: DependencyGraph) -> tuple[int, int, int, int]:
    """The bit sets of the services of tiers 1 to 4."""
    masks = [0, 0, 0, 0]
    for position, node in enumerate(graph.nodes.values()):
        if node.kind is NodeKind.SERVICE and node.tier is not None:
            masks[node.tier - 1] |= 1 << position
    return masks[0], masks[1], masks[2], masks[3]


def single_points(graph: DependencyGraph) -> SinglePoints:
    """Ranks all nodes without redundancy by what they take down."""
    first, second, third, fourth = tier_masks(graph)
    found: dict[Redundancy, list[SinglePoint]] = {Redundancy.SINGLE: [], Redundancy.UNKNOWN: []}
    for position, node in enumerate(graph.nodes.values()):
        if node.redundancy is Redundancy.REDUNDANT:
            continue
        others = graph.hard_up[position]
        failing = others | (1 << position) if node.kind is NodeKind.SERVICE and node.known else others
        if not others and not failing & first:
            continue
        counts = (
            (failing & first).bit_count(),
            (failing & second).bit_count(),
            (failing & third).bit_count(),
            (failing & fourth).bit_count(),
        )
        best = next(tier for tier, count in enumerate(counts, start=1) if count)
        found[node.redundancy].append(SinglePoint(node, sum(counts), counts, best))
    for points in found.values():
        points.sort(key=lambda point: (point.best_tier, tuple(-count for count in point.tiers), point.node.id))
    return SinglePoints(tuple(found[Redundancy.SINGLE]), tuple(found[Redundancy.UNKNOWN]))


def weak_needs(graph: DependencyGraph, service: str, redundancy: Redundancy) -> tuple[str, ...]:
    """The service itself and its direct hard needs, its own resources too, that are of this redundancy.

    What another can stand in for is no single point.
    """
    near = {service} | {edge.target for edge in graph.needs(service) if graph.alone(edge)}
    return tuple(sorted(name for name in near if graph.nodes[name].redundancy is redundancy))


def failing_services(graph: DependencyGraph, point: SinglePoint) -> tuple[str, ...]:
    """The names of the services that fail with a single point, itself included if it is a service."""
    names = set(graph.names(graph.hard_up[graph.index[point.node.id]]))
    if point.node.kind is NodeKind.SERVICE and point.node.known:
        names.add(point.node.id)
    return tuple(sorted(names))
