"""SARIF: held to `schemas/sarif.schema.json`, the part of SARIF 2.1.0 that we write."""

import dataclasses
import json
from urllib.parse import unquote

import msgspec
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker

from pagerworthy import report
from pagerworthy.codes import CODES
from pagerworthy.problem import Problem, Where
from pagerworthy.project import data_folder
from pagerworthy.report import PLAIN, ProblemReport
from tests.report.reports import card, problem_reports, score_report, score_reports

SCHEMA = json.loads((data_folder("schemas") / "sarif.schema.json").read_text())


def _run(text):
    log = json.loads(text)
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(log)
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({rule["id"] for rule in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    prints = [tuple(result["partialFingerprints"].values()) for result in run["results"]]
    assert len(set(prints)) == len(prints)
    return run


def _fingerprints(run):
    return [result["partialFingerprints"]["pagerworthy/v1"] for result in run["results"]]


@given(problem_reports)
def test_problems_follow_the_schema(given_report):
    run = _run(report.problems("sarif")(given_report, PLAIN))
    assert len(run["results"]) == len(given_report.problems)
    for result, problem in zip(run["results"], given_report.ordered, strict=True):
        artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert unquote(artifact["uri"]) == problem.where.file


@given(score_reports)
def test_scores_follow_the_schema(given_report):
    run = _run(report.scores("sarif")(given_report, PLAIN))
    # Of the six outcomes of each scorecard: one fails, one is unknown, one is waived; and two breaches.
    assert len(run["results"]) == 5 * len(given_report.scores.scorecards)


@given(problem_reports)
def test_fingerprints_do_not_depend_on_lines(given_report):
    moved = tuple(
        msgspec.structs.replace(each, where=msgspec.structs.replace(each.where, line=each.where.line + 7))
        for each in given_report.problems
    )
    before = _run(report.problems("sarif")(given_report, PLAIN))
    after = _run(report.problems("sarif")(dataclasses.replace(given_report, problems=moved), PLAIN))
    assert sorted(_fingerprints(before)) == sorted(_fingerprints(after))


def test_fingerprints_tell_rule_file_and_place_apart():
    where = Where("catalog/services/ad.yaml", 3, 1, "spec.tier")
    found = [
        Problem("PW104", "m", where, "h"),
        Problem("PW105", "m", where, "h"),
        Problem("PW104", "m", msgspec.structs.replace(where, file="catalog/services/cart.yaml"), "h"),
        Problem("PW104", "m", msgspec.structs.replace(where, path="spec.phase"), "h"),
    ]
    run = _run(report.problems("sarif")(ProblemReport(tuple(found)), PLAIN))
    assert len({print_.split(":")[0] for print_ in _fingerprints(run)}) == 4


def test_every_code_becomes_a_rule_with_help():
    found = tuple(Problem(code, "m", Where("a.yaml"), "h") for code in CODES)
    run = _run(report.problems("sarif")(ProblemReport(found), PLAIN))
    rules = {rule["id"]: rule for rule in run["tool"]["driver"]["rules"]}
    assert set(rules) == set(CODES)
    for code, rule in rules.items():
        assert rule["shortDescription"]["text"] == CODES[code].title
        assert rule["help"]["text"] == CODES[code].mend


def test_what_is_unknown_is_open_and_what_is_waived_is_suppressed():
    run = _run(report.scores("sarif")(score_report(card()), PLAIN))
    results = {result["ruleId"]: result for result in run["results"]}
    assert set(results) == {"b-fails", "c-unknown", "d-waived", "breach/budget-spent", "breach/pages-too-many"}
    assert (results["b-fails"]["kind"], results["b-fails"]["level"]) == ("fail", "error")
    assert (results["c-unknown"]["kind"], results["c-unknown"]["level"]) == ("open", "none")
    assert results["breach/pages-too-many"]["kind"] == "open"
    assert results["d-waived"]["suppressions"][0]["justification"] == "Replaced in May."
    assert [name for name, result in results.items() if "suppressions" in result] == ["d-waived"]


def test_no_path_of_this_machine_is_written(tmp_path):
    problem = Problem("PW104", "m", Where("catalog/services/ad.yaml", 1, 1, "spec.tier"), "h")
    text = report.problems("sarif")(ProblemReport((problem,), root=tmp_path), PLAIN)
    assert str(tmp_path) not in text
