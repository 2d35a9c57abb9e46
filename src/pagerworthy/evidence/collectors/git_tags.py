"""The tags of a repository that name releases, and when each was made.

A tag with an object of its own (`git tag -a`) says when it was made; a light one is but a name, and counts as made with
its commit, which is the earliest that it can have been.
"""

import contextlib
import datetime as dt
import fnmatch
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pagerworthy.evidence.collectors.git_history import moment_of
from pagerworthy.evidence.collectors.git_process import git_fields

_FIELDS = (
    "objecttype",
    "objectname",
    "committerdate:unix",
    "*objecttype",
    "*objectname",
    "*committerdate:unix",
    "taggerdate:unix",
    "refname",
)
_FORMAT = "--format=" + "".join(f"%({field})%00" for field in _FIELDS)
_LONGEST = 200
# What goes before a version and says nothing of whose it is.
_NOBODY = frozenset({"", "release", "releases", "rel", "version", "tags", "deploy", "deployed", "prod", "production"})
# 1.2.3, v1.2, 2026-11-20, 20261120.1; 1.2.3-hotfix.1 and 1.2.3+build; but neither 1.2.3-rc1 nor 1.2.3b2.
_VERSION = re.compile(
    r"(?:(?P<before>.{1,150}?)[/@_-])??v?\.?\d{1,20}(?:[._-]\d{1,20}){0,8}"
    r"(?:[._-]?(?:final|ga|release|lts|hotfix|patch|post|sp)[._-]?\d{0,9})?(?:\+[0-9A-Za-z._-]{1,80})?",
    re.IGNORECASE,
)
# A bare number is a version where something says so: `v12`, `release-12`, or a whole date.
_BARE = re.compile(r"\d{1,5}")


class Tag(NamedTuple):
    """A tag; `commit` is empty where it names none, `made` is None where the tag has no date of its own."""

    name: str
    commit: str
    committed: dt.datetime | None
    made: dt.datetime | None


class Release(NamedTuple):
    """A commit that was released, and when; `dated` where a tag says that, and not just the commit."""

    commit: str
    time: dt.datetime
    dated: bool


def read_tags(folder: Path) -> tuple[Tag, ...]:
    """All tags; one of a tree, of a file or of another tag names no commit. Raises GitError."""
    with contextlib.closing(git_fields(folder, ["for-each-ref", _FORMAT, "refs/tags"])) as found:
        return tuple(_tags(field.decode("utf-8", errors="surrogateescape") for field in found))


def _tags(fields: Iterator[str]) -> Iterator[Tag]:
    for row in zip(*[fields] * len(_FIELDS), strict=False):
        kind, commit, committed, far_kind, far_commit, far_committed, made, name = row
        name = name.removeprefix("refs/tags/")
        if kind.lstrip("\n") == "commit":
            yield Tag(name, commit, moment_of(committed), None)
        else:
            yield Tag(name, far_commit if far_kind == "commit" else "", moment_of(far_committed), moment_of(made))


class ReleaseTags:
    """The tags of one repository, sorted by what goes before their version."""

    def __init__(self, tags: Sequence[Tag]) -> None:
        self._all = tags
        self._tags = [tag for tag in tags if tag.commit and len(tag.name) <= _LONGEST]
        self._by_owner: Mapping[str, list[Tag]] = _by_owner(self._tags)

    @property
    def times(self) -> tuple[dt.datetime, ...]:
        """When each tag was made, whatever its name, or the commit that it names."""
        return tuple(time for tag in self._all if (time := tag.made or tag.committed) is not None)

    def of(self, service: str, pattern: str, as_of: dt.datetime) -> tuple[tuple[Release, ...], bool]:
        """The releases of a service until a moment, oldest first, and whether their tags name it.

        With a pattern, the tags that fit it, in which `{service}` stands for the service; otherwise those that look
        like versions after the service's name, or, where there are none, after no name.
        """
        if pattern:
            shape = re.compile(fnmatch.translate(pattern.replace("{service}", service)))
            fitting = [tag for tag in self._tags if shape.match(tag.name)]
            return _releases(fitting, as_of), "{service}" in pattern
        own = self._by_owner.get(service.casefold(), [])
        return _releases(own or self._by_owner.get("", []), as_of), bool(own)


def _by_owner(tags: Iterable[Tag]) -> Mapping[str, list[Tag]]:
    found: dict[str, list[Tag]] = defaultdict(list)
    for tag in tags:
        match = _VERSION.fullmatch(tag.name)
        if match and not _BARE.fullmatch(tag.name):
            found[_owner(match["before"] or "")].append(tag)
    return found


def _owner(before: str) -> str:
    """Whose version it is: `cart` of `cart-1.2`, `release/cart/1.2` and `@shop/cart@1.2`; empty if nobody is named."""
    parts = [part for part in before.casefold().split("/") if part not in _NOBODY]
    return parts[-1].lstrip("@") if parts else ""


def _releases(tags: Iterable[Tag], as_of: dt.datetime) -> tuple[Release, ...]:
    """Each commit once, however many tags it has: when the first was made that says when, if one does."""
    first: dict[str, Release] = {}
    for tag in tags:
        times = [each for each in (tag.made, tag.committed) if each is not None]
        if not times:
            continue
        # No tag is older than its commit, whatever it says.
        release = Release(tag.commit, max(times), tag.made is not None)
        before = first.get(tag.commit)
        if release.time <= as_of and (before is None or _rank(release) < _rank(before)):
            first[tag.commit] = release
    return tuple(sorted(first.values(), key=lambda each: (each.time, each.commit)))


def _rank(release: Release) -> tuple[bool, dt.datetime]:
    return (not release.dated, release.time)
