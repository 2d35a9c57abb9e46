"""What a service's dependencies say of it."""

from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.problem import Problem


def on_itself(scope: Scope) -> Iterator[Problem]:
    """PW209: no service depends on itself."""
    for name, service in scope.catalog.services.items():
        for index, dependency in enumerate(service.spec.dependencies):
            if dependency.service == name:
                path = f"spec.dependencies[{index}].service"
                yield scope.problem("PW209", f"{name} depends on itself", service, path, "remove it, or name another")


def twice(scope: Scope) -> Iterator[Problem]:
    """PW210: a service lists each target once."""
    for service in scope.catalog.services.values():
        dependencies = service.spec.dependencies
        if len({each.target for each in dependencies}) == len(dependencies):
            continue
        first: dict[tuple[str, str], int] = {}
        for index, each in enumerate(dependencies):
            before = first.setdefault((each.kind, each.target), index)
            if before != index:
                message = f"{each.target} is already the dependency number {before + 1}"
                path = f"spec.dependencies[{index}].{each.kind}"
                yield scope.problem("PW210", message, service, path, "keep one of the two")


def lower_tier(scope: Scope) -> Iterator[Problem]:
    """PW211: a service does not need one that is run with less care."""
    services = scope.catalog.services
    for service in services.values():
        tier = service.spec.tier
        for index, dependency in enumerate(service.spec.dependencies):
            if not dependency.service or dependency.criticality == "soft":
                continue
            other = services.get(dependency.service)
            if other is not None and other.spec.tier > tier:
                message = (
                    f"{service.name} is of tier {tier} and cannot do without {other.name}, which is of tier "
                    f"{other.spec.tier}"
                )
                mend = (
                    f"make {other.name} a service of tier {tier}, or make the dependency soft and say what "
                    f"{service.name} does without it"
                )
                yield scope.problem("PW211", message, service, f"spec.dependencies[{index}].service", mend)
