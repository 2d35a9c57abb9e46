"""Shell completion."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import COMMANDS, app


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_is_printed_and_parses(shell: str, tmp_path: Path) -> None:
    script = CliRunner().invoke(app, ["completion", shell], standalone_mode=False).output
    assert "_PAGERWORTHY_COMPLETE" in script
    if found := shutil.which(shell):
        subprocess.run([found, "-n"], input=script, text=True, check=True, cwd=tmp_path)


def test_commands_are_completed() -> None:
    environ = os.environ | {"_PAGERWORTHY_COMPLETE": "bash_complete", "COMP_WORDS": "pagerworthy ", "COMP_CWORD": "1"}
    found = subprocess.run(
        [Path(sys.executable).parent / "pagerworthy"], env=environ, capture_output=True, text=True, check=False
    )
    assert {line.split(",")[1] for line in found.stdout.splitlines()} == set(COMMANDS)
