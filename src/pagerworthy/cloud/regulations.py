"""Which regulations make a service's data something that has to be proved."""

from collections.abc import Iterable

# Card data, and the books of a listed company: other keys, longer records, no public way.
# Twelve months is what PCI DSS (10.5.1) and audits of SOX ask of records. The least that an entry may write; what
# stacks keep, a leap day included; and how long logs stay, since CloudWatch knows no length between a year and this.
LEAST_DAYS = 365
KEPT_DAYS = 366
LOG_DAYS = 400

REGULATED = frozenset({"pci-dss", "sox"})


def is_regulated(regulations: Iterable[str]) -> bool:
    """Whether one of these regulations is such a one."""
    return not REGULATED.isdisjoint(regulations)
