"""Service levels: objectives, their periods and indicators, and what is made of them."""

from pagerworthy.slo.indicator import bad_rate, bound, counts_events, error_ratio, good_and_total, total_rate
from pagerworthy.slo.objective import Objective, objectives, objectives_of
from pagerworthy.slo.period import PERIODS, Burn, Period, duration_text

__all__ = [
    "PERIODS",
    "Burn",
    "Objective",
    "Period",
    "bad_rate",
    "bound",
    "counts_events",
    "duration_text",
    "error_ratio",
    "good_and_total",
    "objectives",
    "objectives_of",
    "total_rate",
]
