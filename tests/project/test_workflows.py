"""The workflows, ours and those that `init` writes: clean, pinned, and without rights that they do not need."""

import re
import subprocess
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
    for name, content in starter_files():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tmp_path


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
        if re.match(r"\s*(- )?uses:", line)
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
        assert "concurrency" in workflow, name
        for job in workflow["jobs"].values():
            assert "timeout-minutes" in job
            if "write" in job["permissions"].values():
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
    expected = own.replace("make .venv/.installed", "python -m pip install -r requirements.txt")
    assert starter[".github/workflows/check.yml"].decode() == expected.replace(".venv/bin/", "")


def test_new_repositories_gather_evidence_before_they_build_the_site() -> None:
    workflow = yaml.safe_load(dict(starter_files())[".github/workflows/site.yml"])
    commands = [step.get("run", "") for step in workflow["jobs"]["build"]["steps"]]
    assert [each.split()[1] for each in commands if each.startswith("pagerworthy ")] == ["collect", "site"]
