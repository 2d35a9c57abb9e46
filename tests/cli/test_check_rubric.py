"""`check` speaks of a broken rubric, and remembers only a right one."""

import os
import shutil
from pathlib import Path

from click.testing import CliRunner

from pagerworthy.cli.app import app

ROOT = Path(__file__).parents[2]


def check(root: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["--root", str(root), "check"], standalone_mode=False)
    return int(result.return_value or 0), result.output


def test_a_criterion_that_breaks_is_found_though_the_rubric_was_right_before(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalog" / "teams", tmp_path / "catalog" / "teams")
    own = tmp_path / "scoring" / "criteria" / "ownership"
    own.mkdir(parents=True)
    criterion = own / "owner-team.yaml"
    text = (ROOT / "scoring" / "criteria" / "ownership" / "owner-team.yaml").read_text()
    criterion.write_text(text)
    for _ in range(2):
        assert check(tmp_path)[0] == 0
    criterion.write_text(text.replace("team.members", "team.membres"))
    for _ in range(2):
        code, said = check(tmp_path)
        assert (code, "scoring/criteria/ownership/owner-team.yaml" in said, "PW307" in said) == (1, True, True)


def test_a_stray_or_a_pipe_beside_a_rubric_that_was_right_is_found(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalog" / "teams", tmp_path / "catalog" / "teams")
    (tmp_path / "scoring" / "criteria" / "ownership").mkdir(parents=True)
    assert check(tmp_path)[0] == 0
    stray = tmp_path / "scoring" / "criteria" / "ownership" / "mine.yml"
    stray.write_text("id: mine")
    assert (check(tmp_path)[0], "mine.yml" in check(tmp_path)[1]) == (1, True)
    stray.unlink()
    os.mkfifo(tmp_path / "scoring" / "policy.yaml")
    code, said = check(tmp_path)
    assert (code, "scoring/policy.yaml" in said) == (1, True)
