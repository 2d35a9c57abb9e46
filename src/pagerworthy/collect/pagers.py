"""What tools that page people say, whichever it is: schedules, escalation, and what became of pages.

A tool gives what it knows as `Told`; what that means for each service is worked out here, once for all tools.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median
from urllib.parse import urlsplit

import msgspec

from pagerworthy.catalog import Catalog, Service, Team
from pagerworthy.handover import pager_at

AHEAD = dt.timedelta(days=30)
MONTH = dt.timedelta(days=28)
QUARTER = dt.timedelta(days=90)
_HOUR = dt.timedelta(hours=1)
_MINUTE = dt.timedelta(minutes=1)


class Shift(msgspec.Struct, frozen=True):
    """Somebody is on call."""

    user: str
    start: dt.datetime
    end: dt.datetime


class Rota(msgspec.Struct, frozen=True):
    """A schedule: who is in it, by what they are called (names and mail addresses in small letters), and its shifts."""

    id: str
    url: str
    people: Mapping[str, frozenset[str]]
    shifts: tuple[Shift, ...] | str

    @property
    def everybody(self) -> frozenset[str]:
        """Whatever its people are called."""
        return frozenset().union(*self.people.values())


class Target(msgspec.Struct, frozen=True):
    """Who is called at a level: a schedule by its id, or a person by what they are called."""

    schedule: str = ""
    called: frozenset[str] = frozenset()


class Policy(msgspec.Struct, frozen=True):
    """An escalation policy, level by level."""

    id: str
    url: str
    levels: tuple[tuple[Target, ...], ...]


class Page(msgspec.Struct, frozen=True):
    """Somebody was called. `service` and `policy` are the tool's; `severe` is None where the tool does not say."""

    id: str
    label: str
    service: str
    policy: str
    created: dt.datetime
    acknowledged: dt.datetime | None = None
    resolved: dt.datetime | None = None
    pages: bool = True
    severe: bool | None = None


class Told(msgspec.Struct, frozen=True):
    """All that a tool says, or, for each part, why it does not.

    `services` has the tool's own services of each service of the catalog that it knows; `pages` are those from `since`
    until `until`.
    """

    rotas: Sequence[Rota] | str
    policies: Sequence[Policy] | str
    services: Mapping[str, frozenset[str]] | str
    pages: Sequence[Page] | str
    since: dt.datetime
    until: dt.datetime

    @property
    def dead(self) -> str:
        """The reason, where no part could be seen."""
        parts = (self.rotas, self.policies, self.services, self.pages)
        return str(self.rotas) if all(isinstance(part, str) for part in parts) else ""


class Named(msgspec.Struct, frozen=True):
    """What an entry, or else its owner's, says of who is called."""

    schedule: str
    escalation: str


def named(catalog: Catalog, service: Service) -> Named:
    """The schedule and the escalation policy of a service, as scoring sees them."""
    own = service.spec.oncall
    team = catalog.teams.get(service.spec.owner)
    theirs = team.spec.oncall if team else None
    schedule = own.schedule if own else theirs.schedule if theirs else ""
    return Named(schedule, (own.escalation if own else "") or (theirs.escalation if theirs else ""))


def sre_team(catalog: Catalog, service: Service) -> Team | None:
    """The team that carries pagers: the one on whose schedule the service is, or the only one that there is."""
    teams = [team for team in catalog.teams.values() if team.spec.role == "sre" and team.spec.oncall]
    schedule = named(catalog, service).schedule
    mine = [team for team in teams if team.spec.oncall and team.spec.oncall.schedule == schedule]
    found = mine or teams
    return found[0] if len(found) == 1 else None


def identifier(url: str) -> str:
    """The name of a thing in its address: what follows the last slash or the #."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts.fragment or parts.path.rstrip("/").rpartition("/")[2]


def called(names: Iterable[str | None]) -> frozenset[str]:
    """What somebody is called, to be compared."""
    return frozenset(name.strip().casefold() for name in names if name and name.strip())


def members(team: Team | None) -> frozenset[str]:
    """What the members of a team are called; by name only where there is no mail address."""
    people = team.spec.members if team else ()
    return called(person.email or person.name for person in people)


def gap_hours(shifts: Iterable[Shift], start: dt.datetime, end: dt.datetime) -> float:
    """The hours between two moments in which nobody is on call."""
    gap = dt.timedelta()
    covered = start
    for shift in sorted(shifts, key=lambda each: each.start):
        if shift.end <= covered or shift.start >= end:
            continue
        gap += max(dt.timedelta(), shift.start - covered)
        covered = shift.end
    return (gap + max(dt.timedelta(), end - covered)) / _HOUR


def shift_hours(shifts: Iterable[Shift], start: dt.datetime, end: dt.datetime) -> float:
    """The median length of a shift: of the time that one person is on call without a break.

    Shifts that are cut off at either end of what was looked at count only where there are no others.
    """
    joined: list[Shift] = []
    for shift in sorted(shifts, key=lambda each: (each.start, each.end)):
        if joined and joined[-1].user == shift.user and joined[-1].end >= shift.start:
            joined[-1] = Shift(shift.user, joined[-1].start, max(joined[-1].end, shift.end))
        elif shift.end > shift.start:
            joined.append(shift)
    whole = [each for each in joined if each.start > start and each.end < end]
    return median((each.end - each.start) / _HOUR for each in whole or joined) if joined else 0.0


def answer_minutes(pages: Iterable[Page], now: dt.datetime) -> float:
    """The median minutes until a page was acknowledged; one that nobody acknowledged counts until it was over."""
    return median(_minutes(page.created, page.acknowledged or page.resolved or now) for page in pages)


def acknowledge_minutes(pages: Iterable[Page]) -> float:
    """The median minutes until a page was acknowledged, of those that were."""
    return median(_minutes(page.created, page.acknowledged) for page in pages if page.acknowledged)


def shadowed(catalog: Catalog, service: str, as_of: dt.datetime) -> tuple[dt.datetime, dt.datetime] | None:
    """From when until when SRE was to read along, the last time that it was decided."""
    decisions = [each for each in catalog.decisions if each.spec.service == service and each.spec.time <= as_of]
    starts = [each.spec.time for each in decisions if each.spec.action == "shadow"]
    if not starts:
        return None
    start = max(starts)
    for each in sorted(decisions, key=lambda one: one.spec.time):
        if each.spec.time > start and pager_at(decisions, each.spec.time).holder != "shadow":
            return start, each.spec.time
    return start, as_of


def holder(catalog: Catalog, service: str, as_of: dt.datetime) -> str:
    """Who carries the pager."""
    return pager_at((each for each in catalog.decisions if each.spec.service == service), as_of).holder


def between(pages: Iterable[Page], start: dt.datetime, end: dt.datetime) -> Iterator[Page]:
    """The pages that called somebody in a time."""
    return (page for page in pages if page.pages and start <= page.created < end)


def _minutes(start: dt.datetime, end: dt.datetime) -> float:
    return max(0.0, (end - start) / _MINUTE)
