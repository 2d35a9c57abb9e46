"""Alarms: the promises' own windows, every limit, and nobody but the holder of the pager."""

import json
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pagerworthy.catalog import Compute, Replicas, Resource
from pagerworthy.slo import objectives_of
from pagerworthy.slo.rules import reachable
from pagerworthy.stacks.inputs import Level, Window
from pagerworthy.stacks.program.service.alarms import share
from pagerworthy.stacks.render import Rendered, render
from tests.stacks.demo import demo, stacks_of
from tests.stacks.service.made import (
    ALARM,
    COMPOSITE,
    EVERY_TYPE,
    IMAGE,
    LEVEL,
    SERVICE,
    checkout,
    demo_stacks,
    one,
)

LONGEST = 7 * 86400


def burn_alarms(rendered: Rendered, slo: str) -> dict[str, dict[str, Any]]:
    """The alarms on windows of an objective, by their names in the cloud."""
    return {
        each.inputs["name"]: each.inputs
        for each in rendered.of_type(ALARM)
        if re.fullmatch(rf"{slo}-(page|ticket)-[0-9]+[smhd]", each.name)
    }


def seen(alarm: dict[str, Any]) -> tuple[int, float]:
    """The window of an alarm and its threshold."""
    periods = {each["metric"]["period"] for each in alarm["metricQueries"] if "metric" in each}
    assert len(periods) == 1
    return periods.pop(), alarm["threshold"]


def test_the_windows_and_factors_are_those_of_the_prometheus_rules() -> None:
    catalog = demo()
    checked = 0
    for name, rendered in demo_stacks().items():
        for objective in objectives_of(catalog.services[name]):
            alarms = burn_alarms(rendered, objective.slo.name)
            for severity in ("page", "ticket"):
                burns = reachable(objective, severity)
                if not burns:
                    continue
                rule = one(rendered, COMPOSITE, f"{objective.slo.name}-{severity}").inputs["alarmRule"]
                pairs = [
                    [seen(alarms[child]) for child in re.findall(r'ALARM\("([^"]+)"\)', pair)]
                    for pair in rule.split(" OR ")
                ]
                assert len(pairs) == len(burns), (name, objective.slo.name, severity)
                for pair, burn in zip(pairs, burns, strict=True):
                    assert [window for window, _ in pair] == [min(burn.long, LONGEST), burn.short]
                    limit = objective.period.factor(burn) * objective.budget
                    assert [threshold for _, threshold in pair] == pytest.approx([limit, limit])
                checked += 1
    assert checked > 20


def test_a_rule_of_pairs_asks_for_both_windows_of_one_pair() -> None:
    rendered = render(checkout())
    names = "production/checkout/availability/page-{}"
    assert one(rendered, COMPOSITE, "availability-page").inputs["alarmRule"] == (
        f'(ALARM("{names.format("1h")}") AND ALARM("{names.format("5m")}"))'
        f' OR (ALARM("{names.format("6h")}") AND ALARM("{names.format("30m")}"))'
    )


def test_no_window_is_longer_than_cloudwatch_looks_back() -> None:
    quarter = Level("availability", 99.9, 0.001, "A", "B", (Window("ticket", 9 * 86400, 64800, 1.0),), page_runbook="")
    alarms = burn_alarms(render(checkout(levels=(quarter,))), "availability")
    assert sorted(seen(each)[0] for each in alarms.values()) == [64800, LONGEST]
    for rendered in demo_stacks().values():
        for each in rendered.of_type(ALARM):
            for period in _periods(each.inputs):
                total = period * each.inputs["evaluationPeriods"]
                assert total <= (LONGEST if period >= 3600 else 86400), each.name


def _periods(alarm: dict[str, Any]) -> set[int]:
    inside = {each["metric"]["period"] for each in alarm.get("metricQueries", []) if "metric" in each}
    return inside | ({alarm["period"]} if "period" in alarm else set())


def evaluate(expression: str, bad: float, total: float) -> float:
    """What CloudWatch makes of `IF(condition, value, other)` over two numbers."""
    found = re.fullmatch(r"IF\((.+), (bad / total), (0)\)", expression)
    assert found, expression
    condition = found[1].replace("AND", "and")
    return bad / total if eval(condition, {"bad": bad, "total": total}) else 0.0  # noqa: S307 -- of our own making


@given(st.integers(0, 50), st.integers(0, 2000), st.integers(0, 2000))
def test_few_events_page_nobody_and_many_are_weighed(fewest: int, bad: int, good: int) -> None:
    total = bad + good
    value = evaluate(share(fewest), bad, total)
    if fewest and (total < fewest or bad < 2):
        assert value == 0
    elif total:
        assert value == bad / total
    else:
        assert value == 0


def test_only_the_long_window_of_a_page_asks_for_so_many_events() -> None:
    alarms = burn_alarms(render(checkout()), "availability")
    guarded = {name for name, each in alarms.items() if ">= 10" in each["metricQueries"][2]["expression"]}
    assert guarded == {f"production/checkout/availability/page-{window}" for window in ("1h", "6h")}


def test_every_alarm_reaches_the_holder_of_the_pager_or_is_part_of_one_that_does() -> None:
    stacks = stacks_of(demo())
    for name, rendered in demo_stacks().items():
        inputs = stacks.service(name)
        topics = {
            severity: [f"<platform.production:topic.{receiver}>" for receiver in receivers]
            for severity, receivers in (("page", inputs.page), ("ticket", inputs.ticket))
        }
        rules = " ".join(each.inputs["alarmRule"] for each in rendered.of_type(COMPOSITE))
        for each in (*rendered.of_type(ALARM), *rendered.of_type(COMPOSITE)):
            actions = each.inputs.get("alarmActions")
            if actions is None:
                assert f'ALARM("{each.inputs["name"]}")' in rules, (name, each.name)
                continue
            assert actions in topics.values(), (name, each.name)
            assert each.inputs["okActions"] == actions
            assert f"Owner: {inputs.owner}." in each.inputs["alarmDescription"]
            assert len(each.inputs["alarmDescription"]) <= 1024
        for each in rendered.of_type(COMPOSITE):
            assert each.inputs["alarmActions"] == topics[each.name.rpartition("-")[2]]


def test_a_new_holder_changes_the_routes_of_alarms_and_nothing_else() -> None:
    before, after = render(checkout()), render(checkout(page=("page-ordering",), ticket=("ticket-ordering",)))
    assert [(each.type, each.name) for each in before.resources] == [(each.type, each.name) for each in after.resources]
    for old, new in zip(before.resources, after.resources, strict=True):
        changed = {key for key in old.inputs if old.inputs[key] != new.inputs[key]}
        assert changed <= {"alarmActions", "okActions"}, old.name


def test_an_alarm_names_its_own_runbook_and_else_that_of_the_service() -> None:
    rendered = render(checkout())
    page, ticket = (one(rendered, COMPOSITE, f"availability-{each}").inputs for each in ("page", "ticket"))
    assert page["alarmName"] == "production/checkout/CheckoutAvailabilityBurn"
    assert "Runbook: catalog/runbooks/errors.md" in page["alarmDescription"]
    assert "Runbook: catalog/runbooks/checkout.md" in ticket["alarmDescription"]
    bare = one(render(checkout(runbook="")), COMPOSITE, "availability-ticket").inputs["alarmDescription"]
    assert "No runbook is written yet." in bare


def test_an_objective_that_nobody_counts_is_not_one_that_is_kept() -> None:
    silence = one(render(checkout()), ALARM, "availability-no-data").inputs
    assert (silence["statistic"], silence["treatMissingData"]) == ("SampleCount", "breaching")
    assert silence["alarmActions"] == ["<platform.production:topic.ticket-sre>"]
    unreleased = {each.name for each in render(checkout(version="initial")).of_type(ALARM)}
    assert not unreleased & {"availability-no-data", "running", "cpu"}


def test_too_few_tasks_call_somebody_and_full_ones_are_a_ticket() -> None:
    rendered = render(checkout())
    running = one(rendered, ALARM, "running").inputs
    assert (running["threshold"], running["comparisonOperator"]) == (3, "LessThanThreshold")
    assert running["treatMissingData"] == "breaching"
    assert running["alarmActions"] == ["<platform.production:topic.page-sre>"]
    for name in ("cpu", "memory", "maximum"):
        assert one(rendered, ALARM, name).inputs["alarmActions"] == ["<platform.production:topic.ticket-sre>"]
    alone = Compute(type="fargate", image=IMAGE, port=80, cpu=256, memory=512, replicas=Replicas(min=0, max=1))
    names = {each.name for each in render(checkout(compute=alone)).of_type(ALARM)}
    assert "running" not in names


@pytest.mark.parametrize("type_", sorted(EVERY_TYPE))
def test_every_limit_of_a_resource_has_an_alarm_and_a_graph(type_: str) -> None:
    resources = {"thing": EVERY_TYPE[type_]}
    rendered = render(checkout(resources=resources))
    alarms = [each for each in rendered.of_type(ALARM) if each.name.startswith("thing-")]
    assert alarms or type_ == "bucket"
    body = json.loads(one(rendered, "aws:cloudwatch/dashboard:Dashboard").inputs["dashboardBody"])
    titles = [each["properties"].get("title", "") for each in body["widgets"]]
    for alarm in alarms:
        assert f"thing: {alarm.name.removeprefix('thing-')}" in titles
        assert alarm.inputs.get("dimensions") or alarm.inputs["metricQueries"][0]["metric"]["dimensions"]


def test_the_fastest_window_of_each_objective_stops_a_rollout() -> None:
    second = Level("latency", 99.0, 0.01, "L", "M", LEVEL.windows, min_events=10)
    service = one(render(checkout(levels=(LEVEL, second))), SERVICE)
    assert service.inputs["alarms"]["alarmNames"] == [
        "production/checkout/availability/page-5m",
        "production/checkout/latency/page-5m",
    ]
    assert {"availability-page-5m", "latency-page-5m"} <= set(service.depends_on)
    assert "alarms" not in one(render(checkout(levels=())), SERVICE).inputs


@settings(max_examples=15, deadline=None)
@given(st.lists(st.from_regex(r"[a-z]{1,8}(-[a-z]{1,60})?", fullmatch=True), min_size=1, max_size=3, unique=True))
def test_no_two_alarms_have_one_name_however_long_the_objectives_are_called(names: list[str]) -> None:
    levels = tuple(Level(name, 99.9, 0.001, f"{name}Page", f"{name}Ticket", LEVEL.windows) for name in names)
    rendered = render(checkout(levels=levels, resources={"jobs": Resource(type="queue")}))
    called = [
        each.inputs.get("name") or each.inputs["alarmName"] for each in rendered.resources if "Alarm" in each.type
    ]
    assert len(called) == len(set(called))
    assert all(len(each) <= 255 for each in called)


def test_widgets_of_a_dashboard_lie_side_by_side() -> None:
    for rendered in demo_stacks().values():
        widgets = json.loads(one(rendered, "aws:cloudwatch/dashboard:Dashboard").inputs["dashboardBody"])["widgets"]
        taken: set[tuple[int, int]] = set()
        for each in widgets:
            cells = {
                (x, y)
                for x in range(each["x"], each["x"] + each["width"])
                for y in range(each["y"], each["y"] + each["height"])
            }
            assert not cells & taken
            assert max(x for x, _ in cells) < 24
            taken |= cells
