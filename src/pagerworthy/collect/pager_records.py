"""What a tool that pages people says of each service, as records."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol, TypeVar

from pagerworthy.catalog import Catalog, Service
from pagerworthy.collect import pagers
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.pagers import AHEAD, MONTH, QUARTER, Page, Policy, Rota, Target, Told, named
from pagerworthy.collect.sound import sound
from pagerworthy.evidence import Record, Value
from pagerworthy.evidence.collectors import Context, record
from pagerworthy.evidence.keys.alerting import Escalation, PageLoad, Reached, Schedule, SevereIncidents
from pagerworthy.evidence.keys.handover import Prediction, Response, Shadow

SCHEDULES = ("oncall.schedule", "oncall.escalation")
PAGES = ("pages.load", "pages.reached", "pages.predicted", "shadow.period", "sre.response")
# A note that grades a page says so: "grade: useful, runbook missing".
GRADED = re.compile(r"\bgrad(?:e|es|ed|ing)\b", re.IGNORECASE)
_DAY = dt.timedelta(days=1)
_BEFORE = dt.timedelta(hours=1)
# Addresses of the tools that there are: what is at one of them is nothing that another one knows of.
_PLACES: Mapping[str, Callable[[str], bool]] = {
    "pagerduty": lambda url: bool(re.match(r"https?://([\w-]+\.)+pagerduty\.com(/|$)", url)),
    "grafana-oncall": lambda url: bool(re.match(r"https?://[^/]+/(?:.*/)?a/grafana-(?:oncall|irm)-app/", url)),
}
Found = Value | str | None
_T = TypeVar("_T", Rota, Policy)


class Tool(Protocol):
    """A tool that pages people."""

    name: str
    # Whether it knows how bad an incident was.
    severities: bool

    def read(self, catalog: Catalog, as_of: dt.datetime) -> Told:
        """All that it says."""

    def graded(self, pages: Iterable[Page]) -> frozenset[str]:
        """The ids of those pages that somebody graded. Raises SourceError where that cannot be seen."""


class PagerCollector:
    """Asks one tool for everything at once, and joins it with the catalog.

    A service is known by the addresses of its schedule and escalation policy, or its owner's, and pages by the name
    of the tool's own service. Where the tool does not know them, it says nothing.
    """

    def __init__(self, tool: Tool) -> None:
        self.name = tool.name
        self.keys = (*SCHEDULES, *PAGES, *(("incidents.severe",) if tool.severities else ()))
        self._tool = tool

    def collect(self, context: Context) -> Iterator[Record]:
        catalog, as_of = context.catalog, context.as_of
        told = self._tool.read(catalog, as_of)
        if told.dead and not any(
            _PLACES[self.name](named(catalog, each).schedule) for each in catalog.services.values()
        ):
            raise SourceError(told.dead)
        joined = _Joined(self._tool, told, catalog, as_of)
        for name, service in catalog.services.items():
            for key, found in sorted(joined.of(service).items()):
                if found is not None and key in self.keys:
                    query = f"{_QUERIES[key]} ({name})"
                    yield record(self.name, name, key, sound(found), time=as_of, query=query)


_QUERIES = {
    "oncall.schedule": "schedules with their shifts of the next 30 days, and escalation policies",
    "oncall.escalation": "the last level of the escalation policy",
    "pages.load": "pages of 28 days over shifts",
    "pages.reached": "pages of 90 days, with their acknowledgements",
    "pages.predicted": "pages of 28 days of all that calls SRE first, and of this service, over SRE's shifts",
    "shadow.period": "pages of the shadow period, with their notes",
    "sre.response": "pages with their acknowledgements, and SRE's schedule",
    "incidents.severe": "incidents of 180 days by priority",
}


class _Joined:
    """What a tool says, beside the catalog."""

    def __init__(self, tool: Tool, told: Told, catalog: Catalog, as_of: dt.datetime) -> None:
        self._tool = tool
        self._told = told
        self._catalog = catalog
        self._as_of = as_of
        self._rotas = _by_name(told.rotas)
        self._policies = _by_name(told.policies)
        self._pages: dict[str, list[Page]] = {}
        for page in () if isinstance(told.pages, str) else told.pages:
            self._pages.setdefault(page.service, []).append(page)
        self._called = self._by_policy()
        self._firsts: dict[str, frozenset[str]] = {}

    def of(self, service: Service) -> dict[str, Found]:
        """What is found out about one service, by key."""
        said = named(self._catalog, service)
        rota = self._rota(said.schedule)
        policy = self._policy(said.escalation)
        found: dict[str, Found] = {
            "oncall.schedule": self._schedule(rota, policy, said.escalation),
            "oncall.escalation": policy if not isinstance(policy, Policy) else self._escalation(service, policy),
        }
        if reason := self._unseen(service, said.schedule):
            if any(each is not None for each in found.values()) or self._tool.name in self._mine(said.schedule):
                found |= dict.fromkeys((*PAGES, "incidents.severe"), reason)
            return found
        if isinstance(self._told.services, str) or service.name not in self._told.services:
            return found
        pages = [page for each in self._told.services[service.name] for page in self._pages.get(each, ())]
        return found | self._of_pages(service, pages, rota, policy)

    def _mine(self, url: str) -> list[str]:
        """The tools that may know an address: the one whose it is, or any where that cannot be seen from it."""
        return [name for name, knows in _PLACES.items() if knows(url)] or (list(_PLACES) if url else [])

    def _unseen(self, service: Service, schedule: str) -> str:
        if isinstance(self._told.services, str):
            return self._told.services if self._tool.name in self._mine(schedule) else ""
        known = service.name in self._told.services
        return self._told.pages if isinstance(self._told.pages, str) and known else ""

    def _rota(self, url: str) -> Rota | str | None:
        return self._find(url, self._rotas, "schedule")

    def _policy(self, url: str) -> Policy | str | None:
        return self._find(url, self._policies, "escalation policy")

    def _find(self, url: str, known: Mapping[str, _T] | str, what: str) -> _T | str | None:
        if not url:
            return None
        if isinstance(known, str):
            return known if self._tool.name in self._mine(url) else None
        certain = _PLACES[self._tool.name](url)
        if found := known.get(url.rstrip("/")) or (known.get(pagers.identifier(url)) if certain else None):
            return found
        return f"it has no such {what} that the token may see" if certain else None

    def _schedule(self, rota: Rota | str | None, policy: Policy | str | None, escalation: str) -> Found:
        if not isinstance(rota, Rota):
            return rota
        if isinstance(rota.shifts, str):
            return rota.shifts
        if isinstance(policy, str):
            return policy
        if policy is None and escalation:
            return "the escalation policy that its entry names is none that it knows, so its levels cannot be seen"
        gap = pagers.gap_hours(rota.shifts, self._as_of, self._as_of + AHEAD)
        # Where no escalation policy is named, there is the schedule and nobody after it.
        levels = len(policy.levels) if policy else 1
        return Schedule(gap_hours_30d=round(gap, 4), levels=float(levels), rotation=float(len(rota.people)))

    def _escalation(self, service: Service, policy: Policy) -> Found:
        team = self._catalog.teams.get(service.spec.owner)
        people = pagers.members(team)
        rota = self._rota(team.spec.oncall.schedule) if team and team.spec.oncall else None
        if not people and not isinstance(rota, Rota):
            return "its owner has neither members nor a schedule that could be looked for"
        last = policy.levels[-1] if policy.levels else ()
        called = self._any(last, rota, people)
        return called if isinstance(called, str) else Escalation(development_last=called)

    def _any(self, targets: Iterable[Target], rota: Rota | str | None, people: frozenset[str]) -> bool | str:
        """Whether any of the targets calls these people, or the schedule; or why that cannot be seen."""
        hidden = ""
        for target in targets:
            if target.called & people or (isinstance(rota, Rota) and target.schedule == rota.id):
                return True
            if target.schedule and isinstance(self._rotas, str):
                hidden = self._rotas
            elif target.schedule and not isinstance(self._rotas, str):
                other = self._rotas.get(target.schedule)
                if other is not None and other.everybody & people:
                    return True
                if other is None:
                    hidden = "a schedule that is called cannot be seen"
                elif isinstance(other.shifts, str) and not other.people:
                    hidden = other.shifts
        return hidden or False

    def _of_pages(
        self, service: Service, pages: list[Page], rota: Rota | str | None, policy: Policy | str | None
    ) -> dict[str, Found]:
        end = self._told.until
        recent = list(pagers.between(pages, end - MONTH, end))
        quarter = list(pagers.between(pages, end - QUARTER, end))
        return {
            "pages.load": self._load(recent, rota),
            "pages.reached": self._reached(quarter),
            "pages.predicted": self._predicted(service, recent),
            "sre.response": self._response(service, recent or quarter),
            "shadow.period": self._shadow(service, pages, policy),
            "incidents.severe": self._severe(service, pages) if self._tool.severities else None,
        }

    def _hours(self, rota: Rota | str | None) -> float | str | None:
        """The hours of a shift."""
        if not isinstance(rota, Rota):
            return rota
        if isinstance(rota.shifts, str):
            return rota.shifts
        return pagers.shift_hours(rota.shifts, self._as_of, self._as_of + AHEAD) or "nobody is on call in 30 days"

    def _load(self, recent: list[Page], rota: Rota | str | None) -> Found:
        hours = self._hours(rota)
        if not isinstance(hours, float):
            return hours
        acted = sum(page.acknowledged is not None for page in recent)
        share = acted / len(recent) if recent else 1.0
        return PageLoad(per_shift=len(recent) * _shifts(hours), actionable=share)

    def _reached(self, quarter: list[Page]) -> Found:
        seen = [page.acknowledged for page in quarter if page.acknowledged]
        if not seen:
            return None
        age = max(0.0, (self._as_of - max(seen)) / _DAY)
        return Reached(age_days=age, acknowledge_minutes=pagers.acknowledge_minutes(quarter))

    def _sre(self, service: Service) -> Rota | str | None:
        team = pagers.sre_team(self._catalog, service)
        return self._rota(team.spec.oncall.schedule) if team and team.spec.oncall else None

    def _predicted(self, service: Service, recent: list[Page]) -> Found:
        """All that calls SRE first, and this service, if it does not yet."""
        if service.spec.engagement not in {"sre", "hybrid"}:
            return None
        rota = self._sre(service)
        hours = self._hours(rota)
        if not isinstance(hours, float) or not isinstance(rota, Rota):
            return hours if isinstance(hours, str) else None
        if isinstance(self._told.policies, str):
            return self._told.policies
        theirs = self._first_calling(rota.id)
        own = sum(page.id not in theirs for page in recent)
        return Prediction(per_shift=(len(theirs) + own) * _shifts(hours))

    def _first_calling(self, rota: str) -> frozenset[str]:
        """The pages of 28 days that called a schedule first."""
        if rota not in self._firsts:
            policies = () if isinstance(self._told.policies, str) else self._told.policies
            ids = [each.id for each in policies if each.levels and any(t.schedule == rota for t in each.levels[0])]
            self._firsts[rota] = frozenset().union(*(self._called.get(each, frozenset()) for each in ids))
        return self._firsts[rota]

    def _by_policy(self) -> dict[str, frozenset[str]]:
        """The ids of the pages of 28 days that went by each policy."""
        end = self._told.until
        found: dict[str, set[str]] = {}
        for own in self._pages.values():
            for page in pagers.between(own, end - MONTH, end):
                found.setdefault(page.policy, set()).add(page.id)
        return {policy: frozenset(ids) for policy, ids in found.items()}

    def _response(self, service: Service, pages: list[Page]) -> Found:
        if pagers.holder(self._catalog, service.name, self._as_of) not in {"sre", "shared"} or not pages:
            return None
        rota = self._sre(service)
        if not isinstance(rota, Rota):
            return rota
        minutes = pagers.answer_minutes(pages, self._as_of)
        return Response(acknowledge_minutes=minutes, rotation=float(len(rota.people)))

    def _shadow(self, service: Service, pages: list[Page], policy: Policy | str | None) -> Found:
        """The days since it was decided, where SRE is seen among those who are called, and what was said of pages."""
        period = pagers.shadowed(self._catalog, service.name, self._as_of)
        if period is None:
            return None
        if period[0] < self._told.since:
            # Of one that is long over there may be older evidence.
            if period[1] < self._as_of:
                return None
            return f"the shadow period began before {self._told.since:%Y-%m-%d}: pages are read from then on"
        if not isinstance(policy, Policy):
            return policy
        team = pagers.sre_team(self._catalog, service)
        rota = self._sre(service)
        people = pagers.members(team)
        along = self._any((target for level in policy.levels for target in level), rota, people)
        if along is not True:
            return along or "SRE is at no level of the escalation policy, so nobody sees whether it reads along"
        in_it = list(pagers.between(pages, period[0], min(period[1], self._told.until)))
        try:
            graded = self._tool.graded(in_it)
        except SourceError as error:
            return str(error)
        days = (period[1] - period[0]) / _DAY
        return Shadow(days=days, pages=float(len(in_it)), graded=float(len(graded & {page.id for page in in_it})))

    def _severe(self, service: Service, pages: list[Page]) -> Found:
        """Severe incidents under the name of the post-mortem that covers their beginning, or else their own."""
        # What has a low urgency calls nobody.
        unsaid = sum(page.severe is None and page.pages for page in pages)
        if unsaid:
            return f"{unsaid} of its {len(pages)} incidents have no priority, so nobody knows which were severe"
        written = [each for each in self._catalog.postmortems if service.name in each.spec.services]
        names: list[str] = []
        for page in sorted((page for page in pages if page.severe), key=lambda each: each.created, reverse=True):
            name = next(
                (each.name for each in written if each.spec.started - _BEFORE <= page.created <= each.spec.mitigated),
                page.label,
            )
            names.append(name)
        return SevereIncidents(ids=tuple(dict.fromkeys(names)))


def _shifts(hours: float) -> float:
    """What one page of 28 days is for a shift of so many hours."""
    return hours / (MONTH / dt.timedelta(hours=1))


def _by_name(known: Iterable[_T] | str) -> dict[str, _T] | str:
    """Things by their address and by their id."""
    if isinstance(known, str):
        return known
    found: dict[str, _T] = {}
    for each in known:
        found[each.id] = each
        if each.url:
            found[each.url.rstrip("/")] = each
    return found
