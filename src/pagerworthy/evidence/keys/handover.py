"""What a service costs people and money, and how it changes hands."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Key, Value, among, counted, in_days, says
from pagerworthy.evidence.record import Strength


class Cost(Value, frozen=True):
    monthly: Annotated[float, says("what the last full month cost", 0, 1e12)]
    budget: Annotated[bool, says("a budget with an anomaly alert is set")]


class Estimate(Value, frozen=True):
    monthly: Annotated[float, says("what the stack costs a month at the least, in dollars", 0, 1e12)]
    most: Annotated[float, says("what it costs when everything has grown as far as it may, in dollars", 0, 1e12)]


class UnitCost(Value, frozen=True):
    cost: Annotated[float, says("cost of one unit", 0, 1e12)]
    accepted: Annotated[bool, says("the business owner accepted it")]


class ToilHours(Value, frozen=True):
    per_week: Annotated[float, says("hours of toil a week over the last four weeks", 0, 10_000)]


class Shadow(Value, frozen=True):
    days: Annotated[float, in_days("days on which SRE read along")]
    pages: Annotated[float, counted("pages in that time")]
    graded: Annotated[float, counted("pages that were graded for use and quality")]

    def __post_init__(self) -> None:
        among("graded", self.graded, "pages", self.pages)


class Training(Value, frozen=True):
    trained: Annotated[float, counted("people of the receiving rotation who were trained on the service", 10_000)]
    rotation: Annotated[float, counted("people in the receiving rotation", 10_000)]

    def __post_init__(self) -> None:
        among("trained", self.trained, "rotation", self.rotation)


class Prediction(Value, frozen=True):
    per_shift: Annotated[float, says("pages per shift that SRE must expect after the takeover", 0, 100_000)]


class Response(Value, frozen=True):
    acknowledge_minutes: Annotated[float, says("median minutes until SRE acknowledged a page", 0, 525_600)]
    rotation: Annotated[float, counted("people in SRE's rotation", 10_000)]


_O = Strength.OBSERVED
_X = Strength.EXERCISED

KEYS = (
    Key("cost.actual", Cost, "service", _O, "reports", "what it costs"),
    Key("cost.estimate", Estimate, "service", Strength.LINKED, "stacks", "what its stack is estimated to cost"),
    Key("cost.unit", UnitCost, "service", _O, "attestation", "what a unit costs"),
    Key("toil.hours", ToilHours, "service", _O, "reports", "hours of toil"),
    Key("shadow.period", Shadow, "service", _X, "pagerduty", "the shadow period"),
    Key("attest.training", Training, "service", _X, "attestation", "the receiving team is trained"),
    Key("pages.predicted", Prediction, "service", _O, "pagerduty", "pages per shift after the takeover"),
    Key("sre.response", Response, "service", _O, "pagerduty", "SRE's side: answer times and rotation"),
)
