"""Which failures were survived on purpose."""

import datetime as dt

from pagerworthy.evidence.keys.base import Drill
from pagerworthy.evidence.record import Strength
from pagerworthy.evidence.store import Evidence, is_stale

SURVIVED = "drill.hard"


def survived(evidence: Evidence, *, within: dt.timedelta) -> dict[str, frozenset[str]]:
    """By service, the hard dependencies whose loss was survived in an exercise within this time before `as_of`.

    Only what was exercised counts, and only what went as it should. A record whose collector failed, that has expired
    or that is older than `within` says nothing.
    """
    found = {}
    for subject, drills in evidence.having(SURVIVED):
        names = frozenset(
            item
            for item, known in drills.items()
            if isinstance(known.value, Drill)
            and known.value.passed
            and known.level is Strength.EXERCISED
            and not is_stale(known.record, as_of=evidence.as_of, max_age=within)
            and known.record.time - dt.timedelta(days=known.value.age_days) >= evidence.as_of - within
        )
        if names:
            found[subject] = names
    return found
