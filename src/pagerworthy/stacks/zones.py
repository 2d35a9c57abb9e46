"""The availability zones that an environment spreads over."""

from collections.abc import Mapping

from pagerworthy.catalog import EnvironmentSpec

# Load balancers and groups of database subnets want two zones, and one is no redundancy.
FEWEST = 2

# Zones have the letters a, b, c and on, save in these regions, which withhold some from newer accounts.
_LETTERS: Mapping[str, str] = {"ap-northeast-1": "acd", "ca-central-1": "abd", "us-west-1": "ac"}


def zones_of(spec: EnvironmentSpec) -> tuple[str, ...]:
    """The names of the zones, such as `eu-west-1a`: always the same, whatever the cloud reports today.

    Asking the cloud which zones are available would move subnets on the day that one of them is not.
    """
    letters = _LETTERS.get(spec.region, "abcdef")
    return tuple(spec.region + letter for letter in letters[: max(FEWEST, spec.zones)])
