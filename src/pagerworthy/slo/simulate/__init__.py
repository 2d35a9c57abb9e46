"""Outages, played through the alerts of an objective before any of them is loaded."""

from pagerworthy.slo.simulate.case import Case, case_of
from pagerworthy.slo.simulate.result import Heard, Rehearsal, Shown, rehearse, show
from pagerworthy.slo.simulate.scenario import Scenario, Stage, full_stage, scenarios
from pagerworthy.slo.simulate.unit_tests import UnitTest, as_promtool, objective_tests, unit_tests
from pagerworthy.slo.simulate.write import TestsWritten, write_tests

__all__ = [
    "Case",
    "Heard",
    "Rehearsal",
    "Scenario",
    "Shown",
    "Stage",
    "TestsWritten",
    "UnitTest",
    "as_promtool",
    "case_of",
    "full_stage",
    "objective_tests",
    "rehearse",
    "scenarios",
    "show",
    "unit_tests",
    "write_tests",
]
