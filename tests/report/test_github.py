"""Workflow commands: one line each, whatever an entry holds."""

import re

from hypothesis import given

from pagerworthy import report
from pagerworthy.problem import Problem, Severity, Where
from pagerworthy.report import PLAIN, ProblemReport
from pagerworthy.report.github import command
from pagerworthy.report.words import lines as printable_lines
from pagerworthy.report.words import without_commands
from pagerworthy.scoring import Verdict
from tests.report.reports import card, problem_reports, score_report, score_reports, texts

COMMAND = re.compile(r"::(error|warning|notice) ((?:[a-z]+=[^,:\r\n]*,?)*)::([^\r\n]*)")


def _commands(text):
    *found, last = text.splitlines()
    assert not last.startswith("::")
    for line in found:
        assert COMMAND.fullmatch(line), line
    # The form that runners obeyed before `::`, which may stand anywhere in a line.
    assert "##[" not in text
    return found


def _unescaped(text):
    return text.replace("%2C", ",").replace("%3A", ":").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")


@given(problem_reports)
def test_a_problem_is_one_command_whatever_it_says(given_report):
    assert len(_commands(report.problems("github")(given_report, PLAIN))) == len(given_report.problems)


@given(score_reports)
def test_a_scorecard_is_at_most_one_command(given_report):
    asking = [each for each in given_report.scores.scorecards if each.verdict not in {Verdict.ACCEPT, Verdict.KEEP}]
    assert len(_commands(report.scores("github")(given_report, PLAIN))) == len(asking)


@given(texts, texts)
def test_escapes_lose_nothing_that_prints(message, title):
    found = COMMAND.fullmatch(command("error", message, title=title))
    assert found
    assert _unescaped(found[3]) == "\n".join(printable_lines(message.replace("##[", "## [")))


def test_a_problem_stands_at_its_line():
    problem = Problem("PW104", "tier is 5, 100% wrong", Where("a,b.yaml", 8, 9, "spec.tier"), "write 1: or 2")
    text = report.problems("github")(ProblemReport((problem,)), PLAIN)
    assert text == (
        "::error file=a%2Cb.yaml,line=8,col=9,title=PW104 spec.tier::tier is 5, 100%25 wrong%0Ahelp: write 1: or 2\n"
        "1 error, 0 warnings\n"
    )


def test_errors_come_before_warnings():
    warning = Problem("PW018", "m", Where("a.yaml", 1, 1), "h", Severity.WARNING)
    error = Problem("PW104", "m", Where("z.yaml", 1, 1), "h")
    found = _commands(report.problems("github")(ProblemReport((warning, error)), PLAIN))
    assert [line.split()[0] for line in found] == ["::error", "::warning"]


def test_the_most_urgent_verdict_comes_first():
    cards = [card(f"s-{verdict}", verdict) for verdict in Verdict]
    found = _commands(report.scores("github")(score_report(*cards), PLAIN))
    assert [line.split()[0] for line in found] == ["::error", "::error", "::warning", "::notice"]
    assert "title=s-hand-back%3A hand-back" in found[0]
    assert "b-fails: Make `it` so.%0A" in found[0]


@given(texts)
def test_text_in_a_log_holds_no_command(text):
    for line in without_commands(text).split("\n"):
        assert not line.strip().startswith("::")
        assert "##[" not in line
