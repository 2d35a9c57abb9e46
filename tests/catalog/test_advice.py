"""The advice for mistakes that a newcomer makes: the line that is wrong, and what would be right."""

from pathlib import Path

import pytest

from pagerworthy.catalog import check_entry
from pagerworthy.problem import Problem

RIGHT = """\
apiVersion: pagerworthy/v1
kind: Service
metadata: {name: cart, description: Keeps what is put aside}
spec:
  owner: ordering
  system: shop
  tier: 1
  phase: development
  slos:
    - {name: availability, objective: 99.9, window: 30d, sli: {good: aa, total: bb}}
"""


def problem(root: Path, before: str, after: str) -> Problem:
    assert before in RIGHT
    return check_entry(RIGHT.replace(before, after).encode(), "catalog/services/cart.yaml", "Service", root)[0]


@pytest.mark.parametrize(
    ("before", "after", "line", "mend"),
    [
        ("owner: ordering", "owner:ordering", 5, "write owner: ordering"),
        ("  system: shop", "system: shop", 6, "indent it by 2 spaces"),
        ("objective: 99.9,", "objective: 99,9,", 10, "write objective: 99.9, with a point"),
        ("tier: 1", "tier: 5", 7, "write e.g. tier: 4"),
        ("tier: 1", "tier: 0", 7, "write e.g. tier: 1"),
        ("  slos:", "  dependencies: yes\n  slos:", 9, "write it as a list, e.g. dependencies: [{service: "),
        (
            "  slos:",
            "  runbooks: [{title: Slow, path: 'https://w.example.com/x'}]\n  slos:",
            9,
            "write url: https://w.",
        ),
        ("phase: development", "phase: acceptance", 8, "add monitoring: "),
    ],
)
def test_the_advice_is_where_and_what_it_should_be(
    before: str, after: str, line: int, mend: str, tmp_path: Path
) -> None:
    found = problem(tmp_path, before, after)
    assert found.where.line == line
    assert found.help.startswith(mend)


@pytest.mark.parametrize("written", ["99,9", "99.9%", "99.9 %"])
def test_a_number_without_quotes_is_not_to_lose_quotes(written: str, tmp_path: Path) -> None:
    block = (
        f"    - name: availability\n      objective: {written}\n      window: 30d\n      sli: {{good: aa, total: bb}}\n"
    )
    found = problem(tmp_path, RIGHT[RIGHT.index("    - {name") :], block)
    assert found.help == "write objective: 99.9"
    quoted = problem(tmp_path, "99.9", '"99.9"')
    assert quoted.help == "write objective: 99.9, without quotes"


def test_a_short_name_is_told_how_long_a_name_is(tmp_path: Path) -> None:
    assert "at least 2 are needed" in problem(tmp_path, "name: cart,", "name: x,").message
