"""What breaks if this breaks: the blast radius of a node."""

from collections.abc import Iterator
from typing import Literal

import msgspec

from pagerworthy.catalog import Catalog, OnCall
from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Node, NodeKind

Effect = Literal["fails", "degrades"]


class Affected(msgspec.Struct, frozen=True):
    """A service that is affected, and over which of its needs (`through`) the failure reaches it.

    `soft_steps` counts the soft edges on that way, the fewest there are: 0 where the service fails; 1 where it does
    without something that fails; more where it only needs, softly, what degrades.
    """

    service: str
    label: str
    tier: int
    owner: str
    through: str
    soft_steps: int


class PromiseAtRisk(msgspec.Struct, frozen=True):
    """A service level objective of a service that fails or degrades; `objective` in percent."""

    service: str
    tier: int
    slo: str
    objective: float
    window: str
    effect: Effect


class Told(msgspec.Struct, frozen=True):
    """Whom to tell: a team, an on-call schedule (or empty), and the team's services that notice and are called there.

    `contact` says how else the team can be reached, as `chat #orders, email orders@example.com`, or is empty. A service
    without on-call of its own is called on its team's schedule. A team stands once for each schedule.
    """

    team: str
    label: str
    schedule: str
    services: tuple[str, ...]
    contact: str = ""


class Impact(msgspec.Struct, frozen=True):
    """What follows from the failure of `node`, which itself is in neither list of services.

    `fails`: the services that reach it by hard edges alone, by tier, then name. `degrades`: those that reach it, but
    only over a soft edge or as one of several, by soft steps, tier and name. `promises` are the users' promises at
    risk: those of `node`, of what fails, and of what degrades with a single soft step. `tell` says who is called for
    these services and for `node`, by team and schedule. `may_notice` are services whose entries cannot be read and name
    it: whether they need it is not known.
    """

    node: Node
    fails: tuple[Affected, ...]
    degrades: tuple[Affected, ...]
    promises: tuple[PromiseAtRisk, ...]
    tell: tuple[Told, ...]
    may_notice: tuple[str, ...] = ()


def impact_of(catalog: Catalog, graph: DependencyGraph, node: str) -> Impact:
    """The blast radius of the node of this id, in one pass. Raises KeyError where there is none."""
    own = graph.nodes[node]
    affected = sorted(_affected(graph, node), key=lambda row: (row.soft_steps, row.tier, row.service))
    effects: dict[str, Effect] = {
        row.service: "degrades" if row.soft_steps else "fails" for row in affected if row.soft_steps < 2
    }
    if own.kind is NodeKind.SERVICE:
        effects[node] = "fails"
    concerned = set(effects) | {own.service}
    return Impact(
        node=own,
        fails=tuple(row for row in affected if not row.soft_steps),
        degrades=tuple(row for row in affected if row.soft_steps),
        promises=_promises(catalog, effects),
        tell=_told(catalog, sorted(concerned)),
        may_notice=tuple(
            name
            for name, lost in catalog.unreadable.items()
            if (own.service or own.name) in lost.mentions or (own.kind is NodeKind.RESOURCE and own.service == name)
        ),
    )


def _affected(graph: DependencyGraph, node: str) -> Iterator[Affected]:
    """All that needs the node, by the fewest soft edges first: hard edges are followed before any soft one.

    The loss of one alternative counts as a soft edge as long as another is left.
    """
    fails = set(graph.names(graph.hard_up[graph.index[node]])) if graph.choices else set()
    seen = {node}
    level = [node]
    soft_steps = 0
    while level:
        for reached in level:  # grows while it is gone through
            for edge in graph.needed_by(reached):
                if edge.source not in seen and (graph.alone(edge) or (edge.is_hard and edge.source in fails)):
                    seen.add(edge.source)
                    level.append(edge.source)
                    yield _row(graph.nodes[edge.source], reached, soft_steps)
        soft_steps += 1
        softly = []
        for reached in level:
            for edge in graph.needed_by(reached):
                if edge.source not in seen:
                    seen.add(edge.source)
                    softly.append(edge.source)
                    yield _row(graph.nodes[edge.source], reached, soft_steps)
        level = softly


def _row(node: Node, through: str, soft_steps: int) -> Affected:
    return Affected(node.id, node.label, node.tier or 0, node.owner, through, soft_steps)


def _promises(catalog: Catalog, effects: dict[str, Effect]) -> tuple[PromiseAtRisk, ...]:
    promises = [
        PromiseAtRisk(name, service.spec.tier, slo.name, slo.objective, slo.window, effect)
        for name, effect in effects.items()
        if (service := catalog.services.get(name)) is not None
        for slo in service.spec.slos
    ]
    return tuple(sorted(promises, key=lambda p: (p.effect == "degrades", p.tier, p.service, p.slo)))


def _told(catalog: Catalog, services: list[str]) -> tuple[Told, ...]:
    called: dict[tuple[str, str], list[str]] = {}
    for name in services:
        if (service := catalog.services.get(name)) is not None:
            owner, oncall = service.spec.owner, service.spec.oncall
        elif (lost := catalog.unreadable.get(name)) is not None and lost.owner:
            owner, oncall = lost.owner, lost.oncall
        else:
            continue
        called.setdefault((owner, _schedule(catalog, owner, oncall)), []).append(name)
    told = []
    for (name, schedule), owned in sorted(called.items()):
        team = catalog.teams.get(name)
        label = team.metadata.label if team is not None else name
        contact = ", ".join(f"{kind} {where}" for kind, where in sorted(team.spec.contact.items())) if team else ""
        told.append(Told(team=name, label=label, schedule=schedule, services=tuple(owned), contact=contact))
    return tuple(told)


def _schedule(catalog: Catalog, owner: str, own: OnCall | None) -> str:
    """Who is really called: a service's own on-call comes before its team's."""
    team = catalog.teams.get(owner)
    oncall = own or (team.spec.oncall if team is not None else None)
    return oncall.schedule if oncall is not None else ""
