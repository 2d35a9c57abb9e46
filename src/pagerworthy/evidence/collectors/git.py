"""Reads git history: how old entries and runbooks are, who changed them, and who works on the code.

One walk over the history of the catalog serves all services, so the cost does not grow with their number.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from pagerworthy.catalog import Service, Team
from pagerworthy.evidence.collectors.collector import Context, record
from pagerworthy.evidence.keys import Activity, EntryAge, Value, Verified
from pagerworthy.evidence.record import Record

_FIELD = "\x1f"
_COMMIT = "\x1e"
_FORMAT = f"{_COMMIT}%at{_FIELD}%an{_FIELD}%ae{_FIELD}%(trailers:key=Confirms,valueonly,separator=%x2C)"
_ACTIVE_DAYS = 90
_AUTHORS = 5
_NO_HISTORY = "not in git: the file was never committed"


class _Commit(msgspec.Struct, frozen=True):
    time: dt.datetime
    author: str
    email: str
    confirms: frozenset[str]
    files: tuple[str, ...]


class _Touched(msgspec.Struct):
    """When a file last changed or was confirmed, and by whom, newest first."""

    time: dt.datetime
    authors: list[str]


class GitCollector:
    """Reads the repository's own history, and that of checkouts which the settings name.

    A commit whose message has the trailer `Confirms: NAME` confirms the entry or runbook of that name without changing
    it. `git.activity` needs a checkout of the service's repository (`[collect.checkouts]` in the settings).
    """

    name = "git"
    keys = ("git.entry", "git.runbook", "git.activity")

    def collect(self, context: Context) -> Iterator[Record]:
        history = _touched(context.root, context.as_of)
        activity = _Activities(context)
        for name, service in context.catalog.services.items():
            entry = context.catalog.file_of("Service", name)
            yield record(
                self.name,
                name,
                "git.entry",
                _entry_age(history, entry, name, context.as_of),
                time=context.as_of,
                query=f"git log -- {entry}",
            )
            for runbook in service.spec.runbooks:
                if runbook.path:
                    yield record(
                        self.name,
                        name,
                        "git.runbook",
                        _runbook_age(history, runbook.path, context.as_of),
                        time=context.as_of,
                        item=runbook.path,
                        query=f"git log -- {runbook.path}",
                    )
            found = activity.of(service)
            if found is not None:
                yield record(
                    self.name,
                    name,
                    "git.activity",
                    found,
                    time=context.as_of,
                    query=f"git log --since={_ACTIVE_DAYS}.days {service.spec.repository}",
                )


def _entry_age(history: "Mapping[str, _Touched] | str", file: str, name: str, as_of: dt.datetime) -> Value | str:
    if isinstance(history, str):
        return history
    touched = _newest(history.get(file), history.get(f"confirms:{name}"))
    if touched is None:
        return _NO_HISTORY
    return EntryAge(age_days=float((as_of - touched.time).days), authors=tuple(touched.authors[:_AUTHORS]))


def _runbook_age(history: "Mapping[str, _Touched] | str", file: str, as_of: dt.datetime) -> Value | str:
    if isinstance(history, str):
        return history
    touched = _newest(history.get(file), history.get(f"confirms:{Path(file).stem}"))
    return _NO_HISTORY if touched is None else Verified(age_days=float((as_of - touched.time).days))


def _newest(*touched: _Touched | None) -> _Touched | None:
    return max((each for each in touched if each is not None), key=lambda each: each.time, default=None)


def _touched(root: Path, as_of: dt.datetime) -> Mapping[str, _Touched] | str:
    """For every file of the history when it was last touched, or why the history cannot be read."""
    commits = _commits(root, as_of, None, paths=("catalog",))
    if isinstance(commits, str):
        return commits
    found: dict[str, _Touched] = {}
    for commit in commits:
        for place in (*commit.files, *(f"confirms:{name}" for name in commit.confirms)):
            touched = found.setdefault(place, _Touched(commit.time, []))
            touched.time = max(touched.time, commit.time)
            if commit.author not in touched.authors and len(touched.authors) < _AUTHORS:
                touched.authors.append(commit.author)
    return found


def _commits(
    folder: Path, as_of: dt.datetime, since_days: int | None, paths: tuple[str, ...] = ()
) -> list[_Commit] | str:
    """The commits up to a moment, newest first, or why they cannot be read."""
    import git

    try:
        with git.Repo(folder, search_parent_directories=True) as repository:
            if not repository.head.is_valid():
                return "the repository has no commit yet"
            if (Path(repository.git_dir) / "shallow").exists():
                return "the clone is shallow: its history is cut off (fetch-depth: 0 brings all of it)"
            options = [
                f"--format={_FORMAT}",
                "--name-only",
                "--relative",
                "--no-renames",
                f"--until={as_of.isoformat()}",
            ]
            if since_days is not None:
                options.append(f"--since={(as_of - dt.timedelta(days=since_days)).isoformat()}")
            output = repository.git.execute(
                ["git", "-C", str(folder), "-c", "core.quotePath=false", "log", *options, "--", *paths]
            )
    except git.InvalidGitRepositoryError:
        return "this is not a git repository"
    except (git.GitError, OSError, ValueError) as error:
        return f"git cannot be read: {str(error).splitlines()[0]}"
    return [_parse(block) for block in str(output).split(_COMMIT)[1:]]


def _parse(block: str) -> _Commit:
    header, _, files = block.partition("\n")
    seconds, author, email, confirms = header.split(_FIELD)
    return _Commit(
        time=dt.datetime.fromtimestamp(int(seconds), tz=dt.UTC),
        author=author,
        email=email,
        confirms=frozenset(name.strip() for name in confirms.split(",") if name.strip()),
        files=tuple(line for line in files.splitlines() if line),
    )


class _Activities:
    """Who works on each repository of which the settings name a checkout; each is read once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._read: dict[str, list[_Commit] | str] = {}

    def of(self, service: Service) -> Value | str | None:
        """What was done in the service's repository; None where no checkout is named: then nobody has looked."""
        url = service.spec.repository
        checkout = self._context.settings.checkouts.get(url)
        if not checkout:
            return None
        if url not in self._read:
            folder = (self._context.root / checkout).resolve()
            self._read[url] = _commits(folder, self._context.as_of, _ACTIVE_DAYS)
        commits = self._read[url]
        if isinstance(commits, str):
            return commits
        team = self._context.catalog.teams.get(service.spec.owner)
        own = sum(_is_member(commit, team) for commit in commits)
        return Activity(commits_90d=float(len(commits)), owner_commits_90d=float(own))


def _is_member(commit: _Commit, team: Team | None) -> bool:
    """Whether a team's member made the commit: by mail address, by name, or by the account in GitHub's no-reply one."""
    if team is None:
        return False
    account = commit.email.split("@")[0].rpartition("+")[2].casefold()
    return any(
        commit.email.casefold() == member.email.casefold()
        if member.email
        else commit.author == member.name or bool(member.github and account == member.github.casefold())
        for member in team.spec.members
    )
