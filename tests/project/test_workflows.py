"""The workflows, ours and those that `init` writes: clean, pinned, and without rights that they do not need."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from pagerworthy.cli.init import starter_files
from tests.tools import require_tool

ROOT = Path(__file__).parents[2]
FOLDERS = ("ours", "starter")


@pytest.fixture
def repository(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "ours":
        return ROOT
    _start(tmp_path)
    return tmp_path


def _start(folder: Path) -> None:
    """Writes the files of a new repository."""
    for name, content in starter_files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


both = pytest.mark.parametrize("repository", FOLDERS, indirect=True)


def _workflows(repository: Path) -> dict[str, dict[Any, Any]]:
    folder = repository / ".github" / "workflows"
    return {path.name: yaml.safe_load(path.read_text()) for path in sorted(folder.iterdir())}


@both
def test_actionlint_finds_nothing(repository: Path) -> None:
    files = sorted((repository / ".github" / "workflows").iterdir())
    found = subprocess.run([require_tool("actionlint"), *files], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@both
def test_zizmor_finds_nothing(repository: Path) -> None:
    options = ["--offline", "--no-progress", "--persona=pedantic"]
    command = [str(require_tool("zizmor")), *options, str(repository / ".github")]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@both
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(repository: Path) -> None:
    uses = [
        line
        for path in (repository / ".github" / "workflows").iterdir()
        for line in path.read_text().splitlines()
        if re.match(r"\s*(- )?uses:", line) and "uses: ./" not in line
    ]
    assert uses
    for line in uses:
        assert re.fullmatch(r"\s*(- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line
    # One action has one version everywhere.
    pins = {tuple(line.split("uses: ")[1].split("@")) for line in uses}
    assert len({name for name, _ in pins}) == len(pins)


@both
def test_what_may_write_runs_no_code_of_the_repository(repository: Path) -> None:
    for name, workflow in _workflows(repository).items():
        assert workflow["permissions"] == {}, name
        triggers = set(workflow[True])
        # What is called runs in the group of its caller, and would wait for it.
        assert "concurrency" in workflow or triggers == {"workflow_call"}, name
        for job in workflow["jobs"].values():
            if "uses" in job:
                continue
            assert "timeout-minutes" in job
            written = {scope for scope, right in job["permissions"].items() if right == "write"}
            # What was merged may prove to a cloud where it runs, and no pull request can.
            if written - ({"id-token"} if not triggers & {"pull_request"} and name != "site.yml" else set()):
                steps = job["steps"]
                assert not [step for step in steps if "run" in step or "actions/checkout" in step.get("uses", "")]
            for step in job["steps"]:
                if "actions/checkout" in step.get("uses", ""):
                    assert step["with"]["persist-credentials"] is False


@both
def test_no_workflow_gives_a_pull_request_the_rights_of_main(repository: Path) -> None:
    for workflow in _workflows(repository).values():
        # YAML 1.1 reads the key `on` as true.
        assert not {"pull_request_target", "workflow_run"} & set(workflow[True])


def test_new_repositories_get_the_workflows_that_we_use_ourselves() -> None:
    starter = dict(starter_files())
    own = (ROOT / ".github" / "workflows" / "check.yml").read_text()
    written = starter[".github/workflows/check.yml"].decode()
    # Only where Pagerworthy comes from differs: here it is the checkout itself.
    (install,) = [step for step in yaml.safe_load(written)["jobs"]["check"]["steps"] if step.get("name") == "Install"]
    expected = yaml.safe_load(own.replace(".venv/bin/", ""))
    for step in expected["jobs"]["check"]["steps"]:
        if step.get("run") == "make .venv/.installed":
            step["run"] = install["run"]
    assert yaml.safe_load(written) == expected


def _steps(repository: Path) -> list[str]:
    """What the jobs of a new repository run that are given nothing but a checkout, in their order."""
    jobs = {name: workflow["jobs"] for name, workflow in _workflows(repository).items()}
    steps = [*jobs["check.yml"]["check"]["steps"], *jobs["site.yml"]["build"]["steps"]]
    return [step["run"] for step in steps if "run" in step]


def _run_as_on_github(script: str, repository: Path) -> subprocess.CompletedProcess[str]:
    environ = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GITHUB_STEP_SUMMARY": str(repository.parent / "summary.md"),
        "HOME": str(repository.parent),
        # What requirements.txt names is installed here already, and no index is asked for it.
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(shell, cwd=repository, env=environ, capture_output=True, text=True, check=False)


@pytest.fixture
def new_repository(tmp_path: Path) -> Path:
    root = tmp_path / "repository"
    _start(root)
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "Begin"]):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=root, check=True)
    return root


def test_workflows_say_that_nothing_is_named_to_install(new_repository: Path) -> None:
    installs = [script for script in _steps(new_repository) if "pip install" in script]
    assert len(installs) == 2
    for text in (None, "", "# pagerworthy\n\n  # more\n"):
        if text is not None:
            (new_repository / "requirements.txt").write_text(text)
        for script in installs:
            run = _run_as_on_github(script, new_repository)
            assert run.returncode == 1
            assert run.stdout.startswith("::error file=requirements.txt,title=Nothing to install::")
            assert "where Pagerworthy comes from" in run.stdout


def test_every_step_of_a_new_repository_runs(new_repository: Path) -> None:
    (new_repository / "requirements.txt").write_text("pagerworthy\n")
    for script in _steps(new_repository):
        run = _run_as_on_github(script, new_repository)
        assert run.returncode == 0, f"{script}\n{run.stdout}\n{run.stderr}"
    assert (new_repository / "pagerworthy.sarif").stat().st_size
    assert "example" in (new_repository.parent / "summary.md").read_text()
    assert (new_repository / "public" / "index.html").is_file()


def test_new_repositories_gather_evidence_before_they_build_the_site() -> None:
    workflow = yaml.safe_load(dict(starter_files())[".github/workflows/site.yml"])
    commands = [step.get("run", "") for step in workflow["jobs"]["build"]["steps"]]
    assert [each.split()[1] for each in commands if each.startswith("pagerworthy ")] == ["collect", "site"]
