"""How a share went over time, as a line, in words and as a table."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from pagerworthy.history import Day, Tally
from pagerworthy.site import words
from pagerworthy.site.pages.burndown import HEIGHT, WIDTH

_EDGE = 2
# Points of a line, and rows of the table that has its values.
_MOST = 120
_ROWS = 12

Series = Sequence[tuple[dt.datetime, float]]
_T = TypeVar("_T")


class Trend(NamedTuple):
    """A line through `points` in a box of 200 by 48, of which the top is all; `says` tells it in words.

    `rows` are days and values, the newest first.
    """

    points: str
    says: str
    since: str
    rows: tuple[tuple[str, str], ...]


def trend_of(days: Sequence[Day], criterion: str, now: tuple[dt.datetime, Tally] | None = None) -> Trend | None:
    """The line of a criterion over the snapshots for which it was due anywhere, and now; None for fewer than two."""
    tallies = [(day.as_of, day.criteria[criterion]) for day in days if criterion in day.criteria]
    tallies = until_now(tallies, now)
    series = [(moment, rate) for moment, tally in tallies if (rate := tally.rate) is not None]
    if len(series) < 2:
        return None
    (first, then), (last, latest) = series[0], series[-1]
    says = f"{words.percent(then)} passed on {_day(first)}, {words.percent(latest)} on {_day(last)}."
    return Trend(line_of(series), says, _day(first), rows_of(series, words.percent))


def until_now(
    series: Sequence[tuple[dt.datetime, _T]], now: tuple[dt.datetime, _T] | None
) -> list[tuple[dt.datetime, _T]]:
    """The series with what holds now at its end."""
    if now is None:
        return list(series)
    return [*(each for each in series if each[0] < now[0]), now]


def line_of(series: Series, *, steps: bool = False) -> str:
    """Points of a line through values of 0 to 1; with `steps` each value holds until the next one."""
    first, last = series[0][0], series[-1][0]
    span = (last - first).total_seconds()
    points = thinned([((moment - first).total_seconds() / span * WIDTH, value) for moment, value in series])
    found = []
    for place, (x, value) in enumerate(points):
        if steps and place:
            found.append((x, points[place - 1][1]))
        found.append((x, value))
    return " ".join(f"{x:.1f},{_EDGE + (1 - value) * (HEIGHT - 2 * _EDGE):.1f}" for x, value in found)


def thinned(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The points without those in the middle of a level stretch; where that leaves too many, some of them evenly."""
    inner = [
        points[at] for at in range(1, len(points) - 1) if not points[at - 1][1] == points[at][1] == points[at + 1][1]
    ]
    kept = [points[0], *inner, points[-1]]
    return picked(kept, _MOST)


def picked(found: Sequence[_T], most: int) -> list[_T]:
    """At most so many, evenly, the first and the last among them."""
    if len(found) <= most:
        return list(found)
    return [found[round(place * (len(found) - 1) / (most - 1))] for place in range(most)]


def rows_of(series: Series, say: Callable[[float], str]) -> tuple[tuple[str, str], ...]:
    """Some of the values with their days, the newest first."""
    return tuple((_day(moment), say(value)) for moment, value in reversed(picked(series, _ROWS)))


def _day(moment: dt.datetime) -> str:
    return words.day_of(moment).isoformat()
