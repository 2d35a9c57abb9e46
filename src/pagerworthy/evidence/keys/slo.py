"""Objectives, their budgets, and the rules and the gate that guard them."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Active, Key, Value, among, counted, says
from pagerworthy.evidence.record import Strength


class SloEvents(Value, frozen=True):
    good: Annotated[float, counted("good events in the last seven days")]
    total: Annotated[float, counted("all events in the last seven days")]
    days: Annotated[float, says("days of the last seven on which there were events", 0, 7)]

    def __post_init__(self) -> None:
        among("good", self.good, "total", self.total)


class SloBudget(Value, frozen=True):
    compliance: Annotated[float, says("the share of good events over the window, in percent", 0, 100)]
    remaining: Annotated[float, says("the share of the error budget that is left; below 0 when overspent", -1e6, 1)]


class Rules(Value, frozen=True):
    loaded: Annotated[bool, says("the burn-rate rules are loaded")]
    healthy: Annotated[bool, says("their last evaluation succeeded")]
    absent_data: Annotated[bool, says("a rule notices missing data")]


_O = Strength.OBSERVED

KEYS = (
    Key("slo.events", SloEvents, "slo", _O, "prometheus", "events that each objective counts"),
    Key("slo.budget", SloBudget, "slo", _O, "prometheus", "what is left of each error budget"),
    Key("gate.active", Active, "service", _O, "github", "the error-budget gate runs in the pipeline"),
    Key("rules.slo", Rules, "slo", _O, "prometheus", "burn-rate and absent-data rules of each objective"),
)
