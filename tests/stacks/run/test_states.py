"""States and locks as a file backend has them."""

import gzip
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pagerworthy.cli.app import app
from pagerworthy.project import Project, Settings, StacksSettings
from pagerworthy.stacks.run import traces
from pagerworthy.stacks.run.backend import BackendError, FileBackend, Lock, is_there
from pagerworthy.stacks.run.locks import LockedError, alone, is_dead, wait_for
from pagerworthy.stacks.run.places import PROJECT_FILE, make_project, place_of

STACK = "cart.staging"
SIGNATURE = "4dabf18193072939515e22adb298388d"


def write(folder: Path, *, time: str = "2026-11-22T10:00:00.9Z", end: int = 1795341600, **history: Any) -> FileBackend:
    """A backend with one stack, whose last operation was as told."""
    urn = f"urn:pulumi:{STACK}::pagerworthy::"
    resources = [
        {
            "urn": f"{urn}pulumi:pulumi:Stack::x",
            "type": "pulumi:pulumi:Stack",
            "outputs": {
                "arn": "arn:1",
                "ids": ["a", "b"],
                "key": {SIGNATURE: "1b47", "ciphertext": "v1:abc"},
                "deep": [{"in": {SIGNATURE: "1b47", "ciphertext": "v1:abc"}}],
                "pagerworthy": {"digest": "sha256:1", "asks": ["platform.staging"], "unknown": 1},
            },
        },
        {"urn": f"{urn}pulumi:providers:aws::aws", "type": "pulumi:providers:aws", "custom": True},
        {"urn": f"{urn}aws:sns/topic:Topic::news", "type": "aws:sns/topic:Topic", "custom": True, "protect": True},
    ]
    pending = [
        {"resource": {"urn": f"{urn}aws:sns/topic:Topic::slow", "type": "aws:sns/topic:Topic"}, "type": "creating"}
    ]
    latest = {"manifest": {"time": time}, "resources": resources, "pending_operations": pending}
    base = folder / ".pulumi"
    (base / "stacks" / "pagerworthy").mkdir(parents=True)
    content = json.dumps({"version": 3, "checkpoint": {"stack": STACK, "latest": latest}})
    (base / "stacks" / "pagerworthy" / f"{STACK}.json").write_text(content)
    told = base / "history" / "pagerworthy" / STACK
    told.mkdir(parents=True)
    entry = {"kind": "update", "result": "succeeded", "endTime": end, **history}
    (told / f"{STACK}-9.history.json").write_text(json.dumps({"kind": "destroy", "result": "failed"}))
    (told / f"{STACK}-10.history.json").write_text(json.dumps(entry))
    return FileBackend(folder)


def test_a_state_says_what_a_run_needs_and_no_secret(tmp_path: Path) -> None:
    backend = write(tmp_path)
    assert backend.stacks() == [STACK]
    state = backend.read(STACK)
    assert state is not None
    assert state.outputs == {"arn": "arn:1", "ids": ["a", "b"]}
    assert state.secret == ("deep", "key")
    assert (state.record.digest, state.record.asks) == ("sha256:1", ("platform.staging",))
    assert (state.resources, state.settled) == (1, True)
    assert [(each.kind, each.name, each.type) for each in state.pending] == [
        ("creating", "slow", "aws:sns/topic:Topic")
    ]
    assert len(state.protected) == 1
    assert backend.read("other.staging") is None


@pytest.mark.parametrize(
    "history",
    [
        {"result": "failed"},
        {"kind": "refresh"},
        {"kind": "destroy"},
        # An engine that died after the last operation had ended.
        {"time": "2026-11-22T10:00:01Z"},
    ],
)
def test_only_an_up_that_succeeded_and_was_the_last_is_settled(tmp_path: Path, history: dict[str, Any]) -> None:
    state = write(tmp_path, **history).read(STACK)
    assert state is not None
    assert not state.settled


def test_a_stack_without_history_or_compressed_is_read_too(tmp_path: Path) -> None:
    backend = write(tmp_path)
    plain = tmp_path / ".pulumi" / "stacks" / "pagerworthy" / f"{STACK}.json"
    plain.with_name(f"{STACK}.json.gz").write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    for path in tmp_path.glob(".pulumi/history/**/*.json"):
        path.unlink()
    state = backend.read(STACK)
    assert backend.stacks() == [STACK]
    assert state is not None
    assert not state.settled


CHECKPOINT = f"stacks/pagerworthy/{STACK}.json"
HISTORY = f"history/pagerworthy/{STACK}"


def damage(folder: Path, file: str, content: bytes) -> None:
    """Puts a content into a file of a backend; a state is then nowhere else."""
    path = folder / ".pulumi" / file
    if file.startswith("stacks"):
        (folder / ".pulumi" / CHECKPOINT).unlink()
    path.write_bytes(content)


DAMAGES = [
    (CHECKPOINT, b'{"checkpoint": '),
    (CHECKPOINT, b""),
    (CHECKPOINT, b"[" * 100_000),
    (CHECKPOINT, b'{"checkpoint": {"latest": {"manifest": {"time": "yesterday"}}}}'),
    (CHECKPOINT, b'{"checkpoint": {"latest": {"pending_operations": [{"resource": {"urn": "x::y", "type": "t"}}]}}}'),
    (f"{CHECKPOINT}.gz", gzip.compress(b'{"checkpoint": {}}')[:-9]),
    (f"{CHECKPOINT}.gz", gzip.compress(b'{"checkpoint": {}}')[:12] + b"xxxxxxxxxxxx"),
    (f"{CHECKPOINT}.gz", b"no gzip"),
    (f"{HISTORY}/x.history.json", b"{}"),
    (f"{HISTORY}/{STACK}-11.history.json", b""),
    (f"{HISTORY}/{STACK}-11.history.json.gz", b"\x1f\x8b"),
]


@pytest.mark.parametrize(("file", "content"), DAMAGES)
def test_a_broken_state_is_an_error_and_not_an_empty_one(file: str, content: bytes, tmp_path: Path) -> None:
    backend = write(tmp_path)
    damage(tmp_path, file, content)
    with pytest.raises(BackendError, match=f"the state of {STACK} cannot be read: ") as raised:
        backend.read(STACK)
    assert str(tmp_path / ".pulumi" / file) in str(raised.value)
    assert raised.value.stack == STACK
    assert raised.value.help
    assert is_there(backend, STACK)
    assert backend.stacks() == [STACK]


def test_outputs_of_all_other_stacks_are_told_where_one_cannot_be_read(tmp_path: Path) -> None:
    state = tmp_path / ".pagerworthy" / "state"
    write(state)
    (tmp_path / "pagerworthy.toml").touch()
    stacks = state / ".pulumi" / "stacks" / "pagerworthy"
    (stacks / "bad.staging.json").write_text("")
    done = CliRunner().invoke(app, ["--root", str(tmp_path), "outputs", "staging"], standalone_mode=False)
    assert done.exception is None
    assert done.return_value == 1
    assert "arn: arn:1" in done.stdout
    assert f"error: the state of bad.staging cannot be read: {stacks / 'bad.staging.json'}: " in done.stderr
    assert "  help: put one that is whole in its place" in done.stderr


def lock(folder: Path, *, noted: str | None = None, **changes: Any) -> FileBackend:
    """A backend with one lock, of an engine of ours that is no more unless told otherwise.

    `noted` is where its note says that it began, empty for no note.
    """
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    import getpass

    content = {"pid": gone.pid, "username": getpass.getuser(), "hostname": socket.gethostname(), "timestamp": "2026"}
    locks = folder / ".pulumi" / "locks" / "organization" / "pagerworthy" / STACK
    locks.mkdir(parents=True)
    content |= changes
    (locks / "1.json").write_text(json.dumps(content))
    work = folder / "work"
    work.mkdir()
    if noted != "":
        (work / f"engine-{content['pid']}").write_text(traces.here() if noted is None else noted)
    return FileBackend(folder, lambda _: work)


def test_the_lock_of_a_dead_process_of_ours_is_removed(tmp_path: Path) -> None:
    backend = lock(tmp_path)
    assert len(wait_for(backend, STACK, 0, lambda: False)) == 1
    assert backend.locks(STACK) == []
    assert wait_for(backend, STACK, 0, lambda: False) == ()
    assert list((tmp_path / "work").iterdir()) == []


BOOT, PROCESSES = traces.here().split()


@pytest.mark.parametrize(
    "changes",
    [
        {"pid": os.getpid()},
        {"hostname": "elsewhere"},
        {"username": "somebody"},
        {"pid": 0},
        # Containers share their host's name and their folders, and number their processes apart.
        {"noted": ""},
        {"noted": f"{BOOT} pid:[1]"},
        {"noted": f"another-boot {PROCESSES}"},
    ],
)
def test_any_other_lock_stays_and_its_owner_is_named(tmp_path: Path, changes: dict[str, Any]) -> None:
    backend = lock(tmp_path, **changes)
    with pytest.raises(LockedError, match=r"is locked by .*@.*, process \d+, since 2026"):
        wait_for(backend, STACK, 0, lambda: True)
    assert len(backend.locks(STACK)) == 1


def test_a_process_that_lives_is_never_dead(tmp_path: Path) -> None:
    import getpass

    ours = Lock(getpass.getuser(), socket.gethostname(), os.getpid(), "", tmp_path, ours=True)
    assert not is_dead(ours)


def test_one_run_works_in_a_folder_at_a_time(tmp_path: Path) -> None:
    with (
        alone(tmp_path / "x", STACK, 0, lambda: False),
        pytest.raises(LockedError, match="another run"),
        alone(tmp_path / "x", STACK, 0, lambda: True),
    ):
        raise AssertionError
    with alone(tmp_path / "x", STACK, 0, lambda: False):
        pass


def test_a_rehearsal_has_a_state_of_its_own_whatever_is_set(tmp_path: Path) -> None:
    settings = Settings(stacks=StacksSettings(backend="s3://states", secrets_provider="awskms://alias/x"))
    project = Project(root=tmp_path, settings=settings)
    environ = {"PULUMI_BACKEND_URL": "s3://others"}
    assert place_of(project, {}).backend == "s3://states"
    assert place_of(project, environ).backend == "s3://others"
    assert place_of(Project(root=tmp_path), {}).backend == (tmp_path / ".pagerworthy/state").as_uri()
    one, two = (place_of(project, environ, f"http://127.0.0.1:{port}") for port in (5000, 5001))
    assert one.backend != two.backend
    assert one.folder is not None
    assert one.folder.is_relative_to(tmp_path / ".pagerworthy")
    assert (one.secrets, one.environment) == ("", {"PULUMI_CONFIG_PASSPHRASE": "rehearsal"})


def test_what_is_written_is_never_committed(tmp_path: Path) -> None:
    place = place_of(Project(root=tmp_path), {})
    place.prepare()
    assert (tmp_path / ".pagerworthy" / ".gitignore").read_text() == "*\n"
    folder = Settings(stacks=StacksSettings(backend="file://my states"))
    elsewhere = place_of(Project(root=tmp_path, settings=folder), {})
    assert elsewhere.folder == tmp_path / "my states"


def test_a_project_that_several_workers_make_is_whole_at_every_moment(tmp_path: Path) -> None:
    path = tmp_path / "work" / "any" / "Pulumi.yaml"
    make_project(path.parent)
    done = threading.Event()
    seen: set[str] = set()

    def look() -> None:
        while not done.is_set():
            seen.add(path.read_text())

    reader = threading.Thread(target=look)
    reader.start()
    other = PROJECT_FILE.replace("python", "other")
    for _ in range(200):
        replaced = path.with_name("other")
        replaced.write_text(other)
        replaced.replace(path)
        make_project(path.parent)
    done.set()
    reader.join()
    assert seen <= {PROJECT_FILE, other}
    assert [each.name for each in path.parent.iterdir()] == ["Pulumi.yaml"]
    # Where it is right, nobody writes it again.
    before = path.stat()
    make_project(path.parent)
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
