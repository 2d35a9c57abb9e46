"""The format for people."""

import io

import pytest
from hypothesis import given

from pagerworthy import report
from pagerworthy.problem import Problem, Severity, Where
from pagerworthy.report import PLAIN, ProblemReport, Style, style_for
from pagerworthy.report.words import percent
from pagerworthy.scoring import Verdict
from tests.report.reports import card, problem_reports, score_report, score_reports

ENTRY = "apiVersion: pagerworthy/v1\nkind: Service\nspec:\n  tier: 5\n"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_problem_is_shown_with_its_line_and_how_to_mend_it(tmp_path):
    (tmp_path / "ad.yaml").write_text(ENTRY)
    found = (
        Problem("PW104", "tier is 5, not one of 1, 2, 3, 4", Where("ad.yaml", 4, 9, "spec.tier"), "write 1, 2, 3 or 4"),
        Problem("PW018", "the file is not read", Where("notes.txt"), "move it", Severity.WARNING),
    )
    text = report.problems("text")(ProblemReport(found, ("ad.yaml", "b.yaml"), tmp_path), PLAIN)
    assert text == (
        "error[PW104]: tier is 5, not one of 1, 2, 3, 4\n"
        "  --> ad.yaml:4:9  spec.tier\n"
        "    4 |   tier: 5\n"
        "      |         ^\n"
        "  help: write 1, 2, 3 or 4\n"
        "\n"
        "warning[PW018]: the file is not read\n"
        "  --> notes.txt\n"
        "  help: move it\n"
        "\n"
        "1 error and 1 warning in 2 files; 2 files checked. `pagerworthy explain PW104` says more of a code.\n"
    )


def test_no_problems_is_said_in_a_sentence():
    text = report.problems("text")(ProblemReport((), ("a.yaml", "b.yaml")), PLAIN)
    assert text == "No problems: 2 files checked.\n"


def _excerpt(root, file, line, column, width=100):
    problem = Problem("PW104", "m", Where(file, line, column), "h")
    text = report.problems("text")(ProblemReport((problem,), root=root), Style(width=width))
    return [row for row in text.splitlines() if "|" in row]


@pytest.mark.parametrize(
    ("content", "line", "column", "shown"),
    [
        ("a: 1\r\nb: 2\r\n", 2, 4, ["    2 | b: 2", "      |    ^"]),
        ("a:\t5", 1, 4, ["    1 | a: 5", "      |    ^"]),
        ("名: 5", 1, 4, ["    1 | 名: 5", "      |     ^"]),
        ("\x1b[2J: 5", 1, 7, ["    1 | \ufffd[2J: 5", "      |       ^"]),
        ("a: 5", 9, 1, []),
        ("a: 5", 1, 0, ["    1 | a: 5"]),
    ],
)
def test_the_mark_stands_under_its_place(tmp_path, content, line, column, shown):
    (tmp_path / "a.yaml").write_bytes(content.encode())
    assert _excerpt(tmp_path, "a.yaml", line, column) == shown


def test_a_long_line_is_cut_around_its_place(tmp_path):
    (tmp_path / "a.yaml").write_text("x" * 500 + "HERE" + "x" * 5000)
    source, mark = _excerpt(tmp_path, "a.yaml", 1, 501)
    assert source[mark.index("^") :].startswith("HERE")
    assert len(source) < 110


def test_no_line_is_shown_of_a_file_outside_the_repository(tmp_path):
    root = tmp_path / "root"
    root.mkdir()
    (tmp_path / "secret").write_text("secret")
    (root / "link").symlink_to(tmp_path / "secret")
    for file in ("../secret", str(tmp_path / "secret"), "link", "missing"):
        assert _excerpt(root, file, 1, 1) == []


@given(problem_reports, score_reports)
def test_nothing_moves_the_cursor_or_commands_a_runner(given_problems, given_scores):
    for text in (report.problems("text")(given_problems, PLAIN), report.scores("text")(given_scores, PLAIN)):
        for line in text.split("\n"):
            assert line.isprintable()
            assert not line.strip().startswith("::")
            assert "##[" not in line


def test_colours_are_for_terminals_that_want_them():
    assert style_for(_Terminal(), {}).colour
    assert not style_for(io.StringIO(), {}).colour
    assert not style_for(_Terminal(), {"NO_COLOR": "1"}).colour
    assert not style_for(_Terminal(), {"TERM": "dumb"}).colour


def test_colours_change_nothing_but_colour():
    import re

    for whole in (False, True):
        given_report = score_report(*(card(f"s{number}", each) for number, each in enumerate(Verdict)), whole=whole)
        coloured = report.scores("text")(given_report, Style(colour=True))
        assert "\x1b[" in coloured
        assert re.sub(r"\x1b\[\d+m", "", coloured) == report.scores("text")(given_report, PLAIN)


def test_the_table_has_a_line_for_each_service():
    given_report = score_report(card("ad"), card("checkout", Verdict.KEEP, holder="sre", blocking=()))
    assert report.scores("text")(given_report, PLAIN) == (
        "service   tier  pager  verdict  rung         score  waived  known  first to mend\n"
        "ad           1  dev    defer    none / gold   40.0    62.5   75 %  b-fails\n"
        "checkout     1  sre    keep     none / gold   40.0    62.5   75 %\n"
        "\n"
        "2 services as of 2026-03-31T08:00:00Z: 1 keep, 1 defer.\n"
        "`pagerworthy score ad` shows a whole scorecard.\n"
    )


def test_a_whole_scorecard_says_everything():
    text = report.scores("text")(score_report(card(), whole=True), PLAIN)
    assert text == (
        "ad  tier 1, owner shop, acceptance phase\n"
        "  verdict  defer\n"
        "           what was found\n"
        "  pager    dev\n"
        "  rung     none, and gold is needed; bronze with waivers\n"
        "  score    40.0 of 100, 62.5 with waivers; 75 % is known\n"
        "  as of    2026-03-31T08:00:00Z\n"
        "\n"
        "Limits of the pager contract\n"
        "  freeze          An error budget is spent\n"
        "                            what was found\n"
        "  unknown         Too many pages\n"
        "                            what was found\n"
        "\n"
        "Monitoring\n"
        "  pass            silver  a-passes\n"
        "                            what was found (observed)\n"
        "                            slo.events[availability]@2026-03-30T06:00:00Z\n"
        "  fail            bronze  b-fails\n"
        "                            what was found (linked)\n"
        "                            slo.events[availability]@2026-03-30T06:00:00Z\n"
        "  unknown         silver  c-unknown\n"
        "                            what was found\n"
        "  waived          silver  d-waived\n"
        "                            what was found (linked)\n"
        "                            waived by ad-d; without it fail\n"
        "  upcoming        silver  e-upcoming  due in the capacity phase\n"
        "\n"
        "Security\n"
        "  not-applicable  silver  f-not-applicable  does not apply to this service\n"
        "\n"
        "What to do next\n"
        "   1. b-fails  (small)\n"
        "      Make `it` so.\n"
        "   2. c-unknown  (small)\n"
        "      Make `it` so.\n"
        "   3. d-waived  (small)\n"
        "      Make `it` so.\n"
    )


def test_all_and_nothing_are_only_said_of_all_and_nothing():
    assert [percent(share) for share in (0, 0.001, 0.5, 0.999, 1)] == ["0 %", "1 %", "50 %", "99 %", "100 %"]
