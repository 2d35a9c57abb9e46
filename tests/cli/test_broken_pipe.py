"""Whoever reads the output may go: that is no problem of the catalog, and no traceback."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["check", "--help"], ["docs", "criteria"]])
def test_a_reader_that_has_gone_is_told_from_problems(arguments: list[str]) -> None:
    command = [sys.executable, "-m", "pagerworthy", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 2
