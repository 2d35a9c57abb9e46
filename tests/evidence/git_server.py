"""A real git server: what a clone brings over the wire, and what a push meets."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.evidence.world import git
from tests.tools import require_tool


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address under which the repositories in a folder can be cloned, in part too, and pushed to."""
    program = Path(git(folder, "--exec-path")) / "git-daemon"
    assert program.exists(), "git has no daemon: it comes with the Debian package git"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                program,
                "--listen=127.0.0.1",
                f"--port={port}",
                f"--base-path={folder}",
                "--export-all",
                "--enable=receive-pack",
                "--reuseaddr",
                "--verbose",
                str(folder),
            ],
            env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _wait(port, process, folder / "log")
            yield f"git://127.0.0.1:{port}"
        finally:
            # With those that still talk to somebody.
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def bare(folder: Path, source: Path) -> Path:
    """A bare copy of a repository, of which clones may be partial."""
    require_tool("git")
    git(folder, "clone", "-q", "--bare", str(source), f"{source.name}.git")
    copy = folder / f"{source.name}.git"
    git(copy, "config", "uploadpack.allowFilter", "true")
    return copy


def _wait(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(600):
        assert process.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"no answer: {log.read_text()}")
