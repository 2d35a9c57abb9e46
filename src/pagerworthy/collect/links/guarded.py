"""Carries a request to an address of the public internet, and to no other.

A name is resolved once, every address that it has is looked at, and the connection goes to one of these very addresses:
whatever the name means a moment later does not matter.
"""

import contextlib
import http.client
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.links.places import Place, place_of
from pagerworthy.collect.links.public import is_public
from pagerworthy.collect.transport import Answer, Bounds, PassingError, Request, Take

Resolve = Callable[[str, int], Sequence[str]]
_HEADERS = frozenset({"content-type", "content-encoding", "etag", "location"})
_SIX = 6
_CHUNK = 16 * 1024
# So many of a name's addresses are tried before it counts as out of reach.
_TRIES = 2


def resolve(host: str, port: int) -> tuple[str, ...]:
    """All addresses that the system's resolver has for a name. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(each[4][0]) for each in found))


class Guarded:
    """A transport for addresses that somebody else wrote.

    `permitted` are addresses and ports that may be connected to although they are nobody's on the internet: none, save
    where a test serves there. No proxy, cookie or redirect is followed. Of an answer no more than the bound is read;
    what is longer is cut off.
    """

    def __init__(
        self,
        *,
        permitted: frozenset[tuple[str, int]] = frozenset(),
        resolver: Resolve = resolve,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._permitted = permitted
        self._resolve = resolver
        self._context = context or ssl.create_default_context()

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        place = place_of(request.url)
        addresses = self._addresses(place)
        fault: SourceError = PassingError("it accepts no connection")
        for address in addresses[:_TRIES]:
            try:
                return self._ask(address, place, request, bounds, deadline).given(take)
            except _UnreachableError as error:
                fault = PassingError(str(error))
        raise fault

    def _addresses(self, place: Place) -> Sequence[str]:
        """The name's addresses, each of which may be connected to. Raises SourceError where one may not."""
        try:
            found = self._resolve(place.host, place.port)
        except (OSError, UnicodeError) as error:
            raise PassingError("nobody knows its name (DNS)") from error
        if not found:
            raise PassingError("nobody knows its name (DNS)")
        for address in found:
            if not is_public(address) and (address, place.port) not in self._permitted:
                raise SourceError("not asked: its name leads to an address that is not of the public internet")
        return found

    def _ask(self, address: str, place: Place, request: Request, bounds: Bounds, deadline: Deadline) -> Answer:
        left = deadline.demand()
        with _connected(address, place.port, min(bounds.connect, left)) as line, deadline.calling(line.cut):
            try:
                if place.scheme == "https":
                    line.secure(self._context, place.host)
                line.stream.settimeout(min(bounds.read, left))
                answer = _exchange(line.stream, place, request, bounds)
                # A line that was cut looks like an answer's end.
                deadline.demand()
            except ssl.SSLCertVerificationError as error:
                raise SourceError(f"its certificate is refused: {error.verify_message}") from error
            except (OSError, http.client.HTTPException, ValueError) as error:
                deadline.demand()
                raise _fault_of(error) from error
            return answer


class _Line:
    """An open connection; `stream` is what is spoken over."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream

    def secure(self, context: ssl.SSLContext, host: str) -> None:
        """Speaks TLS from here on, with a certificate that is the host's."""
        stream = context.wrap_socket(self.stream, server_hostname=host, do_handshake_on_connect=False)
        self.stream = stream
        stream.do_handshake()

    def cut(self) -> None:
        """Ends what another thread waits for."""
        with contextlib.suppress(OSError):
            # Not the shutdown of TLS, which would touch what the other thread is using.
            socket.socket.shutdown(self.stream, socket.SHUT_RDWR)


class _UnreachableError(SourceError):
    """This address could not be connected to."""


class _Opened(NamedTuple):
    family: socket.AddressFamily
    address: tuple[str, int]


def _opened(address: str, port: int) -> _Opened:
    version = ipaddress.ip_address(address).version
    return _Opened(socket.AF_INET6 if version == _SIX else socket.AF_INET, (address, port))


@contextlib.contextmanager
def _connected(address: str, port: int, seconds: float) -> Iterator[_Line]:
    family, place = _opened(address, port)
    line = _Line(socket.socket(family, socket.SOCK_STREAM))
    try:
        try:
            line.stream.settimeout(seconds)
            line.stream.connect(place)
        except TimeoutError as error:
            raise _UnreachableError("it did not accept a connection in time") from error
        except OSError as error:
            raise _UnreachableError("it accepts no connection") from error
        yield line
    finally:
        line.stream.close()


def _exchange(stream: socket.socket, place: Place, request: Request, bounds: Bounds) -> Answer:
    connection = http.client.HTTPConnection(place.host, place.port)
    connection.auto_open = 0
    connection.sock = stream
    connection.putrequest(request.method, place.target, skip_host=True, skip_accept_encoding=True)
    headers = {"Host": place.authority, "User-Agent": "pagerworthy", "Accept": "*/*", "Accept-Encoding": "identity"}
    for name, value in {**headers, **request.headers, "Connection": "close"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    with connection.getresponse() as response:
        kept = {name.lower(): value for name, value in response.getheaders() if name.lower() in _HEADERS}
        body = bytearray()
        while len(body) < bounds.size and (piece := response.read1(min(_CHUNK, bounds.size - len(body)))):
            body += piece
        if len(body) < bounds.size and response.length:
            raise http.client.IncompleteRead(bytes(body), response.length)
        return Answer(response.status, kept, bytes(body))


def _fault_of(error: Exception) -> SourceError:
    if isinstance(error, TimeoutError):
        return PassingError("it did not answer in time")
    if isinstance(error, ssl.SSLError):
        return SourceError("it does not speak TLS as it should")
    if isinstance(error, http.client.RemoteDisconnected | OSError | http.client.IncompleteRead):
        return PassingError("its answer broke off")
    return SourceError("what it answers is no HTTP")
