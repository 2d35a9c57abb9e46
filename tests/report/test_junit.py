"""JUnit XML: held to `schemas/junit.xsd`."""

from xml.etree import ElementTree as ET

import xmlschema
from hypothesis import given

from pagerworthy import report
from pagerworthy.problem import Problem, Severity, Where
from pagerworthy.project import data_folder
from pagerworthy.report import PLAIN, ProblemReport
from pagerworthy.scoring import Verdict
from tests.report.reports import card, problem_reports, score_report, score_reports

SCHEMA = xmlschema.XMLSchema(str(data_folder("schemas") / "junit.xsd"))


def _root(text):
    SCHEMA.validate(text)
    root = ET.fromstring(text)  # noqa: S314 -- our own output
    for element in (root, *root.findall("testsuite")):
        assert int(element.attrib["tests"]) == len(list(element.iter("testcase")))
        for name, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(element.attrib[name]) == len(list(element.iter(tag)))
    return root


@given(problem_reports)
def test_problems_follow_the_schema(given_report):
    root = _root(report.problems("junit")(given_report, PLAIN))
    wrong = {each.where.file for each in given_report.problems if each.severity is Severity.ERROR}
    assert int(root.attrib["failures"]) == len(wrong)


@given(score_reports)
def test_scores_follow_the_schema(given_report):
    root = _root(report.scores("junit")(given_report, PLAIN))
    assert len(root.findall("testsuite")) == len(given_report.scores.scorecards)


def test_a_file_that_is_right_is_a_test_that_passes():
    problem = Problem("PW104", "tier is 5", Where("b.yaml", 3, 1, "spec.tier"), "write 1 to 4")
    warning = Problem("PW018", "not read", Where("c.txt"), "move it", Severity.WARNING)
    root = _root(report.problems("junit")(ProblemReport((problem, warning), ("a.yaml", "b.yaml")), PLAIN))
    shown = {case.attrib["name"]: [child.tag for child in case] for case in root.iter("testcase")}
    assert shown == {"a.yaml": [], "b.yaml": ["failure"], "c.txt": ["system-out"]}
    failure = root.find(".//failure")
    assert failure is not None
    assert failure.text == "b.yaml:3:1: error[PW104]: tier is 5\n  help: write 1 to 4"


def test_unknown_is_an_error_and_waived_is_skipped():
    root = _root(report.scores("junit")(score_report(card()), PLAIN))
    shown = {case.attrib["name"]: [child.tag for child in case] for case in root.iter("testcase")}
    assert shown == {
        "verdict": ["failure"],
        "a-passes": [],
        "b-fails": ["failure"],
        "c-unknown": ["error"],
        "d-waived": ["skipped"],
        "e-upcoming": ["skipped"],
        "f-not-applicable": ["skipped"],
    }


def test_the_verdict_fails_where_the_answer_is_no():
    for verdict in Verdict:
        root = _root(report.scores("junit")(score_report(card(verdict=verdict)), PLAIN))
        failed = root.find(".//testcase[@name='verdict']/failure") is not None
        assert failed == (verdict in {Verdict.DEFER, Verdict.FREEZE, Verdict.HAND_BACK})
