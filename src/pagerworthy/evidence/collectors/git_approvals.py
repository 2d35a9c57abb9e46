"""Whether somebody other than its author stands behind each change, as far as a history shows that.

A change is a commit on the first-parent line of the branch: one that was pushed or squashed, or the merge of a branch
with all that it brought. Another person stands behind it whom a trailer names (`Reviewed-by`, `Approved-by`), or who
merged what others wrote. A squashed commit without trailers was perhaps reviewed and perhaps not: nothing is concluded
from silence, nor from an author who merges, maybe after a review.
"""

import datetime as dt
import enum
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pagerworthy.evidence.collectors.git_graph import GraphCommit, graph
from pagerworthy.evidence.collectors.git_people import People, Who

RECENT = dt.timedelta(days=90)
_LINE = ("HEAD",)
_APPROVING = "%(trailers:key=Reviewed-by,key=Approved-by,valueonly,unfold,separator=%x0A)"
_WRITING = "%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x0A)"
_FIELDS = ("%an", "%ae", _APPROVING, _WRITING)


class Shown(NamedTuple):
    """How many changes there were lately, of how many the author alone approves, and of how many git says nothing."""

    changes: int
    self_approved: int
    silent: int


class Changes(NamedTuple):
    """The changes of the last 90 days by the commits that made them: what is shown of each; and what came before."""

    shown: Mapping[str, "Hand"]
    below: tuple[str, ...] = ()


class Hand(enum.Enum):
    """Whose hand a change shows beside its author's."""

    OTHER = enum.auto()
    OWN = enum.auto()
    SILENT = enum.auto()


class _Behind(NamedTuple):
    """Who wrote a commit, and who approved it."""

    authors: tuple[Who, ...]
    approvers: tuple[Who, ...]

    def is_seen(self, more: Sequence[Who]) -> bool:
        """Whether a person who is none of its authors, as far as these are known, approved it."""
        return all(author.called for author in self.authors) and any(
            who.is_person and not self._wrote(who) for who in (*self.approvers, *more)
        )

    def is_own(self, more: Sequence[Who]) -> bool:
        """Whether its approvers, of which there are some, are all its authors."""
        named = (*self.approvers, *more)
        return bool(named) and all(who.is_person and self._wrote(who) for who in named)

    def _wrote(self, who: Who) -> bool:
        return any(not who.called.isdisjoint(author.called) for author in self.authors)


def read_changes(folder: Path, people: People, as_of: dt.datetime) -> Changes:
    """What the branch that is checked out shows of its changes of the last 90 days. Raises GitError."""
    oldest = _oldest(folder, as_of)
    if oldest is None:
        return Changes({})
    below = oldest.parents[:1]
    line = graph(folder, _LINE, below, options=["--first-parent"])
    # What is on top and dated later is not there yet; what lies above an older change came after it, whatever it says.
    changes = list(itertools.dropwhile(lambda each: each.time is not None and each.time > as_of, line))
    commits = {each.name: each for each in graph(folder, [changes[0].name], below, fields=_FIELDS)}
    return Changes(dict(_judge(changes, commits, people)), below)


def approvals(folder: Path, changes: Changes, paths: Sequence[str]) -> Shown:
    """What is shown of the changes that touch the paths, or anything. Raises GitError."""
    hands = list(changes.shown.values())
    if paths and hands:
        touching = graph(folder, _LINE, changes.below, options=["--first-parent"], paths=paths)
        hands = [changes.shown[each.name] for each in touching if each.name in changes.shown]
    return Shown(len(hands), hands.count(Hand.OWN), hands.count(Hand.SILENT))


def _oldest(folder: Path, as_of: dt.datetime) -> GraphCommit | None:
    """The change of the last 90 days that is furthest down the branch."""
    start = as_of - RECENT
    # As a filter: a commit with a date of long ago must not end the walk.
    found = graph(folder, _LINE, options=["--first-parent", f"--since-as-filter={start.isoformat()}"])
    last = None
    for each in found:
        if each.time is not None and start <= each.time <= as_of:
            last = each
    return last


def _judge(
    changes: Sequence[GraphCommit], commits: Mapping[str, GraphCommit], people: People
) -> Iterator[tuple[str, Hand]]:
    seen = {each.name for each in changes}
    # Oldest first: what an earlier change has brought is not a later one's.
    for change in reversed(changes):
        itself = _behind(commits[change.name], people)
        parts, hands = [itself], itself.approvers
        if len(change.parents) > 1:
            # Merges on the branch that is merged change nothing of their own.
            brought = _brought(change, commits, seen)
            parts = [_behind(each, people) for each in brought if len(each.parents) < 2]
            hands = (*itself.approvers, *itself.authors)
        # Nor does one that brings nothing, such as that of a release back into where it came from.
        if parts and all(part.is_seen(hands) for part in parts):
            yield change.name, Hand.OTHER
        elif parts:
            yield change.name, Hand.OWN if all(part.is_own(itself.approvers) for part in parts) else Hand.SILENT


def _brought(change: GraphCommit, commits: Mapping[str, GraphCommit], seen: set[str]) -> Iterator[GraphCommit]:
    """The commits of the branches that a merge brought in, each once over all merges."""
    pending = list(change.parents[1:])
    while pending:
        name = pending.pop()
        if name in commits and name not in seen:
            seen.add(name)
            yield commits[name]
            pending += commits[name].parents


def _behind(commit: GraphCommit, people: People) -> _Behind:
    name, email, approving, writing = commit.told
    return _Behind(
        authors=(people.who(name, email), *map(people.written, _lines(writing))),
        approvers=tuple(map(people.written, _lines(approving))),
    )


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]
