"""What a service's repository says of its releases, of how long changes wait for them, and of who approved changes."""

import datetime as dt
from collections.abc import Iterator, Sequence
from statistics import median
from typing import NamedTuple

import msgspec

from pagerworthy.catalog import Service
from pagerworthy.evidence.collectors.checkouts import Checkouts, Code
from pagerworthy.evidence.collectors.collector import Context, record
from pagerworthy.evidence.collectors.git_approvals import Shown
from pagerworthy.evidence.collectors.git_history import days_before
from pagerworthy.evidence.collectors.git_lead import RECENT, Waits
from pagerworthy.evidence.collectors.git_tags import Release
from pagerworthy.evidence.keys import KEYS, Value
from pagerworthy.evidence.keys.repository import LeadTime, Releases, Reviews
from pagerworthy.evidence.record import Record, Strength

_MONTH = dt.timedelta(days=28)
_WEEKS = 4
_DAY = 24
_MOST_HOURS = 876_000.0
_MOST_DAYS = 36_500.0
_NO_TAG = "no tag looks like a version of it, such as v1.2.3; [collect.tags] tells how its tags are written"
_SHARED = (
    "other services share the repository, and each has tags of its own: only [collect.paths] can tell whose a commit "
    "is, by its folder"
)
_NO_CHANGE = "no change in the last 90 days"


class _Found(NamedTuple):
    """What to record; not `sure` where a date is only the earliest that it can have been."""

    value: Value | str
    sure: bool = True


def released(context: Context, checkouts: Checkouts, service: Service) -> Iterator[Record]:
    """The records of one service; none where no checkout of its repository is named: then nobody has looked."""
    code = checkouts.code(service)
    if code is None:
        return
    often, lead = _tagged(context, checkouts, service.name, code)
    where = " ".join((code.url, *code.paths))
    yield _record(context, service, "git.releases", often, f"git for-each-ref refs/tags, of {where}")
    yield _record(context, service, "git.lead", lead, f"git log, and the first tag that has each commit, of {where}")
    shown = checkouts.approvals(code)
    reviews = shown if isinstance(shown, str) else _reviews(shown)
    query = f"git log --first-parent --since=90.days: merges, Reviewed-by, Approved-by, of {where}"
    yield _record(context, service, "git.approvals", _Found(reviews), query)


def _tagged(context: Context, checkouts: Checkouts, service: str, code: Code) -> tuple[_Found, _Found]:
    """How often there are releases, and how long changes wait for them."""
    tags = checkouts.tags(code)
    if isinstance(tags, str):
        return _Found(tags), _Found(tags)
    written = context.settings.tags
    releases, by_name = tags.of(service, written.get(code.url) or written.get("*", ""), context.as_of)
    if not releases:
        return _Found(_NO_TAG), _Found(_NO_TAG)
    often = _often(releases, context.as_of)
    if by_name and checkouts.is_shared(code):
        return often, _Found(_SHARED)
    found = checkouts.waits(code, releases)
    return often, _Found(found) if isinstance(found, str) else _lead(found)


def _often(releases: Sequence[Release], as_of: dt.datetime) -> _Found:
    recent = [each for each in releases if each.time >= as_of - RECENT]
    found = Releases(
        age_days=min(days_before(releases[-1].time, as_of), _MOST_DAYS),
        releases_90d=float(len(recent)),
        per_week=sum(each.time >= as_of - _MONTH for each in recent) / _WEEKS,
    )
    return _Found(found, all(each.dated for each in (*recent, releases[-1])))


def _lead(found: Waits) -> _Found:
    if not found.hours and not found.waiting:
        return _Found("no commit came into a release in the last 90 days, and none waits for one")
    lead = LeadTime(
        # Where nothing was released, what waits has waited so long already.
        median_hours=min(median(found.hours or found.waiting), _MOST_HOURS),
        commits=float(len(found.hours)),
        waiting_days=min(max(found.waiting, default=0.0) // _DAY, _MOST_DAYS),
    )
    return _Found(lead, found.sure and bool(found.hours))


def _reviews(shown: Shown) -> Value | str:
    """What is certain: that each change was approved, or that some were by their author alone."""
    if not shown.changes:
        return _NO_CHANGE
    if shown.silent and not shown.self_approved:
        return (
            f"history does not show who approved {shown.silent} of {shown.changes} changes: they have no trailer "
            "Reviewed-by or Approved-by, and nobody but an author merged them"
        )
    return Reviews(float(shown.changes), float(shown.self_approved))


def _record(context: Context, service: Service, key: str, found: _Found, query: str) -> Record:
    made = record("git", service.name, key, found.value, time=context.as_of, query=query)
    if found.sure:
        return made
    return msgspec.structs.replace(made, strength=min(KEYS[key].strength, Strength.LINKED).word)
