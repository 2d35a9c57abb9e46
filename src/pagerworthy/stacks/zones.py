"""The availability zones that an environment spreads over."""

from pagerworthy.catalog import EnvironmentSpec
from pagerworthy.cloud import zone_names

# Load balancers and groups of database subnets want two zones, and one is no redundancy.
FEWEST = 2


def zone_count(spec: EnvironmentSpec) -> int:
    """Over how many zones an environment spreads, also where the region has fewer and it is therefore refused."""
    return max(FEWEST, spec.zones)


def zones_of(spec: EnvironmentSpec) -> tuple[str, ...]:
    """The names of the zones, such as `eu-west-1a`: always the same, whatever the cloud reports today.

    Asking the cloud which zones are available would move subnets on the day that one of them is not. Raises ValueError
    for more zones than the region has; `check` has told of it.
    """
    wanted, there = zone_count(spec), zone_names(spec.region)
    if wanted > len(there):
        message = f"{spec.region} has {len(there)} zones, not {wanted}"
        raise ValueError(message)
    return there[:wanted]
