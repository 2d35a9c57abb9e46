"""What a service has in the cloud, on its page: a column for each environment that has a stack of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from pagerworthy.catalog import Environment
from pagerworthy.site import links, words
from pagerworthy.site.offered import offered_words, place_of, tasks_words
from pagerworthy.site.pages.gathered import ServiceInput
from pagerworthy.site.pages.page import Link
from pagerworthy.site.shared import Shared
from pagerworthy.stacks.cost import Estimate, estimate_service
from pagerworthy.stacks.inputs import FIRST_VERSION
from pagerworthy.stacks.inventory import Held, Way
from pagerworthy.stacks.tags import entry_tags

# Ways and callers that are named in a cell; the rest is counted.
_NAMED = 12


class Said(NamedTuple):
    """A part of a cell: a name, where it leads, and what is said of it. `code` is what one could type."""

    text: str
    href: str = ""
    rest: str = ""
    code: bool = False


class CloudRow(NamedTuple):
    """A line of the table; each cell spans so many environments, which all say the same."""

    title: str
    cells: tuple[tuple[int, tuple[Said, ...]], ...]


class Cloud(NamedTuple):
    """The table: environments as columns. `basis` says what the estimates rest on."""

    environments: tuple[Link, ...]
    rows: tuple[CloudRow, ...]
    basis: str


def cloud_of(found: ServiceInput, shared: Shared) -> Cloud:
    """What each environment holds of a service."""
    held = found.held
    rows = list(_rows(found, shared)) if held else []
    return Cloud(
        tuple(Link(each.metadata.label, links.environment(each.name)) for each, _ in held),
        tuple(CloudRow(title, _spanned(cells)) for title, cells in rows if any(cells)),
        basis_words(estimate_service(found.service, held[0][0])) if held else "",
    )


def basis_words(made: Estimate) -> str:
    """What an estimate rests on, and what it leaves out."""
    return f"Estimated by AWS's list prices of {made.date} in {made.region}, without {made.not_counted}."


_Cells = Sequence[tuple[Said, ...]]


def _rows(found: ServiceInput, shared: Shared) -> Iterator[tuple[str, _Cells]]:
    held, service = found.held, found.service
    yield "Stack", [(Said(each.stack, code=True, rest=wave_words(each.wave)),) for _, each in held]
    yield "Refused", [(Said(each.refused),) if each.refused else () for _, each in held]
    yield "Where", [(Said(where_words(environment)),) for environment, _ in held]
    yield "Release", [(Said("none yet" if each.version == FIRST_VERSION else each.version),) for _, each in held]
    tasks = tasks_words(service.spec.compute)
    yield "Tasks", [(Said(tasks),) if tasks else () for _ in held]
    for name in sorted(service.spec.resources):
        yield (
            name,
            [
                (Said(offered_words(each.resources[name], place_of(service, environment))),)
                for environment, each in held
            ],
        )
    refs = {each.ref.name: each.ref.href for each in (*found.needs, *found.needed_by)}
    refs |= {each.name: each.href for each in (*found.more_needs, *found.more_needed_by)}
    yield "May reach", [_ways(each, refs) for _, each in held]
    yield "Reached by", [_callers(each, service.name) for _, each in held]
    yield "Pages go to", [tuple(_receivers("page", each.page, shared.teams)) for _, each in held]
    yield "Tickets go to", [tuple(_receivers("ticket", each.ticket, shared.teams)) for _, each in held]
    tags = ", ".join(f"{key} {value}" for key, value in entry_tags(service).items())
    yield "Tags", [(Said(tags),) for _ in held]
    yield "Estimate", [(Said(_estimate(found, environment, each)),) for environment, each in held]
    yield (
        "Preview",
        [(Said(f"pagerworthy preview {environment.name} {service.name}", code=True),) for environment, _ in held],
    )


def _spanned(cells: _Cells) -> tuple[tuple[int, tuple[Said, ...]], ...]:
    """One cell where all say the same, else one for each."""
    if all(each == cells[0] for each in cells):
        return ((len(cells), cells[0]),)
    return tuple((1, each) for each in cells)


def wave_words(wave: int) -> str:
    """`, wave 3`, counted after the platform's stack."""
    return f", wave {wave}" if wave else ", in no wave: a hard cycle stands in the way"


def where_words(environment: Environment) -> str:
    """`account 111122223333, eu-west-1, 3 zones`."""
    spec = environment.spec
    account = f"account {spec.account}" if spec.account else "in no account yet"
    return f"{account}, {spec.region}, {words.count(spec.zones, 'zone')}"


def way_words(way: Way) -> str:
    """What stands behind the target: ` on 5432, and its password`."""
    port = f" on {way.port}" if way.port is not None else ""
    match way.how:
        case "grant":
            return f"{port} ({_ACCESS[way.access or 'read']})" if way.type != "email" else f"{port} (may send)"
        case "internet":
            image = ", the registry of its image" if way.kind == "registry" else ""
            return f"{port} over the internet{image}"
        case "balancer":
            return f" hands requests on{' to' + port[3:] if port else ''}"
        case "nothing":
            return " (nothing to connect to here)"
        case _:
            return f"{port}{' and its password' if way.secret else ''}"


_ACCESS = {"read": "may read", "write": "may write", "read-write": "may read and write"}


def _ways(held: Held, refs: Mapping[str, str]) -> tuple[Said, ...]:
    ways = [way for way in held.ways if way.how != "balancer"]
    said = [Said(way.target, refs.get(way.target, ""), way_words(way)) for way in ways[:_NAMED]]
    if len(ways) > _NAMED:
        said.append(Said(f"{len(ways) - _NAMED:,} more", "#dependencies"))
    if held.runs and not said:
        said.append(Said("nothing"))
    return tuple(said)


def _callers(held: Held, service: str) -> tuple[Said, ...]:
    said = []
    for name, resource in held.resources.items():
        if resource.type == "edge" and resource.public:
            said.append(Said("everybody", "", f" at {resource.domain or name} on 443"))
    for caller in held.callers[:_NAMED]:
        way = caller.way
        what = "" if way.target == service else f" to {way.target.partition('/')[2]}"
        said.append(Said(caller.service, links.service(caller.service), f"{what}{way_words(way)}"))
    if held.callers_count > _NAMED:
        said.append(Said(f"{held.callers_count - _NAMED:,} more", "#dependents"))
    return tuple(said) or (Said("nobody"),)


def _receivers(wanted: str, names: Iterable[str], teams: Mapping[str, str]) -> Iterator[Said]:
    for name in names:
        severity, _, team = name.partition("-")
        rest = " as a ticket, to read along" if severity != wanted else ""
        yield Said(teams.get(team, team), links.team(team) if team in teams else "", rest)


def _estimate(found: ServiceInput, environment: Environment, held: Held) -> str:
    made = estimate_service(found.service, environment)
    parts = [(name, made.of(name)) for name in sorted(found.service.spec.resources)]
    of_it = [f"{name} {amount:,.0f}" for name, amount in parts if amount >= 1]
    rest = f"; of it {words.listed(of_it, 6)}" if of_it else ""
    return f"{cost_words(held.least, held.most, made.currency)}{rest}"


def cost_words(least: float, most: float, currency: str) -> str:
    """`54 USD a month, at most 120`."""
    said = f"{least:,.0f} {currency} a month"
    return said if f"{most:,.0f}" == f"{least:,.0f}" else f"{said}, at most {most:,.0f}"
