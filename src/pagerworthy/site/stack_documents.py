"""Fills what the JSON API says of stacks."""

from collections.abc import Iterator

from pagerworthy.catalog import Environment, Service
from pagerworthy.site import links
from pagerworthy.site.api import (
    CallerDoc,
    CostDoc,
    EnvironmentDoc,
    OwnedDoc,
    StackDoc,
    StacksDoc,
    StackSummaryDoc,
    WayDoc,
)
from pagerworthy.site.index import Index
from pagerworthy.site.offered import offered_words, place_of, tasks_words
from pagerworthy.site.pages.gathered import ServiceInput
from pagerworthy.site.pages.stacks import stack_rows
from pagerworthy.stacks.cost import price_table
from pagerworthy.stacks.inputs import FIRST_VERSION
from pagerworthy.stacks.inventory import Held, Inventory, Way
from pagerworthy.stacks.tags import entry_tags


def stacks_doc(index: Index) -> StacksDoc:
    """What every environment holds."""
    return StacksDoc(environments=[_environment(index, each) for each in index.inventories.values()])


def stack_docs(found: ServiceInput) -> Iterator[StackDoc]:
    """What a service has in each environment."""
    for environment, held in found.held:
        yield _stack(found.service, environment, held)


def _environment(index: Index, inventory: Inventory) -> EnvironmentDoc:
    environment, platform = inventory.environment, inventory.platform
    spec = environment.spec
    return EnvironmentDoc(
        name=environment.name,
        title=environment.metadata.label,
        purpose=spec.purpose,
        account=spec.account,
        region=spec.region,
        zones=spec.zones,
        waves=inventory.waves,
        platform=_cost(platform.monthly, platform.monthly_most),
        cost=_cost(inventory.least, inventory.most),
        budget=spec.budget,
        prices=platform.date,
        refused=inventory.refused,
        stacks=[
            StackSummaryDoc(
                service=row.name,
                wave=row.wave,
                holds=list(row.types),
                least=row.least,
                most=row.most,
                refused=bool(row.refused),
            )
            for row in stack_rows(index, inventory)
        ],
        page=links.environment(environment.name),
    )


def _stack(service: Service, environment: Environment, held: Held) -> StackDoc:
    place = place_of(service, environment)
    return StackDoc(
        stack=held.stack,
        environment=environment.name,
        account=environment.spec.account,
        region=environment.spec.region,
        wave=held.wave,
        release="" if held.version == FIRST_VERSION else held.version,
        tasks=tasks_words(service.spec.compute),
        resources=[
            OwnedDoc(name=name, type=each.type, size=each.size, made=offered_words(each, place))
            for name, each in held.resources.items()
        ],
        reaches=[_way(each) for each in held.ways],
        reached_by=[CallerDoc(service=each.service, way=_way(each.way)) for each in held.callers],
        callers=held.callers_count,
        page=list(held.page),
        ticket=list(held.ticket),
        tags=entry_tags(service),
        cost=_cost(held.least, held.most),
        refused=held.refused,
    )


def _way(way: Way) -> WayDoc:
    return WayDoc(
        target=way.target,
        kind=way.kind,
        how=way.how,
        criticality="hard" if way.hard else "soft",
        port=way.port,
        access=way.access,
        secret=way.secret,
    )


def _cost(least: float, most: float) -> CostDoc:
    return CostDoc(least=round(least, 2), most=round(most, 2), currency=price_table().currency)
