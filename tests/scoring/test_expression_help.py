"""What a criterion's or a policy's typing error brings: its place, and what to write instead."""

from pathlib import Path

import pytest

from pagerworthy.problem import Problem
from pagerworthy.scoring import load_rubric

CRITERION = """\
id: mine-one
question: Is it so?
area: {area}
phase: design
rung: bronze
strength: declared
pass: {expression}
detail: "'nothing'"
why: Because.
fix: {{text: Do it., effort: small}}
"""


def problems(root: Path, expression: str = "'true'", area: str = "monitoring") -> list[Problem]:
    file = root / "scoring/criteria/monitoring/mine-one.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(CRITERION.format(expression=f'"{expression}"', area=area))
    return list(load_rubric(root).problems)


@pytest.mark.parametrize(
    ("expression", "mend"),
    [
        ("service.teir == 1", "did you mean tier?"),
        ("graf.ceiling > 1.0", "did you mean graph?"),
        ("service.slos.all(s, s.objectiv > 1.0)", "did you mean objective?"),
        ("1.0 <= limits.pages_per_shft", "did you mean pages_per_shift?"),
        ("evidence.slo.bugdet.all(b, true)", "did you mean evidence.slo.budget?"),
        ("evidence.slo.budget.all(b, true)", "add slo.budget to `needs`"),
        ("size(service.slos) >= 2.0", "what stands left of >= is a whole number"),
        ("2.0 <= size(service.slos)", "what stands right of <= is a whole number"),
        ("service.no_such_thing_at_all", "`pagerworthy docs facts`"),
    ],
)
def test_a_typing_error_in_an_expression_says_what_to_write(expression: str, mend: str, tmp_path: Path) -> None:
    (found,) = problems(tmp_path, expression)
    assert found.code == "PW307"
    assert mend in found.help
    assert "2.0)" not in found.help


def test_a_wrong_area_is_shown_where_it_stands(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, area="monitorng")
    assert (found.code, found.where.line, found.where.path) == ("PW302", 3, "area")
    assert found.help.startswith("write area: monitoring")


def policy(root: Path, text: str) -> list[Problem]:
    (root / "scoring").mkdir()
    (root / "scoring/policy.yaml").write_text(text)
    return list(load_rubric(root).problems)


def test_a_limit_that_nothing_reads_is_not_taken_silently(tmp_path: Path) -> None:
    (found,) = policy(tmp_path, "limits: {drill_age_days: 100, pages_per_shft: 3}\n")
    assert (found.code, found.message) == ("PW310", "no criterion reads the limit pages_per_shft")
    assert found.help == "did you mean pages_per_shift?"
    assert found.where.line == 1


def test_a_limit_of_ones_own_is_fine_once_a_criterion_reads_it(tmp_path: Path) -> None:
    assert [each.code for each in policy(tmp_path, "limits: {our_own: 3}\n")] == ["PW310"]
    assert problems(tmp_path, "limits.our_own > 1.0") == []


def test_the_limit_of_a_criterion_that_is_left_out_may_stay(tmp_path: Path) -> None:
    folder = tmp_path / "scoring/criteria/handover"
    folder.mkdir(parents=True)
    (folder / "shadow-done.yaml").write_text("id: shadow-done\ndisabled: true\n")
    (tmp_path / "scoring/policy.yaml").write_text("limits: {shadow_days: 21}\n")
    assert load_rubric(tmp_path).problems == ()
