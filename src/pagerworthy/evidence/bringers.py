"""Who brings a key: a collector of this version, or whoever writes its records."""

import functools

from pagerworthy.evidence.keys import KEYS


def is_collected(key: str) -> bool:
    """Whether a collector of this version writes the key."""
    # Collectors know how to run git and more, and most commands collect nothing.
    from pagerworthy.evidence.collectors import COLLECTORS, NAMES

    there = any(key in collector.keys for collector in COLLECTORS.values())
    return there or (KEYS[key].collector in NAMES and KEYS[key].collector not in COLLECTORS)


@functools.cache
def brought_by(key: str) -> str:
    """Who brings a key, as a clause: what to run, or that its record must be written. KeyError for an unknown key."""
    source = KEYS[key].collector
    if is_collected(key):
        return f"the {source} collector brings it"
    return f"no collector of this version brings it: write a record from {source}"
