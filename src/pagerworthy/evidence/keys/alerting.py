"""From a rule that pages to the person who answers, and what came of it."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Active, Key, Value, counted, in_days, says, share
from pagerworthy.evidence.record import Strength


class PagingRules(Value, frozen=True):
    pages: Annotated[float, counted("alert rules that page")]
    without_runbook: Annotated[tuple[str, ...], says("those that name no runbook")] = ()
    names: Annotated[tuple[str, ...], says("what they are called; rules of no service too, if the entry has them")] = ()


class Firing(Value, frozen=True):
    pages: Annotated[tuple[str, ...], says("alerts that page and are firing")] = ()
    tickets: Annotated[tuple[str, ...], says("other alerts that are firing")] = ()


class Schedule(Value, frozen=True):
    gap_hours_30d: Annotated[float, says("hours of the next 30 days that nobody covers", 0, 720)]
    levels: Annotated[float, counted("levels of escalation", 100)]
    rotation: Annotated[float, counted("people in the rotation", 10_000)]


class Escalation(Value, frozen=True):
    development_last: Annotated[bool, says("the developing team is still called when SRE does not answer")]


class Route(Value, frozen=True):
    receiver: Annotated[str, says("where a test page of the service arrives")]
    holder: Annotated[str, says("which holder the test page was meant for: dev, shadow, shared or sre")]
    reaches_holder: Annotated[bool, says("it arrived there")]


class PageLoad(Value, frozen=True):
    per_shift: Annotated[float, says("pages per shift over the last 28 days", 0, 100_000)]
    actionable: Annotated[float, share("share of them on which somebody had to act")]


class Reached(Value, frozen=True):
    age_days: Annotated[float, in_days("days since a page last reached a person")]
    acknowledge_minutes: Annotated[float, says("median minutes until it was acknowledged", 0, 525_600)]


class SevereIncidents(Value, frozen=True):
    ids: Annotated[
        tuple[str, ...], says("incidents of severity 1 or 2 in 180 days, by the name of the post-mortem")
    ] = ()


_O = Strength.OBSERVED
_X = Strength.EXERCISED

KEYS = (
    Key("rules.paging", PagingRules, "service", _O, "prometheus", "paging rules, their names and their runbooks"),
    Key("alerts.firing", Firing, "service", _O, "prometheus", "which alerts are firing"),
    Key("rules.deadman", Active, "service", _O, "alertmanager", "the dead-man alert fires and is received"),
    Key("oncall.schedule", Schedule, "service", _O, "pagerduty", "the on-call schedule has no gaps"),
    Key("oncall.escalation", Escalation, "service", _O, "pagerduty", "who is called when nobody answers"),
    Key("alert.route", Route, "service", _O, "alertmanager", "a test page reaches the pager's holder"),
    Key("pages.load", PageLoad, "service", _O, "pagerduty", "how many pages a shift gets"),
    Key("pages.reached", Reached, "service", _X, "pagerduty", "a page has reached a person"),
    Key("incidents.severe", SevereIncidents, "service", _O, "pagerduty", "severe incidents in the incident log"),
)
