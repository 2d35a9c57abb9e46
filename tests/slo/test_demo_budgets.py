"""The demo's recorded numbers fit together, as its README says."""

from pathlib import Path

import pytest

from pagerworthy.catalog import load
from pagerworthy.evidence import read_evidence
from pagerworthy.evidence.keys import SloBudget, SloBurndown, SloEvents
from pagerworthy.project import open_project
from pagerworthy.slo import objectives
from pagerworthy.slo.budget import burn_rate

ROOT = Path(__file__).parents[2]
WEEK = 7 * 86_400


def recorded():
    project = open_project(ROOT)
    catalog = load(ROOT, cache=False).catalog
    as_of = project.settings.scoring.as_of
    assert as_of is not None
    evidence = read_evidence(ROOT, [ROOT / "catalog" / "evidence"], as_of=as_of, subjects=catalog.services)
    assert evidence.problems == ()
    for objective in objectives(catalog):
        known = evidence.of(objective.service.name)

        def value(key, known=known, name=objective.slo.name):
            return known.get(key, {})[name].value if name in known.get(key, {}) else None

        yield objective, value("slo.budget"), value("slo.events"), value("slo.burndown")


def test_what_is_left_follows_from_what_was_good():
    seen = 0
    for objective, budget, _, _ in recorded():
        if isinstance(budget, SloBudget):
            seen += 1
            left = 1 - (1 - budget.compliance / 100) / objective.budget
            assert budget.remaining == pytest.approx(left, abs=0.006), objective.id
    assert seen > 30


def test_a_burndown_ends_where_the_budget_stands_and_agrees_with_the_last_week():
    seen = 0
    for objective, budget, events, burndown in recorded():
        if not isinstance(burndown, SloBurndown):
            continue
        seen += 1
        assert isinstance(budget, SloBudget)
        assert isinstance(events, SloEvents)
        points = dict(zip(burndown.days, burndown.remaining, strict=True))
        assert points[objective.period.days] == 1, objective.id
        # One is summed up day by day, the other over the whole period at once.
        assert points[0] == pytest.approx(budget.remaining, abs=0.005), objective.id
        burn = burn_rate(objective.budget, events.good, events.total)
        assert burn is not None
        even = burn * WEEK / objective.period.seconds
        # The shop was busier in the last week than in those before, by no more than half.
        assert even - 0.005 <= points[7] - points[0] <= 1.5 * even + 0.005, objective.id
    assert seen > 30
