"""JSON: held to its published schemas, with exactly the promised names."""

import json

from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker

from pagerworthy import report
from pagerworthy.problem import Problem, Where
from pagerworthy.project import data_folder
from pagerworthy.report import PLAIN, ProblemReport
from tests.report.reports import card, problem_reports, score_report, score_reports


def _validator(name):
    schema = json.loads((data_folder("schemas") / f"{name}.schema.json").read_text())
    return Draft202012Validator(schema, format_checker=FormatChecker())


@given(problem_reports)
def test_problems_follow_their_schema(given_report):
    document = json.loads(report.problems("json")(given_report, PLAIN))
    _validator("problems").validate(document)
    assert len(document["problems"]) == len(given_report.problems)


@given(score_reports)
def test_scores_follow_their_schema(given_report):
    document = json.loads(report.scores("json")(given_report, PLAIN))
    _validator("scores").validate(document)
    assert len(document["services"]) == len(given_report.scores.scorecards)


def test_a_problem_has_the_promised_names():
    problem = Problem("PW104", "tier is 5", Where("catalog/services/ad.yaml", 8, 9, "spec.tier"), "write 1 to 4")
    document = json.loads(report.problems("json")(ProblemReport((problem,)), PLAIN))
    assert document == {
        "problems": [
            {
                "code": "PW104",
                "severity": "error",
                "message": "tier is 5",
                "help": "write 1 to 4",
                "file": "catalog/services/ad.yaml",
                "line": 8,
                "column": 9,
                "path": "spec.tier",
            }
        ]
    }


def test_scores_have_the_promised_names():
    document = json.loads(report.scores("json")(score_report(card()), PLAIN))
    assert document["as_of"] == "2026-03-31T08:00:00Z"
    assert set(document["digests"]) == {"catalog", "rubric", "evidence"}
    (service,) = document["services"]
    promised = {"name", "verdict", "rung", "score", "score_with_waivers", "coverage", "criteria"}
    assert promised <= set(service)
    for outcome in service["criteria"]:
        assert {"id", "outcome", "strength", "detail", "evidence"} <= set(outcome)
    assert [outcome["outcome"] for outcome in service["criteria"]] == [
        "pass",
        "fail",
        "unknown",
        "waived",
        "upcoming",
        "not-applicable",
    ]


def test_every_problem_and_every_service_has_a_line_of_its_own():
    text = report.scores("json")(score_report(card("s1"), card("s2"), card("s3")), PLAIN)
    assert sum(line.startswith('{"name":') for line in text.splitlines()) == 3
