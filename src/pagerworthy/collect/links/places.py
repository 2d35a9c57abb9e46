"""What an address says, read so narrowly that nobody can read it otherwise, and whether its host may be asked."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from pagerworthy.collect.errors import SourceError

_PORTS = {"https": 443, "http": 80}
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_AUTHORITY = re.compile(rf"({_LABEL}(?:\.{_LABEL})*)(?::([1-9][0-9]{{0,4}}))?", re.IGNORECASE)
# What some readers take for a number, and so for an IPv4 address (https://url.spec.whatwg.org/#ends-in-a-number-checker).
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_HOST = 253
_LONGEST = 4_000
_HIGHEST_PORT = 65_535
_SAFE = "/%:=&?~#+!$,;'@()*[]"


class Place(NamedTuple):
    """A web address in its parts; `target` is what the request line has."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The host, and the port where it is not the usual one."""
        return self.host if self.port == _PORTS[self.scheme] else f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"


def place_of(url: str) -> Place:
    """The parts of an address. Raises SourceError for all that is not plainly http or https at a host with a name."""
    if len(url) > _LONGEST or "\\" in url or any(each.isspace() or not each.isprintable() for each in url):
        raise SourceError("not asked: it is no address of the web")
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise SourceError("not asked: it is no address of the web") from error
    if parts.scheme not in _PORTS:
        raise SourceError("not asked: it is neither https nor http")
    if "@" in parts.netloc:
        raise SourceError("not asked: it has a name or a password before its host")
    found = _AUTHORITY.fullmatch(parts.netloc)
    if found is None or len(found[1]) > _LONGEST_HOST:
        raise SourceError("not asked: its host is not written as a plain name (ASCII, no number, no dot at the end)")
    host = found[1].lower()
    port = int(found[2]) if found[2] else _PORTS[parts.scheme]
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        raise SourceError("not asked: its host is a number and not a name")
    if port > _HIGHEST_PORT:
        raise SourceError("not asked: it has no such port")
    target = quote(parts.path or "/", safe=_SAFE)
    if parts.query:
        target += f"?{quote(parts.query, safe=_SAFE)}"
    return Place(parts.scheme, host, port, target)


class Allowed:
    """The hosts that may be asked: `host`, `host:port`, or `.suffix` for every host below it.

    Raises SourceError for what is none of these.
    """

    def __init__(self, hosts: Sequence[str], *, http: bool) -> None:
        self._http = http
        self._hosts: set[tuple[str, int]] = set()
        self._suffixes: set[tuple[str, int]] = set()
        for written in hosts:
            below = written.startswith(".")
            found = _AUTHORITY.fullmatch(written.removeprefix("."))
            host = found[1].lower() if found else ""
            number = _NUMBER.fullmatch(host.rpartition(".")[2])
            port = int(found[2]) if found and found[2] else 0
            if not host or number or port > _HIGHEST_PORT or (below and "." not in host):
                shown = written[:60]
                raise SourceError(f'hosts has {shown!r}: write names such as "grafana.example.com" or ".example.com"')
            (self._suffixes if below else self._hosts).add((host, port))

    def place(self, url: str) -> Place:
        """The parts of an address that may be asked. Raises SourceError with the reason for every other one."""
        place = place_of(url)
        if place.scheme == "http" and not self._http:
            raise SourceError("not asked: it is not https, and [collect.links] has no http = true")
        # A port other than the usual one has to be named.
        port = 0 if place.port == _PORTS[place.scheme] else place.port
        wanted = {port, place.port}
        above = place.host
        allowed = any((above, each) in self._hosts for each in wanted)
        while not allowed and "." in above:
            above = above.partition(".")[2]
            allowed = any((above, each) in self._suffixes for each in wanted)
        if not allowed:
            raise SourceError(f"not asked: {place.authority} is not in hosts of [collect.links]")
        return place
