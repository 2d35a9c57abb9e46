"""What the alerts of an objective depend on, and nothing else: objectives that agree in it behave alike."""

import re
from typing import Literal

import msgspec

from pagerworthy.slo import indicator
from pagerworthy.slo.objective import Objective
from pagerworthy.slo.period import Period, Severity
from pagerworthy.slo.rules import MIN_EVENTS, STOPPED_FOR, declared_alert, names

_MINUTE = 60
_PART = re.compile(r"([0-9]+)(ms|s|m|h|d|w|y)")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0, "y": 31_536_000.0}
# Counters over the window, as opposed to a share that is averaged over it.
_COUNTERS = re.compile(r"\b(?:rate|increase)\s*\([^()]*\[\s*\$window\s*\]", re.IGNORECASE)

Measure = Literal["counters", "average"]


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """An objective as its alerts see it; durations in seconds, shares from 0 to 1.

    `measure` says whether its windows compare counters or average a share. `counted` is whether numbers of events are
    known, and `fewest` how many of them a page needs: 0 for no guard. With `slice_length` slices of time are counted:
    each is bad where its share of bad events is above `slice_limit`, or counts with that share where it is None.
    """

    period: Period
    budget: float
    measure: Measure
    counted: bool
    fewest: int
    page_for: float = 0
    ticket_for: float = 0
    silent_for: float = 0
    slice_length: int = 0
    slice_limit: float | None = None

    @property
    def shortest(self) -> int:
        """The window over which data are looked for."""
        return names.shortest(self.period)

    @property
    def interval(self) -> int:
        """How often, in seconds, Prometheus scrapes and evaluates while this is played: each minute, as it does unless
        told otherwise; for slices of time that are no longer than that, four times in each.
        """
        return self.slice_length // 4 if 0 < self.slice_length <= _MINUTE else _MINUTE

    def felt(self, share: float) -> float:
        """How bad it is, to this objective, while so large a share of events is bad all the time."""
        if not self.slice_length or self.slice_limit is None:
            return share
        return 1.0 if share > self.slice_limit else 0.0

    def due(self, share: float) -> Severity | None:
        """Who has to hear of this share of bad events, if it lasts: the promise that the burn rates make.

        A page, if the whole window of one of the paging burn rates spends more than its part of the budget; or else a
        ticket in the same way; or nobody.
        """
        felt = self.felt(share)
        for severity in ("page", "ticket"):
            for burn in self.period.burns:
                spent = felt / self.budget * burn.long / self.period.seconds
                if burn.severity == severity and spent > burn.share * (1 + 1e-9):
                    return burn.severity
        return None


def case_of(objective: Objective) -> Case:
    """The case of an objective."""
    slo, sli = objective.slo, objective.slo.sli
    counted = indicator.counts_events(sli)
    averaged = sli.form == "probe" or (sli.form == "ratio" and not _COUNTERS.search(sli.ratio))
    fewest = (MIN_EVENTS if slo.min_events is None else slo.min_events) if counted else 0
    target = sli.slices.target if sli.slices else None
    return Case(
        period=objective.period,
        budget=objective.budget,
        measure="average" if averaged else "counters",
        counted=counted,
        fewest=fewest,
        page_for=_hold(objective, "page"),
        ticket_for=_hold(objective, "ticket"),
        silent_for=seconds_of(STOPPED_FOR),
        slice_length=int(seconds_of(sli.slices.length)) if sli.slices else 0,
        slice_limit=None if target is None else round(1 - target / 100, 12),
    )


def seconds_of(text: str) -> float:
    """A duration as Prometheus writes it, `1h30m`, in seconds; 0 for none."""
    return sum(int(amount) * _UNITS[unit] for amount, unit in _PART.findall(text))


def _hold(objective: Objective, severity: Severity) -> float:
    declared = declared_alert(objective, severity)
    return seconds_of(declared.for_) if declared else 0
