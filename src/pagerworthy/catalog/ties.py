"""What one service says of others: all that the checks across entries need of it."""

import datetime as dt
from collections.abc import Iterator

import msgspec

from pagerworthy.catalog.model import Dependency, Service

# An external provider's id has this before its name, so that it can never be mistaken for a service.
EXTERNAL_PREFIX = "external:"
# Types that a user with a password may do everything with, and types that are reached by the network.
_PASSWORDS = frozenset({"postgres", "mysql", "redis", "rabbitmq"})
_GUARDED = _PASSWORDS | {"memcached", "edge"}


class Ties(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`hard` and `soft` are services; `resources` are written owner/resource, and `hard_resources` are some of them.

    `needs` are the hard dependencies, each a group of which one is enough, mostly of one; written as the graph writes
    them: a service, owner/resource, or external:provider. What it owns is not among them. `providers` are external
    dependencies with the availability that the entry states, in percent. `promise` is the lowest availability
    objective, in percent. `files` are paths from the repository's root. `past` are the days on which something is said
    to have happened, each with its place in the entry. `zones` are the most that it, or a resource of its own, is to
    span. `domains` are the public names of its resources, each with the resource. `guarded` are those of its resources
    that a security group stands before, `passwords` those that have one user for all callers. `reads` are the resources
    that it says it only reads, each with the number of its dependency.
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
    needs: tuple[tuple[str, ...], ...]
    promise: float | None
    owns: tuple[str, ...]
    slos: tuple[str, ...]
    files: tuple[str, ...]
    past: tuple[tuple[str, dt.date], ...] = ()
    zones: int = 1
    domains: tuple[tuple[str, str], ...] = ()
    guarded: tuple[str, ...] = ()
    passwords: tuple[str, ...] = ()
    reads: tuple[tuple[int, str], ...] = ()

    @property
    def targets(self) -> tuple[str, ...]:
        """The services and resources that it depends on, hard or soft; resources as owner/resource."""
        return (*self.hard, *self.soft, *self.resources)


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
        elif each.availability is not None:
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
        needs=_needs(service.metadata.name, spec.dependencies),
        promise=min((slo.objective for slo in spec.slos if slo.kind == "availability"), default=None),
        owns=tuple(spec.resources),
        slos=tuple(slo.name for slo in spec.slos),
        files=tuple(files),
        past=tuple(_past(service)),
        zones=max([each.zones for each in spec.resources.values()] + [spec.compute.zones if spec.compute else 1]),
        domains=tuple((name, each.domain) for name, each in spec.resources.items() if each.domain),
        guarded=tuple(name for name, each in spec.resources.items() if each.type in _GUARDED and not each.public),
        passwords=tuple(name for name, each in spec.resources.items() if each.type in _PASSWORDS),
        reads=tuple(
            (number, each.resource)
            for number, each in enumerate(spec.dependencies)
            if each.resource and each.access == "read"
        ),
    )


def _past(service: Service) -> Iterator[tuple[str, dt.date]]:
    design, security = service.spec.design, service.spec.security
    if design is not None and design.reviewed is not None:
        yield "spec.design.reviewed", design.reviewed
    if security is not None and security.review is not None:
        yield "spec.security.review.date", security.review.date
    if security is not None and security.access_review is not None:
        yield "spec.security.access_review", security.access_review


def _needs(name: str, dependencies: tuple[Dependency, ...]) -> tuple[tuple[str, ...], ...]:
    plain: dict[str, None] = {}
    groups: dict[str, dict[str, None]] = {}
    for each in dependencies:
        if each.criticality != "hard":
            continue
        target = EXTERNAL_PREFIX + each.external if each.external else each.target
        if target == name or target.startswith(f"{name}/"):
            continue
        if each.any_of:
            groups.setdefault(each.any_of, {})[target] = None
        else:
            plain[target] = None
    return (*((target,) for target in plain), *(tuple(group) for group in groups.values()))
