"""Locks of backends that are asked through Pulumi's command line."""

import getpass
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.automation import CommandResult
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from pagerworthy.stacks.program import Cloud
from pagerworthy.stacks.run import traces
from pagerworthy.stacks.run.backend import BackendError, CommandBackend, told_locks
from pagerworthy.stacks.run.command import EngineCommand, Engines
from pagerworthy.stacks.run.engine import EngineError
from pagerworthy.stacks.run.locks import LockedError, wait_for
from pagerworthy.stacks.run.orders import Orders
from pagerworthy.stacks.run.places import Place
from pagerworthy.stacks.run.preflight import Ready
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.visit import Visitor
from tests.stacks.run.tiny import declare

STACK = "cart.staging"
HELD = "error: the stack is currently locked by 1 lock(s). Either wait or delete the lock file with `pulumi cancel`.\n"
TAKEN = "error: a stack named cart.staging already exists"
ABSENT = "error: no stack named 'cart.staging' found"


def gone() -> int:
    """A process that was and is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


class Pulumi:
    """A command line that answers as Pulumi does where locks lie in `held`, and remembers what it was asked."""

    def __init__(self, held: list[str]) -> None:
        self.held = held
        self.asked: list[str] = []
        self.engines = Engines()
        self.version = VersionInfo(3, 260, 0)

    def within(self, seconds: float, grace: float = 0.0) -> "Pulumi":
        return self

    def said(self, error: Exception) -> str:
        return str(error)

    def scrub(self, text: str) -> str:
        return text

    def run(self, arguments: list[str], *_: object, **__: object) -> CommandResult:
        self.asked.append(" ".join(arguments[:2]))
        if arguments[0] == "cancel":
            self.held.clear()
            return CommandResult("", "", 0)
        if arguments[:2] == ["stack", "export"]:
            return CommandResult(json.dumps({"deployment": {}}), "", 0)
        if arguments[:2] == ["stack", "history"]:
            return CommandResult("[]", "", 0)
        said = HELD + "\n".join(self.held) if self.held else TAKEN
        raise create_command_error(CommandResult("", said, 255))


def locked(pid: int, host: str = "", user: str = "") -> str:
    who = f"{user or getpass.getuser()}@{host or socket.gethostname()}"
    return f"  s3://states/x.json: created by {who} (pid {pid}) at 2026-11-22T11:00:00+01:00"


def backend_with(root: Path, pulumi: Pulumi, *cut_off: int) -> CommandBackend:
    place = Place(root=root, backend="s3://states", work=root / "work")
    place.work_folder(STACK).mkdir(parents=True)
    for process in cut_off:
        traces.began(place.work_folder(STACK), process)
    return CommandBackend(place, cast("EngineCommand", pulumi))


def test_the_lock_of_an_engine_that_was_cut_off_here_is_taken_away(tmp_path: Path) -> None:
    process = gone()
    pulumi = Pulumi([locked(process)])
    backend = backend_with(tmp_path, pulumi, process)
    (lock,) = wait_for(backend, STACK, 0, lambda: True)
    assert lock.owner.endswith(f", process {process}, since 2026-11-22T10:00:00Z")
    assert pulumi.asked == ["stack rename", "cancel --yes"]
    # From now on nobody asks any more: to ask costs a command.
    assert wait_for(backend, STACK, 0, lambda: True) == ()
    assert len(pulumi.asked) == 2


@pytest.mark.parametrize("whose", ["alive", "not noted", "other host", "other user", "one of two"])
def test_any_other_lock_stays_and_its_owner_is_named(tmp_path: Path, whose: str) -> None:
    process = os.getpid() if whose == "alive" else gone()
    host, user = ("far" if whose == "other host" else ""), ("eve" if whose == "other user" else "")
    held = [locked(process, host, user)] + [locked(process + 1, "far")] * (whose == "one of two")
    pulumi = Pulumi(held)
    # Runners of CI share names: only what was begun here is known to be of here.
    backend = backend_with(tmp_path, pulumi, gone() if whose == "not noted" else process)
    with pytest.raises(LockedError, match=f"process {process}, since 2026-11-22T10:00:00Z"):
        wait_for(backend, STACK, 0, lambda: True)
    assert "cancel --yes" not in pulumi.asked


def test_where_no_engine_was_cut_off_nothing_is_asked(tmp_path: Path) -> None:
    pulumi = Pulumi([locked(gone())])
    assert backend_with(tmp_path, pulumi).locks(STACK) == ()
    assert pulumi.asked == []


def test_a_note_without_a_lock_is_forgotten(tmp_path: Path) -> None:
    pulumi = Pulumi([])
    backend = backend_with(tmp_path, pulumi, gone())
    assert wait_for(backend, STACK, 0, lambda: True) == ()
    assert wait_for(backend, STACK, 0, lambda: True) == ()
    assert pulumi.asked == ["stack rename"]


def test_an_absent_stack_is_found_out_without_a_list(tmp_path: Path) -> None:
    class Empty(Pulumi):
        def run(self, arguments: list[str], *_: object, **__: object) -> CommandResult:
            self.asked.append(" ".join(arguments[:2]))
            said = ABSENT if arguments[1] == "export" else "error: no way"
            raise create_command_error(CommandResult("", said, 255))

    pulumi = Empty([])
    backend = backend_with(tmp_path, pulumi)
    assert [backend.read(STACK), backend.read(STACK)] == [None, None]
    assert pulumi.asked == ["stack export", "stack export"]
    with pytest.raises(BackendError, match="no way"):
        backend.stacks()


def test_what_failed_is_told_although_its_lock_cannot_be_had(tmp_path: Path) -> None:
    pulumi = Pulumi([locked(gone())])
    visitor = visitor_of(tmp_path, pulumi)

    def fail() -> Visit:
        with visitor._holding(STACK):
            traces.began(visitor._place.work_folder(STACK), gone())
            raise EngineError("took longer than 8 s and was stopped")

    done = visitor._guarded(STACK, fail)
    assert (done.outcome, done.message) == (Outcome.FAILED, "took longer than 8 s and was stopped")


def test_whose_lock_it_is_and_what_mends_it_is_said(tmp_path: Path) -> None:
    pulumi = Pulumi([locked(41, "runner-7", "runner")])
    visitor = visitor_of(tmp_path, pulumi)
    engine = visitor._engine(STACK)
    engine.folder.mkdir(parents=True)
    (engine.folder / "Pulumi.yaml").write_text("name: pagerworthy\nruntime: python\n")
    done = visitor._guarded(STACK, lambda: Visit(STACK, Outcome.REFRESHED, engine.refresh()))
    assert done.outcome is Outcome.FAILED
    assert done.message == f"{STACK} is locked by runner@runner-7, process 41, since 2026-11-22T10:00:00Z"
    assert f"`PULUMI_BACKEND_URL=s3://states pulumi cancel --yes --stack {STACK}`" in done.help


def test_recovering_touches_no_state_and_needs_no_stack(tmp_path: Path) -> None:
    process = gone()
    pulumi = Pulumi([locked(process)])
    visitor = visitor_of(tmp_path, pulumi)
    folder = visitor._place.work_folder(STACK)
    folder.mkdir(parents=True)
    traces.began(folder, process)
    done = visitor.recover(STACK)
    assert (done.outcome, len(done.notes)) == (Outcome.UNCHANGED, 1)
    assert f"process {process}" in done.notes[0]
    assert pulumi.asked == ["stack rename", "cancel --yes", "stack export", "stack history"]
    assert visitor.recover(STACK).notes == ()


def visitor_of(root: Path, pulumi: Pulumi) -> Visitor:
    place = Place(root=root, backend="s3://states", work=root / "work")
    backend = CommandBackend(place, cast("EngineCommand", pulumi))
    ready = SimpleNamespace(place=place, command=pulumi, backend=backend, version="3.260.0")
    return Visitor(cast("Ready", ready), Cloud(), declare, Orders(patience=0))


WORD = st.text("abcdefghijklmnopqrstuvwxyz0123456789-._", min_size=1, max_size=12)


@given(st.lists(st.tuples(WORD, WORD, st.integers(1, 2**22)), max_size=4), st.sets(st.integers(1, 2**22)))
def test_all_locks_that_are_told_are_read(told: list[tuple[str, str, int]], known: set[int]) -> None:
    lines = [
        f"  s3://b/{n}.json: created by {u}@{h} (pid {p}) at 2026-11-22T10:00:00Z" for n, (u, h, p) in enumerate(told)
    ]
    found = told_locks(HELD + "\n".join(lines), known)
    assert [(each.user, each.host, each.pid) for each in found] == told
    assert [each.ours for each in found] == [pid in known for _, _, pid in told]
