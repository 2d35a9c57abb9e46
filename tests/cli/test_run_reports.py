"""A report that cannot be written hides no run that has happened."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from pagerworthy.cli.stack_run import Limits, Session
from pagerworthy.stacks.run.preflight import Ready
from pagerworthy.stacks.run.result import Outcome, Visit


def run(report: Path | None = None, outcome: Outcome = Outcome.CHANGED) -> int:
    """The exit code of a run that has done its work."""
    engines = SimpleNamespace(stop=lambda: None, kill=lambda: None)
    ready = cast("Ready", SimpleNamespace(command=SimpleNamespace(engines=engines)))
    session = Session("up", "staging", Limits(2, 60, 60, "", report), ready)
    return session.run(lambda: [Visit("cart.staging", outcome)])


@pytest.mark.parametrize(("outcome", "code"), [(Outcome.CHANGED, 0), (Outcome.FAILED, 1)])
def test_a_summary_that_cannot_be_written_is_a_note(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], outcome: Outcome, code: int
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "/dev/null/x")
    assert run(outcome=outcome) == code
    said = capsys.readouterr()
    assert "cart.staging" in said.out
    assert said.err == "note: $GITHUB_STEP_SUMMARY cannot be written: /dev/null/x: Not a directory\n"


def test_a_report_that_cannot_be_written_is_named_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    # As a disk ends that is full only once the file is there.
    (tmp_path / "r.json").mkdir()
    assert run(tmp_path / "r.json") == 1
    said = capsys.readouterr()
    assert "cart.staging" in said.out
    assert said.err == f"error: the report cannot be written: {tmp_path}/r.json: Is a directory\n"
    assert [each.name for each in tmp_path.iterdir()] == ["r.json"]
    assert run(tmp_path / "there.json") == 0
