"""What each environment holds: its stacks in their order, and what the cloud lets each of them reach.

Made without an engine, from what the stacks follow from. What is opened here for an edge is what the programs in
`program.service.rules` and `program.service.grants` open; a test renders the demo's stacks and compares.
"""

from collections.abc import Mapping
from typing import Literal

import msgspec

from pagerworthy.catalog import Catalog, Compute, Environment, Resource
from pagerworthy.stacks.cost import Estimate, estimate, estimate_service
from pagerworthy.stacks.gather import EnvironmentStacks
from pagerworthy.stacks.images import repository_of
from pagerworthy.stacks.inputs import Access, Need, merged
from pagerworthy.stacks.names import stack_name
from pagerworthy.stacks.outputs import RESOURCE_KEYS
from pagerworthy.stacks.run.schedule import HardCycleError
from pagerworthy.stacks.run.waves import order_of

# Callers of a stack that are named; the rest is counted.
NAMED = 52
_HTTPS = 443

# `rule`: a pair of security-group rules to the other's group; `internet`: a way out to a port, whatever the address;
# `grant`: a statement of the caller's role; `balancer`: requests come from one's own load balancer; `nothing`: what is
# needed lies in no stack of the environment, or has no port.
How = Literal["rule", "internet", "grant", "balancer", "nothing"]


class Way(msgspec.Struct, frozen=True):
    """What is opened for one edge of the graph, from a service to the node `target`.

    `owner` is the service whose stack has it, if one has; `type` is that of a resource. `port` is TCP, `access` what a
    grant allows. `secret` is whether the caller's role may read the resource's password.
    """

    target: str
    kind: Literal["service", "resource", "external", "registry"]
    how: How
    hard: bool
    owner: str = ""
    type: str = ""
    port: int | None = None
    access: Access | None = None
    secret: bool = False


class Caller(msgspec.Struct, frozen=True):
    """The same from the other side: who reaches something of a stack."""

    service: str
    way: Way


class Held(msgspec.Struct, frozen=True):
    """A service's stack in an environment.

    `wave` counts from 1, as `pagerworthy waves` does, and is 0 where a hard cycle leaves all without order. `page` and
    `ticket` are receivers such as `page-sre`. `least` and `most` are the estimate for a month. `refused` says why no
    stack is made of the entry, or is empty; `callers` are the first of them by name, `callers_count` is how many there
    are.
    """

    stack: str
    wave: int
    version: str
    page: tuple[str, ...]
    ticket: tuple[str, ...]
    runs: bool
    resources: dict[str, Resource]
    ways: tuple[Way, ...]
    callers: tuple[Caller, ...]
    callers_count: int
    least: float
    most: float
    refused: str


class Inventory(msgspec.Struct, frozen=True):
    """What an environment holds: by service, in the order of names. `waves` is how many there are after the platform's;
    `refused` says why the environment has no stack at all, or is empty."""

    environment: Environment
    waves: int
    platform: Estimate
    stacks: Mapping[str, Held]
    refused: str

    @property
    def least(self) -> float:
        """What all stacks are estimated to cost a month, the platform's among them."""
        return self.platform.monthly + sum(each.least for each in self.stacks.values())

    @property
    def most(self) -> float:
        """The same when everything has grown as far as it may."""
        return self.platform.monthly_most + sum(each.most for each in self.stacks.values())


def inventory_of(
    stacks: EnvironmentStacks, catalog: Catalog, refused: Mapping[str, str], why_not: str = ""
) -> Inventory:
    """What an environment holds. `refused` says, by service, why there is no stack of it; `why_not` why there is none
    at all."""
    environment = catalog.environments[stacks.environment]
    waves: tuple[tuple[str, ...], ...] = ()
    try:
        waves = order_of(stacks).waves
    except HardCycleError as error:
        circle = " -> ".join(stack.rpartition(".")[0] for stack in error.stacks)
        why_not = why_not or f"a hard cycle has no order: {circle}"
    wave_of = {name: number for number, wave in enumerate(waves, start=1) for name in wave}
    ways = {name: tuple(_ways(stacks, catalog, name)) for name in stacks.services}
    callers: dict[str, list[Caller]] = {}
    for name, found in ways.items():
        for way in found:
            if way.owner and way.owner != name and way.how != "nothing":
                callers.setdefault(way.owner, []).append(Caller(name, way))
    held = {}
    for name in stacks.services:
        service, route = catalog.services[name], stacks.route(name)
        inboxes = sum(need.reads_topic(name) for need in merged(stacks.needs(name)))
        cost = estimate_service(service, environment, inboxes=inboxes)
        held[name] = Held(
            stack=stack_name(name, stacks.environment),
            wave=wave_of.get(name, 0),
            version=stacks.version(name),
            page=route.page,
            ticket=route.ticket,
            runs=_runs(service.spec.compute),
            resources=stacks.resources(name),
            ways=ways[name],
            callers=tuple(callers.get(name, ())[:NAMED]),
            callers_count=len(callers.get(name, ())),
            least=cost.monthly,
            most=cost.monthly_most,
            refused=refused.get(name, ""),
        )
    return Inventory(environment, len(waves), estimate(stacks.platform()), held, why_not)


def _runs(compute: Compute | None) -> bool:
    return compute is not None and compute.type == "fargate"


def _ways(stacks: EnvironmentStacks, catalog: Catalog, name: str) -> list[Way]:
    """What is opened to the service itself; to one that only owns resources, nothing."""
    compute = catalog.services[name].spec.compute
    if compute is None or not _runs(compute):
        return []
    needs = merged(each for each in stacks.needs(name) if each.kind != "service" or each.owner != name)
    ways = [_way(name, compute, need) for need in needs]
    repository = repository_of(compute.image)
    region = catalog.environments[stacks.environment].spec.region
    if repository is None or repository.region != region:
        registry = compute.image.partition("/")[0]
        ways.append(Way(target=registry, kind="registry", how="internet", hard=True, port=_HTTPS))
    return ways


def _way(name: str, compute: Compute, need: Need) -> Way:
    how: How = "nothing"
    port, access, secret = need.port, None, False
    keys = RESOURCE_KEYS.get(need.type, ())
    if need.type == "edge" and need.owner == name:
        port = compute.port
        how = "nothing" if port is None else "balancer"
    elif "arn" in keys and need.owner:
        how, access = "grant", need.access
    elif need.port is not None and (need.public if need.kind == "resource" else not need.owner):
        how = "internet"
    elif need.port is not None and need.owner:
        how, secret = "rule", "secret_arn" in keys
    return Way(
        target=need.target,
        kind=need.kind,
        how=how,
        hard=need.hard,
        owner=need.owner,
        type=need.type,
        port=None if how == "nothing" else port,
        access=access,
        secret=secret,
    )
