"""What the simulation says, against numbers worked by hand and against PromQL's functions written out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.catalog import Alert, Sli
from pagerworthy.catalog.model import Slices
from pagerworthy.slo import PERIODS
from pagerworthy.slo.simulate import Heard, Shown, case_of, rehearse, scenarios, show
from pagerworthy.slo.simulate.labels import Matcher, example, selected
from pagerworthy.slo.simulate.meter import meter_of
from pagerworthy.slo.simulate.play import episodes, held
from pagerworthy.slo.simulate.series import counters_of, gauge_of
from pagerworthy.slo.simulate.traffic import EACH_STEP, Traffic
from tests.slo.promtool import BAD, EVENTS, GOOD, TOTAL, objective

MINUTE, HOUR, DAY = 60, 3600, 86_400
PROBE = Sli(probe="probe_success", selector='job="blackbox"')


def shown(sli: Sli = EVENTS, **options: object) -> dict[str, Shown]:
    """What each scenario shows of such an objective; 99.9 % over 30 days, where nothing else is said."""
    (found,) = rehearse([objective(sli, **options)])
    return {each.scenario: each for each in found.shown}


def test_times_are_those_worked_by_hand():
    found = shown()
    # The first minute is 1/5 of the five minutes and 1/60 of the hour, more than 1.44 %; when all is over, the half
    # hour has a bad minute in it, 1/30 and more than 0.6 %, for half an hour.
    assert found["total"].page == Heard(after=MINUTE, stops=30 * MINUTE)
    # A ticket from 3 times the budget over a day, 4.32 bad minutes, or once over three days, as many.
    assert found["total"].ticket.after == 5 * MINUTE
    # 5 %: 1.44 % of an hour are 0.864 minutes, and 5 % of 17.28 minutes are as many; 0.6 % of six hours 43.2.
    assert found["5-percent"].page.after == 18 * MINUTE
    # Twice the budget: the three days are half full of it after a day and a half, and then one minute more.
    assert found["slow-burn"].page == Heard()
    assert found["slow-burn"].ticket.after == DAY + 12 * HOUR + MINUTE
    # A rate of five minutes takes two samples: the last is four or five minutes old. Then a quarter of an hour.
    assert found["no-data"].no_data == Heard(after=20 * MINUTE, stops=2 * MINUTE)
    assert found["low-traffic"].pages == 0
    assert {each.verdict for each in found.values()} == {"ok"}


def test_what_must_page_follows_from_the_budget():
    # 5 % is 50 times the budget of 99.9 %, 5 times that of 99 %, and no more than that of 95 %.
    assert shown(objective=99.9)["5-percent"].expected == "page"
    assert shown(objective=99)["5-percent"].expected == "ticket"
    assert shown(objective=95)["5-percent"].expected == "no-alert"


@pytest.mark.parametrize("window", [name for name, period in PERIODS.items() if not period.calendar])
@pytest.mark.parametrize("promised", [90, 99, 99.9, 99.999])
def test_the_rules_do_what_they_must_for_every_period(window, promised):
    for sli in (EVENTS, PROBE):
        found = shown(sli, objective=promised, window=window)
        assert {name: each.verdict for name, each in found.items() if each.verdict != "ok"} == {}


def test_a_total_outage_that_no_rule_notices_is_missed():
    # 14.4 and 6 times 20 % are more than all events.
    loose = shown(objective=80)
    assert loose["total"].verdict == "missed"
    assert loose["total"].page == Heard()
    assert loose["slow-burn"].ticket.after is not None
    assert rehearse([objective(objective=80)])[0].wrong


def test_a_page_that_is_held_back_comes_later_or_when_all_is_over():
    def hold(text: str, promised: float = 99.9) -> dict[str, Shown]:
        return shown(objective=promised, alerts=(Alert(name="X", severity="page", slo="availability", for_=text),))

    assert hold("2m")["total"].page.after == 3 * MINUTE
    assert hold("1h30m")["total"].page.after == 91 * MINUTE
    late = hold("5m", 99)["recovery"]
    assert (late.verdict, late.pages, late.false_pages) == ("late-page", 1, 1)
    # A total outage of six hours is over before anybody hears of it.
    assert hold("7h")["total"].verdict == "missed"


def test_the_guards_against_few_events():
    # Twelve events an hour: enough for ten, and not for more than 72 in six hours.
    assert shown()["low-traffic-outage"].page.after is not None
    assert shown(min_events=73)["low-traffic-outage"].page == Heard()
    unguarded = shown(min_events=0)["low-traffic"]
    assert (unguarded.expected, unguarded.verdict, unguarded.pages) == ("any", "ok", 1)
    assert "low-traffic" not in shown(PROBE)


def test_slices_are_bad_by_their_target():
    # 5 % of bad events are no bad slice at 95 %, and a bad one at 96 %.
    tolerant = shown(Sli(good=GOOD, total=TOTAL, slices=Slices(length="2m", target=95)))
    assert (tolerant["5-percent"].expected, tolerant["5-percent"].ticket) == ("no-alert", Heard())
    strict = shown(Sli(good=GOOD, total=TOTAL, slices=Slices(length="2m", target=96)))
    # After a minute the slice of two has half of them.
    assert strict["5-percent"].page.after == 2 * MINUTE
    assert strict["total"].page.after == MINUTE
    shared = shown(Sli(good=GOOD, total=TOTAL, slices=Slices(length="1m")))
    assert shared["5-percent"].page.after is not None


def test_a_shorter_period_shortens_everything():
    usual, quick = objective(), PERIODS["30d"].scaled(60)
    scaled = type(usual)(usual.service, usual.slo, quick)
    case = case_of(scaled)
    found = {scenario.name: show(case, scenario, 1) for scenario in scenarios(case)}
    for name, each in shown().items():
        if name != "no-data":
            assert found[name].page.after == (each.page.after and each.page.after // 60)
            assert found[name].ticket.after == (each.ticket.after and each.ticket.after // 60)


def test_what_behaves_alike_is_played_once():
    many = [objective(objective=promised, window=window) for promised in (99, 99.9) for window in ("7d", "30d")] * 750
    found = rehearse(many)
    assert len(found) == 4
    assert sum(len(each.objectives) for each in found) == 3000


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 5))
def test_an_alert_fires_once_its_condition_has_held_without_a_break(active, minutes):
    since, expected = None, []
    for index, now in enumerate(active):
        since = (index if since is None else since) if now else None
        expected.append(since is not None and index - since >= minutes)
    firing = held(active, minutes * 60, 60)
    assert firing == expected
    again = [False] * len(active)
    for begun, ended in episodes(firing):
        again[begun:ended] = [True] * len(again[begun:ended])
    assert again == firing


def _rate(values: list[float | None], at: int, width: int, edge: str) -> tuple[float, float, int] | None:
    """Prometheus's `rate` times its window: the increase, that which was sampled, and between how many samples."""
    first = at - width + (edge == "open")
    inside = [(index, values[index]) for index in range(max(first, 0), at + 1) if values[index] is not None]
    if len(inside) < 2:
        return None
    (start, one), (end, other) = inside[0], inside[-1]
    assert one is not None
    assert other is not None
    sampled, average = end - start, (end - start) / (len(inside) - 1)
    before, after = start - (at - width), at - end
    reach = sampled + sum(gap if gap < average * 1.1 else average / 2 for gap in (before, after))
    return (other - one) * reach / sampled, other - one, len(inside)


@st.composite
def _traffic(draw: st.DrawFn) -> Traffic:
    length = draw(st.integers(20, 60))
    total = draw(st.lists(st.integers(0, 5), min_size=length, max_size=length))
    bad = [draw(st.integers(0, each)) for each in total]
    there = [True] * length
    if draw(st.booleans()):
        start = draw(st.integers(1, length - 2))
        end = draw(st.integers(start + 1, length))
        there[start:end] = [False] * (end - start)
        total[start : end + 1] = bad[start : end + 1] = [0] * len(total[start : end + 1])
    return Traffic(total, bad, there)


@given(_traffic(), st.sampled_from(["closed", "open"]), st.integers(2, 15))
def test_windows_are_those_of_rate(traffic, edge, width):
    def counter(added: list[int]) -> list[float | None]:
        sums = [sum(added[1 : index + 1]) for index in range(len(added))]
        return [float(value) if there else None for value, there in zip(sums, traffic.there, strict=True)]

    meter = meter_of(case_of(objective()), traffic, 60, edge)
    shares, counts, known = (get(width * 60) for get in (meter.shares, meter.counts, meter.known))
    burning = meter.burning(width * 60, 0.3)
    total, bad = counter(traffic.total), counter(traffic.bad)
    for at in range(len(total)):
        all_of_them, failed = _rate(total, at, width, edge), _rate(bad, at, width, edge)
        assert known[at] == (all_of_them is not None)
        if all_of_them is None or failed is None or not all_of_them[1]:
            assert shares[at] is None
            assert not burning[at]
            continue
        assert shares[at] == pytest.approx(failed[0] / all_of_them[0])
        assert burning[at] == (failed[1] > 0.3 * all_of_them[1])
        if all(traffic.there):
            assert counts[at] == pytest.approx(all_of_them[0])


@given(_traffic(), st.sampled_from(["closed", "open"]), st.integers(1, 15))
def test_windows_are_those_of_avg_over_time(traffic, edge, width):
    meter = meter_of(case_of(objective(PROBE)), traffic, 60, edge)
    shares = meter.shares(width * 60)
    for at, share in enumerate(shares):
        first = max(at - width + (edge == "open"), 0)
        inside = [traffic.bad[i] / EACH_STEP for i in range(first, at + 1) if traffic.there[i]]
        assert share == (pytest.approx(sum(inside) / len(inside)) if inside else None)


@pytest.mark.parametrize(
    ("sli", "good", "bad"),
    [
        (Sli(good=GOOD, total=TOTAL), ("good_total", "requests_total"), ("requests_total",)),
        (EVENTS, ("requests_total",), ("bad_total", "requests_total")),
        (Sli(bad=BAD, total=f"{TOTAL} + ({BAD} or vector(0))"), ("requests_total",), ("bad_total",)),
        (Sli(good=f"{TOTAL} - {BAD}", total=TOTAL), ("requests_total",), ("bad_total", "requests_total")),
    ],
)
def test_events_are_counted_where_queries_look(sli, good, bad):
    found = counters_of(sli)
    assert found is not None
    assert tuple(sorted(name.partition("{")[0] for name in found.good)) == good
    assert tuple(sorted(name.partition("{")[0] for name in found.bad)) == bad


def test_a_bad_event_differs_from_a_good_one_in_its_labels():
    total = 'sum(rate(calls_total{job=~"a|b",kind!="probe",path=~".*/(?:buy|pay)"}[$window]))'
    found = counters_of(Sli(good=total.replace('kind!="probe"', 'kind!="probe",code!~"5.."'), total=total))
    assert found is not None
    assert found.good == ('calls_total{job="a",path="x/buy"}',)
    assert found.bad == ('calls_total{code="5..",job="a",path="x/buy"}',)


@pytest.mark.parametrize(
    "query",
    [
        "sum by (zone) (rate(x_total[$window]))",
        "rate(x_total[$window])",
        "sum(rate(x_total[$window])) * 2",
        "sum(rate(x_total[$window] offset 5m))",
        'sum(rate(x_total{a=~"(a+)+b"}[$window]))',
        'sum(rate(x_total{a=~".*.*.*.*b"}[$window]))',
    ],
)
def test_other_queries_are_not_followed(query):
    assert counters_of(Sli(good=query, total=query)) is None
    assert gauge_of(Sli(good=query, total=query)) is None


_MATCHERS = st.builds(
    Matcher,
    st.sampled_from(["a", "b"]),
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from(["x", "", "other", "x|y", ".*", ".+", "(x|y)z", r"x\.y", "[.]x", "^x$"]),
)


@given(st.lists(_MATCHERS, max_size=4))
def test_an_example_is_selected(matchers):
    labels = example(tuple(matchers))
    assert labels is None or selected(tuple(matchers), labels)


def test_an_example_is_found_for_a_plain_selector():
    for value, expected in ((".*PlaceOrder", "xPlaceOrder"), (r"x\.y", "x.y"), ("(?:x|y)z", "xz"), ("[.]x", ".x")):
        assert example((Matcher("a", "=~", value), Matcher("b", "!=", ""))) == {"a": expected, "b": "other"}
