"""Every evidence key: the shape of its value, what it is kept per, who brings it and how strong it can be.

A value is a frozen struct; all numbers in it are floats, because criteria compare them with thresholds that are floats.
`per` says of which part of a service there is one record each: a key that is kept per objective is only known when
every objective has its record, so that a missing one can never make `all(...)` true.

One file holds a group of keys with their values; this one joins them.
"""

import difflib

from pagerworthy.evidence.keys import alerting, capacity, delivery, handover, monitoring, repository, safety, slo, stack
from pagerworthy.evidence.keys.base import Key, Per, Value
from pagerworthy.evidence.keys.handover import Cost
from pagerworthy.evidence.keys.slo import SloBudget, SloBurndown, SloEvents

__all__ = ["GROUPS", "KEYS", "Cost", "Key", "Per", "SloBudget", "SloBurndown", "SloEvents", "Value", "key_help"]

GROUPS = (repository, stack, slo, monitoring, alerting, capacity, delivery, safety, handover)
KEYS: dict[str, Key] = {key.name: key for group in GROUPS for key in group.KEYS}


_LONGEST = 60


def key_help(name: str) -> str:
    """What to write instead of a name that no key has."""
    near = difflib.get_close_matches(name[:_LONGEST], KEYS, n=1)
    return f"did you mean {near[0]}?" if near else "`pagerworthy docs evidence` lists the keys"
