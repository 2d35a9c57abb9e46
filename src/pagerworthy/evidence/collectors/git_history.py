"""What git's history says: the commits of a repository, and when each file was last touched, and by whom.

All dates are the committer's: the author's is whatever the author wrote.
"""

import contextlib
import datetime as dt
import itertools
import os
from collections.abc import Generator, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from pagerworthy.evidence.collectors.git_process import GitError, Limits, git_fields
from pagerworthy.evidence.text import inert

# NUL can be in none of these, and a name of a file is never empty. An empty field opens each commit and another ends
# its header; then come the files, the first after a line end.
_FORMAT = "%x00%ct%x00%an%x00%ae%x00%(trailers:key=Confirms,valueonly,separator=%x2C)%x00"
_HEADER = 4
_AUTHORS = 5
_DAY = 86_400


class Commit(msgspec.Struct, frozen=True):
    """A commit; `time` is None where it is not a date. `files` is what `git log` lists: names, or lines of numstat."""

    time: dt.datetime | None
    author: str
    email: str
    confirms: tuple[str, ...]
    files: tuple[str, ...]


class Touched(msgspec.Struct, frozen=True):
    """When a file was last changed or confirmed, and by whom, newest first; `fault` says why that is not known."""

    time: dt.datetime
    authors: tuple[str, ...] = ()
    fault: str = ""


# file, or `confirms:NAME` -> its last touch
History = Mapping[str, Touched]


def top_of(folder: Path) -> Path:
    """The top of the work tree that a folder is in. Raises GitError where there is none, or where history is cut.

    Only files are read here, and no program is run.
    """
    try:
        import git
    except ImportError as error:
        raise GitError("git is not installed") from error
    try:
        with git.Repo(folder, search_parent_directories=True) as repository:
            top = repository.working_tree_dir
            shallow = Path(repository.common_dir, "shallow").exists()
    except (git.GitError, OSError, ValueError) as error:
        raise GitError("this is not a git repository") from error
    if top is None:
        raise GitError("this is a repository without a work tree")
    if shallow:
        raise GitError("the clone is shallow: its history is cut off (fetch-depth: 0 brings all of it)")
    return Path(top)


def commits(
    folder: Path, options: Sequence[str], paths: Sequence[str], limits: Limits | None = None
) -> Generator[Commit]:
    """The commits that touch the paths, no parent before its child and otherwise newest first. Raises GitError."""
    fields = git_fields(
        folder,
        [
            "log",
            "-z",
            f"--format={_FORMAT}",
            "--date-order",
            "--relative",
            "--no-show-signature",
            "--no-ext-diff",
            "--no-textconv",
            "--no-renames",
            *options,
            "--",
            *paths,
        ],
        limits,
    )
    with contextlib.closing(fields):
        opening = next(fields, None)
        while opening is not None:
            *header, end = list(itertools.islice(fields, _HEADER + 1)) or [b"?"]
            if opening or end or len(header) < _HEADER:
                raise GitError("git printed something that is not a list of commits")
            files: list[bytes] = []
            while opening := next(fields, None):
                files.append(opening.removeprefix(b"\n"))
            yield _commit(header, files)


def _commit(header: Sequence[bytes], files: Sequence[bytes]) -> Commit:
    seconds, author, email, confirms = (field.decode("utf-8", errors="replace") for field in header)
    return Commit(
        time=moment_of(seconds),
        author=inert(author),
        email=inert(email),
        confirms=tuple(name.strip() for name in confirms.split(",") if name.strip()),
        files=tuple(map(os.fsdecode, files)),
    )


def moment_of(seconds: str) -> dt.datetime | None:
    """The moment that git writes as seconds since 1970; None for what is none."""
    try:
        return dt.datetime.fromtimestamp(int(seconds), tz=dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None


def touches(found: Iterable[Commit], as_of: dt.datetime) -> History:
    """For every file, and for every name that was confirmed, its last touch."""
    newest: dict[str, dt.datetime] = {}
    faults: dict[str, str] = {}
    authors: dict[str, list[str]] = {}
    for commit in found:
        for place in (*commit.files, *(f"confirms:{name}" for name in commit.confirms)):
            if place not in newest:
                newest[place] = commit.time or as_of
                authors[place] = []
                if fault := fault_of(commit, as_of):
                    faults[place] = fault
            if len(authors[place]) < _AUTHORS and commit.author not in authors[place]:
                authors[place].append(commit.author)
    return {
        place: Touched(time=time, authors=tuple(authors[place]), fault=faults.get(place, ""))
        for place, time in newest.items()
    }


def fault_of(commit: Commit, as_of: dt.datetime) -> str:
    """Why a commit's date says nothing about an age at a moment; empty where it does."""
    if commit.time is None:
        return "the last commit on it has a date that cannot be read"
    if commit.time > as_of:
        return (
            f"the last commit on it is dated {commit.time:%Y-%m-%dT%H:%M:%SZ}, after the moment that is judged "
            f"({as_of:%Y-%m-%dT%H:%M:%SZ}): check out the commit of that moment, mend the clock, or judge a "
            "later moment (--as-of, or scoring.as_of in the settings)"
        )
    return ""


def days_before(time: dt.datetime, as_of: dt.datetime) -> float:
    """Whole days between two moments."""
    return float((as_of - time).total_seconds() // _DAY)
