"""The parts of PagerDuty's answers that are looked at."""

import datetime as dt
from typing import Annotated

import msgspec

Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class Reference(msgspec.Struct, frozen=True):
    id: str
    type: str = ""
    summary: str | None = None
    name: str | None = None
    email: str | None = None


class Entry(msgspec.Struct, frozen=True):
    start: Moment
    end: Moment | None
    user: Reference | None = None


class Rendered(msgspec.Struct, frozen=True):
    rendered_schedule_entries: list[Entry] | None = None


class Schedule(msgspec.Struct, frozen=True):
    id: str
    html_url: str | None = None
    users: list[Reference] = []
    final_schedule: Rendered | None = None


class Level(msgspec.Struct, frozen=True):
    targets: list[Reference]


class Policy(msgspec.Struct, frozen=True):
    id: str
    escalation_rules: list[Level]
    html_url: str | None = None


class Service(msgspec.Struct, frozen=True):
    id: str
    name: str = ""


class Listed(msgspec.Struct, frozen=True):
    more: bool = False

    @property
    def count(self) -> int:
        """How many are on this page."""
        raise NotImplementedError


class Schedules(Listed, frozen=True, kw_only=True):
    schedules: list[Schedule]

    @property
    def count(self) -> int:
        return len(self.schedules)


class Policies(Listed, frozen=True, kw_only=True):
    escalation_policies: list[Policy]

    @property
    def count(self) -> int:
        return len(self.escalation_policies)


class Services(Listed, frozen=True, kw_only=True):
    services: list[Service]

    @property
    def count(self) -> int:
        return len(self.services)


class Incident(msgspec.Struct, frozen=True):
    id: str
    created_at: str
    incident_number: int = 0
    service_id: str | None = None
    escalation_policy_id: str | None = None
    resolved_at: str | None = None
    resolved_by_user_id: str | None = None
    seconds_to_first_ack: int | None = None
    urgency: str | None = None
    priority_name: str | None = None


class Incidents(msgspec.Struct, frozen=True):
    data: list[Incident]
    more: bool
    last: str | None = None


class Note(msgspec.Struct, frozen=True):
    content: str


class Notes(msgspec.Struct, frozen=True):
    notes: list[Note]
