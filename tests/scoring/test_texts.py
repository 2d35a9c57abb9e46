"""What criteria say of themselves stays true when an organisation changes a limit."""

import re
from pathlib import Path

import pytest

from pagerworthy.scoring import Criterion, load_rubric

ROOT = Path(__file__).parents[2]
_LOADED = load_rubric(ROOT)
_NUMBER = r"(\d+|an?|one|two|three|four|five|six|seven|ten|twelve)"
# A limit, as texts would spell it out: how long, how many, how much more.
_SPELT_OUT = re.compile(
    rf"\b(at least|at most|within|more than|less than) {_NUMBER}\b|\btwice\b|\bhalf year\b|\bquarter\b"
    rf"|\bfor (a|another|{_NUMBER}) (days?|weeks?|months?|years?)\b|\bthan a (week|month|year) ago\b|\bor more\b"
)


def _with_limits() -> list[Criterion]:
    assert _LOADED.rubric is not None, _LOADED.problems
    return [each for each in _LOADED.rubric.criteria if "limits." in f"{each.applies} {each.pass_}"]


@pytest.mark.parametrize("criterion", _with_limits(), ids=lambda each: each.id)
def test_no_question_and_no_fix_spells_out_a_limit(criterion: Criterion) -> None:
    # Where a text names the limit it may say "that or more"; how long to gather before acting is advice.
    fix = re.sub(r"\(`limits\.[^)]*\) or\s+more|for four weeks", "", criterion.fix.text)
    assert not _SPELT_OUT.search(criterion.question), criterion.question
    assert not _SPELT_OUT.search(fix), fix
    for name in re.findall(r"limits\.(\w+)", criterion.fix.text):
        assert f"limits.{name}" in criterion.pass_
