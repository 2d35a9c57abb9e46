"""What holds of every format."""

import dataclasses

import msgspec
import pytest
from hypothesis import given

import pagerworthy.report
from pagerworthy import report
from pagerworthy.project import data_folder
from pagerworthy.report import FORMATS, PLAIN, ProblemReport
from pagerworthy.scoring import Verdict
from tests.report.reports import card, problem_reports, score_report, score_reports


@pytest.mark.parametrize("name", FORMATS)
@given(given_problems=problem_reports, given_scores=score_reports)
def test_a_document_ends_in_one_line_break_and_can_be_encoded(name, given_problems, given_scores):
    for text in (report.problems(name)(given_problems, PLAIN), report.scores(name)(given_scores, PLAIN)):
        assert text.encode()
        assert text.endswith("\n")
        assert not text.endswith("\n\n")


@pytest.mark.parametrize("name", FORMATS)
@given(given_problems=problem_reports)
def test_the_order_of_problems_does_not_matter(name, given_problems):
    turned = dataclasses.replace(given_problems, problems=given_problems.problems[::-1])
    assert report.problems(name)(turned, PLAIN) == report.problems(name)(given_problems, PLAIN)


@pytest.mark.parametrize("name", FORMATS)
def test_the_order_of_scorecards_does_not_matter(name):
    cards = [card(f"s{number}", verdict) for number, verdict in enumerate(Verdict)]
    expected = report.scores(name)(score_report(*cards), PLAIN)
    cards = cards[3:] + cards[2::-1]
    assert report.scores(name)(score_report(*cards), PLAIN) == expected


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_report_is_a_document_too(name):
    assert report.problems(name)(ProblemReport(()), PLAIN).strip()
    assert report.scores(name)(score_report(), PLAIN).strip()


def test_an_unknown_format_is_a_key_error():
    with pytest.raises(KeyError):
        report.problems("style")


def test_every_module_that_writes_both_is_a_format():
    folder = pagerworthy.report.__path__[0]
    import pathlib

    found = {
        path.stem
        for path in pathlib.Path(folder).glob("*.py")
        if "def problems(" in path.read_text() and "def scores(" in path.read_text() and path.stem != "format"
    }
    assert found == set(FORMATS)


@pytest.mark.parametrize("name", ["problems", "scores", "sarif"])
def test_the_schemas_of_what_we_print_hold_their_own_examples(name):
    from jsonschema import Draft202012Validator

    schema = msgspec.json.decode((data_folder("schemas") / f"{name}.schema.json").read_bytes())
    Draft202012Validator.check_schema(schema)
    pending = [schema]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            pending.extend(part.values())
            if isinstance(part.get("description"), str):
                assert part["description"]
                for example in part.get("examples", []):
                    Draft202012Validator(part).validate(example)
            if part.get("type") == "object" and "properties" in part:
                assert part["additionalProperties"] is False
                for key, inner in part["properties"].items():
                    assert inner.get("description"), key
        elif isinstance(part, list):
            pending.extend(part)
