"""Error budgets: how much an objective allows to go wrong, how much has, and how long the rest lasts.

A promise of 99.9 % over 30 days allows one event in a thousand to be bad. The same budget read as time is 0.1 % of 30
days, 43.2 minutes in which every event is bad. A burn rate of 1 spends the budget evenly over the period, and exactly
all of it (*The Site Reliability Workbook*, chapter 5).

Nothing here takes silence for health: without events, or without a count of them, the answer is None, which means that
nobody knows.
"""

import math

import msgspec

# The period can be anything that lasts; events are numbers that may have been worked out from samples.
_MINUTE = 60.0
# A hundredth more good events than events is how a source rounds.
_ROUNDING = 1.01


class Budget(msgspec.Struct, frozen=True):
    """The error budget of one objective over one period.

    `allowed` is the share of events that may be bad, more than 0 and less than 1; `seconds` the length of the period.
    `spent` is the share of the budget that is gone: 0 to 1, and more where it is overspent. `events` is its size in
    events, or None where nobody counted: of a period that is not over, as many as there will be if there are as many as
    so far.
    """

    allowed: float
    seconds: float
    spent: float
    events: float | None = None

    @property
    def remaining(self) -> float:
        """The share of the budget that is left; below 0 where it is overspent."""
        return 1 - self.spent

    @property
    def minutes(self) -> float:
        """The whole budget as time: so long could everything have been bad."""
        return self.allowed * self.seconds / _MINUTE

    @property
    def minutes_left(self) -> float:
        """What is left, as time; 0 where nothing is."""
        return max(self.remaining, 0.0) * self.minutes

    @property
    def events_left(self) -> float | None:
        """What is left, in events; 0 where nothing is, None where nobody counted."""
        return None if self.events is None else max(self.remaining, 0.0) * self.events

    @property
    def is_indivisible(self) -> bool:
        """Whether one bad event spends all of it: there are too few events for a promise so high."""
        return self.events is not None and self.events < 1

    def lasts(self, burn: float) -> float:
        """Seconds until nothing is left at this burn rate: 0 where nothing is, infinity where nothing burns.

        What an older part of a rolling period gives back is not counted, so that it is never too long.
        """
        if self.remaining <= 0:
            return 0.0
        return self.remaining * self.seconds / burn if burn > 0 else math.inf


def from_counts(
    allowed: float, seconds: float, good: float | None, total: float | None, *, elapsed: float | None = None
) -> Budget | None:
    """The budget after so many good events of all; None where none were counted.

    `elapsed` are the seconds over which they were counted, where that is less than the period: the part of a calendar
    period that is over, or the part that was measured. The budget is of the whole period, so that a day of a month may
    spend more than a thirtieth of it. Raises ValueError for counts that cannot be.
    """
    bad = _bad_share(good, total)
    if bad is None or total is None:
        return None
    part = 1.0 if elapsed is None else min(elapsed / seconds, 1.0)
    if not part > 0:
        return None
    return Budget(allowed, seconds, spent=bad / allowed * part, events=allowed * total / part)


def burn_rate(allowed: float, good: float | None, total: float | None) -> float | None:
    """How many times as fast as evenly a budget burned while these were counted; None where nothing was.

    Raises ValueError for counts that cannot be.
    """
    bad = _bad_share(good, total)
    return None if bad is None else bad / allowed


def _bad_share(good: float | None, total: float | None) -> float | None:
    if good is None or total is None:
        return None
    if not (0 <= good < math.inf and 0 <= total < math.inf and good <= total * _ROUNDING):
        raise ValueError(f"{good} good events of {total}")
    return max(total - good, 0.0) / total if total > 0 else None
