"""PagerDuty: schedules, escalation policies, and what became of pages (https://developer.pagerduty.com/api-reference)."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

from pagerworthy.catalog import Catalog
from pagerworthy.collect import pagerduty_answers as answers
from pagerworthy.collect.client import Client, Parameters, decode
from pagerworthy.collect.errors import SourceError, or_reason
from pagerworthy.collect.pager_records import GRADED, PagerCollector
from pagerworthy.collect.pagers import AHEAD, Page, Policy, Rota, Shift, Target, Told, called
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence.collectors import Collector

_DEFAULT = "https://api.pagerduty.com"
_HEADERS = {"Accept": "application/vnd.pagerduty+json;version=2", "Content-Type": "application/json"}
_ID = re.compile(r"[A-Z0-9]{1,40}")
# https://developer.pagerduty.com/docs/pagination: no page ends beyond this.
_MOST_LISTED = 10_000
_A_PAGE = 100
_INCIDENTS_A_PAGE = 1000
_MOST_INCIDENTS = 500_000
_MOST_NOTES = 200
_LOOK_BACK = dt.timedelta(days=180)
# Analytics follow within a day: what came later is left to the next time, so that a quiet day is one.
_LAG = dt.timedelta(days=1)
# Backstage's annotation, which says which service of PagerDuty a service is where its name does not.
_ANNOTATION = "pagerduty.com/service-id"
_SEVERE = re.compile(r"(?:p|sev)[ -]?[12]\b.*", re.IGNORECASE)
_PERSON = frozenset({"user", "user_reference"})
_SCHEDULE = frozenset({"schedule", "schedule_reference", "schedule_v3_reference"})
_T = TypeVar("_T", bound=answers.Listed)


class PagerDuty:
    """Four lists, and the notes of pages in shadow periods, of which there is one request each."""

    name = "pagerduty"
    severities = True

    def __init__(self, client: Client) -> None:
        self._client = client

    def read(self, catalog: Catalog, as_of: dt.datetime) -> Told:
        since, until = as_of - _LOOK_BACK, as_of - _LAG
        return Told(
            rotas=or_reason(lambda: self._rotas(as_of)),
            policies=or_reason(self._policies),
            services=or_reason(lambda: self._services(catalog)),
            pages=or_reason(lambda: self._pages(since, until)),
            since=since,
            until=until,
        )

    def graded(self, pages: Iterable[Page]) -> frozenset[str]:
        listed = list(pages)
        if len(listed) > _MOST_NOTES:
            raise SourceError(f"the shadow period has more than {_MOST_NOTES} pages, of which the notes are not read")
        return frozenset(page.id for page in listed if self._is_graded(page.id))

    def _is_graded(self, incident: str) -> bool:
        if not _ID.fullmatch(incident):
            raise SourceError("its answer has an incident without a proper id")
        notes = decode(self._client.get(f"/incidents/{incident}/notes", headers=_HEADERS), answers.Notes).notes
        return any(GRADED.search(note.content) for note in notes)

    def _rotas(self, as_of: dt.datetime) -> list[Rota]:
        parameters = [
            ("include[]", "final_schedule"),
            ("since", _written(as_of)),
            ("until", _written(as_of + AHEAD)),
        ]
        return [
            _rota(each, as_of)
            for page in self._list("/schedules", parameters, answers.Schedules)
            for each in page.schedules
        ]

    def _policies(self) -> list[Policy]:
        pages = self._list("/escalation_policies", [("include[]", "targets")], answers.Policies)
        return [_policy(each) for page in pages for each in page.escalation_policies]

    def _services(self, catalog: Catalog) -> dict[str, frozenset[str]]:
        """The services of the catalog that PagerDuty has: those whose annotation says so, or of the same name."""
        known = [each for page in self._list("/services", [], answers.Services) for each in page.services]
        ids = {each.id for each in known}
        names: dict[str, set[str]] = {}
        for each in known:
            names.setdefault(each.name.strip().casefold(), set()).add(each.id)
        found: dict[str, frozenset[str]] = {}
        for name, service in catalog.services.items():
            annotated = service.metadata.annotations.get(_ANNOTATION, "")
            if annotated:
                mine = {annotated} & ids
            else:
                mine = names.get(name.casefold()) or names.get(service.metadata.title.casefold() or name) or set()
            if mine:
                found[name] = frozenset(mine)
        return found

    def _list(self, path: str, parameters: Parameters, kind: type[_T]) -> Iterator[_T]:
        offset = 0
        while True:
            asked = [*parameters, ("limit", str(_A_PAGE)), ("offset", str(offset))]
            page = decode(self._client.get(path, asked, headers=_HEADERS), kind)
            yield page
            if not page.more:
                return
            offset += page.count
            if not page.count or offset + _A_PAGE > _MOST_LISTED:
                raise SourceError(f"it lists more at {path} than it gives")

    def _pages(self, since: dt.datetime, until: dt.datetime) -> list[Page]:
        body: dict[str, object] = {
            "filters": {"created_at_start": _written(since), "created_at_end": _written(until)},
            "limit": _INCIDENTS_A_PAGE,
            "order": "asc",
            "order_by": "created_at",
            "time_zone": "Etc/UTC",
        }
        found: dict[str, Page] = {}
        for _ in range(_MOST_INCIDENTS // _INCIDENTS_A_PAGE):
            answer = decode(
                self._client.post_json("/analytics/raw/incidents", body, headers=_HEADERS), answers.Incidents
            )
            before = len(found)
            found |= {each.id: _page(each) for each in answer.data}
            if not answer.more:
                return list(found.values())
            if not answer.last or len(found) == before:
                break
            body["starting_after"] = answer.last
        raise SourceError("it has more incidents than it gives, or than are read")


def _rota(each: answers.Schedule, as_of: dt.datetime) -> Rota:
    people = {user.id: called([user.summary, user.name, user.email]) for user in each.users}
    entries = each.final_schedule.rendered_schedule_entries if each.final_schedule else None
    if entries is None:
        return Rota(each.id, each.html_url or "", people, "it does not say who is on call in the next 30 days")
    shifts = [
        Shift(entry.user.id, entry.start, entry.end or as_of + AHEAD) for entry in entries if entry.user is not None
    ]
    return Rota(each.id, each.html_url or "", people, tuple(shifts))


def _policy(each: answers.Policy) -> Policy:
    levels = tuple(tuple(_target(target) for target in level.targets) for level in each.escalation_rules)
    return Policy(each.id, each.html_url or "", levels)


def _target(each: answers.Reference) -> Target:
    if each.type in _SCHEDULE:
        return Target(schedule=each.id)
    return Target(called=called([each.summary, each.name, each.email]) if each.type in _PERSON else frozenset())


def _page(each: answers.Incident) -> Page:
    created = _read(each.created_at)
    resolved = _read(each.resolved_at) if each.resolved_at else None
    acknowledged = resolved if each.resolved_by_user_id else None
    if each.seconds_to_first_ack is not None:
        acknowledged = _later(created, each.seconds_to_first_ack)
    return Page(
        id=each.id,
        label=f"incident-{each.incident_number}",
        service=each.service_id or "",
        policy=each.escalation_policy_id or "",
        created=created,
        acknowledged=acknowledged,
        resolved=resolved,
        pages=each.urgency != "low",
        severe=None if each.priority_name is None else bool(_SEVERE.fullmatch(each.priority_name.strip())),
    )


def _later(moment: dt.datetime, seconds: int) -> dt.datetime:
    try:
        return moment + dt.timedelta(seconds=max(0, seconds))
    except OverflowError as error:
        raise SourceError("its answer has a time that cannot be") from error


def _read(text: str) -> dt.datetime:
    """Analytics write moments without a zone: they are in the zone that was asked for."""
    try:
        found = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise SourceError("its answer has a moment that is none") from error
    return found if found.tzinfo else found.replace(tzinfo=dt.UTC)


def _written(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def open_collector(surroundings: Surroundings) -> Collector | None:
    """None without a token: PagerDuty answers nobody whom it does not know."""
    address = surroundings.address("pagerduty", default=_DEFAULT)
    if address is None or not address.token:
        return None
    client = surroundings.client(address, scheme="Token token=")
    return PagerCollector(PagerDuty(client))
