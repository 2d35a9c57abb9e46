"""What an entry does not say is never a number: no comparison with it holds, and no one reads `nan`."""

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.graph import DependencyGraph
from pagerworthy.scoring import Rubric, load_rubric
from pagerworthy.scoring.gather import Gatherer
from tests.scoring.example_worlds import Case, World, complete_world

ROOT = Path(__file__).parents[2]
COMPLETE = complete_world()
OPTIONAL = sorted(
    set(COMPLETE.entries["Service/checkout"]["spec"]) - {"owner", "system", "tier", "phase", "engagement"}
)
BARE = Case(says="", service={"spec": {"phase": "testing", **dict.fromkeys(OPTIONAL)}})


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    loaded = load_rubric(ROOT)
    assert loaded.rubric is not None, loaded.problems
    return loaded.rubric


def facts_of(world: World, rubric: Rubric) -> object:
    catalog = world.catalog()
    return Gatherer(catalog, DependencyGraph.of(catalog), rubric.policy, world.as_of).of(world.subject).facts


def unsaid(facts: object) -> list[str]:
    """The paths of the numbers that are not given, as expressions write them."""
    return sorted(
        f"{part}.{field}"
        for part in facts.__struct_fields__  # type: ignore[attr-defined]
        for field in getattr(facts, part).__struct_fields__
        if isinstance(number := getattr(getattr(facts, part), field), float) and math.isnan(number)
    )


def test_a_bare_entry_leaves_these_numbers_open_and_the_complete_one_none(rubric: Rubric) -> None:
    open_ = unsaid(facts_of(COMPLETE.changed(BARE), rubric))
    assert {"service.peak", "service.toil_budget", "service.security_review_days", "service.replicas_min"} <= set(open_)
    # The one number that the complete entry leaves out is not one that it could give: its team has no rotation of its
    # own, and the schedule of the service counts.
    assert unsaid(facts_of(COMPLETE, rubric)) in ([], ["team.rotation"])


@given(number=st.floats(min_value=-1e6, max_value=1e6))
def test_no_comparison_with_what_was_not_said_is_true(number: float, rubric: Rubric) -> None:
    facts = facts_of(COMPLETE.changed(BARE), rubric)
    seen = rubric.language.activation(rubric.language.facts(facts), {})  # type: ignore[arg-type]
    for path in unsaid(facts):
        for sign in ("<", "<=", ">", ">=", "=="):
            program = rubric.language.compile(f"{path} {sign} double('{number!r}')", needs=(), returns=bool)
            assert program.run(seen) is False, (path, sign, number)


@pytest.mark.parametrize("gone", OPTIONAL)
def test_nobody_reads_nan(gone: str, rubric: Rubric) -> None:
    phase = "testing" if gone in {"slos", "monitoring", "runbooks", "oncall"} else "capacity"
    world = COMPLETE.changed(Case(says="", service={"spec": {"phase": phase, gone: None}}))
    assert [each for each in world.card(rubric).results if re.search(r"\bnan\b", each.detail, re.IGNORECASE)] == []
