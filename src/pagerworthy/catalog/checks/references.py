"""Whether everything that an entry names is there."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from itertools import chain

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Attestation, Decision, Kind, Waiver
from pagerworthy.catalog.ties import Ties
from pagerworthy.problem import Problem


def _naming(scope: Scope, kind: Kind, names: Callable[[Ties], Iterable[str]]) -> list[str]:
    """The services that name an entry of a kind that could not be read or is not there."""
    return _beyond(scope.names(kind).keys(), scope.catalog.ties, names)


def _beyond(known: Set[str], every: Mapping[str, Ties], names: Callable[[Ties], Iterable[str]]) -> list[str]:
    """The services that name what is not known; where all know what they name, which is usual, it is told at once."""
    if set(chain.from_iterable(map(names, every.values()))) <= known:
        return []
    return [name for name, ties in every.items() if not known >= set(names(ties))]


def owners(scope: Scope) -> Iterator[Problem]:
    """PW201: the owner of a service or system is a team."""
    for name in _naming(scope, "Team", lambda ties: (ties.owner,)):
        owner = scope.catalog.ties[name].owner
        if not scope.has("Team", owner):
            yield scope.unknown("PW201", "Team", owner, "Service", name, "spec.owner")
    for name, system in scope.catalog.systems.items():
        if not scope.has("Team", system.spec.owner):
            yield scope.unknown("PW201", "Team", system.spec.owner, "System", name, "spec.owner")


def systems(scope: Scope) -> Iterator[Problem]:
    """PW202: a service's system exists, and so does the larger one that a system is part of."""
    for name in _naming(scope, "System", lambda ties: (ties.system,)):
        system = scope.catalog.ties[name].system
        if not scope.has("System", system):
            yield scope.unknown("PW202", "System", system, "Service", name, "spec.system")
    for name, part in scope.catalog.systems.items():
        if part.spec.part_of and not scope.has("System", part.spec.part_of):
            yield scope.unknown("PW202", "System", part.spec.part_of, "System", name, "spec.part_of")


def services(scope: Scope) -> Iterator[Problem]:
    """PW203: a dependency, decision, waiver, attestation or post-mortem names a service of the catalog."""
    for name in _naming(scope, "Service", lambda ties: ties.hard + ties.soft):
        for index, each in enumerate(scope.catalog.services[name].spec.dependencies):
            if each.service and not scope.has("Service", each.service):
                path = f"spec.dependencies[{index}].service"
                yield scope.unknown("PW203", "Service", each.service, "Service", name, path)
    catalog = scope.catalog
    records: tuple[Decision | Waiver | Attestation, ...] = (
        *catalog.decisions,
        *catalog.waivers,
        *catalog.attestations,
    )
    for entry in records:
        if not scope.has("Service", entry.spec.service):
            yield scope.unknown("PW203", "Service", entry.spec.service, entry.kind, entry.name, "spec.service")
    for postmortem in scope.catalog.postmortems:
        for index, name in enumerate(postmortem.spec.services):
            if not scope.has("Service", name):
                path = f"spec.services[{index}]"
                yield scope.unknown("PW203", "Service", name, "Postmortem", postmortem.name, path)


def resources(scope: Scope) -> Iterator[Problem]:
    """PW204: a resource that a service needs is in its owner's entry."""
    every = scope.catalog.ties
    owned = {f"{name}/{resource}" for name, ties in every.items() for resource in ties.owns}
    for name in _beyond(owned, every, lambda ties: ties.resources):
        for index, each in enumerate(scope.catalog.services[name].spec.dependencies):
            if each.resource and each.resource not in owned:
                yield from _resource(scope, name, each.resource, f"spec.dependencies[{index}].resource")


def _resource(scope: Scope, service: str, target: str, path: str) -> Iterator[Problem]:
    owner, _, name = target.partition("/")
    if scope.broken("Service", owner):
        return
    ties = scope.catalog.ties.get(owner)
    if ties is None:
        near = scope.near(owner, scope.catalog.ties)
        mend = f"did you mean {near}/{name}?" if near else f"add catalog/services/{owner}.yaml, with the resource"
        yield scope.problem("PW204", f"there is no service {owner} to own {target}", "Service", service, path, mend)
    else:
        near = scope.near(name, ties.owns)
        listed = ", ".join(sorted(ties.owns)) or "none"
        mend = f"did you mean {owner}/{near}?" if near else f"add it to the entry of {owner}; its resources: {listed}"
        yield scope.problem("PW204", f"{owner} has no resource {name}", "Service", service, path, mend)


def environments(scope: Scope) -> Iterator[Problem]:
    """PW205: the environments that a service runs in exist."""
    for name in _naming(scope, "Environment", lambda ties: ties.environments):
        for index, each in enumerate(scope.catalog.ties[name].environments):
            if not scope.has("Environment", each):
                path = f"spec.environments[{index}]"
                yield scope.unknown("PW205", "Environment", each, "Service", name, path)


def teams(scope: Scope) -> Iterator[Problem]:
    """PW206: conditions and actions belong to teams, and an approver signs for one."""
    for decision in scope.catalog.decisions:
        for index, condition in enumerate(decision.spec.conditions):
            if not scope.has("Team", condition.owner):
                path = f"spec.conditions[{index}].owner"
                yield scope.unknown("PW206", "Team", condition.owner, "Decision", decision.name, path)
    for waiver in scope.catalog.waivers:
        team = waiver.spec.approver.team
        if not scope.has("Team", team):
            yield scope.unknown("PW206", "Team", team, "Waiver", waiver.name, "spec.approver.team")
    for postmortem in scope.catalog.postmortems:
        for index, action in enumerate(postmortem.spec.actions):
            if not scope.has("Team", action.owner):
                path = f"spec.actions[{index}].owner"
                yield scope.unknown("PW206", "Team", action.owner, "Postmortem", postmortem.name, path)
