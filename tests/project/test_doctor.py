"""`doctor`: sees what is missing, and the command that it names mends it."""

import shlex
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli import doctor
from pagerworthy.cli.app import app
from pagerworthy.cli.doctor import Finding, State, examine
from pagerworthy.cli.exits import Exit
from pagerworthy.project import open_project


@pytest.fixture
def started(tmp_path: Path) -> Path:
    CliRunner().invoke(app, ["init", str(tmp_path)], standalone_mode=False)
    return tmp_path


def _bad(root: Path | None) -> list[Finding]:
    return [finding for finding in examine(root) if finding.state is not State.OK]


def _run(command: str) -> None:
    program, *arguments = shlex.split(command)
    assert program == "pagerworthy"
    CliRunner().invoke(app, arguments, standalone_mode=False, catch_exceptions=False)


def test_a_new_catalog_lacks_nothing_that_is_needed(started: Path) -> None:
    assert all(finding.state is not State.MISSING for finding in examine(started))
    assert CliRunner().invoke(app, ["--root", str(started), "doctor"], standalone_mode=False).return_value == Exit.FINE


def test_every_finding_that_is_not_fine_names_one_command(tmp_path: Path) -> None:
    (tmp_path / "catalog").mkdir()
    for finding in examine(tmp_path):
        assert (finding.mend == "") == (finding.state is State.OK), finding
        assert "\n" not in finding.mend


def test_no_repository(tmp_path: Path) -> None:
    root = tmp_path / "not there"
    (finding,) = [each for each in _bad(root) if each.state is State.MISSING]
    _run(finding.mend)
    assert not [each for each in _bad(root) if each.state is State.MISSING]


def test_workflows_that_have_nothing_to_install(started: Path) -> None:
    (finding,) = [each for each in _bad(started) if "requirements.txt" in each.says]
    assert finding.state is State.OPTIONAL
    assert "where Pagerworthy comes from" in finding.says
    subprocess.run(["sh", "-c", finding.mend], check=True)
    assert not [each for each in _bad(started) if "requirements.txt" in each.says]
    (started / "requirements.txt").unlink()
    assert [each for each in _bad(started) if "requirements.txt" in each.says]


def test_settings_that_cannot_be_read(started: Path) -> None:
    (started / "pagerworthy.toml").write_text("[evidnce]\n")
    (finding,) = [each for each in _bad(started) if each.state is State.MISSING]
    assert "evidnce" in finding.says
    result = CliRunner().invoke(app, ["--root", str(started), "doctor"], standalone_mode=False)
    assert result.return_value == Exit.PROBLEMS


def test_a_broken_rubric(started: Path) -> None:
    (started / "scoring" / "policy.yaml").write_text("limits: []\n")
    (finding,) = [each for each in _bad(started) if each.state is State.MISSING]
    assert "scoring/policy.yaml" in finding.says


@pytest.mark.parametrize("change", ["unlink", "old"])
def test_schemas_out_of_step(started: Path, change: str) -> None:
    place = started / "schemas" / "service.schema.json"
    if change == "unlink":
        place.unlink()
    else:
        place.write_text("{}")
    (finding,) = [each for each in _bad(started) if "schema" in each.says or "editors" in each.says]
    assert finding.state is State.OPTIONAL
    _run(finding.mend)
    assert not [each for each in _bad(started) if "--schemas" in each.mend]


def test_an_empty_catalog(started: Path) -> None:
    (started / "catalog" / "services" / "example.yaml").unlink()
    assert [each.says for each in _bad(started) if each.state is State.MISSING] == ["the catalog has no service"]


def test_an_old_python() -> None:
    assert doctor.python((3, 10)).state is State.MISSING
    assert doctor.python((3, 14)).state is State.OK


def test_a_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metadata, "requires", lambda _: ["click>=8.1", "absent-package<3", "pulumi; extra == 'stacks'"])
    finding = doctor.packages()
    assert finding.state is State.MISSING
    assert finding.mend == "pip install absent-package"


def test_a_program_that_is_not_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert doctor.program("git", "the collector", "apt-get install git") == Finding(
        State.OPTIONAL, "git is not here; it is for the collector", "apt-get install git"
    )


@pytest.mark.parametrize(
    ("repository", "states"),
    [
        ("", [State.OK]),
        ("shop/catalog", [State.OPTIONAL, State.OPTIONAL]),
        ("shop@12/catalog@345", [State.OK, State.OPTIONAL]),
    ],
)
def test_whom_the_cloud_lets_in_as_ci(repository: str, states: list[State], tmp_path: Path) -> None:
    (tmp_path / "pagerworthy.toml").write_text(f'[stacks]\nrepository = "{repository}"\n')
    found = list(doctor.continuous(open_project(tmp_path)))
    assert [each.state for each in found] == states
    assert repository in found[0].says
    # The numbers are GitHub's way to say who it is, and no part of an address.
    assert all("repos/shop/catalog/" in each.mend for each in found if each.mend)
