"""The parts of Grafana OnCall's answers that are looked at."""

import datetime as dt
from typing import Annotated

import msgspec

Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class Listed(msgspec.Struct, frozen=True):
    results: list[msgspec.Raw]
    next: str | None = None


class Schedule(msgspec.Struct, frozen=True):
    id: str


class Turn(msgspec.Struct, frozen=True):
    user_pk: str
    shift_start: Moment
    shift_end: Moment
    user_email: str | None = None
    user_username: str | None = None


class User(msgspec.Struct, frozen=True):
    id: str
    email: str | None = None
    username: str | None = None
    teams: list[str] = []


class Step(msgspec.Struct, frozen=True):
    escalation_chain_id: str
    position: int
    type: str | None = None
    persons_to_notify: list[str] | None = None
    persons_to_notify_next_each_time: list[str] | None = None
    notify_on_call_from_schedule: str | None = None
    team_to_notify: str | None = None


class Chain(msgspec.Struct, frozen=True):
    id: str


class Route(msgspec.Struct, frozen=True):
    id: str
    escalation_chain_id: str | None = None


class Integration(msgspec.Struct, frozen=True):
    id: str
    name: str | None = None


class Word(msgspec.Struct, frozen=True):
    name: str


class Label(msgspec.Struct, frozen=True):
    key: Word
    value: Word


class Group(msgspec.Struct, frozen=True):
    id: str
    created_at: Moment
    integration_id: str
    route_id: str | None = None
    acknowledged_at: Moment | None = None
    acknowledged_by: str | None = None
    resolved_at: Moment | None = None
    resolved_by: str | None = None
    labels: list[Label] = []


class NoteText(msgspec.Struct, frozen=True):
    alert_group_id: str
    text: str | None = None
