"""What `pagerworthy.toml` may not say, and what the command line does where the system refuses a file."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.errors import ProjectError
from pagerworthy.project import SETTINGS_FILE, find_root, open_project


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 60_000,
        "# " + "x" * 70_000,
        "a = " + "9" * 5_000,
        "[scoring]\nas_of = 0001-01-01T00:00:00+23:59",
        "[scoring]\nas_of = 9999-12-31T23:59:59-23:59",
        f'[evidence]\npaths = ["{"a" * 5_000}"]',
        '[evidence]\npaths = ["/etc"]',
        '[evidence]\npaths = ["../elsewhere"]',
        '[evidence]\npaths = ["catalog/../../elsewhere"]',
        '[evidence]\npaths = ["a\\u0000b"]',
        '[evidence]\npaths = [""]',
        "[evidence]\npaths = ['C:\\elsewhere']",
        '[evidence]\npaths = ["outside"]',
    ],
    ids=lambda text: text[:40],
)
def test_settings_that_mean_nothing_are_a_problem(text: str, tmp_path: Path) -> None:
    (tmp_path / "outside").symlink_to("/")
    (tmp_path / SETTINGS_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(ProjectError) as raised:
        open_project(tmp_path)
    assert raised.value.problem.code == "PW502"
    assert len(raised.value.problem.message) < 300
    for name in ("evidence.paths", "scoring.as_of"):
        if f"[{name.partition('.')[0]}]" in text:
            assert name in raised.value.problem.message


def test_settings_that_are_no_regular_file_are_a_problem_at_once(tmp_path: Path) -> None:
    path = tmp_path / SETTINGS_FILE
    os.mkfifo(path)
    with pytest.raises(ProjectError, match="regular file"):
        open_project(tmp_path)
    path.unlink()
    for target in ("/dev/zero", "nothing", "."):
        path.symlink_to(target)
        with pytest.raises(ProjectError):
            open_project(tmp_path)
        path.unlink()


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "0001-01-01", "9999-12-31"]
)
def test_moment_at_the_ends_of_time_is_wrong_usage(moment: str, tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    result = CliRunner().invoke(app, ["--root", str(tmp_path), "check", "--as-of", moment])
    assert result.exit_code == 2
    assert "write" in result.output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full disk to offer")
@pytest.mark.parametrize("arguments", [["explain", "PW104"], ["check"], ["--help"]])
def test_full_disk_is_said_in_one_line(arguments: list[str], tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from pagerworthy.cli.app import main; main()", *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr.startswith("error: cannot write")
    assert done.stderr.count("\n") == 1


def test_closed_output_leaves_the_exit_code(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    command = f"{sys.executable} -c 'from pagerworthy.cli.app import main; main()' check >&-"
    done = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True, cwd=tmp_path, check=False)  # noqa: S602
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("arguments", ["score --as-of 2026-03-31", "gate example --as-of 2026-03-31"])
def test_closed_place_for_errors_leaves_the_answer(arguments: str, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["init", str(tmp_path / "new")], catch_exceptions=False)
    program = f"{sys.executable} -c 'from pagerworthy.cli.app import main; main()'"
    done, closed = (
        subprocess.run(  # noqa: S602
            f"{program} {arguments}{end}", shell=True, capture_output=True, cwd=tmp_path / "new", check=False
        )
        for end in ("", " 2>&-")
    )
    assert (closed.returncode, closed.stdout) == (done.returncode, done.stdout)
    assert done.stdout


def test_a_reader_that_has_gone_is_no_answer() -> None:
    program = f"{sys.executable} -c 'from pagerworthy.cli.app import main; main()'"
    root = Path(__file__).parents[2]
    command = f"set -o pipefail; {program} docs facts | true"
    done = subprocess.run(["bash", "-c", command], capture_output=True, cwd=root, check=False)
    assert (done.returncode, done.stderr) == (2, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no full disk to offer")
def test_wrong_usage_is_wrong_usage_where_it_cannot_be_said() -> None:
    with Path("/dev/full").open("w") as full:
        program = [sys.executable, "-c", "from pagerworthy.cli.app import main; main()", "chekc"]
        assert subprocess.run(program, stderr=full, check=False).returncode == 2


def test_a_root_without_a_catalog_is_no_empty_catalog(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no catalog here") as raised:
        open_project(tmp_path)
    assert raised.value.problem.code == "PW501"


def _repository(folder: Path, *, file: bool = False) -> Path:
    """A folder with a `.git`: a folder in a plain clone, a file in a submodule or another work tree."""
    folder.mkdir(parents=True, exist_ok=True)
    if file:
        (folder / ".git").write_text("gitdir: elsewhere\n", encoding="utf-8")
    else:
        (folder / ".git").mkdir()
    return folder


@pytest.mark.parametrize("file", [False, True])
def test_no_root_is_looked_for_above_the_git_repository(file: bool, tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / SETTINGS_FILE).touch()
    inner = _repository(tmp_path / "inner", file=file)
    (inner / "deep/er").mkdir(parents=True)
    for start in (inner, inner / "deep/er"):
        with pytest.raises(ProjectError, match="no catalog here") as raised:
            find_root(start)
        assert raised.value.problem.code == "PW501"
        assert str(inner) in raised.value.problem.message


def test_root_is_found_from_below_within_the_git_repository(tmp_path: Path) -> None:
    top = _repository(tmp_path / "top")
    (top / "catalog/services").mkdir(parents=True)
    assert find_root(top) == top
    assert find_root(top / "catalog/services") == top
    part = top / "part"
    (part / "deep").mkdir(parents=True)
    (part / SETTINGS_FILE).touch()
    assert find_root(part / "deep") == part


def test_outside_of_git_a_folder_further_up_needs_settings_to_count(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    (tmp_path / "below").mkdir()
    assert find_root(tmp_path) == tmp_path
    with pytest.raises(ProjectError, match="no catalog here"):
        find_root(tmp_path / "below")
    (tmp_path / SETTINGS_FILE).touch()
    assert find_root(tmp_path / "below") == tmp_path


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ('repository = "shop/catalog"', ""),
        ('repository = "shop@12/catalog@345"\nbranch = "release/2.x"', ""),
        ('repository = "shop"', "stacks.repository"),
        ('repository = "shop@12/catalog"', "stacks.repository"),
        ('repository = "shop/catalog@345"', "stacks.repository"),
        ('repository = "shop@x/catalog@345"', "stacks.repository"),
        ('repository = "https://github.com/shop/catalog"', "stacks.repository"),
        ('repository = "repo:shop@12/catalog@345"', "stacks.repository"),
        ('repository = "shop/*"', "stacks.repository"),
        ('branch = ""', "stacks.branch"),
        ('branch = "*"', "stacks.branch"),
    ],
)
def test_whom_the_cloud_trusts_is_named_exactly(settings: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / SETTINGS_FILE).write_text(f"[stacks]\n{settings}\n", encoding="utf-8")
    if not fault:
        assert open_project(tmp_path).settings.stacks
        return
    with pytest.raises(ProjectError, match=fault) as raised:
        open_project(tmp_path)
    assert raised.value.problem.help
