"""The windows of other tools, and those that an entry can have."""

import datetime as dt
import re

from pagerworthy.slo import PERIODS

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_OPENSLO = {"m": _MINUTE, "h": _HOUR, "d": _DAY, "w": 7 * _DAY, "M": 30 * _DAY, "Q": 90 * _DAY, "Y": 365 * _DAY}
_PROMETHEUS = {"ms": 0.001, "s": 1, "m": _MINUTE, "h": _HOUR, "d": _DAY, "w": 7 * _DAY, "y": 365 * _DAY}
_PART = re.compile(r"([0-9]+)(ms|[smhdwy])")
_ROLLING = {period.seconds: name for name, period in PERIODS.items() if not period.calendar}
_CALENDAR = {"1w": "calendar-week", "7d": "calendar-week", "1M": "calendar-month", "1Q": "calendar-quarter"}
_CALENDAR |= {"3M": "calendar-quarter"}
_UTC = frozenset(
    {"UTC", "Etc/UTC", "Etc/UCT", "Etc/GMT", "GMT", "Etc/Zulu", "Zulu", "UCT", "Etc/Universal", "Universal"}
)
ROLLING = ", ".join(_ROLLING[seconds] for seconds in sorted(_ROLLING))


def openslo_seconds(text: str) -> int:
    """The length of an OpenSLO duration in seconds; a month is 30 days, a quarter 90."""
    return int(text[:-1]) * _OPENSLO[text[-1]]


def prometheus_seconds(text: str) -> float:
    """The length of a Prometheus duration such as `1w3d`, in seconds. Raises ValueError."""
    if not re.fullmatch(rf"(?:{_PART.pattern})+", text):
        raise ValueError(f"not a duration: {text}")
    return round(sum(int(found[1]) * _PROMETHEUS[found[2]] for found in _PART.finditer(text)), 3)


def rolling(seconds: float) -> str:
    """The entry's name of a rolling window of so many seconds; empty where there is none."""
    return _ROLLING.get(int(seconds), "") if seconds == int(seconds) else ""


def nearest(seconds: float) -> str:
    """The rolling window whose length is nearest."""
    return _ROLLING[min(_ROLLING, key=lambda each: (abs(each - seconds), each))]


def calendar(duration: str) -> str:
    """The entry's name of a calendar window; empty where there is none."""
    return _CALENDAR.get(duration, "")


def calendar_fault(window: str, start: str, zone: str) -> str:
    """Why a calendar window is counted otherwise than an entry's, which begins at midnight in UTC; empty where not."""
    if zone not in _UTC:
        return f"it is counted in {zone}"
    try:
        moment = dt.datetime.fromisoformat(start)
    except ValueError:
        return f"{start} is no moment"
    begins = {
        "calendar-week": moment.weekday() == 0,
        "calendar-month": moment.day == 1,
        "calendar-quarter": moment.day == 1 and moment.month % 3 == 1,
    }
    if moment.time() != dt.time() or not begins[window]:
        return f"it begins at {start}"
    return ""
