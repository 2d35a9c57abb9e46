"""Grafana OnCall: schedules, escalation chains, and what became of alert groups.

https://grafana.com/docs/oncall/latest/oncall-api-reference/
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

import msgspec

from pagerworthy.catalog import Catalog
from pagerworthy.collect import grafana_oncall_answers as answers
from pagerworthy.collect import pagers
from pagerworthy.collect.client import Client, Parameters, decode
from pagerworthy.collect.errors import SourceError, or_reason
from pagerworthy.collect.pager_records import GRADED, PagerCollector
from pagerworthy.collect.pagers import AHEAD, QUARTER, Page, Policy, Rota, Shift, Target, Told, called
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence.collectors import Collector

_ID = re.compile(r"[A-Za-z0-9]{1,40}")
_A_PAGE = "100"
_MOST_PAGES = 500
# Alert groups of a service carry its name in one of these labels.
_LABELS = frozenset({"service", "service_name"})
# The steps of an escalation chain that call somebody; what stands between them waits or does other things.
_CALLS = frozenset(
    {
        "notify_persons",
        "notify_person_next_each_time",
        "notify_on_call_from_schedule",
        "notify_team_members",
        "notify_user_group",
        "notify_whole_channel",
    }
)
# A rotation may be longer than a month: whoever has a turn within three belongs to it.
_PEOPLE = dt.timedelta(days=90)
_T = TypeVar("_T")


class GrafanaOnCall:
    """Seven lists, notes where there is a shadow period, and the shifts of each schedule that entries name or their
    chains call: each once, however many services there are."""

    name = "grafana-oncall"
    # An alert group has no severity of an incident.
    severities = False

    def __init__(self, client: Client) -> None:
        self._client = client
        self._with_grade: frozenset[str] | str | None = None

    def read(self, catalog: Catalog, as_of: dt.datetime) -> Told:
        since = as_of - QUARTER
        policies = or_reason(self._policies)
        pages = or_reason(lambda: self._pages(since, as_of))
        labelled = frozenset[str]() if isinstance(pages, str) else frozenset(page.service for page in pages)
        return Told(
            rotas=or_reason(lambda: self._rotas(_wanted(catalog, policies), as_of)),
            policies=policies,
            services=or_reason(lambda: self._services(catalog, labelled)),
            pages=pages,
            since=since,
            until=as_of,
        )

    def graded(self, pages: Iterable[Page]) -> frozenset[str]:
        asked = {page.id for page in pages}
        if not asked:
            return frozenset()
        if self._with_grade is None:
            self._with_grade = or_reason(self._notes)
        if isinstance(self._with_grade, str):
            raise SourceError(self._with_grade)
        return self._with_grade & asked

    def _notes(self) -> frozenset[str]:
        """The alert groups with a note that grades them."""
        notes = self._list("/api/v1/resolution_notes/", [], answers.NoteText)
        return frozenset(note.alert_group_id for note in notes if GRADED.search(note.text or ""))

    def _rotas(self, wanted: frozenset[str], as_of: dt.datetime) -> list[Rota]:
        listed = self._list("/api/v1/schedules/", [], answers.Schedule)
        return [self._rota(each.id, as_of) for each in listed if each.id in wanted]

    def _rota(self, schedule: str, as_of: dt.datetime) -> Rota:
        if not _ID.fullmatch(schedule):
            raise SourceError("its answer has a schedule without a proper id")
        # The days are whole ones: what lies outside of the 30 days is left out where gaps are counted.
        span = [("start_date", f"{as_of:%Y-%m-%d}"), ("end_date", f"{as_of + _PEOPLE:%Y-%m-%d}")]
        people: dict[str, frozenset[str]] = {}
        shifts: list[Shift] = []
        try:
            for turn in self._list(f"/api/v1/schedules/{schedule}/final_shifts", span, answers.Turn):
                people[turn.user_pk] = called([turn.user_email, turn.user_username])
                if turn.shift_start < as_of + AHEAD:
                    shifts.append(Shift(turn.user_pk, turn.shift_start, turn.shift_end))
        except SourceError as error:
            return Rota(schedule, "", {}, str(error))
        return Rota(schedule, "", people, tuple(shifts))

    def _policies(self) -> list[Policy]:
        chains = [each.id for each in self._list("/api/v1/escalation_chains/", [], answers.Chain)]
        users = {each.id: each for each in self._list("/api/v1/users/", [], answers.User)}
        steps: dict[str, list[answers.Step]] = {}
        for step in self._list("/api/v1/escalation_policies/", [], answers.Step):
            if step.type in _CALLS:
                steps.setdefault(step.escalation_chain_id, []).append(step)
        return [
            Policy(
                chain,
                "",
                tuple(_targets(step, users) for step in sorted(steps.get(chain, ()), key=lambda each: each.position)),
            )
            for chain in chains
        ]

    def _services(self, catalog: Catalog, labelled: frozenset[str]) -> dict[str, frozenset[str]]:
        """Services are known by an integration of their name, or by the label of an alert group of the last 90 days."""
        names: dict[str, str] = {}
        for name, service in catalog.services.items():
            names |= {service.metadata.title.strip().casefold(): name} if service.metadata.title else {}
        names |= {name: name for name in catalog.services}
        found = {name: {_label(name)} for name in catalog.services if _label(name) in labelled}
        for each in self._list("/api/v1/integrations/", [], answers.Integration):
            if known := names.get((each.name or "").strip().casefold()):
                found.setdefault(known, {_label(known)}).add(each.id)
        return {name: frozenset(ids) for name, ids in found.items()}

    def _pages(self, since: dt.datetime, until: dt.datetime) -> list[Page]:
        chains = {each.id: each.escalation_chain_id or "" for each in self._list("/api/v1/routes/", [], answers.Route)}
        span = f"{since:%Y-%m-%dT%H:%M:%S}_{until:%Y-%m-%dT%H:%M:%S}"
        groups = self._list("/api/v1/alert_groups/", [("started_at", span)], answers.Group)
        return list({each.id: _page(each, chains) for each in groups}.values())

    def _list(self, path: str, parameters: Parameters, kind: type[_T]) -> Iterator[_T]:
        """All of a list. The pages are asked for by their number: what `next` says may be an address behind a proxy."""
        for number in range(1, _MOST_PAGES + 1):
            asked = [*parameters, ("page", str(number)), ("perpage", _A_PAGE)]
            answer = self._client.get(path, asked)
            listed = decode(answer, answers.Listed)
            for each in listed.results:
                try:
                    yield msgspec.json.decode(each, type=kind)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                    message = f"its answer is not what its description says: {str(error)[:200]}"
                    raise SourceError(message) from error
            if listed.next is None:
                return
            if not listed.results:
                break
        raise SourceError(f"it lists more at {path} than it gives, or than is read")


def _label(service: str) -> str:
    """What the alert groups with a label of a service are filed under, beside those of integrations."""
    return f"label:{service}"


def _wanted(catalog: Catalog, policies: list[Policy] | str) -> frozenset[str]:
    """The schedules whose shifts matter: those that entries name, and those that named chains call."""
    said = [pagers.named(catalog, service) for service in catalog.services.values()]
    said += [pagers.Named(on.schedule, on.escalation) for on in (t.spec.oncall for t in catalog.teams.values()) if on]
    chains = {pagers.identifier(each.escalation) for each in said}
    called = (
        target.schedule
        for policy in (() if isinstance(policies, str) else policies)
        if policy.id in chains
        for level in policy.levels
        for target in level
    )
    return frozenset({*(pagers.identifier(each.schedule) for each in said), *called} - {""})


def _targets(step: answers.Step, users: Mapping[str, answers.User]) -> tuple[Target, ...]:
    if step.notify_on_call_from_schedule:
        return (Target(schedule=step.notify_on_call_from_schedule),)
    ids = {*(step.persons_to_notify or ()), *(step.persons_to_notify_next_each_time or ())}
    if step.team_to_notify:
        ids |= {each.id for each in users.values() if step.team_to_notify in each.teams}
    people = [users[each] for each in sorted(ids) if each in users]
    return tuple(Target(called=called([each.email, each.username])) for each in people)


def _page(each: answers.Group, chains: Mapping[str, str]) -> Page:
    acknowledged = each.acknowledged_at if each.acknowledged_by else None
    if acknowledged is None and each.resolved_by:
        acknowledged = each.resolved_at
    labelled = [label.value.name for label in each.labels if label.key.name in _LABELS]
    return Page(
        id=each.id,
        label=f"alert-group-{each.id}",
        service=_label(labelled[0]) if labelled else each.integration_id,
        policy=chains.get(each.route_id or "", ""),
        created=each.created_at,
        acknowledged=acknowledged,
        resolved=each.resolved_at,
    )


def open_collector(surroundings: Surroundings) -> Collector | None:
    """None without an address; each organisation has its own, as OnCall's settings show it."""
    address = surroundings.address("grafana-oncall", surroundings.settings.grafana_oncall.url)
    if address is None:
        return None
    if not address.token:
        raise SourceError("Grafana OnCall answers nobody without a token: set PAGERWORTHY_GRAFANA_ONCALL_TOKEN")
    return PagerCollector(GrafanaOnCall(surroundings.client(address, scheme="")))
