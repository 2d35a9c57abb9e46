"""What recorded series are called.

The names and labels are Sloth's (https://sloth.dev), so that its published dashboards show them. Series that are
summed over a period carry nothing but these labels: were an owner or a tier among them, whoever changes it would start
a second series beside the first, and Prometheus refuses to record the two as one.
"""

from pagerworthy.slo.objective import Objective
from pagerworthy.slo.period import Period, duration_text

OBJECTIVE = "slo:objective:ratio"
BUDGET = "slo:error_budget:ratio"
DAYS = "slo:time_period:days"
CURRENT_BURN = "slo:current_burn_rate:ratio"
PERIOD_BURN = "slo:period_burn_rate:ratio"
REMAINING = "slo:period_error_budget_remaining:ratio"
INFO = "sloth_slo_info"
SLICE = "slo:sli_error:slice"

ID = "sloth_id"
SERVICE = "sloth_service"
SLO = "sloth_slo"
WINDOW = "sloth_window"
SEVERITY = "sloth_severity"
# Ours: the calendar period that events fall into, such as 202611.
WITHIN = "slo_period"
IDENTITY = (ID, SERVICE, SLO)

_FIVE_MINUTES = 300
_HOUR = 3600
_WEEK = 604_800


def identity(objective: Objective) -> dict[str, str]:
    """The labels that tell the series of an objective from all others."""
    return {ID: objective.id, SERVICE: objective.service.name, SLO: objective.slo.name}


def selector(objective: Objective) -> str:
    """The same as label matchers, in braces."""
    slo, service = objective.slo.name, objective.service.name
    return f'{{{ID}="{objective.id}", {SERVICE}="{service}", {SLO}="{slo}"}}'


def windows(period: Period) -> tuple[int, ...]:
    """Every window for which a ratio is recorded, in seconds, shortest first.

    Sloth's dashboards draw those of five minutes and of an hour, whatever the alerts look at.
    """
    return tuple(sorted({*period.windows, _FIVE_MINUTES, _HOUR}))


def shortest(period: Period) -> int:
    """The window of which a period's sums are made, in seconds."""
    return windows(period)[0]


def error_ratio(window: int) -> str:
    """The share of bad events within a window of so many seconds."""
    return f"slo:sli_error:ratio_rate{duration_text(window)}"


def total_rate(window: int) -> str:
    """All events within a window, in the unit of the entry's queries."""
    return f"slo:sli_total:rate{duration_text(window)}"


def bad_rate(window: int) -> str:
    """Bad events within a window, in the same unit."""
    return f"slo:sli_bad:rate{duration_text(window)}"


def total_count(window: int) -> str:
    """How many events there were within a window."""
    return f"slo:sli_total:count{duration_text(window)}"


def period_window(period: Period) -> str:
    """The value of `sloth_window` for what holds over the whole period: `30d`, `4w`, or `calendar-month`."""
    return period.name if period.calendar else _in_weeks(period)


def period_ratio(period: Period) -> str:
    """The share of bad events over the period; over a calendar period, since it began."""
    if period.calendar:
        return f"slo:sli_error:ratio_{period.name.replace('-', '_')}"
    return f"slo:sli_error:ratio_rate{_in_weeks(period)}"


def _in_weeks(period: Period) -> str:
    """The length as Prometheus prints it, and Sloth after it: 28 days are `4w`."""
    weeks, rest = divmod(period.seconds, _WEEK)
    return f"{weeks}w" if weeks and not rest else period.text
