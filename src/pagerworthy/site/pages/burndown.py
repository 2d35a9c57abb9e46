"""How an error budget was spent over its window, as a line and in words."""

from itertools import pairwise
from typing import NamedTuple

from pagerworthy.evidence import Known
from pagerworthy.evidence.keys import SloBurndown
from pagerworthy.site import words

WIDTH, HEIGHT = 200, 48
_EDGE = 2


class Burndown(NamedTuple):
    """A line through `points` in a box of 200 by 48; `spent` is the height at which nothing is left."""

    points: str
    spent: str
    says: str
    since: str


def burndown_of(known: Known | None) -> Burndown | None:
    """The line of an objective's budget, or None where nobody has recorded one."""
    value = known.value if known is not None else None
    if not isinstance(value, SloBurndown):
        return None
    days, remaining = value.days, value.remaining
    top, bottom = max(1.0, remaining[0]), min(0.0, remaining[-1])
    span = days[0] - days[-1]

    def height(left: float) -> str:
        return f"{_EDGE + (top - left) / (top - bottom) * (HEIGHT - 2 * _EDGE):.1f}"

    line = " ".join(
        f"{(days[0] - day) / span * WIDTH:.1f},{height(left)}" for day, left in zip(days, remaining, strict=True)
    )
    return Burndown(line, height(0.0), _says(value), f"{words.count(round(days[0]), 'day')} before")


def _says(value: SloBurndown) -> str:
    """The line for whoever cannot see it: where it begins and ends, and where it falls most."""
    points = list(zip(value.days, value.remaining, strict=True))
    (first, then), (_, now) = points[0], points[-1]
    loss, begin, end = max((a[1] - b[1], a[0], b[0]) for a, b in pairwise(points))
    begun = words.count(round(first), "day")
    text = f"Budget left: {words.percent(then)} {begun} before, {words.percent(now)} at the end."
    if loss <= 0:
        return text
    return f"{text} Most was lost between {begin:g} and {end:g} days before the end: {words.percent(loss)}."
