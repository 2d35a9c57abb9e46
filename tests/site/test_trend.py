"""The line of a criterion over the snapshots of the history."""

import datetime as dt
import itertools

from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.history import Day, Tally
from pagerworthy.site.pages.burndown import HEIGHT, WIDTH
from pagerworthy.site.pages.trend import trend_of

_START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_counts = st.integers(0, 50)


def days(tallies: list[Tally]) -> list[Day]:
    return [Day(as_of=_START + dt.timedelta(days=at), criteria={"a": each}) for at, each in enumerate(tallies)]


@given(st.lists(st.builds(Tally, _counts, _counts, _counts), max_size=30))
def test_the_line_leads_through_each_snapshot_with_a_rate_and_stays_in_its_box(tallies: list[Tally]) -> None:
    rates = [(at, rate) for at, each in enumerate(tallies) if (rate := each.rate) is not None]
    trend = trend_of(days(tallies), "a")
    assert (trend is None) is (len(rates) < 2)
    if trend is not None:
        points = [tuple(map(float, each.split(","))) for each in trend.points.split()]
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
        assert [x for x, _ in points] == sorted(x for x, _ in points)
        first, last = rates[0][0], rates[-1][0]
        for at, rate in rates:
            x, y = (at - first) / (last - first) * WIDTH, 2 + (1 - rate) * (HEIGHT - 4)
            assert abs(height_at(points, x) - y) < 0.2


def height_at(points: list[tuple[float, ...]], x: float) -> float:
    """The height of a line at a place."""
    (left, a), (right, b) = next(
        (one, other) for one, other in itertools.pairwise(points) if one[0] - 0.06 <= x <= other[0] + 0.06
    )
    return a if abs(x - left) < 0.06 else b if abs(x - right) < 0.06 else a + (b - a) * (x - left) / (right - left)


def test_a_long_line_keeps_its_ends_and_has_few_points() -> None:
    trend = trend_of(days([Tally(each % 7, 3, 0) for each in range(3_000)]), "a")
    assert trend is not None
    points = trend.points.split()
    assert len(points) == 120
    assert points[0].startswith("0.0,")
    assert points[-1].startswith(f"{WIDTH}.0,")
    assert len(trend.rows) == 12


def test_it_says_in_words_where_it_began_and_where_it_is() -> None:
    trend = trend_of(days([Tally(1, 3, 0), Tally(3, 1, 0)]), "a")
    assert trend is not None
    assert trend.says == "25 % passed on 2026-01-01, 75 % on 2026-01-02."
    assert trend_of(days([Tally(1, 3, 0)]), "a") is None
    assert trend_of(days([Tally(1, 3, 0)] * 2), "another") is None
