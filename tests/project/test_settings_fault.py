"""Settings that cannot be read are answered with the line and what to write instead."""

from pathlib import Path

import pytest

from pagerworthy.errors import ProjectError
from pagerworthy.project import open_project

WRONG = [
    ("[site]\ntitle = \n", "not TOML", "toml.io", 2),
    ('[site]\ntitle = "x"\n\n[evidence]\npats = ["x"]\n', "[evidence] has an unknown key pats", "mean paths?", 5),
    ("[sight]\n", "the settings have an unknown key sight", "did you mean site?", 1),
    (
        "# first\n[site]\ntitle = 3\n",
        "site.title should be text in quotes, and is a number",
        "`pagerworthy docs settings`",
        3,
    ),
    ("site.title = 3\n", "site.title should be text in quotes", "`pagerworthy docs settings`", 1),
    ("[scoring]\nas_of = 'soon'\n", "scoring.as_of is no moment, such as 2026-", "`pagerworthy docs settings`", 2),
    (
        "[collect]\ncheckouts = 3\n",
        "collect.checkouts should be a table, and is a number",
        "`pagerworthy docs settings`",
        2,
    ),
    ("[site]\nzzzzzz = 1\n", "[site] has an unknown key zzzzzz", "write one of: title", 2),
]


@pytest.mark.parametrize(("text", "message", "mend", "line"), WRONG)
def test_a_fault_has_its_line_and_its_mend(tmp_path: Path, text: str, message: str, mend: str, line: int) -> None:
    (tmp_path / "pagerworthy.toml").write_text(text)
    with pytest.raises(ProjectError) as caught:
        open_project(tmp_path)
    problem = caught.value.problem
    assert problem.code == "PW502"
    assert message in problem.message
    assert mend in problem.help
    assert problem.where.line == line
    assert "Expected" not in problem.message


def test_what_is_not_text_is_said(tmp_path: Path) -> None:
    (tmp_path / "pagerworthy.toml").write_bytes(b'[site]\ntitle = "\xff"\n')
    with pytest.raises(ProjectError, match="UTF-8"):
        open_project(tmp_path)
