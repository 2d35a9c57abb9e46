"""urllib3's connections, which end when the time for a request is up, wherever it stands.

Time-outs of sockets count from one piece to the next: whoever sends a byte now and then, in the head of an answer or
while TLS is agreed on, is never too slow for them.
"""

import contextlib
import os
import socket
from collections.abc import Iterator
from contextvars import ContextVar

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection

from pagerworthy.collect.deadline import Deadline


class _Held:
    """The connections of one request, by handles of their own: what is done with the others does not matter here."""

    def __init__(self) -> None:
        self._handles: list[socket.socket] = []
        self._over = False

    def add(self, stream: socket.socket) -> None:
        self._handles.append(socket.socket(fileno=os.dup(stream.fileno())))
        if self._over:
            self.cut()

    def cut(self) -> None:
        """Ends whatever waits for one of them."""
        self._over = True
        for each in tuple(self._handles):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for each in self._handles:
            each.close()


_HELD: ContextVar[_Held | None] = ContextVar("held", default=None)


@contextlib.contextmanager
def cut_at(deadline: Deadline) -> Iterator[None]:
    """Cuts, when time is up, every connection that is used in this thread meanwhile."""
    held = _Held()
    token = _HELD.set(held)
    try:
        with deadline.calling(held.cut):
            yield
    finally:
        _HELD.reset(token)
        held.close()


def _hold(stream: socket.socket) -> None:
    if held := _HELD.get():
        held.add(stream)


class _Http(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        stream = super()._new_conn()
        _hold(stream)
        return stream

    def putrequest(self, method: str, url: str, skip_host: bool = False, skip_accept_encoding: bool = False) -> None:
        # One that was opened for an earlier request.
        if self.sock is not None:
            _hold(self.sock)
        super().putrequest(method, url, skip_host, skip_accept_encoding)


class _Https(_Http, HTTPSConnection):
    """The same, over TLS: what `_Http` calls is what HTTPSConnection makes of it."""


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


def pool() -> PoolManager:
    """Makes connections that can be cut; never tries again by itself."""
    made = PoolManager(num_pools=8, maxsize=8, retries=False)
    made.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
    return made
