"""A PagerDuty that holds to its published description."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.collect.described import Described, Operation
from tests.collect.pager_world import ago
from tests.collect.server import Asked
from tests.evidence.world import AS_OF

TOKEN = "pd-token-of-nobody"  # noqa: S105 -- of nobody
SITE = "https://example.pagerduty.com"


def schedule(
    name: str, users: Sequence[str], *, hours: float = 168, days: float = 31, gap: tuple[float, float] = (0, 0)
) -> dict[str, Any]:
    """A schedule whose people take turns of so many hours, with a gap of days from and to."""
    entries = []
    start = AS_OF - dt.timedelta(hours=12)
    turn = 0
    while start < AS_OF + dt.timedelta(days=days):
        end = start + dt.timedelta(hours=hours)
        cuts = [AS_OF + dt.timedelta(days=each) for each in gap]
        for begins, ends in ((start, min(end, cuts[0])), (max(start, cuts[1]), end)) if any(gap) else ((start, end),):
            if begins < ends:
                user = {"id": f"PU{users[turn % len(users)].upper()}", "type": "user_reference"}
                entries.append({"start": begins.isoformat(), "end": ends.isoformat(), "user": user})
        start, turn = end, turn + 1
    return {
        "id": name,
        "type": "schedule",
        "name": name,
        "time_zone": "Etc/UTC",
        "html_url": f"{SITE}/schedules/{name}",
        "users": [{"id": f"PU{each.upper()}", "type": "user_reference", "summary": each} for each in users],
        "final_schedule": {"name": "Final Schedule", "rendered_schedule_entries": entries},
    }


def policy(name: str, *levels: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """An escalation policy."""
    rules = [{"escalation_delay_in_minutes": 10, "targets": list(level)} for level in levels]
    return {
        "id": name,
        "type": "escalation_policy",
        "name": name,
        "html_url": f"{SITE}/escalation_policies/{name}",
        "escalation_rules": rules,
    }


def to_schedule(name: str) -> dict[str, Any]:
    """A level's target: whoever is on call."""
    return {"id": name, "type": "schedule_reference", "summary": name}


def to_person(name: str) -> dict[str, Any]:
    """A level's target: one person."""
    return {"id": f"PU{name.upper()}", "type": "user", "name": name, "email": f"{name.lower()}@example.com"}


def of(name: str, service: str) -> dict[str, Any]:
    """A service of PagerDuty."""
    return {
        "id": name,
        "type": "service",
        "name": service,
        "status": "active",
        "escalation_policy": {"id": "PESRE", "type": "escalation_policy_reference"},
    }


def incident(number: int, days: float, *, ack: float | None = 3, service: str = "PSCHECK", **more: Any) -> Any:
    """An incident so many days ago, acknowledged after so many minutes; resolved after an hour."""
    return {
        "id": f"PI{number}",
        "incident_number": number,
        "created_at": ago(days).removesuffix("Z"),
        "resolved_at": ago(days, 60).removesuffix("Z"),
        "resolved_by_user_id": None,
        "service_id": service,
        "escalation_policy_id": "PESRE",
        "seconds_to_first_ack": None if ack is None else int(ack * 60),
        "urgency": "high",
        "status": "resolved",
        "priority_name": None,
        **more,
    }


@dataclass
class Account:
    """What an account of PagerDuty has."""

    schedules: list[dict[str, Any]] = field(default_factory=list)
    policies: list[dict[str, Any]] = field(default_factory=list)
    services: list[dict[str, Any]] = field(default_factory=list)
    incidents: list[dict[str, Any]] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    # No more than this on a page, whatever is asked for.
    most: int = 100

    def api(self) -> Described:
        """Its REST API."""
        operations: dict[str, Operation] = {
            "listSchedules": self._schedules,
            "listEscalationPolicies": lambda asked, _: self._page(asked, "escalation_policies", self.policies),
            "listServices": lambda asked, _: self._page(asked, "services", self.services),
            "getAnalyticsIncidents": self._incidents,
            "listIncidentNotes": self._notes,
        }
        return Described("pagerduty.json", operations, f"Token token={TOKEN}")

    def _page(self, asked: Asked, name: str, items: Sequence[Any]) -> tuple[int, Any]:
        limit = min(int(asked.query.get("limit", "25")), self.most)
        offset = int(asked.query.get("offset", "0"))
        shown = list(items[offset : offset + limit])
        more = offset + limit < len(items)
        return 200, {name: shown, "limit": limit, "offset": offset, "more": more, "total": None}

    def _schedules(self, asked: Asked, _: Mapping[str, str]) -> tuple[int, Any]:
        # Entries are there only for a span, and only if they are asked for.
        rendered = asked.query.get("include[]") == "final_schedule" and {"since", "until"} <= set(asked.query)
        shown = self.schedules if rendered else [{**each, "final_schedule": None} for each in self.schedules]
        return self._page(asked, "schedules", shown)

    def _incidents(self, asked: Asked, _: Mapping[str, str]) -> tuple[int, Any]:
        body = json.loads(asked.body)
        since, until = (body["filters"][each].removesuffix("Z") for each in ("created_at_start", "created_at_end"))
        listed = [each for each in self.incidents if since <= each["created_at"] < until]
        listed.sort(key=lambda each: str(each["created_at"]), reverse=body["order"] == "desc")
        start = int(body.get("starting_after", "0"))
        limit = min(body["limit"], self.most)
        shown = listed[start : start + limit]
        more = start + limit < len(listed)
        return 200, {
            "first": str(start) if shown else None,
            "last": str(start + limit) if shown else None,
            "limit": limit,
            "more": more,
            "order": body["order"],
            "order_by": body["order_by"],
            "time_zone": body["time_zone"],
            "filters": body["filters"],
            "data": shown,
        }

    def _notes(self, _asked: Asked, arguments: Mapping[str, str]) -> tuple[int, Any]:
        return 200, {"notes": [{"content": each} for each in self.notes.get(arguments["id"], [])]}
