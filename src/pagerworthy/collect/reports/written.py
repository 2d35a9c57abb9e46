"""When files of the repository were written, and whether there are any."""

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

from pagerworthy.collect.reports.files import ReportFile, find
from pagerworthy.collect.reports.model import WrongReportError, is_tomorrow, moment
from pagerworthy.evidence.collectors import Context
from pagerworthy.evidence.collectors.git_history import commits, top_of
from pagerworthy.evidence.collectors.git_process import GitError, git_fields

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_HELP = "put the day into its name, as in checkout.2026-03-31.json"


class Written:
    """When files were written that do not say it: by their name, or else their last commit.

    Of one that is not as git has it, by the system. What git cannot tell is not known: the system's time of a file that
    git has put there is that of the checkout.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._git: _Git | str = ""

    def __call__(self, file: ReportFile) -> dt.datetime:
        """Raises WrongReportError where it is not known."""
        for named in reversed(_DAY.findall(file.path)):
            try:
                found = moment(named)
            except WrongReportError:
                continue
            return self._context.as_of if is_tomorrow(found, self._context.as_of) else found
        if self._git == "":
            self._git = _read(self._context.root)
        if isinstance(self._git, str):
            raise WrongReportError(f"when it was written is not known ({self._git}): {_HELP}")
        return self._git.written(file)


class _Git:
    """What git says of files: those that are as it has them, and when each was last committed."""

    def __init__(self, same: frozenset[str], times: Mapping[str, dt.datetime | None]) -> None:
        self._same = same
        self._times = times

    def written(self, file: ReportFile) -> dt.datetime:
        if file.path in self._same and file.path in self._times:
            time = self._times[file.path]
            if time is None:
                raise WrongReportError(f"its last commit has a date that cannot be read: {_HELP}")
            return time
        if file.fault:
            raise WrongReportError("when it was written is not known")
        return file.changed


def _read(root: Path) -> _Git | str:
    try:
        top_of(root)
        tracked = _names(root, "--cached")
        changed = _names(root, "--modified")
        times: dict[str, dt.datetime | None] = {}
        if tracked:
            for commit in commits(root, ["--name-only"], ()):
                for name in commit.files:
                    times.setdefault(name, commit.time)
    except GitError as error:
        return str(error)
    return _Git(tracked - changed, times)


def _names(root: Path, which: str) -> frozenset[str]:
    return frozenset(each.decode("utf-8", "surrogateescape") for each in git_fields(root, ["ls-files", "-z", which]))


class Origins:
    """Whether there is something where rows say that they are from; each is looked for once."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._faults: dict[str, str] = {}

    def __call__(self, named: str) -> str:
        """Why there is nothing; empty where there is a file, and for a web address, which nobody opens here."""
        if named not in self._faults:
            self._faults[named] = _fault(self._root, named)
        return self._faults[named]


def _fault(root: Path, named: str) -> str:
    if re.fullmatch(r"https?://[^\s/]\S*", named):
        return ""
    if any(sign in named for sign in "*?["):
        return "no pattern, but one of them"
    (file,) = find(root, [named])
    return file.fault
