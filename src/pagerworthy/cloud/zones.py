"""The availability zones of each region.

The table is of November 2026, from AWS's page on regions and availability zones. A zone that AWS adds is one letter.
"""

from collections.abc import Mapping

# What a region has unless the table says otherwise.
_USUAL = "abc"
# Some regions have more zones, and some withhold one from newer accounts.
_LETTERS: Mapping[str, str] = {
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
    "us-east-1": "abcdef",
    "us-west-1": "ac",
    "us-west-2": "abcd",
}


def zone_names(region: str) -> tuple[str, ...]:
    """The zones of a region, such as `eu-west-1a`, in order."""
    return tuple(region + letter for letter in _LETTERS.get(region, _USUAL))
