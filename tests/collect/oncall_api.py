"""A Grafana OnCall that holds to its published description."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.collect.described import Described, Operation
from tests.collect.pager_world import ago
from tests.collect.server import Asked
from tests.evidence.world import AS_OF

TOKEN = "oncall-token-of-nobody"  # noqa: S105 -- of nobody
SITE = "https://example.grafana.net/a/grafana-oncall-app"


def group(
    number: int,
    days: float,
    *,
    ack: float | None = 3,
    service: str = "checkout",
    integration: str = "CALERT",
    route: str = "RSRE",
    resolved_by: str | None = None,
) -> dict[str, Any]:
    """An alert group so many days ago, acknowledged after so many minutes; resolved after an hour."""
    labels = [{"key": {"id": "service", "name": "service"}, "value": {"id": service, "name": service}}]
    return {
        "id": f"I{number}",
        "integration_id": integration,
        "team_id": None,
        "route_id": route,
        "alerts_count": 1,
        "state": "resolved",
        "created_at": ago(days),
        "resolved_at": ago(days, 60),
        "resolved_by": resolved_by,
        "acknowledged_at": None if ack is None else ago(days, ack),
        "acknowledged_by": None if ack is None else "USAM",
        "labels": labels if service else [],
        "title": "Something is slow",
        "permalinks": {},
        "silenced_at": None,
        "last_alert": None,
    }


def step(chain: str, position: int, kind: str, **more: Any) -> dict[str, Any]:
    """A step of an escalation chain."""
    return {"id": f"E{chain}{position}", "escalation_chain_id": chain, "position": position, "type": kind, **more}


@dataclass
class Account:
    """What an organisation has in OnCall; `shifts` are the people of each schedule, who take turns of a week."""

    shifts: dict[str, list[str]] = field(default_factory=dict)
    chains: list[str] = field(default_factory=list)
    steps: list[dict[str, Any]] = field(default_factory=list)
    integrations: dict[str, str] = field(default_factory=dict)
    routes: dict[str, str] = field(default_factory=dict)
    groups: list[dict[str, Any]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    most: int = 100
    # Days from and to which nobody is on call.
    gap: tuple[float, float] = (0, 0)

    def api(self) -> Described:
        """Its HTTP API."""
        operations: dict[str, Operation] = {
            "listSchedules": lambda asked, _: self._page(asked, [_schedule(each) for each in self.shifts]),
            "finalShifts": self._final,
            "listChains": lambda asked, _: self._page(
                asked, [{"id": each, "name": each, "team_id": None} for each in self.chains]
            ),
            "listPolicies": lambda asked, _: self._page(asked, self.steps),
            "listIntegrations": lambda asked, _: self._page(
                asked, [_integration(each, name) for each, name in self.integrations.items()]
            ),
            "listRoutes": lambda asked, _: self._page(
                asked, [_route(each, chain) for each, chain in self.routes.items()]
            ),
            "listUsers": lambda asked, _: self._page(asked, [_user(each) for each in self.users]),
            "listAlertGroups": self._groups,
            "listNotes": lambda asked, _: self._page(
                asked, [_note(index, *each) for index, each in enumerate(self.notes)]
            ),
        }
        return Described("oncall.json", operations, TOKEN)

    def _page(self, asked: Asked, items: Sequence[Any]) -> tuple[int, Any]:
        size = min(int(asked.query.get("perpage", "50")), self.most)
        total = max(1, -(-len(items) // size))
        # As the real one: beyond the last page there is the last page again.
        number = min(int(asked.query.get("page", "1")), total)
        # Behind a proxy, the next page is said to be at an address that nobody outside knows.
        following = f"http://engine:8080{asked.path}?page={number + 1}" if number < total else None
        return 200, {
            "count": len(items),
            "next": following,
            "previous": None,
            "results": list(items[(number - 1) * size : number * size]),
            "current_page_number": number,
            "page_size": size,
            "total_pages": total,
        }

    def _final(self, asked: Asked, arguments: Mapping[str, str]) -> tuple[int, Any]:
        start = dt.datetime.fromisoformat(asked.query["start_date"]).replace(tzinfo=dt.UTC)
        end = dt.datetime.fromisoformat(asked.query["end_date"]).replace(tzinfo=dt.UTC)
        people = self.shifts[arguments["id"]]
        cuts = [AS_OF + dt.timedelta(days=each) for each in self.gap]
        found = []
        moment, turn = start - dt.timedelta(days=2), 0
        while moment < end:
            until = moment + dt.timedelta(days=7)
            halves = (
                ((moment, min(until, cuts[0])), (max(moment, cuts[1]), until)) if any(self.gap) else ((moment, until),)
            )
            for begins, ends in halves:
                if max(begins, start) < min(ends, end):
                    found.append(_shift(people[turn % len(people)], max(begins, start), min(ends, end)))
            moment, turn = until, turn + 1
        # This one page has everything, whatever is asked for.
        return 200, {
            "count": len(found),
            "next": None,
            "previous": None,
            "results": found,
            "current_page_number": 1,
            "page_size": 50,
            "total_pages": 1,
        }

    def _groups(self, asked: Asked, _: Mapping[str, str]) -> tuple[int, Any]:
        since, until = (f"{each}Z" for each in asked.query["started_at"].split("_"))
        return self._page(asked, [each for each in self.groups if since <= each["created_at"] < until])


def _schedule(name: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": name,
        "type": "web",
        "team_id": None,
        "time_zone": "UTC",
        "on_call_now": [],
        "slack": {},
    }


def _integration(name: str, shown: str) -> dict[str, Any]:
    return {
        "id": name,
        "name": shown,
        "team_id": None,
        "link": "https://oncall.example.com/integrations/v1/alertmanager/x/",
        "inbound_email": None,
        "type": "alertmanager",
        "default_route": {},
    }


def _route(name: str, chain: str) -> dict[str, Any]:
    return {
        "id": name,
        "integration_id": "CALERT",
        "escalation_chain_id": chain,
        "routing_regex": ".*",
        "position": 0,
        "is_the_last_route": True,
        "slack": {},
    }


def _user(name: str) -> dict[str, Any]:
    return {
        "id": f"U{name.upper()}",
        "grafana_id": 1,
        "email": f"{name.lower()}@example.com",
        "username": name.lower(),
        "role": "user",
        "slack": [],
        "timezone": "UTC",
        "teams": ["TPAY"] if name == "Ada" else [],
    }


def _shift(name: str, start: dt.datetime, end: dt.datetime) -> dict[str, Any]:
    return {
        "user_pk": f"U{name.upper()}",
        "user_email": f"{name.lower()}@example.com",
        "user_username": name.lower(),
        "shift_start": start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "shift_end": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _note(index: int, alert_group: str, text: str) -> dict[str, Any]:
    return {
        "id": f"M{index}",
        "alert_group_id": alert_group,
        "author": "USAM",
        "source": "web",
        "created_at": ago(1),
        "text": text,
    }
