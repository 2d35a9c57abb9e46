"""Markdown: what comes from entries stays text when it is rendered."""

import re

from hypothesis import given
from markdown_it import MarkdownIt

from pagerworthy import report
from pagerworthy.problem import Problem, Where
from pagerworthy.report import PLAIN, ProblemReport
from pagerworthy.report.markdown import text
from pagerworthy.scoring import Verdict
from tests.report.reports import card, problem_reports, score_report, score_reports, texts

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = re.compile(
    r"<!-- pagerworthy (check|score) -->|</?sub>|</details>|<details><summary>[a-z0-9-]+: [a-z-]+</summary>"
)


def _inline(tokens):
    for token in tokens:
        yield token
        yield from _inline(token.children or [])


def _assert_inert(document):
    tokens = list(_inline(RENDERER.parse(document)))
    kinds = {token.type for token in tokens}
    assert not kinds & {"link_open", "image", "s_open", "em_open", "hr", "blockquote_open", "fence"}
    for token in tokens:
        if token.type in {"html_inline", "html_block"}:
            assert all(OURS.fullmatch(line) for line in token.content.strip().splitlines()), token.content
    return tokens


@given(problem_reports)
def test_problems_are_rows_of_one_table(given_report):
    tokens = _assert_inert(report.problems("markdown")(given_report, PLAIN))
    rows = sum(token.type == "tr_open" for token in tokens)
    assert rows == (len(given_report.problems) + 1 if given_report.problems else 0)
    assert sum(token.type == "td_open" for token in tokens) == 3 * len(given_report.problems)


@given(score_reports)
def test_services_are_rows_of_one_table(given_report):
    tokens = _assert_inert(report.scores("markdown")(given_report, PLAIN))
    assert sum(token.type == "tr_open" for token in tokens) == len(given_report.scores.scorecards) + 1


@given(texts)
def test_text_is_shown_as_it_is_but_reaches_nobody(untrusted):
    written = text(untrusted)
    assert "\n" not in written
    assert not re.search(r"@\w|://|(?i:\bwww\.)|(?<![&\\])#\w", re.sub(r"`[^`]*`", "", written))
    _assert_inert(written)


def test_code_in_a_sentence_stays_code():
    assert text("Set `spec.tier` to <1>.") == r"Set `spec.tier` to \<1\>."


def test_the_first_line_is_a_marker_and_the_most_urgent_comes_first():
    cards = [card(f"s-{verdict}", verdict) for verdict in Verdict]
    lines = report.scores("markdown")(score_report(*cards), PLAIN).splitlines()
    assert lines[0] == "<!-- pagerworthy score -->"
    rows = [line for line in lines if line.startswith("| `s-")]
    assert [row.split("`")[1] for row in rows] == [
        "s-hand-back",
        "s-freeze",
        "s-defer",
        "s-accept-with-conditions",
        "s-accept",
        "s-keep",
    ]
    assert rows[2] == "| `s-defer` | 1 | dev | **defer** | none of gold | 40 (62.5) | 75 % | `b-fails` |"


def test_a_comment_is_never_too_long_for_github():
    cards = [card(f"s{number}", text="x" * 300) for number in range(3000)]
    written = report.scores("markdown")(score_report(*cards), PLAIN)
    assert len(written) < 65_536
    assert "more than a comment can hold" in written
    problems = tuple(Problem("PW104", "m" * 100, Where(f"{number}.yaml"), "h") for number in range(3000))
    assert len(report.problems("markdown")(ProblemReport(problems), PLAIN)) < 65_536
