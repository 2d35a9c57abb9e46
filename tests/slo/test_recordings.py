"""What is recorded, judged by promtool: sums over periods, and calendar periods at their ends."""

import datetime as dt
import random

import pytest

from pagerworthy.catalog import Sli
from pagerworthy.catalog.model import Slices
from pagerworthy.slo import PERIODS
from pagerworthy.slo.rules import calendar
from tests.slo.promtool import EVENTS, GOOD, IDS, TOTAL, Scene, judge, objective, rules

REQUESTS = 'requests_total{service="shop"}'
ERRORS = 'bad_total{service="shop"}'
REMAINING = f"slo:period_error_budget_remaining:ratio{IDS}"
_DAY = 24 * 60


def test_the_period_weighs_each_moment_by_its_events(tmp_path):
    # A day of 1,000 requests a minute without an error, and one of 100 that all fail: 1 of 11, not every second.
    series = {
        REQUESTS: f"0+1000x{_DAY} {1000 * _DAY + 100}+100x{_DAY - 1}",
        ERRORS: f"0+0x{_DAY} 100+100x{_DAY - 1}",
    }
    scene = Scene(series).yields("2d", f"slo:sli_error:ratio_rate1w{IDS}", 1 / 11)
    scene.yields("2d", f"slo:sli_bad:rate5m{IDS}", 100 / 60).yields("2d", f"slo:sli_total:rate5m{IDS}", 100 / 60)
    scene.yields("2d", f"slo:sli_total:count15m{IDS}", 1500)
    judge(rules(objective(window="7d")), [scene], tmp_path, every="10m")


def test_a_ratio_is_averaged(tmp_path):
    ratio = Sli(ratio="avg_over_time(fill[$window])")
    scene = Scene({"fill": f"1x{_DAY} 0x{_DAY}"}).yields("1d", f"slo:sli_error:ratio_rate1w{IDS}", 0)
    scene.yields("1435m", REMAINING, 1).yields("2d", f"slo:sli_error:ratio_rate5m{IDS}", 1)
    judge(rules(objective(ratio, window="7d")), [scene], tmp_path, every="10m")


def test_what_is_not_known_is_left_out_of_the_period(tmp_path):
    # The histogram loses the bucket of the objective after an hour in which half of the requests were slow.
    histogram = Sli(histogram="request_seconds", below="300ms")
    series = {
        'request_seconds_count{service="shop"}': "0+600x600",
        'request_seconds_bucket{service="shop",le="0.3"}': "0+300x60 stale _x500",
        'request_seconds_bucket{service="shop",le="+Inf"}': "0+600x600",
    }
    # The rate of a series that ends falls during its last five minutes.
    scene = Scene(series).yields("9h", f"abs(slo:sli_error:ratio_rate30d{IDS} - 0.5) < bool 0.02", 1)
    scene.yields("9h", f"slo:sli_error:ratio_rate5m{IDS}").firing("9h", "ShopAvailabilityNoData", 1, 'data="stopped"')
    judge(rules(objective(histogram)), [scene], tmp_path)


@pytest.mark.parametrize("le", ["1000000", "1e+06", "1000000.0"])
def test_a_bucket_is_found_however_its_bound_is_written(le, tmp_path):
    histogram = Sli(histogram="request_milliseconds", selector='service="shop",', below="1000s")
    series = {
        'request_milliseconds_count{service="shop"}': "0+600x60",
        f'request_milliseconds_bucket{{service="shop",le="{le}"}}': "0+300x60",
        'request_milliseconds_bucket{service="shop",le="1100000"}': "0+600x60",
    }
    scene = Scene(series).yields("30m", f"slo:sli_error:ratio_rate5m{IDS}", 0.5)
    judge(rules(objective(histogram)), [scene], tmp_path, every="5m")


def test_slices_of_time_count_the_same_however_much_happens(tmp_path):
    # Ten minutes in which 4 % fail, and then 6 % of ten times as many: only the latter slices are bad at 95 %.
    sliced = Sli(good=GOOD, total=TOTAL, slices=Slices(length="2m", target=95))
    series = {
        REQUESTS: "0+100x30 4000+1000x29",
        'good_total{service="shop"}': "0+96x30 3820+940x29",
    }
    scene = Scene(series).yields("25m", f"slo:sli_error:ratio_rate5m{IDS}", 0)
    scene.yields("50m", f"slo:sli_error:ratio_rate5m{IDS}", 1).yields("50m", f"slo:sli_total:rate5m{IDS}")
    judge(rules(objective(sliced)), [scene], tmp_path)


def test_a_calendar_month_begins_with_its_whole_budget(tmp_path):
    # The last day of January 1970 fails; February has 28 days, of which three hours fail.
    hours, january, february = 90, 31 * 720, 28 * 720
    failed = 8 * hours
    series = {
        REQUESTS: f"0+1x{january + february + 2 * hours}",
        ERRORS: f"0+0x{30 * 720} 1+1x{failed - 1} {failed}+0x{13 * 720} "
        f"{failed + 1}+1x{hours - 1} {failed + hours}+0x{15 * 720}",
    }
    ratio = f"slo:sli_error:ratio_calendar_month{IDS}"
    budget = 0.01
    scene = Scene(series, interval="2m")
    # Of the samples of January, one in 31 is bad; the last is five minutes before its end.
    share = 1 - 5 / (31 * _DAY)
    scene.yields("31d", ratio, 1 / 31).yields("31d", REMAINING, 1 - 1 / 31 / budget * share)
    # The first sample of February knows nothing of January.
    scene.yields("747h", ratio, 0).yields("747h", REMAINING, 1)
    # At the end of February, three hours of 28 days.
    scene.yields("59d", ratio, 1 / (28 * 8)).yields("59d", REMAINING, 1 - 1 / (28 * 8) / budget * (1 - 5 / (28 * _DAY)))
    scene.yields("1419h", ratio, 0)
    judge(rules(objective(EVENTS, window="calendar-month", objective=99)), [scene], tmp_path, every="3h")


@pytest.mark.parametrize("window", ["calendar-week", "calendar-month", "calendar-quarter"])
def test_the_calendar_is_right_at_any_time(window, tmp_path):
    rng = random.Random(7)  # noqa: S311
    period, scene = PERIODS[window], Scene({"x": "1"}, interval="10d")
    edges = [dt.datetime(year, month, 1, tzinfo=dt.UTC) for year in (1971, 1972, 1973) for month in range(1, 13)]
    moments = [edge + dt.timedelta(seconds=second) for edge in edges for second in (-1, 0)]
    moments += [edges[0] + dt.timedelta(seconds=rng.randrange(3 * 365 * 86_400)) for _ in range(30)]
    for moment in moments:
        start, end, name = _period_of(window, moment)
        lagged = int(moment.timestamp()) + 300
        share = (moment - start) / (end - start)
        scene.yields(f"{lagged}s", calendar.elapsed(period, 300), share)
        named = f'label_replace(vector(1), "slo_period", "{name}", "", "")'
        scene.yields(f"{lagged}s", f"{calendar.present(period, 300)} and on (slo_period) {named}", 1)
    judge("groups: []\n", [scene], tmp_path, every="10d")


def _period_of(window: str, moment: dt.datetime) -> tuple[dt.datetime, dt.datetime, str]:
    """When the period around a moment begins and ends, and its name."""
    midnight = moment.replace(hour=0, minute=0, second=0)
    if window == "calendar-week":
        start = midnight - dt.timedelta(midnight.weekday())
        return start, start + dt.timedelta(7), str(int(start.timestamp() - 345_600) // 604_800)
    months = 1 if window == "calendar-month" else 3
    first = (moment.month - 1) // months * months + 1
    start = midnight.replace(month=first, day=1)
    following = first + months
    end = start.replace(year=start.year + following // 13, month=(following - 1) % 12 + 1)
    name = f"{start.year}{first:02}" if months == 1 else f"{start.year}{(first + 2) // 3}"
    return start, end, name
