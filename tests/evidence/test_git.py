"""The git collector on real repositories: what it says of ages and people, and what it refuses to do."""

import datetime as dt
from pathlib import Path

import pytest

from pagerworthy.evidence.collectors.git_process import GitError, Limits, git_fields
from tests.evidence.world import TEAM, URL, collect, commit, git, service, start, value, write

ENTRY = ("checkout", "git.entry", "")
ACTIVITY = ("checkout", "git.activity", "")
DESIGN = ("checkout", "git.design", "")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = start(tmp_path / "root")
    service(folder)
    write(folder, "catalog/teams/payments.yaml", TEAM)
    return folder


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return start(tmp_path / "code")


def test_age_and_authors_of_an_entry(root: Path) -> None:
    commit(root, "2026-10-01")
    service(root, more="  language: go\n")
    commit(root, "2026-11-10", author="Bo")
    assert value(collect("git", root)[ENTRY]) == {"age_days": 9.0, "authors": ["Bo", "Ada"]}


def test_the_date_of_the_author_is_not_believed(root: Path) -> None:
    commit(root, "2026-01-01", authored="2026-11-19")
    assert value(collect("git", root)[ENTRY])["age_days"] == 322.0


def test_a_date_after_the_moment_is_not_an_age_until_a_later_commit_heals_it(root: Path) -> None:
    service(root, "other")
    commit(root, "2026-10-01")
    service(root, more="  language: go\n")
    commit(root, "2099-01-01")
    found = collect("git", root)
    assert "dated 2099-01-01T12:00:00Z, after the moment" in found[ENTRY].failed
    assert value(found["other", "git.entry", ""])["age_days"] == 49.0
    service(root, more="  language: java\n")
    commit(root, "2026-11-10")
    assert value(collect("git", root)[ENTRY])["age_days"] == 9.0


@pytest.mark.parametrize(
    "author", ["a\x1fb\x1ec", "x\x1b[31m\u202ey", "\x01" * 70_000], ids=["separators", "bidi", "long"]
)
def test_a_strange_author_neither_stops_the_collection_nor_reaches_a_record(root: Path, author: str) -> None:
    commit(root, "2026-11-10", author="Ada")
    tree = git(root, "rev-parse", "HEAD^{tree}")
    who = f"{author} <a@b> 1794571200 +0000\n"
    service(root, more="  language: go\n")
    git(root, "add", "-A")
    tree = git(root, "write-tree")
    head = git(root, "rev-parse", "HEAD")
    text = f"tree {tree}\nparent {head}\nauthor {who}committer {who}\nx\n"
    made = git(root, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=text.encode())
    git(root, "update-ref", "HEAD", made)
    authors = value(collect("git", root)[ENTRY])["authors"]
    assert isinstance(authors, list)
    assert "Ada" in authors
    assert all(str(each).isprintable() and len(str(each)) <= 300 for each in authors)


def test_a_commit_without_a_date_fails_what_it_touches_and_nothing_else(root: Path) -> None:
    service(root, "other")
    commit(root, "2026-11-10")
    service(root, more="  language: go\n")
    git(root, "add", "-A")
    text = (
        f"tree {git(root, 'write-tree')}\nparent {git(root, 'rev-parse', 'HEAD')}\nauthor A <a@b>\ncommitter x\n\nx\n"
    )
    made = git(root, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=text.encode())
    git(root, "update-ref", "HEAD", made)
    found = collect("git", root)
    assert found[ENTRY].failed
    assert value(found["other", "git.entry", ""])["age_days"] == 9.0


def test_files_with_strange_names_hide_none_beside_them(root: Path) -> None:
    for name in ("docs/a\nb", "docs/\n", 'docs/"größe".md', "docs/\u4e66 x.md", "docs/\udcff"):
        write(root, name, "# x")
    names = ["catalog/runbooks/slow.md", "docs/run.md"]
    for name in names:
        write(root, name, "# x")
    service(root, more="  runbooks:\n" + "".join(f"    - {{title: {name}, path: {name}}}\n" for name in names))
    commit(root, "2026-11-01")
    found = collect("git", root)
    assert value(found[ENTRY])["age_days"] == 18.0
    for name in names:
        assert value(found["checkout", "git.runbook", name]) == {"age_days": 18.0}


def test_a_trailer_confirms_without_a_change(root: Path) -> None:
    write(root, "catalog/runbooks/slow.md", "# x")
    service(root, more="  runbooks: [{title: Slow, path: catalog/runbooks/slow.md}]\n")
    commit(root, "2026-01-01")
    commit(root, "2026-11-18", "Read them\n\nConfirms: checkout\nConfirms: slow\n")
    found = collect("git", root)
    assert value(found[ENTRY])["age_days"] == 1.0
    assert value(found["checkout", "git.runbook", "catalog/runbooks/slow.md"]) == {"age_days": 1.0}


def test_a_confirmation_is_no_substitute_for_a_commit(root: Path) -> None:
    git(root, "rm", "-q", "-r", "--cached", "--ignore-unmatch", ".")
    git(root, "commit", "-q", "--allow-empty", "-m", "Confirms: checkout", extra=_anybody("2026-11-18"))
    assert "never committed" in collect("git", root)[ENTRY].failed


def test_history_that_is_not_there_is_said(root: Path, tmp_path: Path) -> None:
    assert "no commit yet" in collect("git", root)[ENTRY].failed
    commit(root, "2026-10-01")
    commit(root, "2026-11-01")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", "shallow")
    assert "shallow" in collect("git", tmp_path / "shallow")[ENTRY].failed
    service(tmp_path / "plain")
    assert collect("git", tmp_path / "plain")[ENTRY].failed == "this is not a git repository"


def test_activity_is_only_known_where_a_checkout_is_named(root: Path, checkout: Path) -> None:
    commit(root, "2026-11-01")
    assert ACTIVITY not in collect("git", root)
    assert collect("git", root, checkouts={URL: "../gone"})[ACTIVITY].failed == "there is no checkout at ../gone"
    for day, author, email in [
        ("2026-01-01", "Ada", "ada@example.com"),
        ("2026-11-01", "Somebody", "ADA@example.com"),
        ("1999-01-01", "Ada", "ada@example.com"),
        ("2026-11-02", "Somebody", "bo-b@users.noreply.github.com"),
        ("2026-11-03", "Somebody", "12345+Bo-B@users.noreply.github.com"),
        ("2026-11-04", "Somebody", "bo-b@evil.example"),
        ("2026-11-05", "Somebody", "1+bo-b@users.noreply.github.com.evil.example"),
        ("2026-11-06", "Ada", "ada@evil.example"),
        ("2099-01-01", "Ada", "ada@example.com"),
    ]:
        commit(checkout, day, author=author, email=email)
    found = collect("git", root, checkouts={URL: "../code"})
    assert value(found[ACTIVITY]) == {"commits_90d": 6.0, "owner_commits_90d": 3.0}


def test_design_is_compared_with_the_last_large_change(root: Path, checkout: Path) -> None:
    write(root, "docs/design.md", "# x")
    service(root, more="  design: {path: docs/design.md}\n")
    commit(root, "2026-09-21")
    write(checkout, "a.go", "x\n")
    commit(checkout, "2026-01-01")
    named = {URL: "../code"}
    assert value(collect("git", root, checkouts=named)[DESIGN]) == {"age_days": 59.0, "large_change_days": 322.0}
    write(checkout, "a.go", "y\n" * 200)
    commit(checkout, "2026-10-21")
    write(checkout, "a.go", "y\n" * 190)
    commit(checkout, "2026-11-19")
    assert value(collect("git", root, checkouts=named)[DESIGN]) == {"age_days": 59.0, "large_change_days": 29.0}
    write(checkout, "a.go", "z\n" * 900)
    commit(checkout, "2099-01-01")
    assert "after the moment" in collect("git", root, checkouts=named)[DESIGN].failed


def test_entries_are_no_code_where_both_are_in_one_repository(root: Path) -> None:
    write(root, "docs/design.md", "# x")
    service(root, more="  design: {path: docs/design.md}\n")
    commit(root, "2026-09-21")
    write(root, "catalog/runbooks/long.md", "x\n" * 900)
    commit(root, "2026-11-01")
    assert value(collect("git", root, checkouts={URL: "."})[DESIGN])["large_change_days"] == 59.0


def _hostile(folder: Path, marker: Path) -> None:
    """A bare repository with commits that claim a signature, and a configuration that runs a program."""
    program = write(folder.parent, "run.sh", f"#!/bin/sh\ntouch '{marker}'\n")
    program.chmod(0o755)
    git(folder.parent, "init", "-q", "--bare", str(folder))
    tree = git(folder, "hash-object", "-t", "tree", "-w", "--stdin", GIT_DIR=str(folder))
    who = "A <a@b> 1794571200 +0000"
    signed = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    text = f"tree {tree}\nauthor {who}\ncommitter {who}\n{signed}\n\nx\n"
    made = git(folder, "hash-object", "-t", "commit", "-w", "--stdin", data=text.encode(), GIT_DIR=str(folder))
    git(folder, "update-ref", "HEAD", made, GIT_DIR=str(folder))
    for setting, to in {
        "log.showSignature": "true",
        "gpg.program": str(program),
        "core.fsmonitor": str(program),
        "core.pager": str(program),
        "diff.external": str(program),
        "core.sshCommand": str(program),
    }.items():
        git(folder, "config", "--file", str(folder / "config"), setting, to)


def test_a_repository_inside_this_one_is_refused_and_runs_nothing(root: Path, tmp_path: Path) -> None:
    commit(root, "2026-11-01")
    marker = tmp_path / "executed"
    _hostile(root / "vendor", marker)
    (root / "link").symlink_to("vendor")
    for named in ("vendor", "./catalog/../vendor", "link", str(root / "vendor"), "vendor/objects"):
        assert "inside this repository" in collect("git", root, checkouts={URL: named})[ACTIVITY].failed
    assert not marker.exists()


def test_the_work_tree_is_this_repository_even_above_the_catalog(tmp_path: Path) -> None:
    top = start(tmp_path / "top")
    service(top / "ops")
    commit(top, "2026-11-01")
    (top / "vendor").mkdir()
    assert "inside this repository" in collect("git", top / "ops", checkouts={URL: "../vendor"})[ACTIVITY].failed


def test_a_bare_repository_or_a_hostile_configuration_elsewhere_runs_nothing(root: Path, tmp_path: Path) -> None:
    commit(root, "2026-11-01")
    marker = tmp_path / "executed"
    _hostile(tmp_path / "bare", marker)
    assert collect("git", root, checkouts={URL: "../bare"})[ACTIVITY].failed
    # The same configuration in a repository with a work tree, which git does read.
    (tmp_path / "tree").mkdir()
    (tmp_path / "bare").rename(tmp_path / "tree" / ".git")
    git(tmp_path / "tree", "config", "--file", str(tmp_path / "tree/.git/config"), "core.bare", "false")
    write(root, "docs/design.md", "# x")
    service(root, more="  design: {path: docs/design.md}\n")
    commit(root, "2026-11-02")
    found = collect("git", root, checkouts={URL: "../tree"})
    assert value(found[ACTIVITY])["commits_90d"] == 1.0
    assert DESIGN in found
    assert not marker.exists()


def test_the_hostile_repository_would_have_run_its_program(tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    _hostile(tmp_path / "bare", marker)
    git(tmp_path / "bare", "log")
    assert marker.exists()


def test_what_a_hook_sets_does_not_mislead(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(root, "2026-11-10")
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert value(collect("git", root)[ENTRY])["age_days"] == 9.0


def test_time_and_output_of_git_are_bounded(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(root, "2026-11-10", "x" * 100_000)
    arguments = ["log", "-z", "--format=%B"]
    with pytest.raises(GitError, match="more than"):
        list(git_fields(root, arguments, Limits(bytes=10_000)))
    assert [len(field) for field in git_fields(root, arguments, Limits(field=100))] == [100]
    # It starts a child that holds the pipe open: both must be ended.
    write(tmp_path, "bin/git", "#!/bin/sh\nsleep 60 &\nsleep 60\n").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=":")
    started = dt.datetime.now(dt.UTC)
    with pytest.raises(GitError, match="did not finish"):
        list(git_fields(root, arguments, Limits(seconds=0.3)))
    assert dt.datetime.now(dt.UTC) - started < dt.timedelta(seconds=30)


def test_without_git_its_keys_are_not_known(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commit(root, "2026-11-10")
    monkeypatch.setenv("PATH", "")
    assert collect("git", root)[ENTRY].failed == "git is not installed"


def _anybody(day: str) -> dict[str, str]:
    moment = f"{day}T12:00:00+0000"
    return {
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@b",
        "GIT_AUTHOR_DATE": moment,
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@b",
        "GIT_COMMITTER_DATE": moment,
    }
