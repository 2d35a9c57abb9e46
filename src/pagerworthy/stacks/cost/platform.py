"""What an environment's platform stack costs before anything runs in it."""

from collections.abc import Iterator

from pagerworthy.catalog import EnvironmentSpec
from pagerworthy.stacks.cost.estimate import Line, line
from pagerworthy.stacks.cost.prices import Prices
from pagerworthy.stacks.offerings import ENDPOINTS
from pagerworthy.stacks.zones import zone_count

_PLATFORM = "platform"


def platform_lines(prices: Prices, spec: EnvironmentSpec, *, regulated: bool) -> Iterator[Line]:
    """Ways out, endpoints, keys and names. Outside production, one zone serves all."""
    zones = zone_count(spec) if spec.purpose == "production" else 1
    yield line(prices, _PLATFORM, "NAT gateways", "nat", zones)
    yield line(prices, _PLATFORM, "Public addresses", "public-address", zones)
    yield line(prices, _PLATFORM, "Endpoints of AWS, by zone", "endpoint", len(ENDPOINTS) * zones)
    yield line(prices, _PLATFORM, "Keys", "key", 2 if regulated else 1)
    yield line(prices, _PLATFORM, "DNS zones", "hosted-zone", 2 if spec.domain else 1)
