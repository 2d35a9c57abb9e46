"""What a service's page says of its error budgets."""

import datetime as dt
import re
from pathlib import Path

import msgspec
import pytest

from pagerworthy.catalog import Metadata, Service, ServiceSpec, Sli, Slo
from pagerworthy.evidence import Record, SubjectEvidence, read_evidence
from pagerworthy.evidence.keys import SloBudget, SloBurndown, SloEvents, Value
from pagerworthy.site import words
from pagerworthy.site.pages.burndown import HEIGHT, WIDTH, Burndown, burndown_of
from pagerworthy.site.pages.levels import Level, levels_of

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
KEY_OF = {SloBudget: "slo.budget", SloEvents: "slo.events", SloBurndown: "slo.burndown"}
SERVICE = Service(
    apiVersion="pagerworthy/v1",
    metadata=Metadata(name="web", description="A service"),
    spec=ServiceSpec(
        owner="team",
        system="shop",
        tier=1,
        phase="support",
        slos=(Slo(name="availability", objective=99.9, window="30d", sli=Sli(good="g", total="t")),),
    ),
)


def recorded(*values: Value, days: float = 0) -> SubjectEvidence:
    """Records of these values, the last of them so many days old."""
    records = [
        Record(
            subject="web",
            key=KEY_OF[type(value)],
            item="availability",
            time=NOW - dt.timedelta(days=days if value is values[-1] else 0),
            source="test",
            strength="observed",
            value=msgspec.Raw(msgspec.json.encode(value)),
        )
        for value in values
    ]
    evidence = read_evidence(Path(), [], as_of=NOW, extra=records)
    assert not evidence.problems
    return evidence.of("web")


def level(remaining: float, *more: Value, days: float = 0) -> Level:
    (found,) = levels_of(SERVICE, recorded(SloBudget(99.95, remaining), *more, days=days), words.Clock(NOW))
    return found


def line(**value: tuple[float, ...]) -> Burndown:
    found = level(0.5, SloBurndown(**value)).burndown
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("remaining", "events", "says"),
    [
        (0.5, None, "As time: 21.6 minutes of 43.2 minutes left."),
        (
            0.5,
            SloEvents(good=998_000, total=1_000_000, days=7),
            "As time: 21.6 minutes of 43.2 minutes left, or 2,143 bad events; at last week's rate it lasts 7.5 days.",
        ),
        (
            1.0,
            SloEvents(good=1_000_000, total=1_000_000, days=7),
            "As time: 43.2 minutes of 43.2 minutes left, or 4,286 bad events; at last week's rate it lasts longer than the window.",  # noqa: E501 -- a sentence
        ),
        (-0.2, SloEvents(good=9, total=10, days=7), "As time: nothing is left of 43.2 minutes."),
        (
            1.0,
            SloEvents(good=100, total=100, days=7),
            "As time: 43.2 minutes of 43.2 minutes left. There are so few events that one bad one spends all of it.",
        ),
        (
            1.0,
            SloEvents(good=0, total=0, days=0),
            "As time: 43.2 minutes of 43.2 minutes left. Nothing was counted in a week, so that nobody knows how fast it burns.",  # noqa: E501 -- a sentence
        ),
    ],
)
def test_the_budget_as_time_and_how_long_it_lasts(remaining, events, says):
    assert level(remaining, *([events] if events else [])).pace == says


def test_a_week_that_is_long_gone_says_nothing_of_the_rate():
    assert "rate" not in level(0.5, SloEvents(good=99, total=100, days=7), days=8).pace


def test_without_a_record_nothing_is_said_and_nothing_drawn():
    (found,) = levels_of(SERVICE, {}, words.Clock(NOW))
    assert (found.known, found.pace, found.burndown) == (False, "", None)
    assert burndown_of(None) is None


def test_a_burndown_is_a_line_in_its_box_and_a_sentence():
    found = line(days=(30, 10, 9, 0), remaining=(1, 0.8, 0.1, -0.25))
    points = [tuple(map(float, each.split(","))) for each in found.points.split()]
    assert points[0] == (0, 2)
    assert points[-1] == (WIDTH, HEIGHT - 2)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert all(0 <= y <= HEIGHT for _, y in points)
    assert points[2][1] < float(found.spent) < points[3][1]
    assert found.says == (
        "Budget left: 100 % 30 days before, -25 % at the end. Most was lost between 10 and 9 days before the end: 70 %."
    )
    assert found.since == "30 days before"


def test_a_budget_that_nothing_was_taken_of_is_a_flat_line():
    found = line(days=(7, 0), remaining=(1, 1))
    assert found.points == "0.0,2.0 200.0,2.0"
    assert re.fullmatch(r"Budget left: 100 % 7 days before, 100 % at the end\.", found.says)
