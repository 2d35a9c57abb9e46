"""Whether everything that an entry names is there."""

from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.catalog.model import Decision, Waiver
from pagerworthy.problem import Problem


def owners(scope: Scope) -> Iterator[Problem]:
    """PW201: the owner of a service or system is a team."""
    teams = scope.names("Team")
    for name, ties in scope.catalog.ties.items():
        if ties.owner not in teams and not scope.has("Team", ties.owner):
            yield scope.unknown("PW201", "Team", ties.owner, "Service", name, "spec.owner")
    for name, system in scope.catalog.systems.items():
        if not scope.has("Team", system.spec.owner):
            yield scope.unknown("PW201", "Team", system.spec.owner, "System", name, "spec.owner")


def systems(scope: Scope) -> Iterator[Problem]:
    """PW202: a service's system exists, and so does the larger one that a system is part of."""
    known = scope.names("System")
    for name, ties in scope.catalog.ties.items():
        if ties.system not in known and not scope.has("System", ties.system):
            yield scope.unknown("PW202", "System", ties.system, "Service", name, "spec.system")
    for name, system in scope.catalog.systems.items():
        if system.spec.part_of and not scope.has("System", system.spec.part_of):
            yield scope.unknown("PW202", "System", system.spec.part_of, "System", name, "spec.part_of")


def services(scope: Scope) -> Iterator[Problem]:
    """PW203: a dependency, decision, waiver or post-mortem names a service of the catalog."""
    known = frozenset(scope.names("Service"))
    for name, ties in scope.catalog.ties.items():
        for targets in (ties.hard, ties.soft):
            if not known.issuperset(targets):
                yield from _services_of(scope, name, targets)
    records: tuple[Decision | Waiver, ...] = (*scope.catalog.decisions, *scope.catalog.waivers)
    for entry in records:
        if not scope.has("Service", entry.spec.service):
            yield scope.unknown("PW203", "Service", entry.spec.service, entry.kind, entry.name, "spec.service")
    for postmortem in scope.catalog.postmortems:
        for index, name in enumerate(postmortem.spec.services):
            if not scope.has("Service", name):
                path = f"spec.services[{index}]"
                yield scope.unknown("PW203", "Service", name, "Postmortem", postmortem.name, path)


def _services_of(scope: Scope, name: str, targets: tuple[str, ...]) -> Iterator[Problem]:
    for index, each in enumerate(scope.catalog.services[name].spec.dependencies):
        if each.service in targets and not scope.has("Service", each.service):
            path = f"spec.dependencies[{index}].service"
            yield scope.unknown("PW203", "Service", each.service, "Service", name, path)


def resources(scope: Scope) -> Iterator[Problem]:
    """PW204: a resource that a service needs is in its owner's entry."""
    every = scope.catalog.ties
    owned = {f"{name}/{resource}" for name, ties in every.items() for resource in ties.owns}
    for name, ties in every.items():
        if ties.resources and not owned.issuperset(ties.resources):
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
    known = frozenset(scope.names("Environment"))
    for name, ties in scope.catalog.ties.items():
        if not known.issuperset(ties.environments):
            for index, each in enumerate(ties.environments):
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
