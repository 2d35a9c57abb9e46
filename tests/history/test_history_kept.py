"""What a history keeps when something goes wrong: entries that break, branches that part, pushes that are refused."""

from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from pagerworthy.cli.app import app
from pagerworthy.history import Branch, HistoryError, Line
from pagerworthy.history.model import DAYS, Day, decode, service_file
from tests.evidence.world import commit, git, service, start, write

_NAME = "pagerworthy-history"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = start(tmp_path / "root")
    service(folder)
    service(folder, "pay")
    commit(folder, "2026-11-10")
    return folder


@pytest.fixture
def shared(root: Path, tmp_path: Path) -> Path:
    """What `root` calls origin."""
    folder = tmp_path / "shared.git"
    git(tmp_path, "clone", "-q", "--bare", str(root), str(folder))
    git(root, "remote", "add", "origin", str(folder))
    return folder


def snapshot(root: Path, day: int, *more: str) -> Result:
    moment = f"2026-11-{day}T03:00:00Z"
    return CliRunner().invoke(app, ["--root", str(root), "snapshot", "--as-of", moment, *more], standalone_mode=False)


def lines(root: Path, name: str) -> tuple[Line, ...]:
    with closing(Branch(root)) as branch:
        return decode(branch.read(service_file(name)), Line)


def days(folder: Path) -> list[int]:
    with closing(Branch(folder)) as branch:
        return [each.as_of.day for each in decode(branch.read(DAYS), Day)]


def test_a_service_that_cannot_be_read_for_a_night_is_not_gone(root: Path) -> None:
    snapshot(root, 18)
    entry = root / "catalog/services/pay.yaml"
    before = entry.read_text()
    entry.write_text("kind: [")
    assert snapshot(root, 19).exception is None
    entry.write_text(before)
    assert snapshot(root, 20).exception is None
    assert [each.gone for each in lines(root, "pay")] == [False]
    entry.unlink()
    assert snapshot(root, 21).exception is None
    assert [each.gone for each in lines(root, "pay")] == [False, True]


def test_while_a_folder_cannot_be_read_nothing_is_said_to_be_gone(root: Path) -> None:
    snapshot(root, 18)
    folder = root / "catalog/services"
    folder.rename(root / "elsewhere")
    folder.symlink_to(root / "elsewhere")
    snapshot(root, 19)
    assert [each.gone for each in lines(root, "pay")] == [False]


def test_snapshots_that_only_this_repository_has_are_pushed_along(root: Path, shared: Path) -> None:
    snapshot(root, 17, "--push", "origin")
    snapshot(root, 18)
    assert (days(root), days(shared)) == ([17, 18], [17])
    assert snapshot(root, 19, "--push", "origin").exception is None
    assert days(root) == days(shared) == [17, 18, 19]


def test_branches_that_have_parted_are_said_and_neither_is_touched(root: Path, shared: Path, tmp_path: Path) -> None:
    snapshot(root, 17, "--push", "origin")
    git(tmp_path, "clone", "-q", str(shared), "other")
    snapshot(tmp_path / "other", 18, "--push", "origin")
    snapshot(root, 19)
    refused = snapshot(root, 20, "--push", "origin").exception
    assert isinstance(refused, click.ClickException)
    assert "have parted: `git branch -m pagerworthy-history old-history`" in refused.message
    assert (days(root), days(shared)) == ([17, 19], [17, 18])
    git(root, "branch", "-m", _NAME, "old-history")
    assert snapshot(root, 20, "--push", "origin").exception is None
    assert days(shared) == [17, 18, 20]


def test_a_push_that_is_never_taken_is_tried_once_and_says_why(root: Path, shared: Path) -> None:
    hook = shared / "hooks/pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho called >> calls\necho secret-of-theirs >&2\nexit 1\n")
    hook.chmod(0o755)
    refused = snapshot(root, 17, "--push", "origin").exception
    assert isinstance(refused, click.ClickException)
    assert "does not take pagerworthy-history (pre-receive hook declined): let this job push" in refused.message
    assert (shared / "calls").read_text() == "called\n"


def test_a_remote_that_asks_for_a_password_gets_none_and_keeps_nobody_waiting(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What git would run to reach this address waits for ever, as a prompt does.
    monkeypatch.setenv("GIT_SSH_COMMAND", "sleep 600 #")
    monkeypatch.setattr("pagerworthy.history.branch._PATIENCE", 0.5)
    with (
        closing(Branch(root)) as branch,
        pytest.raises(HistoryError, match=r"ssh://\.\.\.@host.invalid/r.git does not answer"),
    ):
        branch.append(lambda _read, _services: {"log": b""}, "one", "ssh://user@host.invalid/r.git")


def test_a_remote_that_there_is_not_is_named_with_those_that_there_are(root: Path, shared: Path) -> None:
    refused = snapshot(root, 17, "--push", "nowhere").exception
    assert isinstance(refused, click.ClickException)
    assert "there is no remote nowhere in this repository (there are: origin)" in refused.message


def test_no_snapshot_is_of_a_moment_that_is_to_come(root: Path) -> None:
    result = CliRunner().invoke(app, ["--root", str(root), "snapshot", "--as-of", "2099-01-01"])
    assert result.exit_code == 2
    assert "of now or before" in result.output
    assert not git(root, "branch", "--list", _NAME)


def test_an_earlier_one_is_refused_with_the_way_back(root: Path) -> None:
    snapshot(root, 18)
    snapshot(root, 20)
    refused = snapshot(root, 19).exception
    assert isinstance(refused, click.ClickException)
    assert "`git branch -f pagerworthy-history pagerworthy-history~1`" in refused.message
    git(root, "branch", "-f", _NAME, f"{_NAME}~1")
    assert snapshot(root, 19).exception is None
    assert days(root) == [18, 19]


def test_the_commit_is_named_only_where_its_files_were_judged(root: Path) -> None:
    head = git(root, "rev-parse", "HEAD")
    write(root, "catalog/evidence/collected/git.jsonl", "")
    snapshot(root, 18)
    service(root, "pay", more="  design: {path: docs/none.md}\n")
    snapshot(root, 19)
    with closing(Branch(root)) as branch:
        assert [each.commit for each in decode(branch.read(DAYS), Day)] == [head, ""]
