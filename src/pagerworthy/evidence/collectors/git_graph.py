"""Commits with their parents, as one walk of git prints them: never one walk for each tag or change."""

import contextlib
import datetime as dt
import itertools
import re
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pagerworthy.evidence.collectors.git_history import moment_of
from pagerworthy.evidence.collectors.git_process import GitError, Limits, git_fields

_NAME = re.compile(rb"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# Names alone are dropped as they are read, at some 150 bytes a commit. What else is told is kept, of few commits.
_NAMES = Limits(field=16 * 1024)
_TOLD = Limits(bytes=128 * 1024 * 1024, field=16 * 1024)


class GraphCommit(NamedTuple):
    """A commit by its hash; `time` is the committer's, None where it is no date; `told` are further fields."""

    name: str
    parents: tuple[str, ...]
    time: dt.datetime | None
    told: tuple[str, ...]


def graph(
    folder: Path,
    tips: Iterable[str],
    without: Iterable[str] = (),
    *,
    options: Sequence[str] = (),
    paths: Sequence[str] = (),
    fields: Sequence[str] = (),
) -> Generator[GraphCommit]:
    """The commits that the tips have and `without` have not, no parent before its child; `fields` are git's formats.

    Raises GitError.
    """
    wanted = "%x00".join(("%H", "%P", "%ct", *fields))
    told = "".join([*(f"{tip}\n" for tip in tips), *(f"^{each}\n" for each in without)])
    arguments = [
        "log",
        "-z",
        f"--format=tformat:{wanted}",
        "--topo-order",
        "--no-show-signature",
        "--no-ext-diff",
        "--no-textconv",
        *options,
        "--stdin",
        "--",
        *paths,
    ]
    limits = _TOLD if fields else _NAMES
    with contextlib.closing(git_fields(folder, arguments, limits, told=told.encode())) as found:
        while row := list(itertools.islice(found, 3 + len(fields))):
            yield _commit(row, 3 + len(fields))


def _commit(row: Sequence[bytes], wanted: int) -> GraphCommit:
    names = row[1].split(b" ") if len(row) == wanted and row[1] else []
    if len(row) != wanted or not all(_NAME.fullmatch(each) for each in (row[0], *names)):
        raise GitError("git printed something that is not a list of commits")
    seconds, *told = (field.decode("utf-8", errors="replace") for field in row[2:])
    return GraphCommit(row[0].decode(), tuple(each.decode() for each in names), moment_of(seconds), tuple(told))
