"""Which addresses of the internet may be connected to: those that are everybody's, and no other.

IANA's registries of special addresses, and those that carry an IPv4 address within, which a translator at this end may
take out again. See https://www.iana.org/assignments/iana-ipv4-special-registry and its twin for IPv6.
"""

import ipaddress

_REFUSED_4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            # Azure's servers tell their machines of themselves here, though the address looks like anybody's.
            "168.63.129.16/32",
            "224.0.0.0/3",
        ),
    )
)
# All else is none of the internet's: loopback, mapped, compatible and translated IPv4, private, link-local, multicast.
_GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            # Teredo, benchmarks, ORCHID and alike; 6to4, which is an IPv4 address; documentation.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "2620:4f:8000::/48",
            "3fff::/20",
        ),
    )
)
# ISATAP (RFC 5214, section 6.1) keeps an IPv4 address behind these 32 bits of the interface.
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})


def is_public(address: str) -> bool:
    """Whether an address, as a resolver writes it, is one of the public internet; not where it is no address."""
    if "%" in address:
        return False
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found.is_global and not any(found in network for network in _REFUSED_4)
    if found not in _GLOBAL_6 or any(found in network for network in _REFUSED_6):
        return False
    return found.is_global and (int(found) >> 32) & 0xFFFFFFFF not in _ISATAP
