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
from pagerworthy.stacks.run.preflight import plugin
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


@pytest.mark.parametrize(("code", "fails", "told"), [(0, False, False), (1, False, True), (2, True, False)])
def test_a_source_that_failed_is_told_of_and_keeps_no_site_from_being_built(
    code: int, fails: bool, told: bool, new_repository: Path
) -> None:
    script = next(each for each in _steps(new_repository) if "pagerworthy collect" in each)
    run = _run_as_on_github(script.replace("pagerworthy collect", f"(exit {code})"), new_repository)
    assert (run.returncode != 0, "::warning title=Evidence::A source failed" in run.stdout) == (fails, told)


def test_a_new_repository_trusts_the_branch_that_its_site_is_built_of() -> None:
    workflow = yaml.safe_load(dict(starter_files())[".github/workflows/site.yml"])
    gather = next(each for each in workflow["jobs"]["build"]["steps"] if "collect" in each.get("run", ""))
    # YAML 1.1 reads the key `on` as true.
    built = workflow[True]["push"]["branches"]
    assert [gather["env"]["PAGERWORTHY_TRUSTED_REF"]] == [f"origin/{each}" for each in built]


def _jobs_with(command: str) -> list[tuple[str, dict[Any, Any]]]:
    """Our jobs that run this command, by workflow and job."""
    return [
        (f"{name}: {key}", job)
        for name, workflow in _workflows(ROOT).items()
        for key, job in workflow["jobs"].items()
        if any(re.search(command, step.get("run", "")) for step in job.get("steps", ()))
    ]


ENGINE = r"pagerworthy (up|preview|refresh|drift|destroy)\b"


def test_runners_have_the_plugin_that_the_engine_asks_for(tmp_path: Path) -> None:
    found = _jobs_with(ENGINE)
    assert {name for name, _ in found} == {"provision.yml: preview", "wave.yml: up"}
    asked = plugin({"HOME": str(tmp_path)})
    assert asked is not None
    fake = tmp_path / "pulumi"
    fake.write_text('#!/bin/sh\necho "pulumi $@" >> "$0.log"\n')
    fake.chmod(0o755)
    for name, job in found:
        scripts = [step.get("run", "") for step in job["steps"]]
        engine = next(number for number, script in enumerate(scripts) if re.search(ENGINE, script))
        [number] = [number for number, script in enumerate(scripts) if "plugin install" in script]
        assert scripts.index("make stacks") < number < engine, name
        environ = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"}
        script = scripts[number].replace(".venv/bin/python", sys.executable)
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        subprocess.run(shell, cwd=tmp_path, env=environ, check=True)
    assert set((tmp_path / "pulumi.log").read_text().splitlines()) == {asked.mend}


def test_the_right_to_work_lasts_as_long_as_a_job_may() -> None:
    # What the roles allow: the platform's program says so.
    longest = {"provision.yml: preview": 3600, "wave.yml: up": 4 * 3600}
    for name, job in _jobs_with(ENGINE):
        [step] = [each for each in job["steps"] if "configure-aws-credentials" in each.get("uses", "")]
        seconds = step["with"]["role-duration-seconds"]
        assert job["timeout-minutes"] * 60 <= seconds <= longest[name], name


def test_only_what_was_begun_is_recovered_and_nothing_is_changed_by_it() -> None:
    [(_, job)] = _jobs_with("pagerworthy up")
    steps = {step.get("name"): step for step in job["steps"]}
    assert steps["Up"]["id"] == "up"
    assert "steps.up.outcome" in steps["Recover"]["if"]
    assert "cancelled()" in steps["Recover"]["if"]
    assert steps["Recover"]["run"].rstrip().endswith(" --recover")
    # GitHub tells a step's first process that it is cancelled, and no other.
    for name in ("Up", "Recover"):
        assert steps[name]["run"].splitlines()[-1].startswith("exec .venv/bin/pagerworthy "), name


def test_previews_are_shown_before_anybody_is_asked_and_stop_nobody() -> None:
    jobs = _workflows(ROOT)["provision.yml"]["jobs"]
    assert jobs["preview"]["environment"].endswith("-preview")
    assert "environment" not in jobs["plan"]
    assert jobs["platform"]["needs"] == ["plan", "preview"]
    assert jobs["platform"]["if"] == "${{ !cancelled() && needs.plan.result == 'success' }}"
    kept = [step["with"] for step in jobs["preview"]["steps"] if "upload-artifact" in step.get("uses", "")]
    assert [each["retention-days"] for each in kept] == [5]


@pytest.mark.parametrize(("code", "goes_on"), [(0, True), (1, True), (2, False)])
def test_gaps_in_waves_are_shown_and_stop_nobody_else(tmp_path: Path, code: int, *, goes_on: bool) -> None:
    [(_, job)] = _jobs_with("pagerworthy waves")
    [script] = [step["run"] for step in job["steps"] if "pagerworthy waves" in step.get("run", "")]
    fake = tmp_path / ".venv" / "bin" / "pagerworthy"
    fake.parent.mkdir(parents=True)
    said = "cart is in no wave: its entry cannot be read" if code else ""
    fake.write_text(f"#!/bin/sh\necho waves=2\n{f'echo {said} >&2' if said else ''}\nexit {code}\n")
    fake.chmod(0o755)
    environ = {"PATH": os.environ["PATH"], "ENVIRONMENT": "staging", "GITHUB_OUTPUT": str(tmp_path / "output")}
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    run = subprocess.run(shell, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert (run.returncode == 0) is goes_on
    assert (f"::warning title=Not all is provisioned::{said}" in run.stdout) is (code == 1)
    assert said in run.stderr
    assert (tmp_path / "output").read_text() == "waves=2\n"


@pytest.mark.parametrize("name", ["preview.yml", "provision.yml"])
def test_what_runs_for_stacks_runs_for_all_that_they_follow_from(name: str) -> None:
    from pagerworthy.stacks.commits import FOLLOWED

    text = (ROOT / ".github" / "workflows" / name).read_text("utf-8")
    wanted = ", ".join(f'"{each}"' if "." in each else f'"{each}/**"' for each in FOLLOWED)
    assert f"    paths: [{wanted}]\n" in text
