"""Whose loss was survived: only what was tried, went well, and is recent."""

import datetime as dt
from pathlib import Path

import msgspec
import pytest

from pagerworthy.evidence import Record, read_evidence, survived

AS_OF = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
RECORD = {
    "subject": "web",
    "key": "drill.hard",
    "item": "cart",
    "time": "2026-05-01T00:00:00Z",
    "source": "drill",
    "strength": "exercised",
    "value": {"age_days": 0, "passed": True},
}


def found(**changes: object) -> dict[str, frozenset[str]]:
    told = {name: value for name, value in (RECORD | changes).items() if value is not None}
    record = msgspec.json.decode(msgspec.json.encode(told), type=Record)
    evidence = read_evidence(Path(), (), as_of=AS_OF, subjects=["web"], extra=[record])
    assert not evidence.problems
    return survived(evidence, within=dt.timedelta(days=90))


def test_a_drill_that_went_well_counts():
    assert found() == {"web": frozenset({"cart"})}


@pytest.mark.parametrize(
    "changes",
    [
        {"value": {"age_days": 0, "passed": False}},
        {"value": {"age_days": 60, "passed": True}},
        {"time": "2026-03-01T00:00:00Z"},
        {"time": "0001-01-01T00:00:00Z"},
        {"time": "2026-07-01T00:00:00Z"},
        {"strength": "observed"},
        {"strength": "declared"},
        {"expires": "2026-05-31T00:00:00Z"},
        {"value": None, "failed": "the tool was down"},
        {"key": "drill.soft"},
    ],
    ids=str,
)
def test_nothing_less_does(changes):
    assert found(**changes) == {}
