"""Composite availability: how much a service can promise, given what its dependencies promise.

A service is up at most when all its hard dependencies are. If they fail independently, that is the product of
their availabilities (Treynor Sloss, Dahlin, Rau and Beyer, *The Calculus of Service Availability*, ACM Queue
15(2), 2017).
"""

import math
from dataclasses import dataclass
from typing import Literal

import msgspec

from pagerworthy.catalog import Catalog, Service
from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Edge, NodeKind, Relation

# Decimals of a percentage: enough for nine nines, and few enough that 99.9 / 100 * 100 is 99.9 again.
DIGITS = 9

# Where a factor comes from: an availability SLO, an entry's word on a provider, or the ceiling of a
# dependency that promises nothing itself.
Source = Literal["slo", "declared", "ceiling"]


class Factor(msgspec.Struct, frozen=True):
    """What one direct hard dependency contributes; `availability` in percent."""

    node: str
    availability: float
    source: Source


class Ceiling(msgspec.Struct, frozen=True):
    """The most that a service can promise as long as it needs what it needs.

    A resource of another service is promised by its owner, once for all that is needed of that owner.

    `percent` is the product of `factors`, 100 where the service needs nothing hard, and None where nothing is
    known of any of its needs. `limiting` is the node with the lowest factor, the first by id among equals, or
    empty. `unknown` lists the direct hard dependencies of which nothing is known; the true ceiling is lower
    than `percent` by what they would contribute.
    """

    service: str
    percent: float | None
    factors: tuple[Factor, ...]
    limiting: str
    unknown: tuple[str, ...]

    @property
    def unpromised(self) -> tuple[str, ...]:
        """The direct hard dependencies that promise nothing, though some of them have a ceiling of their own.

        What a service's own dependencies allow is the most that it could promise, and not that it does.
        """
        limited = [factor.node for factor in self.factors if factor.source == "ceiling"]
        return tuple(sorted([*self.unknown, *limited]))


def ceilings(catalog: Catalog, graph: DependencyGraph) -> dict[str, Ceiling]:
    """The ceiling of each service of the catalog, by name, in one pass over the graph.

    A service's own resources are no factors: its own promise covers them. A dependency without an
    availability SLO contributes its own ceiling instead, unless it is in a hard cycle with the service. What
    several dependencies share counts once for each of them, as if they failed independently: the result is on
    the safe side of the exact one.
    """
    pass_ = _Pass(catalog, graph, _told(graph), {})
    for members in graph.hard_components:
        names = {graph.ids[node] for node in members}
        found = [
            pass_.ceiling(name, names)
            for name in sorted(names)
            if graph.nodes[name].kind is NodeKind.SERVICE and graph.nodes[name].known
        ]
        # Only now, so that no member of a cycle rests on another's ceiling, whichever comes first.
        pass_.done.update((ceiling.service, ceiling) for ceiling in found)
    return dict(sorted(pass_.done.items()))


def _told(graph: DependencyGraph) -> dict[str, float]:
    """The lowest availability that any entry says a provider promises, by node id."""
    told: dict[str, float] = {}
    for edge in graph.edges:
        if edge.availability is not None:
            told[edge.target] = min(edge.availability, told.get(edge.target, edge.availability))
    return told


def promised(service: Service) -> float | None:
    """The lowest availability that a service's SLOs promise, in percent, or None."""
    return min((slo.objective for slo in service.spec.slos if slo.kind == "availability"), default=None)


@dataclass(frozen=True, slots=True)
class _Pass:
    """The pass over the graph: what providers promise, and the ceilings of the services that came before."""

    catalog: Catalog
    graph: DependencyGraph
    told: dict[str, float]
    done: dict[str, Ceiling]

    def ceiling(self, name: str, cycle: set[str]) -> Ceiling:
        factors = []
        unknown = []
        edges = [e for e in self.graph.needs(name) if e.is_hard and e.relation is not Relation.OWNS]
        counted = {edge.target for edge in edges}
        for edge in edges:
            if self.graph.nodes[edge.target].kind is NodeKind.RESOURCE and edge.availability is None:
                owner = self.graph.nodes[edge.target].service
                if owner in counted and owner in self.catalog.services:
                    continue
                counted.add(owner)
            factor = self.factor(edge, cycle)
            if factor is None:
                unknown.append(edge.target)
            else:
                factors.append(factor)
        lowest = min(factors, key=lambda factor: factor.availability, default=None)
        product = math.prod(factor.availability / 100 for factor in factors) * 100
        return Ceiling(
            service=name,
            percent=None if unknown and not factors else round(product, DIGITS),
            factors=tuple(factors),
            limiting=lowest.node if lowest is not None else "",
            unknown=tuple(unknown),
        )

    def factor(self, edge: Edge, cycle: set[str]) -> Factor | None:
        """What is known of the target of an edge."""
        if edge.availability is not None:
            return Factor(edge.target, edge.availability, "declared")
        node = self.graph.nodes[edge.target]
        service = self.catalog.services.get(node.service) if node.known else None
        if service is None:
            told = self.told.get(edge.target)
            return None if told is None else Factor(edge.target, told, "declared")
        objective = promised(service)
        if objective is not None:
            return Factor(edge.target, objective, "slo")
        own = self.done.get(service.name) if service.name not in cycle else None
        if own is None or own.percent is None or not own.factors:
            return None
        return Factor(edge.target, own.percent, "ceiling")
