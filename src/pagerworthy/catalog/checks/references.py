"""Whether everything that an entry names is there."""

from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Decision, Service, Waiver
from pagerworthy.problem import Problem


def owners(scope: Scope) -> Iterator[Problem]:
    """PW201: the owner of a service or system is a team."""
    for service in scope.catalog.services.values():
        if not scope.has("Team", service.spec.owner):
            yield scope.unknown("PW201", "Team", service.spec.owner, service, "spec.owner")
    for system in scope.catalog.systems.values():
        if not scope.has("Team", system.spec.owner):
            yield scope.unknown("PW201", "Team", system.spec.owner, system, "spec.owner")


def systems(scope: Scope) -> Iterator[Problem]:
    """PW202: a service's system exists, and so does the larger one that a system is part of."""
    for service in scope.catalog.services.values():
        if not scope.has("System", service.spec.system):
            yield scope.unknown("PW202", "System", service.spec.system, service, "spec.system")
    for system in scope.catalog.systems.values():
        if system.spec.part_of and not scope.has("System", system.spec.part_of):
            yield scope.unknown("PW202", "System", system.spec.part_of, system, "spec.part_of")


def services(scope: Scope) -> Iterator[Problem]:
    """PW203: a dependency, decision, waiver or post-mortem names a service of the catalog."""
    known = scope.catalog.services
    for service in known.values():
        for index, dependency in enumerate(service.spec.dependencies):
            name = dependency.service
            if name and name not in known and not scope.has("Service", name):
                yield scope.unknown("PW203", "Service", name, service, f"spec.dependencies[{index}].service")
    records: tuple[Decision | Waiver, ...] = (*scope.catalog.decisions, *scope.catalog.waivers)
    for entry in records:
        if not scope.has("Service", entry.spec.service):
            yield scope.unknown("PW203", "Service", entry.spec.service, entry, "spec.service")
    for postmortem in scope.catalog.postmortems:
        for index, name in enumerate(postmortem.spec.services):
            if not scope.has("Service", name):
                yield scope.unknown("PW203", "Service", name, postmortem, f"spec.services[{index}]")


def resources(scope: Scope) -> Iterator[Problem]:
    """PW204: a resource that a service needs is in its owner's entry."""
    for service in scope.catalog.services.values():
        for index, dependency in enumerate(service.spec.dependencies):
            if dependency.resource:
                yield from _resource(scope, service, dependency.resource, f"spec.dependencies[{index}].resource")


def _resource(scope: Scope, service: Service, target: str, path: str) -> Iterator[Problem]:
    owner, _, name = target.partition("/")
    if scope.broken("Service", owner):
        return
    entry = scope.catalog.services.get(owner)
    if entry is None:
        near = scope.near(owner, scope.catalog.services)
        mend = f"did you mean {near}/{name}?" if near else f"add catalog/services/{owner}.yaml, with the resource"
        yield scope.problem("PW204", f"there is no service {owner} to own {target}", service, path, mend)
    elif name not in entry.spec.resources:
        near = scope.near(name, entry.spec.resources)
        owned = ", ".join(sorted(entry.spec.resources)) or "none"
        mend = f"did you mean {owner}/{near}?" if near else f"add it to the entry of {owner}; its resources: {owned}"
        yield scope.problem("PW204", f"{owner} has no resource {name}", service, path, mend)


def environments(scope: Scope) -> Iterator[Problem]:
    """PW205: the environments that a service runs in exist."""
    for service in scope.catalog.services.values():
        for index, name in enumerate(service.spec.environments):
            if not scope.has("Environment", name):
                yield scope.unknown("PW205", "Environment", name, service, f"spec.environments[{index}]")


def teams(scope: Scope) -> Iterator[Problem]:
    """PW206: conditions and actions belong to teams, and an approver signs for one."""
    for decision in scope.catalog.decisions:
        for index, condition in enumerate(decision.spec.conditions):
            if not scope.has("Team", condition.owner):
                yield scope.unknown("PW206", "Team", condition.owner, decision, f"spec.conditions[{index}].owner")
    for waiver in scope.catalog.waivers:
        if not scope.has("Team", waiver.spec.approver.team):
            yield scope.unknown("PW206", "Team", waiver.spec.approver.team, waiver, "spec.approver.team")
    for postmortem in scope.catalog.postmortems:
        for index, action in enumerate(postmortem.spec.actions):
            if not scope.has("Team", action.owner):
                yield scope.unknown("PW206", "Team", action.owner, postmortem, f"spec.actions[{index}].owner")
