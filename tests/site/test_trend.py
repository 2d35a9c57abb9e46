"""The line of a criterion over the snapshots of the history."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.history import Day
from pagerworthy.history.model import Tally
from pagerworthy.site.pages.burndown import HEIGHT, WIDTH
from pagerworthy.site.pages.trend import trend_of

_START = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_counts = st.integers(0, 50)


def days(tallies: list[Tally]) -> list[Day]:
    return [Day(as_of=_START + dt.timedelta(days=at), criteria={"a": each}) for at, each in enumerate(tallies)]


@given(st.lists(st.builds(Tally, _counts, _counts, _counts), max_size=30))
def test_the_line_has_a_point_for_each_snapshot_with_a_rate_and_stays_in_its_box(tallies: list[Tally]) -> None:
    rated = [each for each in tallies if each.rate is not None]
    trend = trend_of(days(tallies), "a")
    assert (trend is None) is (len(rated) < 2)
    if trend is not None:
        points = [tuple(map(float, each.split(","))) for each in trend.points.split()]
        assert len(points) == len(rated)
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in points)
        assert [x for x, _ in points] == sorted(x for x, _ in points)
        assert (points[-1][1] < points[0][1]) is (rated[-1].rate > rated[0].rate)  # type: ignore[operator]


def test_it_says_in_words_where_it_began_and_where_it_is() -> None:
    trend = trend_of(days([Tally(1, 3, 0), Tally(3, 1, 0)]), "a")
    assert trend is not None
    assert trend.says == "25 % passed on 2026-01-01, 75 % on 2026-01-02."
    assert trend_of(days([Tally(1, 3, 0)]), "a") is None
    assert trend_of(days([Tally(1, 3, 0)] * 2), "another") is None
