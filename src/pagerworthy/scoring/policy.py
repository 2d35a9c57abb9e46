"""The policy: what each tier needs before SRE accepts, what stops deployments, and what hands a pager back."""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import msgspec

from pagerworthy.catalog import Engagement, WaiverTerms
from pagerworthy.evidence import StrengthWord
from pagerworthy.scoring.model import Rung


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the parts of `policy.yaml` share."""


class ConditionPolicy(_Part, frozen=True):
    """How many conditions a conditional acceptance may carry, and for how many days."""

    at_most: int
    within_days: int


class RepeatPolicy(_Part, frozen=True):
    """So many freezes within so many days, and a breach on top, hand the pager back."""

    freezes: int
    within_days: int


class BreachRule(_Part, frozen=True):
    """A limit of the contract: when `when` is true of the evidence, `then` follows.

    Evidence that is missing, stale or weaker than `strength` does not show that the limit is kept: then deployments
    stop, whatever `then` says.
    """

    id: str
    title: str
    when: str
    detail: str
    then: Literal["freeze", "hand-back"] = "freeze"
    needs: tuple[str, ...] = ()
    max_age: str = ""
    strength: StrengthWord = "observed"


class Area(_Part, frozen=True):
    """An area of the rubric, in the order in which scorecards show it."""

    id: str
    title: str


RungName = Literal["bronze", "silver", "gold"]


_LONGEST_DAYS = 36_500


class Policy(_Part, frozen=True):
    """The whole of `policy.yaml`. `limits` are the thresholds that criteria compare with."""

    currency: str
    areas: tuple[Area, ...]
    limits: Mapping[str, float]
    weights: Mapping[RungName, float]
    required: Mapping[Engagement, Mapping[Literal["1", "2", "3", "4"], RungName]]
    conditions: ConditionPolicy
    waivers: WaiverTerms
    repeat: RepeatPolicy
    breaches: tuple[BreachRule, ...]

    def required_rung(self, engagement: Engagement, tier: int) -> Rung:
        """The rung that a service needs before SRE accepts its pager."""
        by_tier = self.required[engagement]
        return Rung[{1: by_tier["1"], 2: by_tier["2"], 3: by_tier["3"]}.get(tier, by_tier["4"]).upper()]

    @property
    def drill_age(self) -> dt.timedelta:
        """How long a drill speaks for what it showed: `limits.drill_age_days`, and not at all where that is not set."""
        return dt.timedelta(days=min(max(self.limits.get("drill_age_days", 0.0), 0.0), _LONGEST_DAYS))

    def weight(self, rung: Rung) -> float:
        """What a criterion of the rung counts in the score."""
        words: dict[Rung, RungName] = {Rung.BRONZE: "bronze", Rung.SILVER: "silver", Rung.GOLD: "gold"}
        return self.weights[words[rung]]


_UNITS = {"m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def parse_age(text: str) -> dt.timedelta | None:
    """Reads `7d`, `12h`, `2w`; an empty text is no limit. The schema has checked the form."""
    return dt.timedelta(seconds=int(text[:-1]) * _UNITS[text[-1]]) if text else None
