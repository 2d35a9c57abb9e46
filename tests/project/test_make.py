"""The Makefile and `.ci/run`: what the README promises is there, and the shell scripts are clean."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.tools import OPTIONAL, REQUIRE, TOOLS, require_tool

ROOT = Path(__file__).parents[2]
SCRIPTS = [ROOT / ".ci" / "run", ROOT / "requirements" / "lock.sh"]


def _make(*arguments: str) -> subprocess.CompletedProcess[str]:
    # As by hand, even where `make test` runs this.
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(["make", *arguments], cwd=ROOT, env=environ, capture_output=True, text=True, check=False)


def test_help_names_every_target() -> None:
    shown = _make("help").stdout
    makefile = (ROOT / "Makefile").read_text()
    (phony,) = [line for line in makefile.splitlines() if line.startswith(".PHONY:")]
    assert [line.split()[1] for line in shown.splitlines()] == phony.split()[1:]
    assert {"demo", "serve", "test", "lint", "bench"} <= set(phony.split())


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_scripts_are_clean_and_can_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
    found = subprocess.run([require_tool("shellcheck"), script], capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


def test_ci_installs_every_tool_that_tests_require() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    locked = (ROOT / "requirements" / "dev.txt").read_text()
    assert REQUIRE in script
    assert OPTIONAL in script
    for name, tool in TOOLS.items():
        assert tool.optional or name in script or f"\n{name}==" in locked, name


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    # Stands in for an older Python: it runs the check with a version of its own.
    old.write_text('#!/bin/sh\nexec python3 -c "import sys; sys.version_info = (3, 9, 2); exec(sys.argv[1])" "$2"\n')
    old.chmod(0o755)
    target = f"PYTHON={old}"
    found = _make(target, f"VENV={tmp_path / 'venv'}", str(tmp_path / "venv" / ".installed"))
    assert found.returncode != 0
    assert "Pagerworthy needs Python 3.11 or later" in found.stderr
    assert not (tmp_path / "venv").exists()
