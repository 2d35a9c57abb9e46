"""What stacks are estimated to cost a month, by a dated table of public prices. Pure: no cloud, no Pulumi."""

from collections.abc import Iterator, Mapping, Sequence

from pagerworthy.catalog import Compute, Environment, Resource, Service
from pagerworthy.cloud import is_regulated
from pagerworthy.stacks.cost.estimate import Estimate, Line, total
from pagerworthy.stacks.cost.platform import platform_lines
from pagerworthy.stacks.cost.prices import Prices, price_table
from pagerworthy.stacks.cost.service import resource_lines, task_lines, watching_lines
from pagerworthy.stacks.inputs import PlatformInputs, StackInputs
from pagerworthy.stacks.names import stack_name
from pagerworthy.stacks.offerings import Place

__all__ = ["Estimate", "Line", "Prices", "estimate", "estimate_service", "price_table"]


def estimate(inputs: StackInputs, prices: Prices | None = None) -> Estimate:
    """What the stack of these inputs costs a month."""
    table = prices or price_table()
    if isinstance(inputs, PlatformInputs):
        return total(table, inputs.stack, platform_lines(table, inputs.spec, regulated=inputs.regulated))
    place = Place(inputs.spec, inputs.tier, inputs.regulated)
    compute = inputs.compute if inputs.runs_here else None
    return total(table, inputs.stack, _lines(table, compute, inputs.resources, len(inputs.levels), place))


def estimate_service(service: Service, environment: Environment, prices: Prices | None = None) -> Estimate:
    """The same of an entry in one of its environments, without the graph."""
    table, spec = prices or price_table(), service.spec
    place = Place(environment.spec, spec.tier, spec.data is not None and is_regulated(spec.data.regulations))
    compute = spec.compute if spec.compute is not None and spec.compute.type == "fargate" else None
    stack = stack_name(service.name, environment.name)
    return total(table, stack, _lines(table, compute, dict(sorted(spec.resources.items())), len(spec.slos), place))


def _lines(
    prices: Prices, compute: Compute | None, resources: Mapping[str, Resource], levels: int, place: Place
) -> Iterator[Line]:
    if compute is None and not resources:
        return
    if compute is not None:
        yield from _offered(task_lines(prices, compute))
    yield from watching_lines(prices, compute, levels)
    for name, resource in resources.items():
        yield from _offered(resource_lines(prices, name, resource, place))


def _offered(lines: Iterator[Line]) -> Sequence[Line]:
    """The lines; none for what AWS does not offer, which `check` tells of: it has no price."""
    try:
        return list(lines)
    except ValueError:
        return []
