"""What one service says of others: all that the checks across entries need of it."""

import msgspec

from pagerworthy.catalog.model import Service


class Ties(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`hard` and `soft` are services; `resources` are written owner/resource, and `hard_resources` are some of them.

    `providers` are hard external dependencies with the availability that their entry states, in percent. `promise` is
    the lowest availability objective, in percent. `files` are paths from the repository's root.
    """

    owner: str
    system: str
    tier: int
    environments: tuple[str, ...]
    hard: tuple[str, ...]
    soft: tuple[str, ...]
    resources: tuple[str, ...]
    hard_resources: tuple[str, ...]
    providers: tuple[tuple[str, float], ...]
    promise: float | None
    owns: tuple[str, ...]
    slos: tuple[str, ...]
    files: tuple[str, ...]


def ties_of(service: Service) -> Ties:
    """Reads the ties out of an entry."""
    spec = service.spec
    hard: list[str] = []
    soft: list[str] = []
    resources: list[str] = []
    hard_resources: list[str] = []
    providers: list[tuple[str, float]] = []
    for each in spec.dependencies:
        is_hard = each.criticality == "hard"
        if each.service:
            (hard if is_hard else soft).append(each.service)
        elif each.resource:
            resources.append(each.resource)
            if is_hard:
                hard_resources.append(each.resource)
        elif is_hard and each.availability is not None:
            providers.append((each.external, each.availability))
    files = [runbook.path for runbook in spec.runbooks if runbook.path]
    if spec.design is not None and spec.design.path:
        files.append(spec.design.path)
    return Ties(
        owner=spec.owner,
        system=spec.system,
        tier=spec.tier,
        environments=spec.environments,
        hard=tuple(hard),
        soft=tuple(soft),
        resources=tuple(resources),
        hard_resources=tuple(hard_resources),
        providers=tuple(providers),
        promise=min((slo.objective for slo in spec.slos if slo.kind == "availability"), default=None),
        owns=tuple(spec.resources),
        slos=tuple(slo.name for slo in spec.slos),
        files=tuple(files),
    )
