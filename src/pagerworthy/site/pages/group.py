"""Pages of teams and systems: what is ours, and what of it needs work first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pagerworthy.catalog import Metadata
from pagerworthy.site import links, words
from pagerworthy.site.index import Index, Row
from pagerworthy.site.moves import Moves
from pagerworthy.site.order import needs_work, urgency
from pagerworthy.site.pages.page import Link, Page
from pagerworthy.site.pages.service import CallLine, calls_of, contacts_of
from pagerworthy.site.pages.services import unreadable_links
from pagerworthy.site.pages.verdicts import moves_in

# Rows of each list; the rest is one link away, in the filtered list of services.
ROWS = 50


class Split(NamedTuple):
    """Services that need work, those that do not, and how many of each are left out."""

    work: tuple[Row, ...]
    work_more: int
    rest: tuple[Row, ...]
    rest_more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamPage(Page):
    """The context of `team.html`."""

    name: str
    description: str
    role: str
    lead: str
    calls: tuple[CallLine, ...]
    contacts: tuple[Link, ...]
    members: tuple[str, ...]
    rotation: str
    summary: str
    moves: Moves | None
    services: Split
    all: str
    systems: tuple[Link, ...]
    unreadable: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemPage(Page):
    """The context of `system.html`."""

    name: str
    description: str
    owner: Link
    business_owner: str
    users: str
    part_of: Link
    parts: tuple[Link, ...]
    summary: str
    moves: Moves | None
    services: Split
    all: str


class GroupRow(NamedTuple):
    """A team or a system in a list."""

    name: str
    label: str
    description: str
    about: str
    owner: str
    services: int
    pagers: int
    work: int
    met: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupsPage(Page):
    """The context of `groups.html`, which lists teams or systems."""

    kind: str
    rows: tuple[GroupRow, ...]
    total: int


def split_of(index: Index, names: Sequence[str]) -> Split:
    """The services that need work, the most urgent first, then the others by name."""
    rows = [index.rows[name] for name in names]
    work = sorted((row for row in rows if needs_work(row)), key=urgency)
    rest = [row for row in rows if not needs_work(row)]
    return Split(tuple(work[:ROWS]), max(len(work) - ROWS, 0), tuple(rest[:ROWS]), max(len(rest) - ROWS, 0))


def summary_of(index: Index, names: Sequence[str]) -> str:
    """How it stands, in a sentence."""
    if not names:
        return "It has no services."
    rows = [index.rows[name] for name in names]
    work = sum(needs_work(row) for row in rows)
    sre = sum(row.holder in {"sre", "shared"} for row in rows)
    met = sum(row.met for row in rows)
    return (
        f"{words.count(len(rows), 'service')}: {met:,} on the rung {'it needs' if len(rows) == 1 else 'they need'}, "
        f"{work:,} to work on; SRE carries {words.count(sre, 'pager')}."
    )


def _moves(index: Index, names: Sequence[str]) -> Moves | None:
    """What has changed lately, where something has."""
    found = moves_in(index, names)
    return found if found.moves else None


def team_page(index: Index, name: str) -> TeamPage:
    """The context of a team's page."""
    team = index.source.catalog.teams[name]
    spec = team.spec
    names = index.owned.get(name, [])
    path = links.team(name)
    return TeamPage(
        path=path,
        title=team.metadata.label,
        section="teams",
        about=team.metadata.description or f"The team {team.metadata.label}",
        name=name,
        description=team.metadata.description,
        role=spec.role,
        lead=spec.lead,
        calls=calls_of(spec.oncall),
        contacts=contacts_of(team),
        members=tuple(f"{each.name} ({each.github})" if each.github else each.name for each in spec.members),
        rotation=f"{words.count(spec.rotation, 'person', 'people')} in the rotation" if spec.rotation else "",
        summary=summary_of(index, names),
        moves=_moves(index, names),
        services=split_of(index, names),
        all=links.up(path) + links.view(owner=name),
        systems=tuple(
            Link(system.metadata.label, links.up(path) + links.system(system.name))
            for system in index.source.catalog.systems.values()
            if system.spec.owner == name
        ),
        unreadable=unreadable_links(
            index, [each.name for each in index.source.catalog.unreadable.values() if each.owner == name]
        ),
    )


def system_page(index: Index, name: str) -> SystemPage:
    """The context of a system's page."""
    catalog = index.source.catalog
    system = catalog.systems[name]
    spec = system.spec
    names = index.members.get(name, [])
    path = links.system(name)
    owner = catalog.teams.get(spec.owner)
    whole = catalog.systems.get(spec.part_of)
    business = spec.business_owner
    return SystemPage(
        path=path,
        title=system.metadata.label,
        section="systems",
        about=system.metadata.description or f"The system {system.metadata.label}",
        name=name,
        description=system.metadata.description,
        owner=Link(owner.metadata.label, links.up(path) + links.team(spec.owner)) if owner else Link(spec.owner, ""),
        business_owner=", ".join(filter(None, (business.name, business.email))) if business else "",
        users=spec.users,
        part_of=Link(whole.metadata.label, links.up(path) + links.system(spec.part_of))
        if whole
        else Link(spec.part_of, ""),
        parts=tuple(
            Link(each.metadata.label, links.up(path) + links.system(each.name))
            for each in catalog.systems.values()
            if each.spec.part_of == name
        ),
        summary=summary_of(index, names),
        moves=_moves(index, names),
        services=split_of(index, names),
        all=links.up(path) + links.view(system=name),
    )


def groups_pages(index: Index) -> Iterator[GroupsPage]:
    """The lists of teams and of systems, those with most to work on first."""
    catalog = index.source.catalog
    teams = [
        _group(index, team.metadata, team.spec.role, "", index.owned.get(team.name, ()))
        for team in catalog.teams.values()
    ]
    systems = []
    for system in catalog.systems.values():
        business = system.spec.business_owner
        owner = catalog.teams.get(system.spec.owner)
        systems.append(
            _group(
                index,
                system.metadata,
                business.name if business else "nobody named",
                owner.metadata.label if owner else system.spec.owner,
                index.members.get(system.name, ()),
            )
        )
    for kind, rows in (("teams", teams), ("systems", systems)):
        rows.sort(key=lambda row: (-row.work, row.name))
        yield GroupsPage(
            path=f"{kind}.html",
            title=kind.capitalize(),
            section=kind,
            about=f"All {kind}, those with most to work on first.",
            kind=kind,
            rows=tuple(rows[: 2 * ROWS]),
            total=len(rows),
        )


def _group(index: Index, entry: Metadata, about: str, owner: str, services: Sequence[str]) -> GroupRow:
    rows = [index.rows[service] for service in services]
    return GroupRow(
        name=entry.name,
        label=entry.label,
        description=entry.description,
        about=about,
        owner=owner,
        services=len(rows),
        pagers=sum(row.holder in {"sre", "shared"} for row in rows),
        work=sum(needs_work(row) for row in rows),
        met=sum(row.met for row in rows),
    )
