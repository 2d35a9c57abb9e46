"""What breaks if this breaks: the blast radius of a node."""

from collections import deque
from typing import Literal

import msgspec

from pagerworthy.catalog import Catalog
from pagerworthy.graph.closure import bits
from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Node, NodeKind

Effect = Literal["fails", "degrades"]


class Affected(msgspec.Struct, frozen=True):
    """A service that notices; `through` is the one of its needs over which the failure reaches it soonest."""

    service: str
    label: str
    tier: int
    owner: str
    through: str


class PromiseAtRisk(msgspec.Struct, frozen=True):
    """A service level objective of a service that fails or degrades; `objective` in percent."""

    service: str
    tier: int
    slo: str
    objective: float
    window: str
    effect: Effect


class Told(msgspec.Struct, frozen=True):
    """A team to tell, with the address of its on-call schedule (or empty) and its services that notice."""

    team: str
    label: str
    schedule: str
    services: tuple[str, ...]


class Impact(msgspec.Struct, frozen=True):
    """What follows from the failure of `node`, which itself is in none of the lists of services.

    `fails`: the services that reach it by hard edges alone. `degrades`: those that reach it, but only over a
    soft edge. Both by tier, then name. `promises` are the users' promises at risk, those of `node` itself
    among them; `tell` the teams of all these services and of `node`, by name.
    """

    node: Node
    fails: tuple[Affected, ...]
    degrades: tuple[Affected, ...]
    promises: tuple[PromiseAtRisk, ...]
    tell: tuple[Told, ...]


def impact_of(catalog: Catalog, graph: DependencyGraph, node: str) -> Impact:
    """The blast radius of the node of this id. Raises KeyError where there is none."""
    position = graph.index[node]
    failing = graph.hard_up[position]
    degrading = graph.all_up[position] & ~failing
    return Impact(
        node=graph.nodes[node],
        fails=_affected(graph, failing, _through(graph, node, hard=True)),
        degrades=_affected(graph, degrading, _through(graph, node, hard=False)),
        promises=_promises(catalog, graph, node, failing, degrading),
        tell=_told(catalog, graph, node, failing | degrading),
    )


def _through(graph: DependencyGraph, node: str, *, hard: bool) -> dict[str, str]:
    """For each dependent the next step of a shortest way down to the node, the first by name among equals."""
    through: dict[str, str] = {}
    queue = deque([node])
    while queue:
        reached = queue.popleft()
        for edge in graph.needed_by(reached):
            if edge.source not in through and edge.source != node and (edge.is_hard or not hard):
                through[edge.source] = reached
                queue.append(edge.source)
    return through


def _affected(graph: DependencyGraph, mask: int, through: dict[str, str]) -> tuple[Affected, ...]:
    found = []
    for name in graph.names(mask):
        node = graph.nodes[name]
        found.append(Affected(name, node.label, node.tier or 0, node.owner, through[name]))
    return tuple(sorted(found, key=lambda affected: (affected.tier, affected.service)))


def _promises(
    catalog: Catalog, graph: DependencyGraph, node: str, failing: int, degrading: int
) -> tuple[PromiseAtRisk, ...]:
    effects: dict[str, Effect] = dict.fromkeys(graph.names(degrading), "degrades")
    effects |= dict.fromkeys(graph.names(failing), "fails")
    if graph.nodes[node].kind is NodeKind.SERVICE:
        effects[node] = "fails"
    promises = [
        PromiseAtRisk(name, service.spec.tier, slo.name, slo.objective, slo.window, effect)
        for name, effect in effects.items()
        if (service := catalog.services.get(name)) is not None
        for slo in service.spec.slos
    ]
    return tuple(sorted(promises, key=lambda p: (p.effect == "degrades", p.tier, p.service, p.slo)))


def _told(catalog: Catalog, graph: DependencyGraph, node: str, mask: int) -> tuple[Told, ...]:
    services = {graph.ids[bit] for bit in bits(mask)}
    own = graph.nodes[node]
    if own.service in catalog.services:
        services.add(own.service)
    by_team: dict[str, list[str]] = {}
    for name in sorted(services):
        by_team.setdefault(graph.nodes[name].owner, []).append(name)
    told = []
    for name, owned in sorted(by_team.items()):
        team = catalog.teams.get(name)
        oncall = team.spec.oncall if team is not None else None
        told.append(
            Told(
                team=name,
                label=team.metadata.label if team is not None else name,
                schedule=oncall.schedule if oncall is not None else "",
                services=tuple(owned),
            )
        )
    return tuple(told)
