"""No spelling of a forbidden address opens a connection: the socket layer is replaced, and remembers every try."""

import socket
from collections.abc import Callable

import pytest

from pagerworthy.collect import Deadline, SourceError
from pagerworthy.collect.links.asker import Asker, Limits
from pagerworthy.collect.links.guarded import Guarded
from pagerworthy.collect.links.places import Allowed, Place, place_of
from pagerworthy.collect.links.public import is_public
from pagerworthy.collect.transport import Answer, Bounds, Request, Take

PUBLIC = "93.184.215.14"
PUBLIC_6 = "2606:2800:21f:cb07:6820:80da:af6b:8b2c"
BOUNDS = Bounds(1, 1, 1024)

# Loopback, private and metadata addresses, in every way that some resolver or library has been seen to read.
SPELLINGS = (
    "127.0.0.1",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",  # noqa: S104 -- nothing is bound
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "00000177.0.0.1",
    "0x7f000001",
    "0X7F000001",
    "0x7f.0.0.1",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "127.0.0.1.",
    "127.1.",
    "2852039166",
    "169.254.169.254",
    "0xa9fea9fe",
    "0xa9.0xfe.0xa9.0xfe",
    "0251.0376.0251.0376",
    "169.254.43518",
    "169.16689662",
    "10.0.0.1",
    "012.1",
    "192.168.1.1",
    "3232235777",
    "172.16.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:169.254.169.254]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::169.254.169.254]",
    "[64:ff9b:1::a00:1]",
    "[2002:7f00:1::]",
    "[2002:a9fe:a9fe::1]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[fe80::1%eth0]",
    "[fe80::1%25lo]",
    "[fd00:ec2::254]",
    "[fc00::1]",
    "[fec0::1]",
    "[ff02::1]",
    "[2606:2800::5efe:127.0.0.1]",
    "[::1%25lo]",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "ip6-localhost",
    "metadata.google.internal",
    "\uff11\uff12\uff17.\uff10.\uff10.\uff11",
    "\u2460\u2461\u2466.\u24ea.\u24ea.\u2460",
    "127\u30020\u30020\u30021",
    "127\uff0e0\uff0e0\uff0e1",
    "127\uff610\uff610\uff611",
    "loc\u00adalhost",
    "\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3",
    "%31%32%37.0.0.1",
    "127%2e0%2e0%2e1",
    "a.example@127.0.0.1",
    "a.example:443@127.0.0.1",
    "a.example%40127.0.0.1@localhost",
    "127.0.0.1#@a.example",
    "127.0.0.1?@a.example",
    "127.0.0.1\\@a.example",
    "a.example\\@127.0.0.1",
    "127.0.0.1%00.a.example",
    "127.0.0.1%0d%0aHost:a.example",
    "127.0.0.1\t",
    " 127.0.0.1",
    "127.0.0.1:0",
    "127.0.0.1:99999",
    "127.0.0.1,a.example",
    "loopback.hosts.example",
    "mixed.hosts.example",
    "metadata.hosts.example",
    "mapped.hosts.example",
)
# What the resolver of these tests says of names. `mixed` has a public address, too.
NAMES = {
    "localhost": ("127.0.0.1", "::1"),
    "ip6-localhost": ("::1",),
    "metadata.google.internal": ("169.254.169.254",),
    "loopback.hosts.example": ("127.0.0.1",),
    "mixed.hosts.example": (PUBLIC, "127.0.0.1"),
    "metadata.hosts.example": ("169.254.169.254",),
    "mapped.hosts.example": ("::ffff:127.0.0.1",),
    "public.example": (PUBLIC,),
    "public6.example": (PUBLIC_6,),
}
# What names may lead to; the other half of the guard, which looks at what was resolved and not at what is written.
ADDRESSES = (
    *("0.0.0.2", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254"),
    *("169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
    *("192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.251", "239.255.255.250"),
    *("240.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:8.8.8.8"),
    *("64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1"),
    *("2002:7f00:1::", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1"),
    *("ff02::1", "2606:2800::5efe:7f00:1", "2606:2800::200:5efe:a00:1", "1::1", "4000::1", "nonsense", "0x7f.1"),
)


class Anything(Allowed):
    """Allows every host, so that only what comes after the list of hosts is tested."""

    def __init__(self) -> None:
        super().__init__([], http=True)

    def place(self, url: str) -> Place:
        return place_of(url)


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every place that somebody tried to reach; nothing gets there, and no name is asked of anybody."""
    tried: list[object] = []

    def refuse(_: socket.socket, *place: object) -> None:
        tried.append(place[-1])
        raise ConnectionRefusedError

    def look_up(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
        name = host.casefold()
        found: tuple[str, ...] = NAMES.get(name, ())
        if not found:
            try:
                # As libc reads numbers: octal, hexadecimal, and fewer than four of them.
                found = (socket.inet_ntoa(socket.inet_aton(name)),)
            except OSError as error:
                raise socket.gaierror(socket.EAI_NONAME, "unknown") from error
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in found]

    for method in ("connect", "connect_ex", "sendto", "sendmsg"):
        monkeypatch.setattr(socket.socket, method, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return tried


def send(url: str, guarded: Guarded | None = None) -> Answer:
    return (guarded or Guarded()).send(Request("GET", url), BOUNDS, Deadline(5))


@pytest.mark.parametrize("scheme", ["https", "http"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_opens_a_connection(spelling: str, scheme: str, connects: list[object]) -> None:
    url = f"{scheme}://{spelling}/latest/meta-data/"
    with pytest.raises(SourceError):
        send(url)
    (seen,) = Asker(Anything(), Guarded(), Deadline(5), Limits()).look({url: True}).values()
    assert seen.unknown
    (seen,) = (
        Asker(Allowed([".hosts.example", "start.example"], http=True), Guarded(), Deadline(5), Limits())
        .look({url: False})
        .values()
    )
    assert seen.unknown
    assert connects == []


def test_there_are_enough_spellings() -> None:
    assert len(set(SPELLINGS)) >= 80


@pytest.mark.parametrize("host", ["public.example", "public6.example"])
def test_what_is_public_is_connected_to(host: str, connects: list[object]) -> None:
    """Else the tests above would hold for a guard that refuses everything."""
    with pytest.raises(SourceError, match="accepts no connection"):
        send(f"https://{host}/")
    assert connects == [(NAMES[host][0], 443)]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_name_leads_to_a_forbidden_address(address: str, connects: list[object]) -> None:
    assert not is_public(address)
    for found in ([address], [PUBLIC, address], [address, PUBLIC_6]):
        with pytest.raises(SourceError, match="not of the public internet"):
            send("https://innocent.example/", Guarded(resolver=lambda *_, found=found: found))
    assert connects == []


@pytest.mark.parametrize("address", [PUBLIC, PUBLIC_6, "8.8.8.8", "2001:4860:4860::8888"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(address)


def test_a_name_that_means_something_else_a_moment_later_is_resolved_once(connects: list[object]) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["169.254.169.254"]])
    asked: list[str] = []

    def rebinding(host: str, _: int) -> list[str]:
        asked.append(host)
        return next(answers)

    guarded = Guarded(resolver=rebinding)
    with pytest.raises(SourceError, match="accepts no connection"):
        send("https://rebinding.example/", guarded)
    assert (asked, connects) == (["rebinding.example"], [(PUBLIC, 443)])
    for _ in range(2):
        with pytest.raises(SourceError, match="not of the public internet"):
            send("https://rebinding.example/", guarded)
    assert connects == [(PUBLIC, 443)]


def test_an_address_that_is_permitted_is_so_at_its_port_alone(connects: list[object]) -> None:
    guarded = Guarded(permitted=frozenset({("127.0.0.1", 8443)}), resolver=lambda *_: ["127.0.0.1"])
    with pytest.raises(SourceError, match="not of the public internet"):
        send("https://loopback.example/", guarded)
    assert connects == []
    with pytest.raises(SourceError, match="accepts no connection"):
        send("https://loopback.example:8443/", guarded)
    assert connects == [("127.0.0.1", 8443)]


class Redirecting:
    """Sends on, and then leaves it to the guard."""

    def __init__(self, location: str, guarded: Guarded) -> None:
        self._location = location
        self._guarded = guarded

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        if place_of(request.url).host == "start.example":
            return Answer(302, {"location": self._location}, b"")
        return self._guarded.send(request, bounds, deadline, take)


_FORMS: dict[str, Callable[[str], str]] = {
    "whole": lambda spelling: f"https://{spelling}/x",
    "without its scheme": lambda spelling: f"//{spelling}/x",
    "over http": lambda spelling: f"http://{spelling}/x",
}


@pytest.mark.parametrize("form", sorted(_FORMS))
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_redirect_leads_there(spelling: str, form: str, connects: list[object]) -> None:
    for allowed in (
        Anything(),
        Allowed([".hosts.example", "start.example"], http=True),
        Allowed(["start.example"], http=False),
    ):
        transport = Redirecting(_FORMS[form](spelling), Guarded())
        asker = Asker(allowed, transport, Deadline(5), Limits())
        (seen,) = asker.look({"https://start.example/": False}).values()
        assert seen.unknown
        assert not seen.there
    assert connects == []


@pytest.mark.parametrize(
    "location",
    ["file:///etc/passwd", "gopher://public.example/", "javascript:0", "data:,x", "ftp://public.example/", ""],
)
def test_a_redirect_to_another_scheme_is_not_followed(location: str, connects: list[object]) -> None:
    asker = Asker(Anything(), Redirecting(location, Guarded()), Deadline(5), Limits())
    (seen,) = asker.look({"https://start.example/": False}).values()
    assert seen.unknown.startswith("it sends")
    assert connects == []
