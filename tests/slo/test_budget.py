"""Error budgets, by hand and by their laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.slo.budget import Budget, burn_rate, from_counts

DAY = 86_400.0
ALLOWED = st.floats(1e-6, 0.5)
PERIODS = st.sampled_from([7 * DAY, 28 * DAY, 30 * DAY, 90 * DAY])
TOTALS = st.floats(1, 1e12)
SHARES = st.floats(0, 1)


def of(allowed: float, days: float, good: float, total: float, elapsed_days: float | None = None) -> Budget:
    found = from_counts(allowed, days * DAY, good, total, elapsed=None if elapsed_days is None else elapsed_days * DAY)
    assert found is not None
    return found


def test_three_nines_over_thirty_days_are_43_minutes():
    budget = of(0.001, 30, 999_600, 1_000_000)
    assert budget.minutes == pytest.approx(43.2)
    assert (budget.events, budget.spent, budget.remaining) == pytest.approx((1000, 0.4, 0.6))
    assert (budget.minutes_left, budget.events_left) == pytest.approx((25.92, 600))
    assert burn_rate(0.001, 999_600, 1_000_000) == pytest.approx(0.4)
    # At twice the even rate, six tenths of 30 days are gone in nine.
    assert budget.lasts(2) == pytest.approx(9 * DAY)
    assert budget.lasts(0) == math.inf


def test_a_calendar_month_has_its_whole_budget_from_the_first_day():
    # On day 3 of 30, 2 in 1,000 were bad: twice the rate, and a fifth of the month's budget.
    budget = of(0.001, 30, 99_800, 100_000, elapsed_days=3)
    assert (budget.spent, budget.events) == pytest.approx((0.2, 1000))
    assert burn_rate(0.001, 99_800, 100_000) == pytest.approx(2)


def test_an_overspent_budget_leaves_nothing_and_lasts_no_longer():
    budget = of(0.001, 30, 998_000, 1_000_000)
    assert budget.remaining == pytest.approx(-1)
    assert (budget.minutes_left, budget.events_left, budget.lasts(1)) == (0, 0, 0)


def test_with_little_traffic_one_event_is_the_whole_budget():
    budget = of(0.001, 30, 500, 500)
    assert budget.is_indivisible
    assert not of(0.001, 30, 1000, 1000).is_indivisible
    assert of(0.001, 30, 499, 500).spent == pytest.approx(2)


@pytest.mark.parametrize(("good", "total"), [(0, 0), (None, 10), (10, None), (None, None)])
def test_what_nobody_counted_is_not_known(good, total):
    assert from_counts(0.001, 30 * DAY, good, total) is None
    assert burn_rate(0.001, good, total) is None


def test_before_the_first_moment_of_a_period_nothing_is_known():
    assert from_counts(0.001, 30 * DAY, 5, 5, elapsed=0) is None


@pytest.mark.parametrize(("good", "total"), [(-1, 5), (6, 5), (math.nan, 5), (5, math.nan), (5, math.inf), (0, -1)])
def test_counts_that_cannot_be_are_refused(good, total):
    with pytest.raises(ValueError, match="good events"):
        burn_rate(0.001, good, total)


@given(ALLOWED, PERIODS, TOTALS, SHARES)
def test_spent_and_remaining_are_the_whole_in_every_unit(allowed, seconds, total, share):
    budget = from_counts(allowed, seconds, total * share, total)
    assert budget is not None
    assert budget.spent >= 0
    assert budget.spent + budget.remaining == pytest.approx(1)
    assert budget.minutes == pytest.approx(allowed * seconds / 60)
    assert budget.events == pytest.approx(allowed * total)
    left = max(budget.remaining, 0)
    assert (budget.minutes_left, budget.events_left) == pytest.approx((left * budget.minutes, left * allowed * total))


@given(ALLOWED, PERIODS, TOTALS, SHARES, st.floats(0.001, 1))
def test_what_burns_evenly_is_spent_in_step_with_time(allowed, seconds, total, share, part):
    good = total * share
    budget = from_counts(allowed, seconds, good, total, elapsed=part * seconds)
    burn = burn_rate(allowed, good, total)
    assert budget is not None
    assert burn is not None
    assert budget.spent == pytest.approx(burn * part)


@given(ALLOWED, PERIODS, TOTALS, st.floats(0.9, 1), st.floats(0.01, 100))
def test_a_budget_lasts_until_it_is_spent(allowed, seconds, total, share, burn):
    budget = from_counts(allowed, seconds, total * share, total)
    assert budget is not None
    later = budget.spent + burn * budget.lasts(burn) / seconds
    assert later == pytest.approx(1) if budget.remaining > 0 else budget.lasts(burn) == 0
    assert budget.lasts(2 * burn) == pytest.approx(budget.lasts(burn) / 2)


@given(ALLOWED, PERIODS, TOTALS, SHARES, SHARES)
def test_more_good_events_never_leave_less(allowed, seconds, total, one, other):
    worse, better = (from_counts(allowed, seconds, total * share, total) for share in sorted((one, other)))
    assert worse is not None
    assert better is not None
    assert better.remaining >= worse.remaining - 1e-9


@given(ALLOWED, PERIODS, TOTALS, SHARES, st.floats(0.5, 1000))
def test_the_share_that_is_spent_does_not_depend_on_traffic(allowed, seconds, total, share, factor):
    one = from_counts(allowed, seconds, total * share, total)
    many = from_counts(allowed, seconds, total * share * factor, total * factor)
    assert one is not None
    assert many is not None
    assert many.spent == pytest.approx(one.spent, rel=1e-6, abs=1e-6)
