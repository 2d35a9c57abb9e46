"""Whether somebody other than its author stands behind each change, as far as a history shows that.

A change is a commit on the first-parent line of the branch: one that was pushed or squashed, or the merge of a branch
with all that it brought. Another person stands behind it whom a trailer names (`Reviewed-by`, `Approved-by`), or who
merged what others wrote. A squashed commit without trailers was perhaps reviewed and perhaps not: nothing is concluded
from silence, nor from an author who merges, maybe after a review.
"""

import datetime as dt
import itertools
from collections.abc import Collection, Iterator, Mapping, Sequence
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


def approvals(folder: Path, people: People, as_of: dt.datetime, paths: Sequence[str]) -> Shown:
    """What the branch that is checked out shows of its changes of the last 90 days that touch the paths, or anything.

    Raises GitError.
    """
    oldest = _oldest(folder, as_of)
    if oldest is None:
        return Shown(0, 0, 0)
    below = oldest.parents[:1]
    line = graph(folder, _LINE, below, options=["--first-parent"])
    # What is on top and dated later is not there yet; what lies above an older change came after it, whatever it says.
    changes = list(itertools.dropwhile(lambda each: each.time is not None and each.time > as_of, line))
    commits = {each.name: each for each in graph(folder, [changes[0].name], below, fields=_FIELDS)}
    touching = {each.name for each in changes}
    if paths:
        touching &= {each.name for each in graph(folder, _LINE, below, options=["--first-parent"], paths=paths)}
    return _count(changes, commits, people, touching)


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


def _count(
    changes: Sequence[GraphCommit], commits: Mapping[str, GraphCommit], people: People, touching: Collection[str]
) -> Shown:
    behind = {name: _behind(commit, people) for name, commit in commits.items()}
    seen = {each.name for each in changes}
    total = own = silent = 0
    # Oldest first: what an earlier change has brought is not a later one's.
    for change in reversed(changes):
        itself = behind[change.name]
        parts, hands = [itself], itself.approvers
        if len(change.parents) > 1:
            # Merges on the branch that is merged change nothing of their own.
            parts = [behind[each.name] for each in _brought(change, commits, seen) if len(each.parents) < 2]
            hands = (*itself.approvers, *itself.authors)
        if change.name not in touching:
            continue
        # Nor does one that brings nothing, such as that of a release back into where it came from.
        total += bool(parts)
        if all(part.is_seen(hands) for part in parts):
            continue
        if all(part.is_own(itself.approvers) for part in parts):
            own += 1
        else:
            silent += 1
    return Shown(total, own, silent)


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
