"""What was changed lately, and when much was changed at once."""

import contextlib
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from pagerworthy.evidence.collectors.git_history import Commit, commits, fault_of
from pagerworthy.evidence.collectors.git_process import GitError

RECENT = dt.timedelta(days=90)
# A commit that changes so many lines of code is large enough for a design document to be read again.
LARGE_LINES = 200


def recent_commits(folder: Path, as_of: dt.datetime, paths: Sequence[str]) -> tuple[Commit, ...]:
    """The commits of the last 90 days that touch the paths, or anything. Raises GitError."""
    start = as_of - RECENT
    # As a filter: a commit with a date of long ago must not end the walk.
    found = commits(folder, [f"--since-as-filter={start.isoformat()}"], paths)
    return tuple(each for each in found if each.time is not None and start <= each.time <= as_of)


def large_change(folder: Path, as_of: dt.datetime, paths: Sequence[str], *, own: bool) -> dt.datetime:
    """When the code under the paths last changed by many lines in one commit; without such a commit, when it began.

    With `own`, the repository is the catalog's, which is no code. Raises GitError.
    """
    last: Commit | None = None
    # Closing ends git, which has more to print than is read.
    with contextlib.closing(commits(folder, ["--numstat"], paths)) as found:
        for last in found:
            if _changed_lines(last, own=own) >= LARGE_LINES:
                break
    if last is None or last.time is None:
        raise GitError("a commit of the code has a date that cannot be read")
    if fault := fault_of(last, as_of):
        raise GitError(fault)
    return last.time


def _changed_lines(commit: Commit, *, own: bool) -> int:
    """Lines that were added and removed in text files; in this repository, the catalog is not code."""
    total = 0
    for line in commit.files:
        added, removed, file = (*line.split("\t", 2), "", "")[:3]
        if not (own and file.startswith("catalog/")) and added.isdecimal() and removed.isdecimal():
            total += int(added) + int(removed)
    return total
