"""Reads git history: how old entries, runbooks and designs are, who changed them, and who works on the code.

One walk over the history of the catalog serves all services, so the cost does not grow with their number.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pagerworthy.catalog import Catalog, Person, Service, Team
from pagerworthy.evidence.collectors.checkouts import Checkouts
from pagerworthy.evidence.collectors.collector import Context, record
from pagerworthy.evidence.collectors.git_history import (
    Commit,
    History,
    Touched,
    commits,
    days_before,
    top_of,
    touches,
)
from pagerworthy.evidence.collectors.git_people import NO_REPLY
from pagerworthy.evidence.collectors.git_process import GitError
from pagerworthy.evidence.collectors.git_released import released
from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.keys.repository import Activity, DesignAge, EntryAge, Verified
from pagerworthy.evidence.record import Record

_NO_HISTORY = "not in git: the file was never committed"


class GitCollector:
    """Reads the repository's own history, and that of checkouts which the settings name.

    A commit whose message has the trailer `Confirms: NAME` confirms the entry or runbook of that name without changing
    it. All but `git.entry` and `git.runbook` need a checkout of the service's repository (`[collect.checkouts]` in the
    settings), of which only a folder counts where `[collect.paths]` names one; `git.design` also needs a design
    document that is a file of this repository.
    """

    name = "git"
    keys = (
        "git.entry",
        "git.runbook",
        "git.activity",
        "git.design",
        "git.releases",
        "git.lead",
        "git.approvals",
    )

    def collect(self, context: Context) -> Iterator[Record]:
        history = _history(context)
        checkouts = Checkouts(context)
        for name, service in context.catalog.services.items():
            entry = context.catalog.file_of("Service", name)
            found = _entry_age(history, entry, name, context.as_of)
            yield self._record(context, name, "git.entry", found, f"git log -- {entry}")
            for path in dict.fromkeys(runbook.path for runbook in service.spec.runbooks if runbook.path):
                verified = _runbook_age(history, path, context.as_of)
                yield self._record(context, name, "git.runbook", verified, f"git log -- {path}", item=path)
            yield from self._code(context, history, checkouts, service)
            yield from released(context, checkouts, service)

    def _code(
        self, context: Context, history: History | str, checkouts: Checkouts, service: Service
    ) -> Iterator[Record]:
        """What the service's own repository says; nothing where no checkout is named: then nobody has looked."""
        code = checkouts.code(service)
        if code is None:
            return
        where = " ".join((code.url, *code.paths))
        recent = checkouts.recent(code)
        team = context.catalog.teams.get(service.spec.owner)
        active = recent if isinstance(recent, str) else _activity(recent, team)
        yield self._record(context, service.name, "git.activity", active, f"git log --since=90.days {where}")
        if service.spec.design and service.spec.design.path:
            path = service.spec.design.path
            design = _design_age(history, path, checkouts.large_change(code), context.as_of)
            query = f"git log -- {path}; git log --numstat {where}"
            yield self._record(context, service.name, "git.design", design, query)

    def _record(
        self, context: Context, subject: str, key: str, found: Value | str, query: str, item: str = ""
    ) -> Record:
        return record(self.name, subject, key, found, time=context.as_of, item=item, query=query)


def _entry_age(history: History | str, file: str, name: str, as_of: dt.datetime) -> Value | str:
    touched = _last(history, file, name)
    if isinstance(touched, str):
        return touched
    return EntryAge(age_days=days_before(touched.time, as_of), authors=touched.authors)


def _runbook_age(history: History | str, file: str, as_of: dt.datetime) -> Value | str:
    touched = _last(history, file, Path(file).stem)
    return touched if isinstance(touched, str) else Verified(age_days=days_before(touched.time, as_of))


def _design_age(history: History | str, file: str, changed: dt.datetime | str, as_of: dt.datetime) -> Value | str:
    touched = _last(history, file, Path(file).stem)
    if isinstance(touched, str):
        return touched
    if isinstance(changed, str):
        return changed
    return DesignAge(age_days=days_before(touched.time, as_of), large_change_days=days_before(changed, as_of))


def _last(history: History | str, file: str, name: str) -> Touched | str:
    """The last time that a file was changed or its name confirmed, or why that is not known."""
    if isinstance(history, str):
        return history
    changed = history.get(file)
    if changed is None:
        return _NO_HISTORY
    confirmed = history.get(f"confirms:{name}", changed)
    for touched in (changed, confirmed):
        if touched.fault:
            return touched.fault
    return max(changed, confirmed, key=lambda each: each.time)


def _history(context: Context) -> History | str:
    """When everything that entries name was last touched or confirmed, or why the history cannot be read."""
    try:
        top_of(context.root)
        changed = commits(context.root, ["--name-only"], _folders(context.catalog))
        # A commit that only confirms may touch no file at all, so it is looked for by its message.
        confirming = commits(context.root, ["--fixed-strings", "--regexp-ignore-case", "--grep=Confirms:"], ())
        return {**touches(changed, context.as_of), **_confirmed(confirming, context.as_of)}
    except GitError as error:
        return str(error)


def _confirmed(found: Iterable[Commit], as_of: dt.datetime) -> History:
    """What was confirmed, without the commits of the first walk being counted twice."""
    return {place: touched for place, touched in touches(found, as_of).items() if place.startswith("confirms:")}


def _folders(catalog: Catalog) -> Sequence[str]:
    """The first parts of all paths that entries name: few, where the paths themselves may be too many to hand over."""
    found = {"catalog"}
    for service in catalog.services.values():
        design = (service.spec.design.path,) if service.spec.design else ()
        for path in (*design, *(runbook.path for runbook in service.spec.runbooks)):
            if path:
                found.add(path.split("/")[0])
    return sorted(found)


def _activity(recent: Sequence[Commit], team: Team | None) -> Activity:
    members = team.spec.members if team else ()
    own = sum(any(_made(commit, member) for member in members) for commit in recent)
    return Activity(commits_90d=float(len(recent)), owner_commits_90d=float(own))


def _made(commit: Commit, member: Person) -> bool:
    """Whether a person made the commit: by mail address, by the account in GitHub's no-reply one, or else by name."""
    email = commit.email.casefold()
    if member.email and email == member.email.casefold():
        return True
    if member.github and (account := NO_REPLY.fullmatch(email)) and account[1] == member.github.casefold():
        return True
    return not member.email and commit.author == member.name
