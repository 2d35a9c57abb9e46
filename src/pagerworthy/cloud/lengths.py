"""Lengths of time as entries write them (`35d`, `12h`), counted as the cloud wants them."""

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


def seconds(duration: str) -> int:
    """A duration of an entry in whole seconds, at least 1. The schema has checked its form."""
    unit = "ms" if duration.endswith("ms") else duration[-1]
    return max(1, int(int(duration[: -len(unit)]) * _SECONDS[unit]))


def days(duration: str) -> int:
    """A duration of an entry in days; what is begun counts, since less would be kept than was asked for."""
    return -(-seconds(duration) // 86400)
