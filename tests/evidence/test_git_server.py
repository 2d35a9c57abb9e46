"""The git collector on checkouts that came over the wire: whole, shallow, partial and without tags."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pagerworthy.evidence import Record
from tests.evidence.git_server import bare, serving
from tests.evidence.world import URL, collect, commit, git, service, start, value, write

KEYS = ("git.activity", "git.design", "git.releases", "git.lead", "git.approvals")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = start(tmp_path / "root")
    write(folder, "docs/design.md", "# x")
    service(folder, more="  design: {path: docs/design.md}\n")
    commit(folder, "2026-09-01")
    return folder


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A server with a repository that has something to tell of every key."""
    code = start(tmp_path / "code")
    for number, day in enumerate(("2026-01-01", "2026-10-01", "2026-11-01")):
        write(code, "main.go", f"// {number}\n" * 300)
        commit(code, day, "Change\n\nReviewed-by: Cy <cy@example.com>\n")
    who = {"GIT_COMMITTER_NAME": "R", "GIT_COMMITTER_EMAIL": "r@x", "GIT_COMMITTER_DATE": "2026-11-03T12:00:00+0000"}
    git(code, "tag", "-a", "-m", "x", "v1.0.0", extra=who)
    served = tmp_path / "served"
    served.mkdir()
    bare(served, code)
    with serving(served) as found:
        yield f"{found}/code.git"


def seen(root: Path, address: str, *options: str) -> dict[str, Record]:
    git(root.parent, "clone", "-q", *options, address, "clone")
    found = collect("git", root, checkouts={URL: "../clone"})
    return {key: found["checkout", key, ""] for key in KEYS}


def test_a_clone_tells_all(root: Path, address: str) -> None:
    found = seen(root, address)
    assert {key: value(record) for key, record in found.items()} == {
        "git.activity": {"commits_90d": 2.0, "owner_commits_90d": 0.0},
        "git.design": {"age_days": 79.0, "large_change_days": 18.0},
        "git.releases": {"age_days": 16.0, "releases_90d": 1.0, "per_week": 0.25},
        "git.lead": {"median_hours": 33 * 24.0, "commits": 3.0, "waiting_days": 0.0},
        "git.approvals": {"changes": 2.0, "self_approved": 0.0},
    }


def test_a_shallow_clone_tells_nothing_wrong(root: Path, address: str) -> None:
    for key, record in seen(root, address, "--depth=2").items():
        assert "shallow" in record.failed, key


def test_a_partial_clone_tells_what_needs_no_content_and_fetches_none(root: Path, address: str) -> None:
    found = seen(root, address, "--filter=tree:0", "--no-checkout")
    assert value(found["git.lead"])["commits"] == 3.0
    assert value(found["git.approvals"])["changes"] == 2.0
    assert "git cannot be read" in found["git.design"].failed


def test_a_clone_without_tags_knows_of_no_release(root: Path, address: str) -> None:
    found = seen(root, address, "--no-tags")
    assert "no tag looks like a version" in found["git.releases"].failed
    assert "no tag looks like a version" in found["git.lead"].failed
    assert value(found["git.approvals"])["changes"] == 2.0


def test_the_server_serves_nothing_else(root: Path, address: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "ls-remote", address.replace("code.git", "../root"))
