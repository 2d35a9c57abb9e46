"""What stacks are estimated to cost a month, by a dated table of public prices. Pure: no cloud, no Pulumi."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from pagerworthy.catalog import Compute, Environment, Release, Resource, Service
from pagerworthy.cloud import is_regulated
from pagerworthy.slo import objectives_of
from pagerworthy.slo.rules.alerts import reachable
from pagerworthy.stacks.cost.estimate import Estimate, Line, total
from pagerworthy.stacks.cost.platform import platform_lines
from pagerworthy.stacks.cost.prices import Prices, price_table
from pagerworthy.stacks.cost.service import Watched, edge_lines, resource_lines, task_lines, watching_lines
from pagerworthy.stacks.inputs import PlatformInputs, StackInputs, merged
from pagerworthy.stacks.names import stack_name
from pagerworthy.stacks.offerings import Place

_SEVERITIES: tuple[Literal["page", "ticket"], ...] = ("page", "ticket")

__all__ = ["Estimate", "Line", "Prices", "estimate", "estimate_service", "price_table"]


def estimate(inputs: StackInputs, prices: Prices | None = None) -> Estimate:
    """What the stack of these inputs costs a month."""
    table = prices or price_table()
    if isinstance(inputs, PlatformInputs):
        return total(table, inputs.stack, platform_lines(table, inputs.spec, regulated=inputs.regulated))
    place = Place(inputs.spec, inputs.tier, inputs.regulated)
    compute = inputs.compute if inputs.runs_here else None
    watched = Watched(
        windows=tuple(
            tuple(sum(each.severity == severity for each in level.windows) for severity in _SEVERITIES)
            for level in inputs.levels
        ),
        inboxes=sum(need.reads_topic(inputs.service) for need in merged(inputs.needs)),
        shifts=_shifts(inputs.release),
    )
    return total(table, inputs.stack, _lines(table, compute, inputs.resources, watched, place))


def estimate_service(
    service: Service, environment: Environment, prices: Prices | None = None, *, inboxes: int = 0
) -> Estimate:
    """The same of an entry in one of its environments, without the graph: that has to say for how many topics of others
    it has a queue of its own (`inboxes`), since only their entries say that they are topics."""
    table, spec = prices or price_table(), service.spec
    place = Place(environment.spec, spec.tier, spec.data is not None and is_regulated(spec.data.regulations))
    compute = spec.compute if spec.compute is not None and spec.compute.type == "fargate" else None
    stack = stack_name(service.name, environment.name)
    watched = Watched(
        windows=tuple(
            tuple(len(reachable(objective, severity)) for severity in _SEVERITIES)
            for objective in objectives_of(service)
        ),
        inboxes=inboxes,
        shifts=_shifts(spec.release),
    )
    return total(table, stack, _lines(table, compute, dict(sorted(spec.resources.items())), watched, place))


def _shifts(release: Release | None) -> bool:
    return release is not None and release.strategy in {"canary", "blue-green"}


def _lines(
    prices: Prices, compute: Compute | None, resources: Mapping[str, Resource], watched: Watched, place: Place
) -> Iterator[Line]:
    if compute is None and not resources:
        return
    if compute is not None:
        yield from _offered(task_lines(prices, compute))
    yield from watching_lines(prices, compute, watched)
    for name, resource in resources.items():
        yield from _offered(resource_lines(prices, name, resource, place))
        if resource.type == "edge" and compute is not None:
            yield from edge_lines(prices, name, compute, watched)


def _offered(lines: Iterator[Line]) -> Sequence[Line]:
    """The lines; none for what AWS does not offer, which `check` tells of: it has no price."""
    try:
        return list(lines)
    except ValueError:
        return []
