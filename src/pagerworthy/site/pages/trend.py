"""How the share of services that pass a criterion went over time, as a line and in words."""

from collections.abc import Sequence
from typing import NamedTuple

from pagerworthy.history import Day
from pagerworthy.site import words
from pagerworthy.site.pages.burndown import HEIGHT, WIDTH

_EDGE = 2
_MOST = 400


class Trend(NamedTuple):
    """A line through `points` in a box of 200 by 48, of which the top is all services; `says` tells it in words."""

    points: str
    says: str
    since: str


def trend_of(days: Sequence[Day], criterion: str) -> Trend | None:
    """The line of a criterion over the last snapshots for which it was due anywhere; None for fewer than two."""
    found = [(day.as_of, day.criteria[criterion]) for day in days if criterion in day.criteria]
    rated = [(moment, rate) for moment, tally in found if (rate := tally.rate) is not None][-_MOST:]
    if len(rated) < 2:
        return None
    (first, then), (last, now) = rated[0], rated[-1]
    span = (last - first).total_seconds()
    line = " ".join(
        f"{(moment - first).total_seconds() / span * WIDTH:.1f},{_EDGE + (1 - rate) * (HEIGHT - 2 * _EDGE):.1f}"
        for moment, rate in rated
    )
    since = f"{first:%Y-%m-%d}"
    return Trend(line, f"{words.percent(then)} passed on {since}, {words.percent(now)} on {last:%Y-%m-%d}.", since)
