"""Real servers of Prometheus's family on this machine, for as long as somebody asks them."""

import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

_PATIENCE = 180


class BrokenError(Exception):
    """A program is not there, or does not do what it should."""


class Server(NamedTuple):
    """Where a server answers, and what it has written."""

    address: str
    process: "subprocess.Popen[bytes]"
    log: Path


@contextmanager
def running(command: Sequence[object], log: Path) -> Iterator[Server]:
    """A server once it is ready, at a port of its own. Raises BrokenError, with its log, where it never is."""
    port = free_port()
    listening = [*map(str, command), f"--web.listen-address=127.0.0.1:{port}"]
    with log.open("wb") as stream, subprocess.Popen(listening, stdout=stream, stderr=subprocess.STDOUT) as process:
        server = Server(f"http://127.0.0.1:{port}", process, log)
        try:
            _wait(server)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _wait(server: Server) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and server.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.address}/-/ready", timeout=5):  # noqa: S310 -- of this machine
                return
        except OSError:
            time.sleep(0.05)
    raise BrokenError(f"{server.process.args!r} is not ready:\n{server.log.read_text(errors='replace')[-4000:]}")
