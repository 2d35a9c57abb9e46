"""How long a change waits for the first release that has it."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from pagerworthy.evidence.collectors.git_graph import GraphCommit, graph
from pagerworthy.evidence.collectors.git_tags import Release

RECENT = dt.timedelta(days=90)
_HOUR = dt.timedelta(hours=1)
# Clocks of two machines differ; a commit that is further ahead of the release that has it has a wrong date.
_SKEW = dt.timedelta(days=1)


class Waits(NamedTuple):
    """Hours from commit to release, one for each commit that was released lately, and so far, of those in no release.

    `sure` is false where a date was needed and only guessed.
    """

    hours: Sequence[float]
    waiting: Sequence[float]
    sure: bool


def read_waits(folder: Path, releases: Iterable[Release], as_of: dt.datetime, paths: Sequence[str]) -> Waits:
    """How long the commits waited that touch the paths, or anything, by the branch that is checked out and its tags.

    Raises GitError.
    """
    # What was surely released before what counts, and all behind it, need not be walked.
    old = {each.commit for each in releases if each.dated and each.time < as_of - RECENT}
    tips = ["HEAD", *(each.commit for each in releases if each.commit not in old)]
    touching = None
    if paths:
        touching = {each.name for each in graph(folder, tips, old, options=["--full-history"], paths=paths)}
    return waits(graph(folder, tips, old), releases, as_of, touching)


def waits(
    commits: Iterable[GraphCommit],
    releases: Iterable[Release],
    as_of: dt.datetime,
    touching: Collection[str] | None = None,
) -> Waits:
    """How long commits waited, in one pass over commits that come before their parents.

    Each commit hands the first release that has it on to its parents. Merges change nothing of their own and do not
    count, nor do commits that are not `touching` what is asked about.
    """
    made = {each.commit: each for each in releases}
    handed: dict[str, Release] = {}
    hours: list[float] = []
    waiting: list[float] = []
    sure = True
    for commit in commits:
        first = _earlier(handed.pop(commit.name, None), made.get(commit.name))
        if first is not None:
            for parent in commit.parents:
                handed[parent] = _earlier(handed.get(parent), first) or first
        if len(commit.parents) > 1 or (touching is not None and commit.name not in touching):
            continue
        if commit.time is None:
            sure = False
        elif first is None:
            if commit.time <= as_of:
                waiting.append((as_of - commit.time) / _HOUR)
        elif first.time < as_of - RECENT:
            # A light tag of long ago may have been made yesterday.
            sure = sure and first.dated
        elif commit.time > first.time + _SKEW:
            sure = False
        else:
            sure = sure and first.dated
            hours.append(max((first.time - commit.time) / _HOUR, 0.0))
    return Waits(hours, waiting, sure)


def _earlier(one: Release | None, other: Release | None) -> Release | None:
    if one is None or other is None:
        return one or other
    return min(one, other, key=lambda each: (each.time, not each.dated))
