"""`init --stacks`: a catalog of its own brings its cloud up by the same workflows as ours."""

import subprocess
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pagerworthy.cli.app import app
from pagerworthy.cli.exits import Exit
from pagerworthy.cli.init_stacks import WORKFLOWS, elsewhere, stacks_files
from tests.tools import require_tool

ROOT = Path(__file__).parents[2]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in arguments], standalone_mode=False)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    root = tmp_path / "shop"
    assert run("init", root).return_value == Exit.FINE
    assert run("init", "--stacks", root).return_value == Exit.FINE
    return root


def test_all_is_there_that_provisioning_needs(repository: Path) -> None:
    for name in ("Pulumi.yaml", "__main__.py", "README.md"):
        assert (repository / "stacks" / name).read_bytes() == (ROOT / "stacks" / name).read_bytes()
    assert "--hash=sha256:" in (repository / "requirements-stacks.txt").read_text()
    # Once more changes nothing, and what somebody has changed stays.
    assert "0 files written" in run("init", "--stacks", repository).output
    (repository / "stacks" / "__main__.py").write_text("mine")
    result = run("init", "--stacks", repository)
    assert "already has stacks/__main__.py" in str(result.exception)
    assert (repository / "stacks" / "__main__.py").read_text() == "mine"


@pytest.mark.parametrize("name", WORKFLOWS)
def test_its_workflows_are_ours_but_for_where_pagerworthy_comes_from(name: str) -> None:
    ours = yaml.safe_load((ROOT / ".github" / "workflows" / name).read_text())
    text = dict(stacks_files())[f".github/workflows/{name}"].decode()
    theirs = yaml.safe_load(text)
    assert "make " not in text
    assert ".venv" not in text
    for key, job in ours["jobs"].items():
        for step, other in zip(job.get("steps", ()), theirs["jobs"][key].get("steps", ()), strict=True):
            if not step.get("run", "").startswith("make "):
                expected = {**step, "run": step["run"].replace(".venv/bin/", "")} if "run" in step else step
                assert other == expected
            elif step["run"] == "make stacks":
                assert "pip install --require-hashes -r requirements-stacks.txt" in other["run"]
            assert ("run" in other) == ("run" in step)


def test_a_make_that_nobody_has_translated_is_an_error() -> None:
    with pytest.raises(KeyError):
        elsewhere("      - run: make everything\n        run: make everything\n")


def test_the_workflows_are_clean(repository: Path) -> None:
    files = sorted((repository / ".github" / "workflows").iterdir())
    found = subprocess.run([require_tool("actionlint"), *files], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
    options = ["--offline", "--no-progress", "--persona=pedantic"]
    command = [str(require_tool("zizmor")), *options, str(repository / ".github")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_one_of_the_two_at_a_time(tmp_path: Path) -> None:
    assert "give one of them" in str(run("init", "--stacks", "--schemas", tmp_path).exception)
