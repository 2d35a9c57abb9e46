"""Calendar periods in PromQL: weeks from Monday, months and quarters, all in UTC.

A rate is over what has just been, so that a sample belongs to the period in which its window began: everything here is
reckoned for `lag` seconds ago, the length of that window, and a new period begins so much late.
"""

from pagerworthy.slo.period import Period
from pagerworthy.slo.rules import names

# The first Monday of Unix time, a week and a day, in seconds.
_MONDAY, _WEEK, _DAY = 345_600, 604_800, 86_400
# No period is longer: what is summed over these belongs to the present one or to the one before it.
_LONGEST = {"calendar-week": "7d", "calendar-month": "31d", "calendar-quarter": "92d"}


def longest(period: Period) -> str:
    """The longest that such a period can be, as Prometheus writes it."""
    return _LONGEST[period.name]


def present(period: Period, lag: int) -> str:
    """One series whose label `slo_period` names the present period: 202611, or 20264 for a quarter."""
    then = f"vector(time() - {lag})"
    number = {
        "calendar-week": f"floor(vector((time() - {_MONDAY + lag}) / {_WEEK}))",
        "calendar-month": f"year({then}) * 100 + month({then})",
        "calendar-quarter": f"year({then}) * 10 + ceil(month({then}) / 3)",
    }[period.name]
    return f'count_values("{names.WITHIN}", {number})'


def elapsed(period: Period, lag: int) -> str:
    """Which share of the present period is over, from 0 to 1."""
    if period.name == "calendar-week":
        return f"vector((time() - {_MONDAY + lag}) % {_WEEK} / {_WEEK})"
    then, today = f"vector(time() - {lag})", f"(time() - {lag}) % {_DAY} / {_DAY}"
    if period.name == "calendar-month":
        return f"(day_of_month({then}) - 1 + {today}) / days_in_month({then})"
    # The days before the quarter, and those in it: 90, or 91 in a leap year, 91, 92, 92.
    month, leap = f"month({then})", f"(year({then}) % 4 == bool 0)"
    before = f"({month} > bool 3) * (90 + {leap}) + ({month} > bool 6) * 91 + ({month} > bool 9) * 92"
    length = f"90 + ({month} <= bool 3) * {leap} + ({month} > bool 3) + ({month} > bool 6)"
    return f"(day_of_year({then}) - 1 + {today} - ({before}))\n/ ({length})"
