"""Backends: what they know of stacks, read without an engine where that is possible."""

import gzip
import re
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.run.places import Place, make_project
from pagerworthy.stacks.run.state import Deployment, StackState, Update, state_of

if TYPE_CHECKING:
    from pagerworthy.stacks.run.command import EngineCommand

# The stack's name is part of paths; nothing else is ever looked for.
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")


class Lock(msgspec.Struct, frozen=True):
    """A lock of a backend: which process holds the stack, and `file`, which has to go for it to be free."""

    user: str
    host: str
    pid: int
    since: str
    file: Path

    @property
    def owner(self) -> str:
        return f"{self.user}@{self.host}, process {self.pid}, since {self.since[:19]}Z"


class Backend(Protocol):
    """What a run asks of a backend."""

    def stacks(self) -> Sequence[str]:
        """The names of all stacks of the project. Raises BackendError where it cannot be reached."""

    def read(self, stack: str) -> StackState | None:
        """A stack's state; None where there is no such stack."""

    def locks(self, stack: str) -> Sequence[Lock]:
        """Who holds the stack, as far as the backend lets us look."""


class BackendError(Exception):
    """A backend that cannot be reached, or a state that cannot be read."""


def backend_of(place: Place, command: "EngineCommand") -> Backend:
    """The way to read a place's backend: files directly, all others through Pulumi."""
    return CommandBackend(place, command) if place.folder is None else FileBackend(place.folder)


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
    """A folder of the file system, in the layout that Pulumi keeps there (`version: 1` of its `meta.yaml`)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / ".pulumi"

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
        try:
            content = _decoded(path, _CheckpointFile)
            last = self._last(stack)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError) as error:
            raise BackendError(f"the state of {stack} cannot be read: {error}") from error
        return state_of(stack, content.checkpoint.latest or Deployment(), last)

    def locks(self, stack: str) -> Sequence[Lock]:
        found = []
        for path in sorted((self._folder / "locks" / "organization" / PROJECT / stack).glob("*.json")):
            try:
                content = msgspec.json.decode(path.read_bytes(), type=_LockFile)
            except (OSError, msgspec.MsgspecError):
                # Its owner has just taken it away, or has not written it yet.
                continue
            found.append(Lock(content.username, content.hostname, content.pid, content.timestamp, path))
        return found

    def _checkpoint(self, stack: str) -> Path | None:
        """The file of the state; Pulumi compresses it where it is told to."""
        base = self._folder / "stacks" / PROJECT
        return next((path for end in (".json", ".json.gz") if (path := base / (stack + end)).is_file()), None)

    def _last(self, stack: str) -> Update | None:
        folder = self._folder / "history" / PROJECT / stack
        entries = [*folder.glob("*.history.json"), *folder.glob("*.history.json.gz")]
        if not entries:
            return None
        # The name ends in the moment, in nanoseconds.
        newest = max(entries, key=lambda path: int(path.name.split(".history")[0].rpartition("-")[2]))
        entry = _decoded(newest, _HistoryFile)
        return Update(entry.kind, entry.result, entry.end_time)


def _decoded(path: Path, kind: type[Any]) -> Any:
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


class CommandBackend:
    """Any other backend, asked through Pulumi's command line. Secrets stay encrypted: none is ever asked for."""

    def __init__(self, place: Place, command: "EngineCommand") -> None:
        self._folder = place.any_folder
        self._command = command
        self._names: frozenset[str] | None = None

    def stacks(self) -> Sequence[str]:
        said = self._ask("stack", "ls", "--project", PROJECT, "--json")
        names = {each.name.rpartition("/")[2] for each in msgspec.json.decode(said, type=list[_Listed])}
        self._names = frozenset(names)
        return sorted(name for name in names if _NAME.fullmatch(name))

    def read(self, stack: str) -> StackState | None:
        # One that was not there may have been made since.
        if (self._names is None or stack not in self._names) and stack not in self.stacks():
            return None
        exported = msgspec.json.decode(self._ask("stack", "export", "--stack", stack), type=_Exported)
        told = msgspec.json.decode(
            self._ask("stack", "history", "--json", "--page-size", "1", "--page", "1", "--stack", stack),
            type=list[_Told],
        )
        last = None
        if told:
            end = datetime.fromisoformat(told[0].end_time).timestamp() if told[0].end_time else 0
            last = Update(told[0].kind, told[0].result, int(end))
        return state_of(stack, exported.deployment, last)

    def locks(self, stack: str) -> Sequence[Lock]:  # noqa: ARG002 -- part of the protocol
        return ()

    def _ask(self, *arguments: str) -> str:
        from pulumi.automation.errors import CommandError

        # Pulumi wants a project to be where it is asked for history.
        make_project(self._folder)
        try:
            return self._command.within(60).run([*arguments], str(self._folder), {}).stdout
        except CommandError as error:
            raise BackendError(self._command.said(error)) from error
