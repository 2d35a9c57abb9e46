"""Remembers entries that were right, so that only changed files are read again.

The cache lies in the user's cache folder and never in the repository: what a pull request can write must not decide
what counts as checked. Losing it costs time and nothing else.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from pagerworthy import __version__
from pagerworthy.catalog.model import Decision, Environment, Postmortem, Service, System, Team, Waiver
from pagerworthy.catalog.walk import Found, Stamp

# Two writes within one tick of a file system's clock leave the same stamp; files as young as this are not remembered.
_TICK_NS = 50_000_000
# Raised when what is remembered changes its form.
_FORM = 1


class Remembered(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One file that had no problem; a runbook has no entry."""

    path: str
    stamp: Stamp
    digest: str
    entry: Service | Team | System | Environment | Decision | Waiver | Postmortem | None


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
        name = ""
        try:
            folder = _folder()
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=folder, prefix=self._name, suffix=".new")
            with os.fdopen(handle, "wb") as file:
                file.write(msgspec.msgpack.encode(every))
            Path(name).replace(folder / self._name)
        except (OSError, RuntimeError, msgspec.MsgspecError):
            # Without a cache everything still works.
            if name:
                Path(name).unlink(missing_ok=True)


def known(found: Found, remembered: dict[str, Remembered]) -> Remembered | None:
    """What is remembered of a file, if it has not changed since."""
    each = remembered.get(found.path)
    return each if each is not None and each.stamp == found.stamp else None


def _folder() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("pagerworthy") / "entries"
