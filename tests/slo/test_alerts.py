"""Alerts, judged by promtool, with the numbers of *The Site Reliability Workbook*, chapter 5, worked by hand.

The SLO is 99.9 % over 30 days: the budget is 0.001. A page is due from 14.4 times that over an hour (2 % of the budget)
or 6 times over six hours (5 %), a ticket from 3 times over a day (10 %) or once over three days (10 %).
"""

import pytest

from pagerworthy.catalog import Alert, Sli
from pagerworthy.slo import PERIODS
from pagerworthy.slo.rules import reachable
from tests.slo.promtool import BAD, EVENTS, GOOD, IDS, TOTAL, Scene, check, group, judge, objective, rules

PAGE, TICKET, NO_DATA = "ShopAvailabilityBurnPage", "ShopAvailabilityBurnTicket", "ShopAvailabilityNoData"
REQUESTS = 'requests_total{service="shop"}'
ERRORS = 'bad_total{service="shop"}'


def traffic(errors: int, minutes: int, per_minute: int = 6000) -> dict[str, str]:
    """Counters by the minute: so many errors of so many requests."""
    return {REQUESTS: f"0+{per_minute}x{minutes}", ERRORS: f"0+{errors}x{minutes}"}


def change(before: int, minutes: int, after: int, more: int, per_minute: int = 6000) -> dict[str, str]:
    """The same with another number of errors after a while."""
    start = before * minutes + after
    return {
        REQUESTS: f"0+{per_minute}x{minutes + more}",
        ERRORS: f"0+{before}x{minutes} {start}+{after}x{more - 1}",
    }


@pytest.mark.parametrize(
    ("window", "factors"),
    [
        ("30d", [14.4, 6, 3, 1]),
        ("28d", [13.44, 5.6, 2.8, 28 / 30]),
        ("7d", [13.44, 5.6, 2.8, 28 / 30]),
        ("14d", [13.44, 5.6, 2.8, 28 / 30]),
        ("90d", [14.4, 6, 3, 1]),
        ("calendar-month", [14.4, 6, 3, 1]),
    ],
)
def test_burn_rates_are_those_of_the_workbook(window, factors):
    period = PERIODS[window]
    assert [period.factor(burn) for burn in period.burns] == pytest.approx(factors)
    assert all(burn.long / burn.short in {3, 6, 9, 12} for burn in period.burns)


def test_a_burn_above_the_factor_pages_and_one_below_does_not(tmp_path):
    judge(
        rules(objective()),
        [
            # For an hour 15 and 14 times the budget, 90 and 84 of 6,000 requests, after five and a half of quiet.
            Scene(change(0, 330, 90, 70))
            .firing("392m", PAGE)
            .yields("392m", f"slo:sli_error:ratio_rate1h{IDS}", 0.015),
            Scene(change(0, 330, 84, 70))
            .firing("392m", PAGE, 0)
            .yields("392m", f"slo:current_burn_rate:ratio{IDS}", 14),
        ],
        tmp_path,
    )


def test_a_slow_burn_pages_after_six_hours_and_a_slower_one_makes_a_ticket(tmp_path):
    judge(
        rules(objective()),
        [
            # 7 times the budget: 42 of 6,000 requests; 5 and 4 times: 30 and 24; 2 times: 12.
            Scene(traffic(42, 420)).firing("400m", PAGE),
            Scene(traffic(30, 420)).firing("400m", PAGE, 0).firing("400m", TICKET),
            Scene(traffic(12, 420)).firing("400m", PAGE, 0).firing("400m", TICKET),
            Scene(traffic(5, 420)).firing("400m", PAGE, 0).firing("400m", TICKET, 0),
        ],
        tmp_path,
        every="5m",
    )


def test_a_total_outage_pages_within_minutes_and_stops_soon_after_it_is_over(tmp_path):
    # After an hour of quiet, every request fails for twenty minutes. The hour's ratio is above 1.44 % from the first
    # minute on, and the last five minutes' until five minutes after the end.
    quiet = change(0, 60, 6000, 20)
    end = 6000 * 20
    series = {REQUESTS: "0+6000x200", ERRORS: f"{quiet[ERRORS]} {end}+0x120"}
    scene = Scene(series).firing("59m", PAGE, 0).firing("63m", PAGE).firing("80m", PAGE).firing("180m", PAGE, 0)
    judge(rules(objective()), [scene], tmp_path)


def test_errors_of_which_the_service_had_none_before_count(tmp_path):
    # No series of errors or of successes at all, until there is one.
    good = Sli(good=GOOD, total=TOTAL)
    judge(rules(objective(good)), [Scene({REQUESTS: "0+600x90"}).firing("75m", PAGE)], tmp_path)
    judge(
        rules(objective()),
        [Scene({REQUESTS: "0+600x90"}).firing("75m", PAGE, 0).yields("75m", f"slo:sli_error:ratio_rate5m{IDS}", 0)],
        tmp_path,
    )


def test_few_events_page_nobody(tmp_path):
    # A request in ten minutes: six in an hour, 36 in six hours.
    hourly = {REQUESTS: "0x9 1x9 2x9 3x9 4x9 5x9 6x9 7x9 8x9", ERRORS: "0x9 1x9 2x9 3x9 4x9 5x9 6x9 7x9 8x9"}
    judge(rules(objective(min_events=50)), [Scene(hourly).firing("85m", PAGE, 0)], tmp_path)
    judge(rules(objective(min_events=0)), [Scene(hourly).firing("85m", PAGE)], tmp_path)


def test_a_single_error_pages_nobody(tmp_path):
    # 30 requests in an hour, of which one fails: 3.3 %, more than 14.4 times the budget.
    one = {REQUESTS: "0 0+1x90", ERRORS: "0x70 1x20"}
    two = {REQUESTS: "0 0+1x90", ERRORS: "0x68 1 2x21"}
    judge(
        rules(objective()),
        [Scene(one).firing("74m", PAGE, 0), Scene(two).firing("73m", PAGE)],
        tmp_path,
    )
    judge(rules(objective(min_events=0)), [Scene(one).firing("74m", PAGE)], tmp_path)


def test_no_data_is_no_answer_and_makes_a_ticket_that_says_which(tmp_path):
    stopped = {REQUESTS: "0+600x60 _x200", ERRORS: "0+0x60 _x200"}
    never = {"other_total": "0+1x300"}
    ratio, rest = f"slo:sli_error:ratio_rate1h{IDS}", f"slo:period_error_budget_remaining:ratio{IDS}"
    judge(
        rules(objective()),
        [
            Scene(stopped)
            .firing("70m", NO_DATA, 0)
            .firing("90m", NO_DATA, 1, 'data="stopped"')
            .firing("240m", NO_DATA),
            Scene(never).firing("50m", NO_DATA, 0).firing("70m", NO_DATA, 1, 'data="never"'),
            Scene(never).yields("70m", ratio).yields("70m", rest).firing("70m", PAGE, 0),
            # Nobody asks, and that is known.
            Scene({REQUESTS: "5+0x300", ERRORS: "0+0x300"}).firing("200m", NO_DATA, 0).yields("200m", ratio),
        ],
        tmp_path,
    )


def test_a_service_that_is_not_running_yet_makes_no_ticket(tmp_path):
    never = Scene({"other_total": "0+1x300"}).firing("290m", NO_DATA, 0)
    judge(rules(objective(phase="development")), [never], tmp_path)


def test_what_is_not_a_number_is_never_recorded(tmp_path):
    ratio = Sli(ratio="sum(rate(good_total[$window])) / sum(rate(requests_total[$window]))")
    idle = Scene({REQUESTS: "5+0x120", 'good_total{service="shop"}': "5+0x120"})
    recorded = "{__name__=~'slo:.*', sloth_slo='availability'}"
    nothing = f"{recorded} unless on (__name__, sloth_window) ({recorded} > -Inf)"
    idle.yields("100m", f"count({nothing}) or vector(0)", 0)
    idle.yields("100m", f"slo:sli_error:ratio_rate5m{IDS}").yields("100m", f"slo:period_burn_rate:ratio{IDS}")
    judge(rules(objective(ratio)), [idle], tmp_path)
    judge(rules(objective(Sli(good=GOOD, total=TOTAL))), [idle], tmp_path)


def test_loose_objectives_leave_out_what_can_never_fire(tmp_path):
    # 14.4 times 10 % is more than all events.
    loose = objective(objective=90)
    assert [burn.long for burn in reachable(loose, "page")] == [6 * 3600]
    page = next(rule for rule in group(loose).rules if rule.alert == PAGE)
    assert "14.4 over 1h are left out" in page.note
    judge(rules(loose), [Scene(traffic(6000, 420)).firing("400m", PAGE)], tmp_path, every="5m")
    looser = objective(objective=80)
    assert not any(rule.alert == PAGE for rule in group(looser).rules)
    assert any(rule.alert == TICKET for rule in group(looser).rules)
    check(rules(loose), tmp_path)
    check(rules(looser), tmp_path)


def test_the_names_and_durations_of_the_entry_are_kept():
    alerts = (
        Alert(name="ShopBurns", severity="page", slo="availability", for_="2m"),
        Alert(name="ShopSmoulders", severity="ticket", slo="availability"),
        Alert(name="ShopElse", severity="page", slo="latency"),
    )
    found = {rule.alert: rule.hold for rule in group(objective(alerts=alerts)).rules if rule.alert}
    assert found == {"ShopBurns": "2m", "ShopSmoulders": "", NO_DATA: "1h"}


def test_texts_of_the_entry_are_no_templates(tmp_path):
    hostile = objective(description='{{ query "up" | first | value }} }} {{')
    text = rules(hostile)
    check(text, tmp_path)
    labels = {"sloth_id": "shop-availability", "sloth_service": "shop", "sloth_slo": "availability"}
    labels |= {"severity": "page", "sloth_severity": "page", "service": "shop", "slo": "availability"}
    labels |= {"owner": "payments", "system": "storefront", "tier": "1"}
    said = {
        "summary": "Shop: the error budget of availability burns so fast that somebody is needed now",
        "description": "2% of the latest events were bad; promised are 99.9 % over 30d "
        '({{ query "up" | first | value }} }} {{)',
        "owner": "payments",
        "pager": "the owner",
    }
    judge(text, [Scene(traffic(120, 90)).fires("75m", PAGE, labels, said)], tmp_path)


@pytest.mark.parametrize(
    "sli",
    [
        EVENTS,
        Sli(good=GOOD, total=TOTAL),
        Sli(bad=f"{BAD} # a comment", total=f"# another\n{TOTAL}"),
        Sli(histogram="request_seconds", selector='service="shop",', below="300ms"),
        Sli(histogram="request_seconds", below="300ms", native=True),
        Sli(histogram="request_ms", below="30m"),
        Sli(probe="probe_success", selector='job="blackbox"'),
        Sli(ratio="avg_over_time(fill_ratio[$window])"),
    ],
    ids=lambda sli: sli.form,
)
@pytest.mark.parametrize("window", PERIODS)
def test_rules_of_every_kind_are_right(sli, window, tmp_path):
    check(rules(objective(sli, window=window)), tmp_path)
