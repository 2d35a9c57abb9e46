"""Stacks: the environments, and for each what it holds, in the order in which it comes up."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pagerworthy.catalog import Resource
from pagerworthy.site import links, words
from pagerworthy.site.index import Index
from pagerworthy.site.offered import tasks_words
from pagerworthy.site.pages.cloud import basis_words, cost_words, where_words
from pagerworthy.site.pages.page import Link, Page
from pagerworthy.site.pages.services import script_data
from pagerworthy.stacks.inputs import FIRST_VERSION
from pagerworthy.stacks.inventory import Inventory

# Rows a page without scripts shows; the page stays under 40 KB.
PAGE_ROWS = 40
# Environments in the list of all; the rest is in the JSON document.
_ENVIRONMENTS = 100
# Resources that a row names.
_NAMED = 3


class StackRow(NamedTuple):
    """A service's stack in the list of an environment. `least` and `most` are the estimate for a month, rounded;
    `types` is what it has of resources, and `fargate` where it runs."""

    name: str
    label: str
    owner: str
    owner_label: str
    owner_known: bool
    system: str
    tier: int
    wave: int
    tasks: str
    resources: str
    types: tuple[str, ...]
    least: int
    most: int
    release: str
    refused: str


class EnvironmentRow(NamedTuple):
    """An environment in the list of all."""

    name: str
    label: str
    description: str
    purpose: str
    account: str
    region: str
    zones: int
    stacks: int
    least: str
    most: str
    budget: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StacksPage(Page):
    """The context of `stacks.html`, which lists environments; estimates are in `currency`, and rest on `basis`."""

    rows: tuple[EnvironmentRow, ...]
    total: int
    currency: str
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentPage(Page):
    """The context of `environment.html`: `number` of `pages`, and the rows that stand in the page itself."""

    name: str
    label: str
    facts: tuple[tuple[str, str], ...]
    refused: str
    refusals: tuple[tuple[Link, str], ...]
    refusals_more: int
    rows: tuple[StackRow, ...]
    total: int
    number: int
    pages: int
    before: Link
    after: Link
    first: bool
    currency: str
    basis: str
    data: str


def stacks_page(index: Index) -> StacksPage:
    """The list of environments."""
    found = list(index.inventories.values())
    return StacksPage(
        path="stacks.html",
        title="Stacks",
        section="stacks",
        about="What every environment holds in the cloud, and what it is estimated to cost.",
        rows=tuple(_environment(each) for each in found[:_ENVIRONMENTS]),
        total=len(found),
        currency=found[0].platform.currency if found else "",
        basis=basis_words(found[0].platform) if found else "",
    )


def environment_pages(index: Index, name: str, rows: Sequence[StackRow]) -> Iterator[EnvironmentPage]:
    """The pages of an environment, with its rows from `stack_rows`."""
    inventory = index.inventories[name]
    environment = inventory.environment
    label = environment.metadata.label
    pages = max(-(-len(rows) // PAGE_ROWS), 1)
    refused = [row for row in rows if row.refused]
    for number in range(1, pages + 1):
        title = f"Stacks of {label}"
        yield EnvironmentPage(
            path=_path(name, number),
            title=title if number == 1 else f"{title}, page {number} of {pages}",
            section="stacks",
            about=f"What {label} holds in the cloud: services, resources, order and estimated cost.",
            name=name,
            label=label,
            facts=tuple(_facts(inventory)) if number == 1 else (),
            refused=inventory.refused,
            refusals=tuple(
                (Link(row.label, links.service(row.name)), inventory.stacks[row.name].refused)
                for row in refused[:PAGE_ROWS]
            )
            if number == 1
            else (),
            refusals_more=max(len(refused) - PAGE_ROWS, 0),
            rows=tuple(rows[(number - 1) * PAGE_ROWS : number * PAGE_ROWS]),
            total=len(rows),
            number=number,
            pages=pages,
            before=Link(f"Page {number - 1}", _path(name, number - 1) if number > 1 else ""),
            after=Link(f"Page {number + 1}", _path(name, number + 1) if number < pages else ""),
            first=number == 1,
            currency=inventory.platform.currency,
            basis=basis_words(inventory.platform),
            data=data_path(name),
        )


def stack_rows(index: Index, inventory: Inventory) -> list[StackRow]:
    """The stacks of an environment in the order in which they come up, and then by name; those without order last."""
    catalog = index.source.catalog
    rows = []
    for name, held in inventory.stacks.items():
        service = catalog.services[name]
        spec = service.spec
        owner = catalog.teams.get(spec.owner)
        types = sorted({each.type for each in held.resources.values()})
        rows.append(
            StackRow(
                name=name,
                label=service.metadata.label,
                owner=spec.owner,
                owner_label=owner.metadata.label if owner else spec.owner,
                owner_known=owner is not None,
                system=spec.system,
                tier=spec.tier,
                wave=held.wave,
                tasks=tasks_words(spec.compute),
                resources=words.listed([_resource(*each) for each in held.resources.items()], _NAMED),
                types=(*types, "fargate") if held.runs else tuple(types),
                least=round(held.least),
                most=round(held.most),
                release="" if held.version == FIRST_VERSION else held.version,
                refused="refused" if held.refused else "",
            )
        )
    rows.sort(key=lambda row: (row.wave == 0, row.wave, row.name))
    return rows


def stacks_data(rows: Sequence[StackRow]) -> bytes:
    """The rows of an environment as a classic script: `window.pagerworthy.stacks = {columns, rows}`."""
    return script_data("stacks", {"columns": StackRow._fields, "rows": [tuple(row) for row in rows]})


def data_path(name: str) -> str:
    """Where the rows of an environment are, from the site's root."""
    return f"data/stacks/{name}.js"


def _path(name: str, number: int) -> str:
    return links.environment(name) if number == 1 else f"stacks/{name}/{number}.html"


def _resource(name: str, resource: Resource) -> str:
    return f"{name} ({resource.type}{f', {resource.size}' if resource.size else ''})"


def _environment(inventory: Inventory) -> EnvironmentRow:
    environment = inventory.environment
    spec = environment.spec
    return EnvironmentRow(
        name=environment.name,
        label=environment.metadata.label,
        description=environment.metadata.description,
        purpose=spec.purpose,
        account=spec.account or "not named",
        region=spec.region,
        zones=spec.zones,
        stacks=len(inventory.stacks) + 1,
        least=f"{inventory.least:,.0f}",
        most=f"{inventory.most:,.0f}",
        budget="none" if spec.budget is None else f"{spec.budget:,.0f}",
    )


def _facts(inventory: Inventory) -> Iterator[tuple[str, str]]:
    spec, platform = inventory.environment.spec, inventory.platform
    names = f"; public names under {spec.domain}" if spec.domain else ""
    yield "Where", f"{where_words(inventory.environment)}{names}"
    services = words.count(len(inventory.stacks), "service")
    order = f", in {words.count(inventory.waves, 'wave')}" if inventory.waves else ""
    yield "Stacks", f"that of the platform, and after it those of {services}{order}"
    cost = cost_words(inventory.least, inventory.most, platform.currency)
    share = f"{platform.monthly:,.0f} of it for the platform"
    budget = "no budget is set" if spec.budget is None else f"the budget is {spec.budget:,.0f}"
    yield "Estimate", f"{cost}; {share}; {budget}"
