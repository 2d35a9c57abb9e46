"""The addresses of an environment: which network each zone's subnets have, now and after it has grown."""

import hashlib
import ipaddress
from dataclasses import dataclass

# A VPC is a /16. It is parted into eight blocks, one for each of at most six zones; two stay free.
_ZONE_PREFIX = 19


@dataclass(frozen=True, slots=True)
class ZoneAddresses:
    """The networks of one zone's subnets."""

    private: str
    public: str
    data: str


def vpc_network(environment: str) -> str:
    """The environment's network, `10.16.0.0/16` to `10.255.0.0/16`.

    It follows from the name alone, and differs between most environments, so that two can be joined later.
    """
    digest = hashlib.sha256(environment.encode()).digest()
    return f"10.{16 + int.from_bytes(digest[:4], 'big') % 240}.0.0/16"


def zone_addresses(network: str, zone: int) -> ZoneAddresses:
    """The networks of a zone's subnets, by its number from 0.

    Half of a zone's 8,192 addresses are for services, since each task has one; an eighth each for load balancers and
    for data. A quarter stays free. A zone more or less moves no other zone.
    """
    block = list(ipaddress.IPv4Network(network).subnets(new_prefix=_ZONE_PREFIX))[zone]
    private, rest = block.subnets(prefixlen_diff=1)
    public, data, *_ = rest.subnets(prefixlen_diff=2)
    return ZoneAddresses(str(private), str(public), str(data))
