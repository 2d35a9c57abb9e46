"""Second processes: the same answer, and none left behind however the first one ends."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pagerworthy.parallel import at_once, in_halves

# A shell's background job ignores SIGINT, and so would what it starts.
SLEEPER = """\
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)
from pagerworthy.cli.app import main
from pagerworthy.parallel import in_halves

def work(items):
    # In one call: both write to one pipe, and print would end its line with another.
    os.write(1, f"{os.getpid()}{os.linesep}".encode())
    time.sleep(60)
    return list(items)

import pagerworthy.cli.app as cli
cli.app = lambda **_: in_halves(work, [1, 2], int, many=2)
main()
"""


def test_halves_come_back_in_order() -> None:
    assert in_halves(lambda items: [2 * item for item in items], range(101), int, many=10) == list(range(0, 202, 2))


def test_both_come_back_even_where_the_second_process_dies() -> None:
    first = os.getpid()
    there = [lambda: "there", lambda: "there" if os.getpid() == first else os._exit(1)]
    assert [at_once(lambda: "here", each, str) for each in there] == [("here", "there")] * 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is told to end a process with its parent")
@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_no_process_outlives_the_first(sent: signal.Signals, code: int) -> None:
    with subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        first = int(process.stdout.readline())
        workers = {first, int(process.stdout.readline())} - {process.pid} if _two() else set()
        process.send_signal(sent)
        # Output ends when the last process that holds it has ended.
        process.stdout.read()
        assert process.wait(10) == code
        assert b"Traceback" not in process.stderr.read()
    until = time.monotonic() + 10
    while any(_lives(worker) for worker in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(_lives(worker) for worker in workers)


def _two() -> bool:
    done = subprocess.run(
        [sys.executable, "-c", "from pagerworthy.parallel import can_fork; print(can_fork())"],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip() == "True"


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"
