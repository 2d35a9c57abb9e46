"""How pages say numbers and ages."""

import datetime as dt

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pagerworthy.scoring import Verdict
from pagerworthy.site.links import safe
from pagerworthy.site.words import TOLD_VERDICTS, VERDICTS, Clock, age, listed, number, percent, score, told
from tests.site.world import world


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, "today"),
        (1, "yesterday"),
        (-1, "tomorrow"),
        (19, "19 days ago"),
        (-30, "in 30 days"),
        (61, "2 months ago"),
        (729, "24 months ago"),
        (1000, "2 years ago"),
    ],
)
def test_ages(days: int, expected: str) -> None:
    assert age(days) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [(100000, "100,000"), (99.95, "99.95"), (0.5, "0.5"), (3.0, "3"), (float("nan"), "not a number"), (-0.25, "-0.25")],
)
def test_numbers(value: float, expected: str) -> None:
    assert number(value) == expected


@pytest.mark.parametrize(
    ("share", "expected"), [(1, "100 %"), (0.9999, "99 %"), (0.001, "under 1 %"), (0, "0 %"), (0.425, "42 %")]
)
def test_what_is_not_quite_all_is_never_said_to_be_all(share: float, expected: str) -> None:
    assert percent(share) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c", "d"], "a, b, c and 1 more")],
)
def test_lists(words: list[str], expected: str) -> None:
    assert listed(words) == expected


def test_a_moment_counts_as_its_day_in_utc() -> None:
    clock = Clock(dt.datetime(2026, 11, 20, 0, 30, tzinfo=dt.timezone(dt.timedelta(hours=5))))
    assert clock.when(dt.date(2026, 11, 19)) == "2026-11-19, today"


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//evil", "https:", "file:///etc", "http://[", ""],
)
def test_only_web_addresses_become_links(url: str) -> None:
    assert safe(url) == ""


@given(st.floats())
def test_any_number_can_be_said(value: float) -> None:
    assert number(value)
    assert percent(value) == "not a number" or percent(value).endswith("%")


@pytest.mark.parametrize(
    ("engagement", "phase", "word"),
    [
        ("sre", "acceptance", "defer: not ready"),
        ("hybrid", "support", "defer: not ready"),
        ("dev", "support", "defer: not asked"),
        ("sre", "development", "defer: too early"),
        ("dev", "design", "defer: too early"),
    ],
)
def test_a_defer_is_told_with_its_cause(engagement: str, phase: str, word: str) -> None:
    spec = msgspec.structs.replace(world().catalog.services["cart"].spec, engagement=engagement, phase=phase)
    assert told(Verdict.DEFER, spec).word == word
    assert {told(verdict, spec) for verdict in Verdict} <= set(TOLD_VERDICTS)
    assert told(Verdict.KEEP, spec) == VERDICTS[Verdict.KEEP]


def test_scores_have_one_decimal_everywhere() -> None:
    assert [score(94.5), score(100), score(0)] == ["94.5", "100.0", "0.0"]
