"""A real Prometheus over blocks, and a real Alertmanager, on this machine, for as long as somebody asks them."""

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.servers import BrokenError, running
from tests.tools import TOOLS, find_tool

NEEDED = ("prometheus", "promtool", "alertmanager")
_PATIENCE = 180
_YEARS = "100y"


def tool(name: str) -> str:
    """The program's path. Raises BrokenError, with what it comes with."""
    found = find_tool(name)
    if found is None:
        raise BrokenError(f"{name} is not on the PATH: it comes with {TOOLS[name].found_in}")
    return str(found)


def run(
    command: Sequence[str | Path],
    *,
    fine: tuple[int, ...] = (0,),
    cwd: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> str:
    """What a program says, standard error included. Raises BrokenError where it ends otherwise."""
    done = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env={**os.environ, **(variables or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode not in fine:
        raise BrokenError(f"{Path(str(command[0])).name} ended with {done.returncode}:\n{done.stdout[-4000:]}")
    return done.stdout


def pagerworthy(root: Path, *arguments: str | Path, fine: tuple[int, ...] = (0,), **variables: str) -> str:
    """The product's own command, for a repository."""
    return run([sys.executable, "-m", "pagerworthy", "--root", root, *arguments], fine=fine, variables=variables)


@contextmanager
def prometheus(folder: Path, data: Path, *, rules: str = "", alerts_to: str = "", interval: int = 60) -> Iterator[str]:
    """Its address, once it is ready; `rules` is a pattern of files, `alerts_to` an Alertmanager's address."""
    folder.mkdir(parents=True, exist_ok=True)
    configuration: dict[str, object] = {"global": {"evaluation_interval": f"{interval}s"}}
    if rules:
        configuration["rule_files"] = [rules]
    if alerts_to:
        target = {"targets": [alerts_to.removeprefix("http://")]}
        configuration["alerting"] = {"alertmanagers": [{"static_configs": [target]}]}
    file = folder / "prometheus.json"
    file.write_text(json.dumps(configuration), encoding="utf-8")
    command = [
        tool("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={_YEARS}",
        # Blocks stay as they are.
        "--storage.tsdb.min-block-duration=2h",
        "--storage.tsdb.max-block-duration=2h",
        "--log.level=error",
    ]
    with running(command, folder / "prometheus.log") as server:
        yield server.address
    # What it noted of its own time is of no other one.
    for each in ("wal", "chunks_head"):
        shutil.rmtree(data / each, ignore_errors=True)


@contextmanager
def alertmanager(folder: Path, configuration: Path) -> Iterator[str]:
    """Its address, once it is ready."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [
        tool("alertmanager"),
        f"--config.file={configuration}",
        f"--storage.path={folder / 'data'}",
        "--cluster.listen-address=",
        "--log.level=error",
    ]
    with running(command, folder / "alertmanager.log") as server:
        yield server.address


def until(address: str, path: str, holds: Callable[[object], bool], what: str) -> None:
    """Waits until an answer is as it should be. Raises BrokenError where it never is."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with urllib.request.urlopen(f"{address}{path}", timeout=30) as answer:  # noqa: S310 -- of this machine
            if holds(json.load(answer)):
                return
        time.sleep(0.25)
    raise BrokenError(f"waited {_PATIENCE} s for {what}")
