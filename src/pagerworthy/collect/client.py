"""Asks one source over HTTP, and tries again where that may help."""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import TypeVar
from urllib.parse import urlencode

import msgspec

from pagerworthy.collect.address import Address
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError, StatusError
from pagerworthy.collect.secrecy import Hiding
from pagerworthy.collect.transport import Answer, Bounds, Hide, PassingError, Request, Take, Transport

_T = TypeVar("_T")
Parameters = Sequence[tuple[str, str]]

_OK, _REDIRECTS = range(200, 300), range(300, 400)
_TOO_MANY, _FORBIDDEN = 429, 403
_PASSING = frozenset({408, _TOO_MANY, 500, 502, 503, 504})
_MEANINGS: Mapping[int, str] = {
    401: "it does not accept the token (401)",
    403: "the token may not see this (403)",
    404: "it has nothing at this address (404)",
    429: "it is asked too often (429)",
}


class Limits(msgspec.Struct, frozen=True):
    """Seconds to connect, between two pieces, and for one request with all its tries; bytes; and tries.

    `size` is for answers that are kept, `streamed` for those that are given away piece by piece.
    """

    connect: float = 5
    read: float = 20
    request: float = 60
    size: int = 64 * 1024 * 1024
    streamed: int = 4 * 1024 * 1024 * 1024
    tries: int = 4
    # The first pause between two tries in seconds; it doubles, and half of it is left to chance.
    pause: float = 0.5


class Client:
    """A source at its address. All that it raises is SourceError, with the reason in words."""

    def __init__(
        self,
        address: Address,
        transport: Transport,
        deadline: Deadline,
        *,
        secrets: Mapping[str, str],
        limits: Limits,
    ) -> None:
        self.address = address
        self._transport = transport
        self._deadline = deadline
        self._secrets = secrets
        self._limits = limits

    def get(
        self,
        path: str,
        parameters: Parameters = (),
        *,
        headers: Mapping[str, str] | None = None,
        hide: Hide | None = None,
    ) -> Answer:
        """What the source has at a path below its address, as far as `hide` leaves it, see `Request`."""
        return self._ask("GET", path, parameters, headers or {}, b"", hide=hide)

    def stream(self, path: str, parameters: Parameters, begin: Callable[[], Take]) -> None:
        """Gives what the source has at a path away piece by piece, for answers that are too large to keep.

        `begin` makes what takes the pieces, anew for each try.
        """
        self._ask("GET", path, parameters, {}, b"", begin=begin)

    def post_form(self, path: str, form: Parameters) -> Answer:
        """Asks with a form, for questions that are too long for an address."""
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, (), headers, urlencode(form).encode())

    def post_json(self, path: str, body: object, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Asks with a JSON document, as GraphQL does."""
        kind = {"Content-Type": "application/json"}
        return self._ask("POST", path, (), {**kind, **(headers or {})}, msgspec.json.encode(body))

    def _ask(
        self,
        method: str,
        path: str,
        parameters: Parameters,
        headers: Mapping[str, str],
        body: bytes,
        *,
        begin: Callable[[], Take] | None = None,
        hide: Hide | None = None,
    ) -> Answer:
        # A next page is named by its whole address; nowhere but below this one does the token go.
        url = path if path.startswith(f"{self.address.url}/") else f"{self.address.url}{path}"
        if parameters:
            url += ("&" if "?" in url else "?") + urlencode(parameters)
        request = Request(method, url, {"Accept": "application/json", **headers}, self._secrets, body, hide)
        deadline = self._deadline.part(self._limits.request)
        size = self._limits.streamed if begin else self._limits.size
        bounds = Bounds(self._limits.connect, self._limits.read, size)
        fault = SourceError("it was not asked")
        for attempt in range(1, self._limits.tries + 1):
            pause = self._limits.pause * 2 ** (attempt - 1) * random.uniform(0.5, 1)  # noqa: S311 -- no secret
            # A source may give the token back: neither records nor messages are to have it.
            take = Hiding(request.tokens, begin()) if begin else None
            try:
                answer = self._transport.send(request, bounds, deadline, take)
                if take:
                    take.end()
            except PassingError as error:
                fault = error
            else:
                if answer.status in _OK:
                    return request.hidden(answer)
                fault = StatusError(_reason(answer), answer.status)
                if not _is_passing(answer):
                    raise fault
                pause = max(pause, _asked_pause(answer))
            if attempt == self._limits.tries or pause >= deadline.left():
                break
            time.sleep(pause)
        raise fault


def decode(answer: Answer, kind: type[_T]) -> _T:
    """The answer's JSON as a type, whose unknown fields are left out. Raises SourceError for anything else."""
    try:
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"its answer is not what its description says: {str(error)[:200]}") from error


def _reason(answer: Answer) -> str:
    if answer.status in _REDIRECTS:
        return f"it sends elsewhere ({answer.status}): set the address that it really has"
    return _MEANINGS.get(answer.status, f"it answers with an error ({answer.status})")


def _is_passing(answer: Answer) -> bool:
    # GitHub says with 403, and a header, that it was asked too often.
    limited = answer.status == _FORBIDDEN and (
        "retry-after" in answer.headers or answer.headers.get("x-ratelimit-remaining") == "0"
    )
    return answer.status in _PASSING or limited


def _asked_pause(answer: Answer) -> float:
    """The seconds that the source asks to be left alone; 0 where it asks nothing that can be understood."""
    asked = answer.headers.get("retry-after", "")
    try:
        if asked.isascii() and asked.isdigit():
            return float(asked)
        if asked:
            return max(0.0, parsedate_to_datetime(asked).timestamp() - time.time())
        if left := answer.headers.get("ratelimit-reset", ""):
            # PagerDuty's word for it.
            return float(left) if left.isascii() and left.isdigit() else 0.0
        reset = answer.headers.get("x-ratelimit-reset", "")
        if answer.headers.get("x-ratelimit-remaining") == "0" and reset.isascii() and reset.isdigit():
            return max(0.0, float(reset) - time.time())
    except (ValueError, TypeError, OverflowError):
        pass
    return 0.0
