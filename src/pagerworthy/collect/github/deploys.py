"""Deployments to production: how often, how often they fail, how long that lasts, and whether one was taken back."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from pagerworthy.collect.github.answers import Deployment
from pagerworthy.collect.github.everything import RECENT, Known
from pagerworthy.collect.github.places import Asked
from pagerworthy.evidence import Value
from pagerworthy.evidence.keys.base import Drill
from pagerworthy.evidence.keys.delivery import DeployFrequency, DeployStability

_MONTH = dt.timedelta(days=28)
_HOUR = dt.timedelta(hours=1)
_GOOD, _BAD = "SUCCESS", frozenset({"FAILURE", "ERROR"})
_TOO_MANY = "there are more deployments than are read"


class Done(NamedTuple):
    """A deployment that came to an end: when it began, when it ended, and how."""

    environment: str
    commit: str
    began: dt.datetime
    ended: dt.datetime
    good: bool


class Deploys(NamedTuple):
    """What deployments say; None where there were none to say it."""

    frequency: Value | str | None = None
    stability: Value | str | None = None
    rollback: Value | str | None = None


def deploys(known: Known, asked: Asked, as_of: dt.datetime) -> Deploys:
    """What the deployments of one service to production say.

    A deployment failed where its last word is that, or where the next one took it back. Service is restored with the
    next deployment that succeeds; one that is not restored yet counts until now. The share of failures and the median
    are of the last 90 days.
    """
    if reason := known.faults.get("deployments"):
        return Deploys(reason, reason, reason)
    done = sorted(_done(known.deployments, asked.environments, as_of), key=lambda each: each.began)
    if not done:
        return Deploys()
    whole = "deployments" in known.whole
    oldest = min(each.created_at for each in known.deployments)
    backs = list(_rollbacks(done))
    frequency: Value | str = _TOO_MANY
    if whole or oldest < as_of - _MONTH:
        good = sum(each.good and each.ended > as_of - _MONTH for each in done)
        frequency = DeployFrequency(per_week=good / 4)
    stability: Value | str | None = _TOO_MANY
    if whole or oldest < as_of - RECENT:
        stability = _stability(done, as_of)
    return Deploys(frequency, stability, _drill(backs, as_of))


def _done(found: Sequence[Deployment], environments: frozenset[str], as_of: dt.datetime) -> Iterator[Done]:
    for each in found:
        said = [status for status in (each.statuses.nodes or () if each.statuses else ()) if status is not None]
        ends = [(status.created_at, status.state) for status in said if status.state in {_GOOD, *_BAD}]
        if ends and each.environment in environments:
            ended, state = max(ends)
            if each.created_at <= ended <= as_of:
                yield Done(each.environment or "", each.commit_oid, each.created_at, ended, state == _GOOD)


def _stability(done: Sequence[Done], as_of: dt.datetime) -> Value | None:
    bad = {each: _restored(done, each, as_of) for each in done if not each.good}
    # What was taken back had failed, and service was restored by what took its place.
    for before, back in _rollbacks(done):
        bad[before] = back.ended if back.good else _restored(done, back, as_of)
    recent = [each for each in done if each.ended > as_of - RECENT]
    if not recent:
        return None
    failed = [each for each in recent if each in bad]
    hours = [max(0.0, (bad[each] - each.ended) / _HOUR) for each in failed]
    return DeployStability(
        failure_rate=len(failed) / len(recent),
        failed_28d=float(sum(each.ended > as_of - _MONTH for each in failed)),
        restore_hours=median(hours) if hours else 0.0,
    )


def _restored(done: Sequence[Done], failed: Done, as_of: dt.datetime) -> dt.datetime:
    later = (e.ended for e in done if e.good and e.environment == failed.environment and e.ended > failed.ended)
    return min(later, default=as_of)


def _rollbacks(done: Sequence[Done]) -> Iterator[tuple[Done, Done]]:
    """What was taken back, and what took it back: a deployment of a commit that had run before what it replaces.

    Seen by what was deployed when, never by the dates of commits, which a rebase changes: whoever goes forward again
    to the newer commit takes nothing back.
    """
    for environment in dict.fromkeys(each.environment for each in done):
        here = [each for each in done if each.environment == environment]
        first: dict[str, int] = {}
        for index, each in enumerate(here):
            if each.good:
                first.setdefault(each.commit, index)
        ran = [each for each in here if each.good]
        for before, after in pairwise(here):
            # What failed may never have run: then it is as if it came after all that had.
            was = first.get(before.commit, len(here))
            if after.commit != before.commit and first.get(after.commit, len(here)) < was and _ran(ran, after):
                yield before, after


def _ran(ran: Sequence[Done], back: Done) -> bool:
    """Whether the commit had been in production before it was deployed again."""
    return any(each.commit == back.commit and each.began < back.began for each in ran)


def _drill(backs: Sequence[tuple[Done, Done]], as_of: dt.datetime) -> Value | None:
    if not backs:
        return None
    last = max((back for _, back in backs), key=lambda each: each.ended)
    return Drill(age_days=(as_of - last.ended) / dt.timedelta(days=1), passed=last.good)
