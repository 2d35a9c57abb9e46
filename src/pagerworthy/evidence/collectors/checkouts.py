"""The repositories of services, where the settings name a checkout of them; each is read once."""

import contextlib
import datetime as dt
from pathlib import Path

from pagerworthy.evidence.collectors.collector import Context
from pagerworthy.evidence.collectors.git_history import Commit, commits, fault_of, moment_of, top_of
from pagerworthy.evidence.collectors.git_process import GitError, git_fields

RECENT_DAYS = 90
# A commit that changes so many lines of code is large enough for a design document to be read again.
LARGE_LINES = 200
_TAG_DATES = "--format=%(creatordate:unix)%00"
_INSIDE = (
    "its checkout lies inside this repository, where a pull request could have put it: name a folder outside in "
    "[collect.checkouts]"
)


class Checkouts:
    """Answers about repositories by their address; a text in place of an answer says why there is none."""

    def __init__(self, context: Context) -> None:
        self._as_of = context.as_of
        self._root = context.root.resolve()
        self._named = context.settings.checkouts
        self._folders: dict[str, Path | str] = {}
        self._recent: dict[str, tuple[Commit, ...] | str] = {}
        self._large: dict[str, dt.datetime | str] = {}
        try:
            self._top = top_of(self._root).resolve()
        except GitError:
            self._top = self._root

    def recent(self, url: str) -> tuple[Commit, ...] | str:
        """The commits of the last 90 days."""
        if url not in self._recent:
            self._recent[url] = self._read_recent(self._folder(url))
        return self._recent[url]

    def large_change(self, url: str) -> dt.datetime | str:
        """When the code last changed by 200 lines or more in one commit; without such a commit, when it began."""
        if url not in self._large:
            self._large[url] = self._read_large(self._folder(url))
        return self._large[url]

    def releases(self, url: str) -> tuple[dt.datetime, ...] | str:
        """When each tag was made, or the commit that it names."""
        if url not in self._named:
            return f"[collect.checkouts] names no checkout of {url or 'its repository'}"
        folder = self._folder(url)
        if isinstance(folder, str):
            return folder
        try:
            with contextlib.closing(git_fields(folder, ["for-each-ref", _TAG_DATES, "refs/tags"])) as found:
                times = [moment_of(each.decode(errors="replace").strip()) for each in found if each.strip()]
        except GitError as error:
            return str(error)
        return tuple(each for each in times if each is not None)

    def _folder(self, url: str) -> Path | str:
        if url not in self._folders:
            self._folders[url] = self._find(self._named[url])
        return self._folders[url]

    def _find(self, named: str) -> Path | str:
        try:
            folder = (self._root / named).resolve()
            if folder not in {self._root, self._top} and folder.is_relative_to(self._top):
                return _INSIDE
            if not folder.is_dir():
                return f"there is no checkout at {named}"
            top_of(folder)
        except GitError as error:
            return str(error)
        except (OSError, ValueError, RuntimeError):
            # RuntimeError is how pathlib reports symbolic links that lead in a circle.
            return f"the checkout at {named} cannot be read"
        return folder

    def _read_recent(self, folder: Path | str) -> tuple[Commit, ...] | str:
        if isinstance(folder, str):
            return folder
        start = self._as_of - dt.timedelta(days=RECENT_DAYS)
        try:
            # As a filter: a commit with a date of long ago must not end the walk.
            found = commits(folder, [f"--since-as-filter={start.isoformat()}"], ())
            return tuple(each for each in found if each.time is not None and start <= each.time <= self._as_of)
        except GitError as error:
            return str(error)

    def _read_large(self, folder: Path | str) -> dt.datetime | str:
        if isinstance(folder, str):
            return folder
        own = folder in {self._root, self._top}
        last: Commit | None = None
        try:
            # Closing ends git, which has more to print than is read.
            with contextlib.closing(commits(folder, ["--numstat"], ())) as found:
                for last in found:
                    if _changed_lines(last, own=own) >= LARGE_LINES:
                        break
        except GitError as error:
            return str(error)
        if last is None or last.time is None:
            return "a commit of the code has a date that cannot be read"
        return fault_of(last, self._as_of) or last.time


def _changed_lines(commit: Commit, *, own: bool) -> int:
    """Lines that were added and removed in text files; in this repository, the catalog is not code."""
    total = 0
    for line in commit.files:
        added, removed, file = (*line.split("\t", 2), "", "")[:3]
        if not (own and file.startswith("catalog/")) and added.isdecimal() and removed.isdecimal():
            total += int(added) + int(removed)
    return total
