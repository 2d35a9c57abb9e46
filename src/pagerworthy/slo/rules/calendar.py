"""Calendar periods in PromQL: weeks from Monday, months and quarters, all in UTC."""

from pagerworthy.slo.period import Period
from pagerworthy.slo.rules import names

# The first Monday of Unix time, and a week, in seconds.
_MONDAY, _WEEK = 345_600, 604_800
# No period is longer: what is summed over these belongs to the present one or to the one before it.
_LONGEST = {"calendar-week": "7d", "calendar-month": "31d", "calendar-quarter": "92d"}
_DAYS_OF_MONTH = "day_of_month() - 1 + time() % 86400 / 86400"
_LEAP = "(year() % 4 == bool 0)"


def longest(period: Period) -> str:
    """The longest that such a period can be, as Prometheus writes it."""
    return _LONGEST[period.name]


def present(period: Period) -> str:
    """One series whose label `slo_period` names the present period: 202611, or 20264 for a quarter."""
    number = {
        "calendar-week": f"floor(vector((time() - {_MONDAY}) / {_WEEK}))",
        "calendar-month": "year() * 100 + month()",
        "calendar-quarter": "year() * 10 + ceil(month() / 3)",
    }[period.name]
    return f'count_values("{names.WITHIN}", {number})'


def elapsed(period: Period) -> str:
    """Which share of the present period is over, from 0 to 1."""
    if period.name == "calendar-week":
        return f"vector((time() - {_MONDAY}) % {_WEEK} / {_WEEK})"
    if period.name == "calendar-month":
        return f"({_DAYS_OF_MONTH}) / days_in_month()"
    # The days before the quarter, and those in it: 90, or 91 in a leap year, 91, 92, 92.
    before = f"(month() > bool 3) * (90 + {_LEAP}) + (month() > bool 6) * 91 + (month() > bool 9) * 92"
    length = f"90 + (month() <= bool 3) * {_LEAP} + (month() > bool 3) + (month() > bool 6)"
    return f"(day_of_year() - 1 + time() % 86400 / 86400 - ({before})) / ({length})"
