"""Which regulations make a service's data something that has to be proved."""

from collections.abc import Iterable

# Card data, and the books of a listed company: other keys, longer records, no public way.
REGULATED = frozenset({"pci-dss", "sox"})


def is_regulated(regulations: Iterable[str]) -> bool:
    """Whether one of these regulations is such a one."""
    return not REGULATED.isdisjoint(regulations)
