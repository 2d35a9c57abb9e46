"""Dependencies drawn from traffic: the demo names an edge that nobody declared, and one that nobody calls."""

from pathlib import Path

import pytest

from pagerworthy.cli.pipeline import assess
from pagerworthy.project import open_project
from pagerworthy.scoring import Outcome

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("service", "criterion", "says"),
    [
        ("recommendation", "dependencies-observed", "Called and not declared: cart/valkey"),
        ("quote", "dependencies-used", "Declared, and no call was seen: otel-collector"),
    ],
)
def test_the_demo_names_edges_of_one_side_only(service: str, criterion: str, says: str) -> None:
    scores = assess(open_project(ROOT), cache=False).scores
    card = next(each for each in scores.scorecards if each.service == service)
    result = next(each for each in card.results if each.id == criterion)
    assert (result.outcome, result.detail) == (Outcome.FAIL, says)
