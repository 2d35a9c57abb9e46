"""`check` speaks of a broken rubric, and remembers only a right one."""

import os
import re
import shutil
from pathlib import Path

import pytest
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


def test_a_waiver_that_the_policy_refuses_is_told_with_a_rubric_that_was_right_before(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    (tmp_path / "scoring").mkdir()
    policy = tmp_path / "scoring" / "policy.yaml"
    text = (ROOT / "scoring" / "policy.yaml").read_text()
    policy.write_text(text)
    assert [check(tmp_path)[1].count("PW308") for _ in range(2)] == [0, 0]
    policy.write_text(re.sub(r"longest_days: \d+", "longest_days: 1", text))
    first, again = check(tmp_path), check(tmp_path)
    assert first == again
    assert (first[0], "and the policy allows 1" in first[1]) == (1, True)


def test_a_spoilt_memory_of_a_rubric_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    shutil.copytree(ROOT / "catalog", tmp_path / "catalog")
    right = check(tmp_path)
    (kept,) = (tmp_path / "cache").rglob("rubrics/*")
    content = kept.read_bytes()
    for spoilt in (b"", content[:-1], content[:-1] + b"x", content.replace(b"sre", b"xyz")):
        kept.write_bytes(spoilt)
        assert check(tmp_path) == right
        assert kept.read_bytes() == content


def test_a_name_in_another_encoding_beside_the_rubric_is_no_crash(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "catalog" / "teams", tmp_path / "catalog" / "teams")
    (tmp_path / "scoring").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path / "scoring") + b"/non\xffutf.yaml")).write_text("id: mine")
    for _ in range(2):
        code, said = check(tmp_path)
        assert (code, "PW3" in said) == (1, True)
