"""What a service's hard dependencies mean for what it can be relied on."""

from collections.abc import Iterator

from pagerworthy.catalog.checks.scope import Scope
from pagerworthy.problem import Problem


def lower_tier(scope: Scope) -> Iterator[Problem]:
    """PW211: a service does not need one that is run with less care."""
    tiers = {name: ties.tier for name, ties in scope.catalog.ties.items()}
    least_care = max(tiers.values(), default=0)
    for name, ties in scope.catalog.ties.items():
        tier = ties.tier
        if tier == least_care:
            continue
        lower: dict[str, None] = {}
        for group in ties.needs:
            owners = [target.partition("/")[0] for target in group]
            # Where one of several is no less critical, the others only stand in for it.
            if min(tiers.get(each, 0) for each in owners) > tier:
                lower.update(dict.fromkeys(owners))
        for target in lower:
            message = f"{name} is of tier {tier} and cannot do without {target}, which is of tier {tiers[target]}"
            mend = (
                f"make {target} a service of tier {tier}, or make the dependency soft and say what {name} does "
                f"without it"
            )
            yield scope.problem("PW211", message, "Service", name, place_of(scope, name, target), mend)


def place_of(scope: Scope, service: str, target: str) -> str:
    """Where a service's entry names a hard dependency, or the resource of a service that it needs."""
    for index, each in enumerate(scope.catalog.services[service].spec.dependencies):
        if each.criticality == "hard":
            if each.service == target:
                return f"spec.dependencies[{index}].service"
            if each.resource and each.resource.partition("/")[0] == target:
                return f"spec.dependencies[{index}].resource"
    return "spec.dependencies"
