"""Remembers entries that were right, so that only changed files are read again."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from pagerworthy.catalog.catalog import Packed
from pagerworthy.catalog.kept import keep, read_kept
from pagerworthy.catalog.walk import Stamp
from pagerworthy.problem import Problem

_FOLDER = "entries"


class Remembered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file that could be read; a runbook has no entry.

    `problems` are what the entry says against itself, without line and column. `digest` is empty for a file that could
    not be read.
    """

    path: str
    stamp: Stamp
    digest: str
    entry: Packed | None = None
    problems: tuple[Problem, ...] = ()


class Cache:
    """The remembered files of one repository, for one version of Pagerworthy and of the schemas."""

    def __init__(self, root: Path, schemas: str) -> None:
        self._key = f"{root.resolve()}\0{schemas}".encode(errors="surrogateescape")

    def read(self) -> dict[str, Remembered]:
        """What is remembered, by path; nothing where there is no cache or it cannot be read."""
        content = read_kept(_FOLDER, self._key)
        if content is None:
            return {}
        try:
            every = msgspec.msgpack.decode(content, type=list[Remembered])
        except (msgspec.MsgspecError, ValueError):
            return {}
        return {each.path: each for each in every}

    def write(self, files: Iterable[Remembered]) -> None:
        """Replaces what is remembered, at once or not at all."""
        every = [each for each in files if each.stamp.is_settled()]
        # What cannot be packed is read again.
        with suppress(msgspec.MsgspecError, ValueError):
            keep(_FOLDER, self._key, msgspec.msgpack.encode(every))
