"""The command line starts at once: what a command does not need is not loaded."""

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import pagerworthy.cli
from pagerworthy.cli.app import COMMANDS, module_of

# What loading costs the most; a command that needs one of them loads it itself.
HEAVY = {
    "cel_expr_python",
    "git",
    "google",
    "jinja2",
    "jsonschema",
    "jsonschema_rs",
    "networkx",
    "pulumi",
    "ryaml",
    "yaml",
}


def _loaded(code: str) -> set[str]:
    found = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(' '.join(sys.modules))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {name.split(".")[0] for name in found.stdout.splitlines()[-1].split()}


def test_help_loads_no_stage() -> None:
    loaded = _loaded(
        "from click.testing import CliRunner\nfrom pagerworthy.cli.app import app\n"
        "assert CliRunner().invoke(app, ['--help']).exit_code == 0"
    )
    assert not loaded & (HEAVY | {"msgspec"})


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github", "markdown"])
def test_reporting_problems_loads_no_engine_of_scoring(form: str) -> None:
    loaded = _loaded(
        f"from pagerworthy import report\nassert report.problems({form!r})(report.ProblemReport(()), report.PLAIN)"
    )
    assert not loaded & HEAVY


def test_every_command_has_its_module() -> None:
    for name in COMMANDS:
        assert importlib.import_module(f"pagerworthy.cli.{module_of(name)}").command
    folder = Path(pagerworthy.cli.__path__[0])
    with_command = {path.stem for path in folder.glob("*.py") if "\ndef command(" in path.read_text()}
    assert with_command == set(map(module_of, COMMANDS))


def test_the_package_can_be_run() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "pagerworthy", "--version"], capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith("pagerworthy")
