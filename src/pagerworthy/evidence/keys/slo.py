"""Objectives, their budgets, and the rules and the gate that guard them."""

from itertools import pairwise
from typing import Annotated

from pagerworthy.evidence.keys.base import Active, Key, Value, among, counted, says
from pagerworthy.evidence.record import Strength

_MOST_POINTS = 400
_LONGEST_WINDOW = 100
_LEAST = -1e6
# Counts are worked out from samples, each time anew.
_ROUNDING = 0.01


class SloEvents(Value, frozen=True):
    good: Annotated[float, counted("good events in the last seven days")]
    total: Annotated[float, counted("all events in the last seven days")]
    days: Annotated[float, says("days of the last seven on which there were events", 0, 7)]

    def __post_init__(self) -> None:
        among("good", self.good, "total", self.total)


class SloBudget(Value, frozen=True):
    compliance: Annotated[float, says("the share of good events over the window, in percent", 0, 100)]
    remaining: Annotated[float, says("the share of the error budget that is left; below 0 when overspent", _LEAST, 1)]


class SloBurndown(Value, frozen=True):
    days: Annotated[tuple[float, ...], says("how many days before the record each point is, the oldest first")]
    remaining: Annotated[
        tuple[float, ...], says("the share of the window's budget that was left then; it starts near 1 and never grows")
    ]

    def __post_init__(self) -> None:
        if not 2 <= len(self.days) == len(self.remaining) <= _MOST_POINTS:
            raise ValueError(f"days and remaining have as many points as each other, from 2 to {_MOST_POINTS}")
        if not all(0 <= day <= _LONGEST_WINDOW for day in self.days):
            raise ValueError(f"days are from 0 to {_LONGEST_WINDOW}")
        if not all(later < earlier for earlier, later in pairwise(self.days)):
            raise ValueError("days begin with the oldest point, and no two points are of one moment")
        if not all(_LEAST <= left <= 1 for left in self.remaining):
            raise ValueError(f"remaining is from {_LEAST:g} to 1")
        if any(later > earlier + _ROUNDING for earlier, later in pairwise(self.remaining)):
            raise ValueError("remaining never grows: what was burned within the window stays burned")


class Rules(Value, frozen=True):
    loaded: Annotated[bool, says("the burn-rate rules are loaded")]
    healthy: Annotated[bool, says("their last evaluation succeeded")]
    absent_data: Annotated[bool, says("a rule notices missing data")]


_O = Strength.OBSERVED

KEYS = (
    Key("slo.events", SloEvents, "slo", _O, "prometheus", "events that each objective counts"),
    Key("slo.budget", SloBudget, "slo", _O, "prometheus", "what is left of each error budget"),
    Key("slo.burndown", SloBurndown, "slo", _O, "prometheus", "how each error budget was spent over its window"),
    Key("gate.active", Active, "service", _O, "github", "the error-budget gate runs in the pipeline"),
    Key("rules.slo", Rules, "slo", _O, "prometheus", "burn-rate and absent-data rules of each objective"),
)
