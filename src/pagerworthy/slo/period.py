"""The time over which an objective holds, and the burn rates that its alerts look for.

Multiwindow, multi-burn-rate alerts as in *The Site Reliability Workbook*, chapter 5: an alert fires while the errors of
a long window and of a short one, a twelfth of it, burn the budget faster than would spend `share` of it within the
long window. The workbook's windows are for some 30 days; for other periods they are scaled so that the same shares of
the budget, and so nearly the same factors, hold.
"""

from functools import lru_cache
from typing import Literal

import msgspec

_MINUTE = 60
_HOUR = 60 * _MINUTE
_DAY = 24 * _HOUR

Severity = Literal["page", "ticket"]


class Burn(msgspec.Struct, frozen=True):
    """One pair of windows, in seconds, and the share of the budget whose loss within the long one is too fast."""

    severity: Severity
    share: float
    long: int
    short: int


class Period(msgspec.Struct, frozen=True):
    """A window of an objective as its entry names it; `seconds` is the nominal length of a calendar window."""

    name: str
    seconds: int
    burns: tuple[Burn, ...]
    calendar: bool = False

    @property
    def text(self) -> str:
        """The length as Prometheus writes it."""
        return duration_text(self.seconds)

    @property
    def days(self) -> float:
        return self.seconds / _DAY

    @property
    def windows(self) -> tuple[int, ...]:
        """Every window that the alerts look at, in seconds, each once, shortest first."""
        return tuple(sorted({window for burn in self.burns for window in (burn.short, burn.long)}))

    @property
    def shortest(self) -> int:
        """The window of which the others are made, in seconds."""
        return self.windows[0]

    def factor(self, burn: Burn) -> float:
        """How many times as fast as evenly over the period the budget burns at the threshold of `burn`."""
        return burn.share * self.seconds / burn.long

    def scaled(self, divisor: int) -> "Period":
        """The same period, everything `divisor` times shorter: for rehearsals against a real server."""
        burns = tuple(
            Burn(burn.severity, burn.share, max(burn.long // divisor, 1), max(burn.short // divisor, 1))
            for burn in self.burns
        )
        return Period(self.name, self.seconds // divisor, burns, self.calendar)


def _burns(
    quick: tuple[int, int], slow: tuple[int, int], day: tuple[int, int], days: tuple[int, int]
) -> tuple[Burn, ...]:
    return (
        Burn("page", 0.02, *quick),
        Burn("page", 0.05, *slow),
        Burn("ticket", 0.10, *day),
        Burn("ticket", 0.10, *days),
    )


# The shortest window stays at five minutes: a shorter one would hold too few scrapes to tell a rate.
_WEEK = _burns(
    (15 * _MINUTE, 5 * _MINUTE),
    (90 * _MINUTE, 10 * _MINUTE),
    (6 * _HOUR, 30 * _MINUTE),
    (18 * _HOUR, 90 * _MINUTE),
)
_FORTNIGHT = _burns(
    (30 * _MINUTE, 5 * _MINUTE),
    (3 * _HOUR, 15 * _MINUTE),
    (12 * _HOUR, 1 * _HOUR),
    (36 * _HOUR, 3 * _HOUR),
)
# The workbook's own.
_MONTH = _burns(
    (1 * _HOUR, 5 * _MINUTE),
    (6 * _HOUR, 30 * _MINUTE),
    (1 * _DAY, 2 * _HOUR),
    (3 * _DAY, 6 * _HOUR),
)
_QUARTER = _burns(
    (3 * _HOUR, 15 * _MINUTE),
    (18 * _HOUR, 90 * _MINUTE),
    (3 * _DAY, 6 * _HOUR),
    (9 * _DAY, 18 * _HOUR),
)

PERIODS: dict[str, Period] = {
    period.name: period
    for period in (
        Period("7d", 7 * _DAY, _WEEK),
        Period("14d", 14 * _DAY, _FORTNIGHT),
        Period("28d", 28 * _DAY, _MONTH),
        Period("30d", 30 * _DAY, _MONTH),
        Period("90d", 90 * _DAY, _QUARTER),
        Period("calendar-week", 7 * _DAY, _WEEK, calendar=True),
        Period("calendar-month", 30 * _DAY, _MONTH, calendar=True),
        Period("calendar-quarter", 90 * _DAY, _QUARTER, calendar=True),
    )
}


@lru_cache(256)
def duration_text(seconds: int) -> str:
    """Seconds in the largest unit that divides them, as Prometheus reads it: 21600 is `6h`."""
    for unit, size in (("d", _DAY), ("h", _HOUR), ("m", _MINUTE)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
