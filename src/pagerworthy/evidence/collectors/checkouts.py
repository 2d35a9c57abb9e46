"""The repositories of services, where the settings name a checkout of them; each is read once."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Generic, NamedTuple, TypeVar

from pagerworthy.catalog import Service
from pagerworthy.evidence.collectors.collector import Context
from pagerworthy.evidence.collectors.git_approvals import Changes, Shown, approvals, read_changes
from pagerworthy.evidence.collectors.git_changes import large_change, recent_commits
from pagerworthy.evidence.collectors.git_history import Commit, top_of
from pagerworthy.evidence.collectors.git_lead import Waits, read_waits
from pagerworthy.evidence.collectors.git_people import People
from pagerworthy.evidence.collectors.git_process import GitError
from pagerworthy.evidence.collectors.git_tags import Release, ReleaseTags, read_tags
from pagerworthy.evidence.text import inert

_INSIDE = (
    "its checkout lies inside this repository, where a pull request could have put it: name a folder outside in "
    "[collect.checkouts]"
)


Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class Code(NamedTuple):
    """Where a service's code is: in the repository at an address, and there in a folder, or anywhere."""

    url: str
    path: str = ""

    @property
    def paths(self) -> tuple[str, ...]:
        return (self.path,) if self.path else ()


class Checkouts:
    """Answers about repositories by their address; a text in place of an answer says why there is none."""

    def __init__(self, context: Context) -> None:
        self._as_of = context.as_of
        self._root = context.root.resolve()
        self._named = context.settings.checkouts
        self._paths = context.settings.paths
        self._folders: dict[str, Path | str] = {}
        self._recent: _Answers[Code, tuple[Commit, ...]] = _Answers(self._folder)
        self._large: _Answers[Code, dt.datetime] = _Answers(self._folder)
        self._tags: _Answers[Code, ReleaseTags] = _Answers(self._folder)
        self._waits: _Answers[tuple[Code, tuple[Release, ...]], Waits] = _Answers(self._folder)
        self._changes: _Answers[Code, Changes] = _Answers(self._folder)
        self._shown: _Answers[Code, Shown] = _Answers(self._folder)
        self._sharing = Counter(service.spec.repository for service in context.catalog.services.values())
        self._people = People(person for team in context.catalog.teams.values() for person in team.spec.members)
        try:
            self._top = top_of(self._root).resolve()
        except GitError:
            self._top = self._root

    def code(self, service: Service) -> Code | None:
        """Where the service's code is; None where no checkout of its repository is named."""
        url = service.spec.repository
        return Code(url, self._paths.get(service.name, "")) if url in self._named else None

    def is_shared(self, code: Code) -> bool:
        """Whether other services may live in the same place."""
        return not code.path and self._sharing[code.url] > 1

    def recent(self, code: Code) -> tuple[Commit, ...] | str:
        """The commits of the last 90 days."""
        return self._recent.get(code, code, lambda folder: recent_commits(folder, self._as_of, code.paths))

    def large_change(self, code: Code) -> dt.datetime | str:
        """When the code last changed by 200 lines or more in one commit; without such a commit, when it began."""
        own = self._folder(Code(code.url)) in {self._root, self._top}
        return self._large.get(code, code, lambda folder: large_change(folder, self._as_of, code.paths, own=own))

    def releases(self, url: str) -> tuple[dt.datetime, ...] | str:
        """When each tag was made, or the commit that it names."""
        if url not in self._named:
            return f"[collect.checkouts] names no checkout of {url or 'its repository'}"
        tags = self.tags(Code(url))
        return tags if isinstance(tags, str) else tags.times

    def tags(self, code: Code) -> ReleaseTags | str:
        """The tags of the repository."""
        whole = Code(code.url)
        return self._tags.get(whole, whole, lambda folder: ReleaseTags(read_tags(folder)))

    def waits(self, code: Code, releases: tuple[Release, ...]) -> Waits | str:
        """How long commits waited for the first of these releases that has them."""
        return self._waits.get(
            (code, releases), code, lambda folder: read_waits(folder, releases, self._as_of, code.paths)
        )

    def approvals(self, code: Code) -> Shown | str:
        """Whether somebody other than its author stands behind each change of the last 90 days."""
        whole = Code(code.url)
        changes = self._changes.get(whole, whole, lambda folder: read_changes(folder, self._people, self._as_of))
        if isinstance(changes, str):
            return changes
        return self._shown.get(code, code, lambda folder: approvals(folder, changes, code.paths))

    def _folder(self, code: Code) -> Path | str:
        if code.url not in self._folders:
            self._folders[code.url] = self._find(self._named[code.url])
        folder = self._folders[code.url]
        if code.path and not isinstance(folder, str) and not is_inside(folder, code.path):
            return f"there is no {inert(code.path)} in the checkout"
        return folder

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


class _Answers(Generic[Key, Answer]):
    """What was read once, or why it could not be."""

    def __init__(self, folder: Callable[[Code], Path | str]) -> None:
        self._folder = folder
        self._kept: dict[Key, Answer | str] = {}

    def get(self, key: Key, code: Code, read: Callable[[Path], Answer]) -> Answer | str:
        if key not in self._kept:
            folder = self._folder(code)
            try:
                self._kept[key] = folder if isinstance(folder, str) else read(folder)
            except GitError as error:
                self._kept[key] = str(error)
        return self._kept[key]


def is_inside(folder: Path, path: str) -> bool:
    """Whether a folder has something at a path; a path that leads out of it is never there."""
    try:
        return (folder / path).resolve().is_relative_to(folder) and os.path.lexists(folder / path)
    except (OSError, ValueError, RuntimeError):
        return False
