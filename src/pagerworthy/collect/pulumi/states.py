"""Reads the states that a backend keeps in a folder: whole, bounded, and never while an engine writes them."""

import errno
import os
import re
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from pagerworthy.catalog import read_file
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.pulumi.looks import Look, looks_of
from pagerworthy.collect.pulumi.sight import Operation, sight_of
from pagerworthy.collect.transport import Answer, Bounds, Request, Take
from pagerworthy.evidence.text import inert
from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.run.places import BACKEND

# What may be asked, as a method and what it is about.
LIST, STATE, LOOKS = "LIST", "STATE", "LOOKS"

# As large as a report may be; a state of ours has some hundred kilobytes.
LARGEST = 16 * 1024 * 1024
_LARGEST_OPERATION = 1024 * 1024
_MOST_FILES = 200_000
# So many of the last operations are looked at.
_LOOKED_AT = 200
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")
_HISTORY = re.compile(r".*-(\d{1,30})\.history\.json(?:\.gz)?")
_GZIP = 31
_FAULTS = (OSError, zlib.error, msgspec.MsgspecError, ValueError, OverflowError, RecursionError)


class States:
    """Carries the questions of the collector to a folder, or to drift reports in the repository."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._shown = folder
        self._folder = folder / ".pulumi"
        self._root = root

    def send(
        self,
        request: Request,
        bounds: Bounds,  # noqa: ARG002 -- files have bounds of their own
        deadline: Deadline,
        take: Take | None = None,
    ) -> Answer:
        """The answer; 404 for a stack that is not there. Raises SourceError for what cannot be read."""
        deadline.demand()
        if request.method == LOOKS:
            found: Sequence[Look] | Sequence[str] = looks_of(self._root, msgspec.json.decode(request.body))
            return _answer(found).given(take)
        self._demand_layout()
        if request.method == LIST:
            return _answer(self._names()).given(take)
        return self._state(request.url).given(take)

    def _demand_layout(self) -> None:
        """Whether a stack is there can be said only of a folder that is the backend's."""
        try:
            said = _plain(self._folder / "meta.yaml", 4096).decode()
            version = msgspec.yaml.decode(said, type=dict[str, int]).get("version")
        except _FAULTS as error:
            raise SourceError(f"there are no states of Pulumi in the backend's folder: {_why(error)}") from error
        if version != 1:
            raise SourceError("the backend's folder has a layout that is not known: its meta.yaml has another version")

    def _names(self) -> list[str]:
        stacks = self._listed(self._folder / "stacks" / PROJECT)
        names = {
            name.removesuffix(".gz").removesuffix(".json") for name in stacks if name.endswith((".json", ".json.gz"))
        }
        return sorted(name for name in names if _NAME.fullmatch(name))

    def _state(self, stack: str) -> Answer:
        try:
            self._demand_unlocked(stack)
            # A state that is being written anew follows its history; what is read last is the newer.
            operations = self._operations(stack)
            content = self._content(stack)
            if content is None and operations:
                raise SourceError(f"the state of {stack} is not there, although it has a history")
            answer = Answer(404, {}, b"") if content is None else _answer(sight_of(stack, content, operations))
            self._demand_unlocked(stack)
        except _FAULTS as error:
            raise SourceError(f"the state of {stack} cannot be read: {_why(error)}") from error
        return answer

    def _content(self, stack: str) -> bytes | None:
        base = self._folder / "stacks" / PROJECT
        there = [path for end in (".json", ".json.gz") if os.path.lexists(path := base / f"{stack}{end}")]
        if len(there) > 1:
            raise ValueError("it is there twice, as .json and as .json.gz")
        return _content(there[0], LARGEST) if there else None

    def _operations(self, stack: str) -> list[Operation]:
        """The last operations, the newest first."""
        folder = self._folder / "history" / PROJECT / stack
        found = []
        for name in self._listed(folder):
            if name.endswith((".history.json", ".history.json.gz")):
                moment = _HISTORY.fullmatch(name)
                if moment is None:
                    raise ValueError(f"{inert(name, 60)} is no file of its history")
                found.append((int(moment[1]), name))
        newest = sorted(found, reverse=True)[:_LOOKED_AT]
        return [msgspec.json.decode(_content(folder / name, _LARGEST_OPERATION), type=Operation) for _, name in newest]

    def _demand_unlocked(self, stack: str) -> None:
        locks = self._listed(self._folder / "locks" / "organization" / PROJECT / stack)
        if any(name.endswith(".json") for name in locks):
            raise SourceError(f"{stack} is locked: an engine is at work on it, or was cut off")

    def _listed(self, folder: Path) -> list[str]:
        """The names in a folder; none where it is not there."""
        names: list[str] = []
        with suppress(FileNotFoundError), os.scandir(folder) as entries:
            for entry in entries:
                names.append(entry.name)
                if len(names) > _MOST_FILES:
                    raise SourceError(f"a folder of the backend has more than {_MOST_FILES:,} files")
        return names


class Elsewhere:
    """A backend that nobody reads without an engine; what it keeps is not known."""

    def __init__(self, backend: str) -> None:
        self._scheme = backend.partition(":")[0]

    def send(
        self,
        request: Request,  # noqa: ARG002 -- whatever is asked
        bounds: Bounds,  # noqa: ARG002
        deadline: Deadline,  # noqa: ARG002
        take: Take | None = None,  # noqa: ARG002
    ) -> Answer:
        """Raises SourceError."""
        where = f"states at {inert(self._scheme, 20)}:// are not read without an engine"
        raise SourceError(f"{where}: copy them to a folder, and set {BACKEND} to it")


def _answer(found: object) -> Answer:
    return Answer(200, {}, msgspec.json.encode(found, order="deterministic"))


def _content(path: Path, limit: int) -> bytes:
    content = _plain(path, limit)
    return _unpacked(content, limit) if path.name.endswith(".gz") else content


def _plain(path: Path, limit: int) -> bytes:
    content = read_file(path, limit)
    if len(content) > limit:
        raise ValueError(f"it is larger than {limit // 1024} KiB")
    return content


def _unpacked(content: bytes, limit: int) -> bytes:
    """What was compressed, never more of it than `limit`."""
    unpacker = zlib.decompressobj(_GZIP)
    found = unpacker.decompress(content, limit + 1)
    if len(found) > limit:
        raise ValueError(f"it is larger than {limit // 1024} KiB once it is unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("it is not one whole file of gzip")
    return found


def _why(error: Exception) -> str:
    if isinstance(error, OSError):
        if error.errno == errno.ELOOP:
            return "it is a symbolic link"
        return os.strerror(error.errno) if error.errno else "it is no file"
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return inert(str(error) or type(error).__name__, 200)
