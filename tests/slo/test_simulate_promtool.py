"""promtool judges the simulation: the scenarios, written as its unit tests, hold of the rules that are built."""

import subprocess
from pathlib import Path

import pytest

from pagerworthy.catalog import Alert, Sli, load
from pagerworthy.catalog.model import Slices
from pagerworthy.slo import Objective
from pagerworthy.slo.rules import RuleFile, Texts, as_yaml, rule_file
from pagerworthy.slo.simulate import UnitTest, as_promtool, objective_tests, unit_tests
from tests.slo.promtool import BAD, EVENTS, GOOD, TOTAL, group, objective
from tests.tools import require_tool

ROOT = Path(__file__).parents[2]
MINUTE = 60
_QUICK = ("total", "low-traffic", "no-data")


def run(rules: str, tests: list[UnitTest], folder: Path) -> "subprocess.CompletedProcess[str]":
    (folder / "x.rules.yaml").write_text(rules, encoding="utf-8")
    (folder / "x.test.yaml").write_text(as_promtool("x.rules.yaml", tests), encoding="utf-8")
    return subprocess.run(
        [require_tool("promtool"), "test", "rules", "x.test.yaml"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def rules_of(one: Objective) -> str:
    return as_yaml(RuleFile(name="", source="", groups=(group(one),)))


def played(one: Objective, *wanted: str) -> list[UnitTest]:
    found = [test for test in objective_tests(one, MINUTE) if test.name.split(",")[1].split(":")[0].strip() in wanted]
    assert found
    return found


def holds(one: Objective, tests: list[UnitTest], folder: Path) -> None:
    assert any(asked.fires for test in tests for asked in test.asked)
    done = run(rules_of(one), tests, folder)
    assert done.returncode == 0, done.stdout + done.stderr


# A probe, a ratio over seven days, and counters with a page that is held back: one objective each, to be quick.
@pytest.mark.parametrize("name", ["flagd-ui", "load-generator", "kafka"])
def test_every_scenario_holds_of_the_demo(name, tmp_path):
    service = load(ROOT).catalog.services[name]
    tests = list(unit_tests(service))
    done = run(as_yaml(rule_file(service, "", Texts())), tests, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("sli", "options"),
    [
        (Sli(histogram="request_seconds", selector='service="shop"', below="300ms"), {"objective": 99}),
        (Sli(histogram="request_seconds", below="300ms", native=True), {}),
        (EVENTS, {"window": "calendar-month", "objective": 99.5}),
        (EVENTS, {"window": "14d", "min_events": 0}),
        (Sli(good=GOOD, total=TOTAL, slices=Slices(length="2m", target=95)), {}),
        (Sli(ratio=f"{GOOD} / {TOTAL}"), {"window": "calendar-week"}),
        (Sli(bad=BAD, total=f"{TOTAL} + {BAD}"), {"objective": 90}),
    ],
    ids=["histogram", "native", "calendar", "unguarded", "slices", "ratio", "loose"],
)
def test_scenarios_hold_of_every_kind(sli, options, tmp_path):
    one = objective(sli, **options)
    names = {name for name in _QUICK if not sli.slices or name != "low-traffic"}
    holds(one, played(one, *names), tmp_path)


def test_flapping_and_slow_burns_hold(tmp_path):
    one = objective(alerts=(Alert(name="ShopBurns", severity="page", slo="availability", for_="2m"),))
    holds(one, played(one, "flapping", "slow-burn"), tmp_path)


@pytest.mark.parametrize(
    ("right", "wrong", "scenario"),
    [
        ("> (14.4 * 0.001)", "> (30 * 0.001)", "total"),
        (" > 1.5", " > 0.5", "low-traffic"),
        (">= 10", ">= 1000", "low-traffic-outage"),
        ("for: 15m", "for: 16m", "no-data"),
    ],
)
def test_other_rules_than_those_simulated_are_found_out(right, wrong, scenario, tmp_path):
    one = objective()
    rules = rules_of(one)
    assert right in rules
    done = run(rules.replace(right, wrong), played(one, scenario), tmp_path)
    assert done.returncode != 0
    assert "FAILED" in done.stdout + done.stderr


def test_the_same_objective_gives_the_same_bytes():
    one = objective()
    texts = {as_promtool("x", list(objective_tests(one, MINUTE))) for _ in range(2)}
    assert len(texts) == 1


def test_what_promtool_cannot_be_fed_is_left_out():
    native = Sli(histogram="request_seconds", below="300ms", native=True)
    assert list(objective_tests(objective(native, window="calendar-month"), MINUTE)) == []
