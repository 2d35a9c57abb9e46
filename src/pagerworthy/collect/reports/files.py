"""Finds and reads the files that the settings name; nothing outside the repository, and never more than can be."""

import datetime as dt
import fnmatch
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from pagerworthy.catalog.files import read_file
from pagerworthy.problem import repository_path

LARGEST = 16 * 1024 * 1024
_MOST = 20_000
_MOST_SEEN = 1_000_000
_SIGNS = "*?["
_ANY_DEPTH = "**"


class _TooManyError(Exception):
    """A pattern that leads to more than can be looked at."""


class ReportFile(msgspec.Struct, frozen=True):
    """A file by its path from the repository's root; `fault` says why its content is not there."""

    path: str
    content: bytes = b""
    fault: str = ""
    changed: dt.datetime = dt.datetime.min.replace(tzinfo=dt.UTC)


def _ignore(_pattern: str) -> None:
    """Nobody asks which patterns match nothing."""


def find(root: Path, patterns: Sequence[str], missed: Callable[[str], None] = _ignore) -> Iterator[ReportFile]:
    """The files of paths and patterns (`*`, `**`), each once, in order of their paths; links are not followed.

    A path without a pattern has to be there: where it is not, that is a fault. `missed` is told of each pattern that
    matches nothing.
    """
    found: dict[str, Path] = {}
    top = root.resolve()
    for pattern in patterns:
        parts = PurePosixPath(pattern).parts
        if not parts or PurePosixPath(pattern).is_absolute() or ".." in parts or "\0" in pattern:
            yield ReportFile(pattern[:200], fault="not a path from the repository's root")
            continue
        if not any(sign in pattern for sign in _SIGNS):
            found[pattern] = root / pattern
            continue
        matches = False
        try:
            for path in _matching(root, parts):
                matches = True
                if len(found) >= _MOST:
                    yield ReportFile(pattern[:200], fault=f"it matches more than {_MOST:,} files")
                    break
                found[path.relative_to(root).as_posix()] = path
        except _TooManyError:
            matches = True
            said = f"more than {_MOST_SEEN:,} files and folders were looked at for it: name a folder with fewer"
            yield ReportFile(pattern[:200], fault=said)
        if not matches:
            missed(pattern[:200])
    for name, path in sorted(found.items()):
        yield _read(path, top / path.relative_to(root).parent, repository_path(name))


def _matching(root: Path, parts: Sequence[str]) -> Iterator[Path]:
    """What matches; each folder is listed once for each part of the pattern, and none behind a link.

    Raises _TooManyError.
    """
    waiting = [(root, 0)]
    known = set(waiting)
    seen = 0

    def go(path: Path, part: int) -> None:
        if (path, part) not in known:
            known.add((path, part))
            waiting.append((path, part))

    while waiting:
        folder, number = waiting.pop()
        part, last = parts[number], number + 1 == len(parts)
        if part == _ANY_DEPTH and not last:
            go(folder, number + 1)
        elif not any(sign in part for sign in _SIGNS) and not last:
            go(folder / part, number + 1)
            continue
        for entry in _entries(folder):
            seen += 1
            if seen > _MOST_SEEN:
                raise _TooManyError
            inside = entry.is_dir(follow_symlinks=False)
            if part == _ANY_DEPTH:
                if inside:
                    go(folder / entry.name, number)
            elif fnmatch.fnmatchcase(entry.name, part):
                if inside and not last:
                    go(folder / entry.name, number + 1)
                elif last and not inside:
                    yield folder / entry.name


def _entries(folder: Path) -> Iterator["os.DirEntry[str]"]:
    try:
        with os.scandir(folder) as entries:
            yield from entries
    except (OSError, ValueError):
        return


def _read(path: Path, folder: Path, name: str) -> ReportFile:
    """The file; `folder` is where it lies if neither the file nor a folder above it is a link."""
    try:
        if path.parent.resolve() != folder:
            return ReportFile(name, fault="it lies behind a symbolic link")
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode):
            return ReportFile(name, fault="this is not a regular file")
        content = read_file(path, LARGEST)
    except (OSError, ValueError, RuntimeError) as error:
        reason = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "it is no file"
        return ReportFile(name, fault=f"it cannot be read: {reason}")
    if len(content) > LARGEST:
        return ReportFile(name, fault=f"it is larger than {LARGEST // 1024 // 1024} MiB")
    # To the second, as moments are: what was written just now is not of the future.
    changed = dt.datetime.fromtimestamp(int(status.st_mtime), dt.UTC)
    return ReportFile(name, content, changed=changed)
