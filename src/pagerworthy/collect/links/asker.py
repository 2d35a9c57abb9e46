"""Asks whether addresses answer: each once, several hosts at once, and no host twice at a time."""

import datetime as dt
import queue
import threading
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

import msgspec

from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.links.keeping import asked
from pagerworthy.collect.links.places import Allowed, Place
from pagerworthy.collect.transport import Answer, Bounds, PassingError, Request, Transport

SIZE = 64 * 1024
_REDIRECTS = 5
_WORKERS = 8
_GOOD = range(200, 300)
_SENT_ON = frozenset({301, 302, 303, 307, 308})
_TEXT = frozenset({"text/markdown", "text/x-markdown", "text/plain"})
_NOT_THERE = frozenset({404, 410})
_WHO = frozenset({401, 403, 407})
# Whoever is not signed in is told there that what is private is not there.
_DISCREET = ("github.com", "gitlab.com", "bitbucket.org", "githubusercontent.com")
_LOGIN = frozenset(
    ("login", "log-in", "signin", "sign-in", "sign_in", "sso", "saml", "saml2", "oauth", "oauth2", "authorize", "auth")
)


class Limits(msgspec.Struct, frozen=True):
    """Seconds to connect, between two pieces of an answer, and for one address with all that it leads to."""

    connect: float = 5
    read: float = 10
    address: float = 30


class Seen(msgspec.Struct, frozen=True):
    """What came of an address: whether it is there, and when it said so; or else `unknown` says why nobody knows.

    `text` is what it says, where that was wanted and can be read; or else `unread` says why it cannot.
    """

    there: bool = False
    unknown: str = ""
    text: str = ""
    unread: str = ""
    digest: str = ""
    time: dt.datetime | None = None


class Asker:
    """Asks addresses over a transport that looks where it connects to; `allowed` are the hosts."""

    def __init__(self, allowed: Allowed, transport: Transport, deadline: Deadline, limits: Limits) -> None:
        self._allowed = allowed
        self._transport = transport
        self._deadline = deadline
        self._limits = limits
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)
        self._guard = threading.Lock()

    def look(self, addresses: Mapping[str, bool]) -> dict[str, Seen]:
        """What came of each address; whether its text is wanted, too, stands beside it. Takes as long as it may."""
        found: dict[str, Seen] = {}
        hosts: dict[str, list[str]] = {}
        for url in addresses:
            try:
                hosts.setdefault(self._allowed.place(url).host, []).append(url)
            except SourceError as error:
                found[url] = Seen(unknown=str(error))
        waiting: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
        done: queue.SimpleQueue[tuple[str, Seen]] = queue.SimpleQueue()
        for urls in hosts.values():
            waiting.put(urls)
        for _ in range(min(_WORKERS, len(hosts))):
            threading.Thread(target=self._work, args=(waiting, done, addresses), daemon=True).start()
        try:
            while len(found) < len(addresses):
                url, seen = done.get(timeout=self._deadline.demand())
                found[url] = seen
        except (queue.Empty, SourceError):
            late = Seen(unknown="it was not asked in time")
            found |= {url: late for url in addresses if url not in found}
        return found

    def _work(
        self,
        waiting: "queue.SimpleQueue[list[str]]",
        done: "queue.SimpleQueue[tuple[str, Seen]]",
        addresses: Mapping[str, bool],
    ) -> None:
        while True:
            try:
                urls = waiting.get_nowait()
            except queue.Empty:
                return
            for url in urls:
                try:
                    seen = self._look(url, text=addresses[url])
                except SourceError as error:
                    seen = Seen(unknown=str(error))
                except Exception as error:  # noqa: BLE001 -- one address that does harm hides no other
                    seen = Seen(unknown=f"it cannot be asked: {type(error).__name__}")
                done.put((url, seen))

    def _look(self, url: str, *, text: bool) -> Seen:
        deadline = self._deadline.part(self._limits.address)
        first = place = self._allowed.place(url)
        for _ in range(_REDIRECTS + 1):
            answer = self._ask(place, "GET" if text else "HEAD", deadline)
            if answer.status not in _GOOD and answer.status not in _SENT_ON and not text:
                # Many servers answer HEAD otherwise than GET, though they should not.
                answer = self._ask(place, "GET", deadline)
            if answer.status not in _SENT_ON:
                return _judged(answer, first, place)
            place = self._next(place, answer)
        raise SourceError(f"it sends on more than {_REDIRECTS} times")

    def _next(self, place: Place, answer: Answer) -> Place:
        location = answer.headers.get("location", "")
        if not location:
            raise SourceError(f"it sends elsewhere ({answer.status}) and does not say where")
        try:
            return self._allowed.place(urljoin(place.url, location))
        except SourceError as error:
            raise SourceError(f"it sends elsewhere, which is {error}") from error
        except ValueError as error:
            raise SourceError("it sends to what is no address") from error

    def _ask(self, place: Place, method: str, deadline: Deadline) -> Answer:
        bounds = Bounds(self._limits.connect, self._limits.read, SIZE)
        with self._guard:
            lock = self._locks[place.host]
        if not lock.acquire(timeout=deadline.demand()):
            raise SourceError("its host was busy with other addresses for too long")
        try:
            try:
                return self._transport.send(Request(method, place.url), bounds, deadline)
            except PassingError:
                deadline.demand()
                return self._transport.send(Request(method, place.url), bounds, deadline)
        finally:
            lock.release()


def _judged(answer: Answer, first: Place, last: Place) -> Seen:
    """What an answer that sends nowhere else means."""
    if answer.status in _GOOD:
        if last == first:
            return _there(answer)
        path = urlsplit(last.url).path.casefold()
        if _LOGIN.intersection(path.split("/")):
            return Seen(unknown="it asks who is there: it sends to a page to sign in")
        if path == "/" and urlsplit(first.url).path != "/":
            return Seen(unknown="it sends to its front page, so nobody can tell whether it is there")
        return _there(answer)
    if answer.status in _NOT_THERE:
        if any(last.host == each or last.host.endswith(f".{each}") for each in _DISCREET):
            return Seen(unknown=f"it is not there, or not for everybody to see ({answer.status})")
        return Seen()
    if answer.status in _WHO:
        return Seen(unknown=f"it asks who is there ({answer.status})")
    return Seen(unknown=f"it answers with an error ({answer.status})")


def _there(answer: Answer) -> Seen:
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    text = unread = ""
    if kind not in _TEXT or answer.headers.get("content-encoding", "identity") != "identity":
        unread = "it is there; sections are only looked for in Markdown and plain text"
    elif len(answer.body) >= SIZE:
        unread = f"it is there, and too long for its sections to be looked for (over {SIZE // 1024} KiB)"
    else:
        text = answer.body.decode("utf-8", errors="replace")
    digest = answer.digest if answer.body else ""
    return Seen(there=True, text=text, unread=unread, digest=digest, time=asked(answer))
