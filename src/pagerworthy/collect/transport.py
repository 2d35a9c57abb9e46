"""How a request reaches a source, and its answer comes back."""

import base64
import hashlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import msgspec

from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.secrecy import Secrets, secrets_of

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

_CHUNK = 64 * 1024
# So much of an answer that says no is read: nobody looks at more.
_REFUSAL = 64 * 1024
_GOOD = range(200, 300)
# What is given the pieces of an answer as they come.
Take = Callable[[bytes], None]
# Leaves of an answer's body what is looked at.
Hide = Callable[[bytes], bytes]
# The headers of an answer that collectors look at; no other one is kept.
_HEADERS = frozenset(
    {
        "content-type",
        "etag",
        "link",
        "location",
        "ratelimit-reset",
        "retry-after",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
    }
)


class Request(msgspec.Struct, frozen=True):
    """What is asked. `secrets` are headers that are never written down.

    `hide` leaves of an answer's body what is looked at and no secret; of what it left, it leaves all.
    """

    method: str
    url: str
    headers: Mapping[str, str] = {}
    secrets: Mapping[str, str] = {}
    body: bytes = b""
    hide: Hide | None = None

    def hidden(self, answer: "Answer") -> "Answer":
        """The answer without its own secrets and without those of the request; hiding twice changes nothing."""
        body = answer.body if self.hide is None else self.hide(answer.body)
        headers = {name: self.tokens.hidden_text(value) for name, value in answer.headers.items()}
        return Answer(answer.status, headers, self.tokens.hidden(body))

    @property
    def tokens(self) -> Secrets:
        """What in its headers is secret, as an answer might give it back."""
        values = [value.rpartition(" ")[2].removeprefix("token=").encode() for value in self.secrets.values()]
        return secrets_of(tuple(filter(None, values)))

    @property
    def digest(self) -> str:
        """Names the request among recorded ones: method, address, body."""
        return hashlib.sha256(b"\0".join([self.method.encode(), self.url.encode(), self.body])).hexdigest()


class Answer(msgspec.Struct, frozen=True):
    """What a source answered; names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def digest(self) -> str:
        """The digest of the body, for records."""
        return f"sha256:{hashlib.sha256(self.body).hexdigest()}"

    def given(self, take: "Take | None") -> "Answer":
        """The answer after `take`, if there is one, was given the body of a good one."""
        if take is None or self.status not in _GOOD:
            return self
        take(self.body)
        return Answer(self.status, self.headers, b"")


class Bounds(msgspec.Struct, frozen=True):
    """The seconds to connect and between two pieces of an answer, and the largest answer in bytes."""

    connect: float
    read: float
    size: int


class Transport(Protocol):
    """Carries one request. Raises SourceError where no whole answer comes, PassingError where it may yet come."""

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        """The answer, whatever its status; redirects are not followed.

        The body of a good one goes to `take`, if there is one, and is then empty.
        """


class PassingError(SourceError):
    """A fault that may be gone at the next try."""


class Live:
    """Over the network, by urllib3. Certificates are checked; no proxy, cookie or redirect is followed."""

    def __init__(self) -> None:
        from pagerworthy.collect.cutting import pool

        self._pool = pool()

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        from pagerworthy.collect.cutting import cut_at

        try:
            with cut_at(deadline):
                answer = self._sent(request, bounds, deadline, take)
        except SourceError:
            # What was cut looks like what broke off, or like a certificate that is none.
            deadline.demand()
            raise
        deadline.demand()
        return answer

    def _sent(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None) -> Answer:
        import urllib3

        left = deadline.demand()
        timeout = urllib3.Timeout(connect=min(bounds.connect, left), read=min(bounds.read, left))
        headers = {"Accept-Encoding": "identity", "User-Agent": "pagerworthy", **request.headers, **request.secrets}
        try:
            response = self._pool.request(
                request.method,
                request.url,
                body=request.body or None,
                headers=headers,
                timeout=timeout,
                redirect=False,
                preload_content=False,
                decode_content=False,
            )
        except urllib3.exceptions.HTTPError as error:
            raise _fault_of(error, request.url) from error
        except (ValueError, OSError) as error:
            # ValueError: urllib3's and http.client's word for what cannot be a request or an answer.
            raise SourceError(f"it cannot be asked: {type(error).__name__}") from error
        try:
            return _read_answer(response, request.url, bounds, deadline, take)
        finally:
            response.close()


def _read_answer(
    response: "BaseHTTPResponse", url: str, bounds: Bounds, deadline: Deadline, take: Take | None = None
) -> Answer:
    """Reads an answer piece by piece, so that one that never ends, or drips, takes no longer than it may."""
    import urllib3

    headers = {name.lower(): value for name, value in response.headers.items() if name.lower() in _HEADERS}
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise SourceError("it packed its answer, though asked not to")
    pieces: list[bytes] = []
    good = response.status in _GOOD
    keep = take if take is not None and good else pieces.append
    size = 0
    try:
        while piece := response.read1(_CHUNK):
            size += len(piece)
            if good and size > bounds.size:
                raise SourceError(f"its answer is larger than {bounds.size // 1024 // 1024} MiB")
            keep(piece)
            if not good and size >= _REFUSAL:
                break
            deadline.demand()
    except urllib3.exceptions.HTTPError as error:
        raise _fault_of(error, url) from error
    except (OSError, ValueError) as error:
        raise PassingError(f"its answer broke off: {type(error).__name__}") from error
    return Answer(response.status, headers, b"".join(pieces))


def _fault_of(error: Exception, url: str) -> SourceError:
    """What urllib3 says of an address, in words, and whether another try may help."""
    from urllib3 import exceptions as http

    reason = error.reason if isinstance(error, http.MaxRetryError) and error.reason else error
    if isinstance(reason, http.SSLError):
        return SourceError(f"its certificate is refused: {_certificate(reason)}")
    if isinstance(reason, http.NameResolutionError):
        return PassingError(f"nobody knows the name of {_server(url)} (DNS)")
    # In some versions of urllib3 this is a ConnectTimeoutError, too.
    if isinstance(reason, http.NewConnectionError):
        refused = isinstance(reason.__cause__ or reason.__context__, ConnectionRefusedError)
        return PassingError(f"{_server(url)} {'refused the connection' if refused else 'cannot be reached'}")
    if isinstance(reason, http.ConnectTimeoutError):
        return PassingError(f"{_server(url)} did not accept a connection in time")
    if isinstance(reason, http.ReadTimeoutError):
        return PassingError("it did not answer in time")
    if isinstance(reason, http.ProtocolError | http.IncompleteRead):
        return PassingError("its answer broke off")
    return SourceError(f"it cannot be asked: {type(reason).__name__}")


def _server(url: str) -> str:
    """The server of an address, without path or password, for messages."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _certificate(error: Exception) -> str:
    """Why a certificate is refused, by OpenSSL's words, without the line of its source."""
    inner = error.args[0] if error.args else error
    return str(getattr(inner, "verify_message", "") or getattr(inner, "reason", "") or "it cannot be checked")


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An answer as a recording keeps it; a body that is no UTF-8 is in base64."""

    method: str
    url: str
    asked: str = ""
    status: int
    headers: dict[str, str] = {}
    text: str = ""
    base64: str = ""

    @classmethod
    def of(cls, request: Request, answer: Answer) -> "Stored":
        """The answer to a request, without secrets, even where the source gave them back."""
        answer = request.hidden(answer)
        body = answer.body
        try:
            text, packed = body.decode(), ""
        except UnicodeDecodeError:
            text, packed = "", base64.b64encode(body).decode()
        return cls(
            method=request.method,
            url=request.url,
            asked=request.body.decode("utf-8", errors="replace"),
            status=answer.status,
            headers=dict(answer.headers),
            text=text,
            base64=packed,
        )

    def answer(self) -> Answer:
        """The answer again."""
        return Answer(self.status, self.headers, base64.b64decode(self.base64) if self.base64 else self.text.encode())
