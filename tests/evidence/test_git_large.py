"""The git collector on a large history: how often git is run does not grow with tags, changes or services."""

import importlib
from pathlib import Path

import pytest

from tests.evidence.world import URL, collect, commit, git, service, start, value, write
from tests.tools import require_tool

_DAY = 86_400
_NOW = 1_795_161_600  # 2026-11-20T08:00:00Z


def imported(folder: Path, commits: int, tags: int) -> Path:
    """A repository in which every third commit is a merge, with dated tags evenly among them, over 60 days."""
    lines = []
    for number in range(1, commits + 1):
        time = _NOW - 60 * _DAY + number * 60 * _DAY // (commits + 1)
        name = f"P{number % 7}" if number % 3 else "Cy"
        lines += [f"commit refs/heads/main\nmark :{number}\nauthor {name} <{name}@x> {time} +0000"]
        lines += [f"committer {name} <{name}@x> {time} +0000\ndata 2\nx"]
        # A commit on main, one beside it, and the merge of both.
        if number > 1:
            lines += [f"from :{number - 1}" if number % 3 else f"from :{number - 2}\nmerge :{number - 1}"]
        lines += [f"M 100644 inline src/{('pay', 'cart')[number % 2]}/f\ndata {len(str(number))}\n{number}"]
        if number % (commits // tags) == 0:
            lines += [f"tag v1.{number}.0\nfrom :{number}\ntagger R <r@x> {time + 900} +0000\ndata 2\nx"]
    start(folder)
    git(folder, "fast-import", "--quiet", data=("\n".join(lines) + "\n").encode())
    git(folder, "reset", "-q", "--hard", "main")
    return folder


@pytest.fixture
def runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which each run of git leaves a line."""
    importlib.import_module("git")  # Runs git once, to look for it.
    log = tmp_path / "runs"
    program = write(tmp_path, "bin/git", f'#!/bin/sh\necho "$#" >>"{log}"\nexec {require_tool("git")} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return log


def counted(runs: Path, root: Path, code: Path, **paths: str) -> int:
    """How often git is run to collect from a checkout."""
    runs.unlink(missing_ok=True)
    found = collect("git", root, checkouts={URL: f"../{code.name}"}, paths=paths)
    assert not [record.failed for record in found.values() if record.key != "git.approvals" and record.failed]
    return len(runs.read_text().splitlines())


def test_git_is_run_as_often_for_many_tags_changes_and_services_as_for_few(tmp_path: Path, runs: Path) -> None:
    root = start(tmp_path / "root")
    service(root)
    commit(root, "2026-11-01")
    small, large = imported(tmp_path / "small", 30, 2), imported(tmp_path / "large", 3_000, 500)
    few = counted(runs, root, small)
    assert counted(runs, root, large) == few
    for number in range(40):
        service(root, f"other-{number}")
    commit(root, "2026-11-02")
    assert counted(runs, root, large) == few


def test_a_folder_costs_two_runs_more_and_says_what_is_its_own(tmp_path: Path, runs: Path) -> None:
    root = start(tmp_path / "root")
    service(root)
    commit(root, "2026-11-01")
    code = imported(tmp_path / "large", 3_000, 500)
    whole = counted(runs, root, code)
    found = collect("git", root, checkouts={URL: "../large"})
    assert value(found["checkout", "git.lead", ""])["commits"] == 2_000.0
    assert "1000 of 2000 changes" in found["checkout", "git.approvals", ""].failed
    assert counted(runs, root, code, checkout="src/cart") == whole + 2
    found = collect("git", root, checkouts={URL: "../large"}, paths={"checkout": "src/cart"})
    assert value(found["checkout", "git.lead", ""])["commits"] == 1_000.0
    # Half of the direct commits, and half of the merges, change the folder.
    assert "500 of 1000 changes" in found["checkout", "git.approvals", ""].failed
