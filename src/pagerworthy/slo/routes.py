"""Alertmanager's routes: every alert of a service reaches whoever carries its pager.

The tree follows the catalog and the decisions alone. Who receives is a receiver's name, such as `page-sre`; how it is
reached, with which keys, is the organisation's own file, or one integration for all.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from pagerworthy.catalog import Catalog, Decision, PagerHolder, Team
from pagerworthy.graph import DependencyGraph, NodeKind
from pagerworthy.handover import pager_at

Severity = Literal["page", "ticket"]
# An alert of something that the catalog does not know, and the dead man's switch.
UNKNOWN = "unknown-service"
DEAD_MAN = "dead-man"

# Alerts of one SLO are one notice. A page waits for no others; a ticket is said again once a day.
_GROUP_BY = ("service", "slo", "alertname")


class Receiver(msgspec.Struct, frozen=True):
    """Somebody to be reached: a team by its pager or by its tickets, or a `purpose` that is no team's."""

    name: str
    severity: Severity
    team: Team | None = None


class Route(msgspec.Struct, frozen=True):
    """Where the alerts of a service go: the receivers of each severity, first whoever has to act."""

    service: str
    holder: PagerHolder
    page: tuple[str, ...]
    ticket: tuple[str, ...]


class Silence(msgspec.Struct, frozen=True):
    """While `service` pages, the tickets of the services that fail with it say nothing new."""

    service: str
    dependents: tuple[str, ...]


class RoutePlan(msgspec.Struct, frozen=True):
    """All routes, by service; the receivers that they name, by name; what silences what."""

    routes: tuple[Route, ...]
    receivers: tuple[Receiver, ...]
    silences: tuple[Silence, ...]


def plan_routes(catalog: Catalog, graph: DependencyGraph, as_of: dt.datetime) -> RoutePlan:
    """Who receives the alerts of each service at a moment.

    `dev` and `shadow`: the owning team, and in `shadow` SRE reads along: a page is a ticket to it. `shared`: both.
    `sre`: SRE. Where no team of role sre is in the catalog, the owner receives: no alert is heard by nobody. A service
    whose entry cannot be read keeps its route as long as its owner can be.
    """
    routes = routes_of(catalog, as_of)
    receivers = {name for route in routes for name in (*route.page, *route.ticket)}
    return RoutePlan(
        routes=routes,
        receivers=tuple(
            Receiver(name, "page" if name.startswith("page-") else "ticket", catalog.teams.get(name.partition("-")[2]))
            for name in sorted(receivers)
        ),
        silences=tuple(_silences(graph)),
    )


def routes_of(catalog: Catalog, as_of: dt.datetime) -> tuple[Route, ...]:
    """The routes alone, by service; see `plan_routes`."""
    made: dict[str, list[Decision]] = {}
    for decision in catalog.decisions:
        made.setdefault(decision.spec.service, []).append(decision)
    sre = _sre_teams(catalog)
    routes = []
    for name, owner in sorted(_owners(catalog).items()):
        pager = pager_at(made.get(name, ()), as_of)
        carrier = _carrier(pager.acceptance or pager.last, sre)
        routes.append(_route(name, owner, pager.holder, carrier))
    return tuple(routes)


def unread_services(catalog: Catalog) -> tuple[str, ...]:
    """The files of services that could not be read, not even who owns them: their alerts have no route."""
    read = set(catalog.places.get("Service", {}).values())
    read.update(lost.file for lost in catalog.unreadable.values() if lost.owner in catalog.teams)
    return tuple(sorted(file for file in catalog.files if file.startswith("catalog/services/") and file not in read))


def _owners(catalog: Catalog) -> Mapping[str, str]:
    """The owner of every service, as far as it is known; of an unreadable one only a team that is there."""
    owners = {name: ties.owner for name, ties in catalog.ties.items()}
    return owners | {name: lost.owner for name, lost in catalog.unreadable.items() if lost.owner in catalog.teams}


def _sre_teams(catalog: Catalog) -> Mapping[str, Team]:
    return {name: team for name, team in sorted(catalog.teams.items()) if team.spec.role == "sre"}


def _carrier(decision: Decision | None, sre: Mapping[str, Team]) -> str:
    """The SRE team whose member signed, or else the first by name; empty where there is none."""
    if decision is not None:
        signer = decision.spec.parties.sre.name
        for name, team in sre.items():
            if any(member.name == signer for member in team.spec.members):
                return name
    return next(iter(sre), "")


def _route(service: str, owner: str, holder: PagerHolder, sre: str) -> Route:
    acting: tuple[str, ...] = (owner,)
    if sre and holder == "shared":
        acting = tuple(dict.fromkeys((sre, owner)))
    elif sre and holder == "sre":
        acting = (sre,)
    page = [f"page-{team}" for team in acting]
    if sre and holder == "shadow":
        page.append(f"ticket-{sre}")
    return Route(service, holder, page=tuple(page), ticket=tuple(f"ticket-{team}" for team in acting))


def _silences(graph: DependencyGraph) -> Iterator[Silence]:
    """For each service, those that need it, or a resource of it, and have nothing else instead.

    Only direct dependents: each of them that pages in turn silences its own, and the rules grow with the edges.
    """
    dependents: dict[str, set[str]] = {}
    for edge in graph.edges:
        target = graph.nodes[edge.target]
        if target.kind is not NodeKind.EXTERNAL and target.service != edge.source and graph.alone(edge):
            dependents.setdefault(target.service, set()).add(edge.source)
    known = {node.id for node in graph.services()}
    for service in sorted(dependents.keys() & known):
        yield Silence(service, tuple(sorted(dependents[service] & known)))


def as_configuration(plan: RoutePlan, reach: Mapping[str, object], own: Mapping[str, object]) -> dict[str, object]:
    """The configuration of Alertmanager 0.25 or later, as plain data.

    `own` is the organisation's file: its `route` and `inhibit_rules` are ours, its receivers come before ours, and all
    else stays. `reach` gives the integration of each receiver that `own` does not define, by name.
    """
    theirs = list(_named(own))
    there = defined(own)
    ours = [{"name": name, **_as_mapping(reach.get(name))} for name in needed(plan) if name not in there]
    rest = {key: value for key, value in own.items() if key not in {"route", "receivers", "inhibit_rules"}}
    return {**rest, "route": _tree(plan), "inhibit_rules": list(_inhibitions(plan)), "receivers": [*theirs, *ours]}


def needed(plan: RoutePlan) -> tuple[str, ...]:
    """The names of all receivers to which a plan sends alerts."""
    return (*(receiver.name for receiver in plan.receivers), DEAD_MAN, UNKNOWN)


def defined(own: Mapping[str, object]) -> frozenset[str]:
    """The names of the receivers in the organisation's own configuration."""
    return frozenset(str(receiver["name"]) for receiver in _named(own))


def _named(own: Mapping[str, object]) -> Iterator[dict[str, object]]:
    receivers = own.get("receivers")
    if isinstance(receivers, list):
        yield from (each for each in receivers if isinstance(each, dict) and "name" in each)


def _as_mapping(value: object) -> dict[str, object]:
    return dict(value) if isinstance(value, Mapping) else {}


def _tree(plan: RoutePlan) -> dict[str, object]:
    dead_man = {
        "receiver": DEAD_MAN,
        "matchers": ['alertname="Watchdog"'],
        "group_wait": "0s",
        "group_interval": "1m",
        "repeat_interval": "1m",
    }
    return {
        "receiver": UNKNOWN,
        "group_by": list(_GROUP_BY),
        "group_wait": "30s",
        "group_interval": "5m",
        "repeat_interval": "4h",
        "routes": [dead_man, *(_branch(route) for route in plan.routes)],
    }


def _branch(route: Route) -> dict[str, object]:
    """A service's alerts. One of no known severity is taken for a ticket of whoever has to act."""
    pages = [_leaf(name, {"matchers": ['severity="page"'], "group_wait": "10s"}) for name in route.page]
    tickets = [_leaf(name, {"matchers": ['severity!="page"'], "repeat_interval": "1d"}) for name in route.ticket]
    for several in (pages, tickets):
        for leaf in several[:-1]:
            leaf["continue"] = True
    return {
        "receiver": route.ticket[0],
        "matchers": [f'service="{route.service}"'],
        "routes": [*pages, *tickets],
    }


def _leaf(receiver: str, rest: dict[str, object]) -> dict[str, object]:
    return {"receiver": receiver, **rest}


def _inhibitions(plan: RoutePlan) -> Iterator[dict[str, object]]:
    """A page silences tickets, never a page; that data have stopped is told apart from what a dependency explains."""
    tickets = ['severity="ticket"', 'data=""']
    yield {
        "source_matchers": ['severity="page"'],
        "target_matchers": tickets,
        "equal": ["service", "slo"],
    }
    for silence in plan.silences:
        yield {
            "source_matchers": [f'service="{silence.service}"', 'severity="page"'],
            "target_matchers": [f'service=~"{"|".join(silence.dependents)}"', *tickets],
        }
