"""Sources in a process of their own: nothing that one of them does keeps the command beyond its time."""

import os
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pagerworthy.catalog import load
from pagerworthy.collect import Deadline, Gathered, SourceError, apart, gather, gather_apart
from pagerworthy.evidence.collectors import Context
from pagerworthy.parallel import can_fork
from pagerworthy.project import CollectSettings
from tests.collect.test_run import Fake
from tests.evidence.world import AS_OF, service, start

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere sources are asked in one process")


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Context:
    monkeypatch.setattr(apart, "can_fork", lambda: True)
    monkeypatch.setattr(apart, "_GRACE", 1.0)
    root = start(tmp_path / "root")
    for name in ("checkout", "pay"):
        service(root, name)
    return Context(load(root).catalog, root, AS_OF, CollectSettings())


def gathered(context: Context, *fakes: Fake, seconds: float = 30) -> dict[str, Gathered]:
    return {each.source: each for each in gather_apart(fakes, context, Deadline(seconds))}


def hold() -> object:
    """Holds the interpreter, for longer than anybody can wait."""
    time.sleep(0.5)
    return re.search(r"(a+)+b", "a" * 200)


def die() -> None:
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)


def fail() -> None:
    raise SourceError("nobody is there")


def test_what_holds_the_interpreter_is_ended_in_time(context: Context) -> None:
    started = time.monotonic()
    found = gathered(context, Fake("good", lambda: None), Fake("bad", hold), seconds=2)
    assert time.monotonic() - started < 30
    assert found["good"].failed == ""
    bad = found["bad"]
    assert bad.failed == "it was not done in time"
    assert {each.subject for each in bad.records} == {"checkout", "pay"}
    assert {each.failed for each in bad.records} == {bad.failed}
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_a_process_that_dies_leaves_nothing_known(context: Context) -> None:
    found = gathered(context, Fake("good", lambda: None), Fake("bad", die))
    assert found["good"].failed == ""
    assert {each.failed for each in found["bad"].records} == {"its process ended before it was done"}


@pytest.mark.parametrize("then", [fail, lambda: None])
def test_apart_or_not_the_same_is_brought(context: Context, then: Callable[[], object]) -> None:
    fake = Fake("one", then)
    (here,) = gather([fake], context, Deadline(30))
    assert gathered(context, fake)["one"].records == here.records
    assert gathered(context, fake)["one"].failed == here.failed


def test_where_another_thread_runs_nothing_is_forked() -> None:
    stop = threading.Event()
    other = threading.Thread(target=stop.wait)
    other.start()
    try:
        assert not can_fork()
    finally:
        stop.set()
        other.join()
