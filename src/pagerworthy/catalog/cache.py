"""Remembers entries that were right, so that only changed files are read again.

The cache lies in the user's cache folder and never in the repository: what a pull request can write must not decide
what counts as checked. Losing it costs time and nothing else.
"""

import hashlib
import os
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import msgspec

from pagerworthy import __version__
from pagerworthy.catalog.catalog import Packed
from pagerworthy.catalog.walk import Stamp
from pagerworthy.problem import Problem

# Two writes within one tick of a file system's clock leave the same stamp; files as young as this are not remembered.
_TICK_NS = 50_000_000
_MONTH = 30 * 24 * 3600
# Raised when what is remembered changes its form.
_FORM = 3


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
        key = hashlib.sha256(f"{root.resolve()}\0{__version__}\0{_FORM}\0{schemas}".encode(errors="surrogateescape"))
        self._name = f"{key.hexdigest()[:32]}.msgpack"

    def read(self) -> dict[str, Remembered]:
        """What is remembered, by path; nothing where there is no cache or it cannot be read."""
        try:
            content = (_folder() / self._name).read_bytes()
            every = msgspec.msgpack.decode(content, type=list[Remembered])
        except (OSError, msgspec.MsgspecError, ValueError, RuntimeError):
            return {}
        return {each.path: each for each in every}

    def write(self, files: Iterable[Remembered]) -> None:
        """Replaces what is remembered, at once or not at all."""
        limit = time.time_ns() - _TICK_NS
        every = [each for each in files if max(each.stamp.mtime_ns, each.stamp.ctime_ns) < limit]
        new: Path | None = None
        try:
            folder = _folder()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            new = folder / f"{self._name}.{os.getpid()}.{time.monotonic_ns()}.new"
            new.write_bytes(msgspec.msgpack.encode(every))
            new.replace(folder / self._name)
            _forget_old(folder)
        except (OSError, RuntimeError, msgspec.MsgspecError):
            # Without a cache everything still works.
            if new is not None:
                with suppress(OSError):
                    new.unlink(missing_ok=True)


def _forget_old(folder: Path) -> None:
    """Removes what no one has written for a month: other repositories, other versions, writes that broke off."""
    limit = time.time() - _MONTH
    for path in folder.iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < limit:
                path.unlink()


def _folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("pagerworthy") / "entries"
