"""Backends: what they know of stacks, read without an engine where that is possible."""

import gzip
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.run import traces
from pagerworthy.stacks.run.places import Place, make_project
from pagerworthy.stacks.run.state import Deployment, StackState, Update, state_of

if TYPE_CHECKING:
    from pagerworthy.stacks.run.command import EngineCommand

# The stack's name is part of paths; nothing else is ever looked for.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")
# As Pulumi tells of each lock: `created by runner@host (pid 123) at 2026-11-22T10:00:00Z`.
_TOLD_LOCK = re.compile(r"created by (.+?)@(\S*) \(pid (\d+)\) at (\S+)")
# The name of a file of the history ends in the moment of its operation.
_MOMENT = re.compile(r"-\d{1,30}\.history\.json(\.gz)?$")
# So many operations are looked at for the last update.
_LOOKED_AT = 10


class Lock(msgspec.Struct, frozen=True):
    """A lock of a backend: which process holds the stack.

    `file` has to go for it to be free; None where Pulumi has to be told so. `ours` is whether that process is an engine
    that was noted here: runners of CI and containers may share the names of users and hosts.
    """

    user: str
    host: str
    pid: int
    since: str
    file: Path | None = None
    ours: bool = False

    @property
    def owner(self) -> str:
        since = self.since
        with suppress(ValueError):
            since = f"{datetime.fromisoformat(since).astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return f"{self.user}@{self.host}, process {self.pid}, since {since}"


def told_locks(text: str, known: Iterable[int] = ()) -> tuple[Lock, ...]:
    """The locks that Pulumi tells of; those of the processes in `known` are ours."""
    processes = frozenset(known)
    return tuple(
        Lock(user, host, int(pid), since, ours=int(pid) in processes)
        for user, host, pid, since in _TOLD_LOCK.findall(text)
    )


class Backend(Protocol):
    """What a run asks of a backend."""

    def stacks(self) -> Sequence[str]:
        """The names of all stacks of the project. Raises BackendError where it cannot be reached."""

    def read(self, stack: str) -> StackState | None:
        """A stack's state; None where there is no such stack."""

    def locks(self, stack: str) -> Sequence[Lock]:
        """Who holds the stack, as far as the backend lets us look."""

    def free(self, stack: str, lock: Lock) -> None:
        """Takes a lock away whose owner is dead."""


class BackendError(Exception):
    """A backend that cannot be reached, or the state of `stack` that cannot be read, and `help` what mends it."""

    def __init__(self, message: str, mend: str = "", stack: str = "") -> None:
        super().__init__(message)
        self.help = mend
        self.stack = stack


def is_there(backend: Backend, stack: str) -> bool:
    """Whether there is such a stack; one whose state cannot be read is there."""
    try:
        return backend.read(stack) is not None
    except BackendError:
        return True


def backend_of(place: Place, command: "EngineCommand") -> Backend:
    """The way to read a place's backend: files directly, all others through Pulumi."""
    return CommandBackend(place, command) if place.folder is None else FileBackend(place.folder, place.work_folder)


class _Checkpoint(msgspec.Struct, frozen=True):
    latest: Deployment | None = None


class _CheckpointFile(msgspec.Struct, frozen=True):
    checkpoint: _Checkpoint


class _HistoryFile(msgspec.Struct, frozen=True, rename="camel"):
    kind: str
    result: str = ""
    end_time: int = 0


class _LockFile(msgspec.Struct, frozen=True):
    pid: int
    username: str = ""
    hostname: str = ""
    timestamp: str = ""


class FileBackend:
    """A folder of the file system, in the layout that Pulumi keeps there (`version: 1` of its `meta.yaml`).

    `work` is where engines work for a stack, and are noted; without it no lock is known to be ours.
    """

    def __init__(self, folder: Path, work: Callable[[str], Path] | None = None) -> None:
        self._folder = folder / ".pulumi"
        self._work = work

    def stacks(self) -> Sequence[str]:
        try:
            names = {each.name.split(".json")[0] for each in (self._folder / "stacks" / PROJECT).glob("*.json*")}
        except OSError as error:
            raise BackendError(f"{self._folder} cannot be read: {error.strerror}") from error
        return sorted(name for name in names if _NAME.fullmatch(name) and self._checkpoint(name))

    def read(self, stack: str) -> StackState | None:
        path = self._checkpoint(stack)
        if path is None:
            return None
        mend = (
            "put one that is whole in its place: Pulumi keeps the last one beside it as .bak, and earlier ones in "
            f"{self._folder}/backups/{PROJECT}/{stack}; then `pagerworthy refresh`"
        )
        try:
            with _readable(stack, path, mend):
                content = _decoded(path, _CheckpointFile)
            last, update = self._last(stack)
        except FileNotFoundError:
            return None
        with _readable(stack, path, mend):
            return state_of(stack, content.checkpoint.latest or Deployment(), last, update)

    def locks(self, stack: str) -> Sequence[Lock]:
        paths = sorted((self._folder / "locks" / "organization" / PROJECT / stack).glob("*.json"))
        known: frozenset[int] = frozenset()
        if self._work is not None:
            known = traces.unended(self._work(stack))
            for process in () if paths else known:
                traces.ended(self._work(stack), process)
        found = []
        for path in paths:
            try:
                content = msgspec.json.decode(path.read_bytes(), type=_LockFile)
            except (OSError, msgspec.MsgspecError):
                # Its owner has just taken it away, or has not written it yet.
                continue
            ours = content.pid in known
            found.append(Lock(content.username, content.hostname, content.pid, content.timestamp, path, ours))
        return found

    def free(self, stack: str, lock: Lock) -> None:
        if lock.file is None:
            return
        # Each lock has a name that is never used again, so that no living one is ever removed.
        lock.file.unlink(missing_ok=True)
        with suppress(OSError):
            lock.file.with_name(lock.file.name + ".attrs").unlink(missing_ok=True)
        if self._work is not None:
            traces.ended(self._work(stack), lock.pid)

    def _checkpoint(self, stack: str) -> Path | None:
        """The file of the state; Pulumi compresses it where it is told to."""
        base = self._folder / "stacks" / PROJECT
        return next((path for end in (".json", ".json.gz") if (path := base / (stack + end)).is_file()), None)

    def _last(self, stack: str) -> tuple[Update | None, Update | None]:
        """The last operation, and the last that was to change something."""
        folder = self._folder / "history" / PROJECT / stack
        entries = [*folder.glob("*.history.json"), *folder.glob("*.history.json.gz")]
        # The name ends in the moment, in nanoseconds.
        mend = "move it away: it only tells of an operation of the past, and the next `up` looks at the stack again"
        for path in entries:
            if not _MOMENT.search(path.name):
                raise BackendError(
                    f"the state of {stack} cannot be read: {path} is no file of its history", mend, stack
                )
        entries.sort(key=lambda path: int(path.name.split(".history")[0].rpartition("-")[2]), reverse=True)
        found = []
        for path in entries[:_LOOKED_AT]:
            with _readable(stack, path, mend):
                entry = _decoded(path, _HistoryFile)
            found.append(Update(entry.kind, entry.result, entry.end_time))
            if found[-1].changes:
                break
        return _newest(found)


def _newest(updates: Sequence[Update]) -> tuple[Update | None, Update | None]:
    """Of operations, the newest first: the last one, and the last that was to change something."""
    return next(iter(updates), None), next((each for each in updates if each.changes), None)


@contextmanager
def _readable(stack: str, path: Path | None, mend: str) -> Iterator[None]:
    """Raises BackendError for whatever is wrong with a file of a stack, and FileNotFoundError where it is gone."""
    try:
        yield
    except FileNotFoundError:
        raise
    except (OSError, EOFError, zlib.error, msgspec.MsgspecError, ValueError, OverflowError, RecursionError) as error:
        where = f"{path}: " if path else ""
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
        raise BackendError(f"the state of {stack} cannot be read: {where}{said}", mend, stack) from error


def _decoded(path: Path, kind: type[Any]) -> Any:
    if not path.is_file():
        raise FileNotFoundError(path) if not path.exists() else OSError("this is not a regular file")
    content = path.read_bytes()
    return msgspec.json.decode(gzip.decompress(content) if path.suffix == ".gz" else content, type=kind)


class _Listed(msgspec.Struct, frozen=True):
    name: str


class _Exported(msgspec.Struct, frozen=True):
    deployment: Deployment = Deployment()


class _Told(msgspec.Struct, frozen=True, rename="camel"):
    kind: str
    result: str
    end_time: str = ""

    @property
    def update(self) -> Update:
        end = datetime.fromisoformat(self.end_time).timestamp() if self.end_time else 0
        return Update(self.kind, self.result, int(end))


class CommandBackend:
    """Any other backend, asked through Pulumi's command line. Secrets stay encrypted: none is ever asked for."""

    def __init__(self, place: Place, command: "EngineCommand") -> None:
        self._place = place
        self._folder = place.any_folder
        self._command = command

    def stacks(self) -> Sequence[str]:
        said = self._ask("stack", "ls", "--project", PROJECT, "--json")
        names = {each.name.rpartition("/")[2] for each in msgspec.json.decode(said, type=list[_Listed])}
        return sorted(name for name in names if _NAME.fullmatch(name))

    def read(self, stack: str) -> StackState | None:
        from pulumi.automation.errors import CommandError, StackNotFoundError

        try:
            # To look through a list costs as much as there are stacks, and somebody may make one meanwhile.
            text = self._run("stack", "export", "--stack", stack)
        except StackNotFoundError:
            return None
        except CommandError as error:
            raise BackendError(self._command.said(error)) from error
        size = str(_LOOKED_AT)
        history = self._ask("stack", "history", "--json", "--page-size", size, "--page", "1", "--stack", stack)
        mend = f"look at it in stacks/: `pulumi stack export --stack {stack}`"
        with _readable(stack, None, mend):
            exported = msgspec.json.decode(text, type=_Exported)
            told = msgspec.json.decode(history, type=list[_Told])
            return state_of(stack, exported.deployment, *_newest([each.update for each in told]))

    def locks(self, stack: str) -> Sequence[Lock]:
        """Who holds the stack, asked only where an engine of ours was cut off: to ask costs a command."""
        from pulumi.automation.errors import CommandError, ConcurrentUpdateError

        folder = self._place.work_folder(stack)
        known = traces.unended(folder)
        if not known:
            return ()
        try:
            # No command only looks. This one looks for a lock, and then finds that there is a stack of that name.
            self._run("stack", "rename", stack, "--stack", stack)
        except ConcurrentUpdateError as error:
            if found := told_locks(str(error), known):
                return found
            raise BackendError(self._command.said(error)) from error
        except CommandError:
            pass
        for process in known:
            traces.ended(folder, process)
        return ()

    def free(self, stack: str, lock: Lock) -> None:
        self._ask("cancel", "--yes", "--stack", stack)
        traces.ended(self._place.work_folder(stack), lock.pid)

    def _ask(self, *arguments: str) -> str:
        from pulumi.automation.errors import CommandError

        try:
            return self._run(*arguments)
        except CommandError as error:
            raise BackendError(self._command.said(error)) from error

    def _run(self, *arguments: str) -> str:
        # Pulumi wants a project to be where it is asked for history.
        make_project(self._folder)
        return self._command.within(60).run([*arguments], str(self._folder), {}).stdout
