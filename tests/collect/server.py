"""An HTTP server on this machine whose answers a test writes, and which can do wrong in every way."""

import http.server
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple
from urllib.parse import parse_qsl, urlsplit


class Asked(NamedTuple):
    """What came in: names of headers are in small letters."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes


class Reply(NamedTuple):
    """What goes out."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = {}


Answering = Callable[[Asked], Reply]


class Server:
    """Answers by `answering`, and remembers what it was asked. `fault` goes before that."""

    def __init__(self, answering: Answering, context: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.answering = answering
        self.fault: Callable[[http.server.BaseHTTPRequestHandler], None] | None = None
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.url = f"{'https' if context else 'http'}://127.0.0.1:{self.port}"

    def _handler(self) -> type[http.server.BaseHTTPRequestHandler]:
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._serve()

            def do_POST(self) -> None:
                self._serve()

            def do_HEAD(self) -> None:
                self._serve()

            def _serve(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, body)
                outer.asked.append(asked)
                if outer.fault is not None:
                    outer.fault(self)
                    return
                reply = outer.answering(asked)
                self.send_response(reply.status)
                for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(reply.body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 -- as its base calls it
                pass

        return Handler

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(answering: Answering, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server for as long as the context lasts; over TLS where there is something to speak it with."""
    server = Server(answering, context)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def hang(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Says nothing at all for as long as the other side waits."""
    handler.connection.settimeout(30)
    try:
        handler.connection.recv(1)
    except OSError:
        return


def _drip(handler: http.server.BaseHTTPRequestHandler, piece: bytes, first: bytes = b"") -> None:
    try:
        handler.wfile.write(first)
        while True:
            handler.wfile.write(piece)
            time.sleep(0.02)
    except OSError:
        handler.close_connection = True


def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Answers one byte at a time, without end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000000")
    handler.end_headers()
    _drip(handler, b" ")


def drip_head(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Does not come to the end of the head of its answer."""
    _drip(handler, b"a", b"HTTP/1.1 200 OK\r\nX-Long: ")


def drip_chunks(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Does not come to the end of saying how long the next piece is."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    _drip(handler, b"0")


def cut(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Ends in the middle of its answer."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"status": "succ')
    handler.close_connection = True


def reset(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Tears the connection down."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def flood(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Answers more than anybody should take."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(1 << 40))
    handler.end_headers()
    piece = b" " * (1 << 20)
    try:
        while True:
            handler.wfile.write(piece)
    except OSError:
        handler.close_connection = True


def garbage(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Is no HTTP at all."""
    handler.wfile.write(b"\x00\xff\xfe garbage\r\n\r\n")
    handler.close_connection = True


def nonsense(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Answers well, and with something else than was asked for."""
    _say(handler, 200, b"<html>Please sign in</html>")


def wrong_shape(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Answers with JSON of another kind."""
    _say(handler, 200, b'[[[{"status": 17, "data": "none"}]]]')


def broken(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Has an error of its own."""
    _say(handler, 500, b"oops")


def unauthorised(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Does not know who asks."""
    _say(handler, 401, b'{"message": "Bad credentials"}')


def elsewhere(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Sends elsewhere."""
    handler.send_response(302)
    handler.send_header("Location", "http://127.0.0.1:9/elsewhere")
    handler.send_header("Content-Length", "0")
    handler.end_headers()


FAULTS: Mapping[str, Callable[[http.server.BaseHTTPRequestHandler], None]] = {
    each.__name__: each
    for each in (
        hang,
        drip,
        drip_head,
        drip_chunks,
        cut,
        reset,
        flood,
        garbage,
        nonsense,
        wrong_shape,
        broken,
        unauthorised,
        elsewhere,
    )
}


def _say(handler: http.server.BaseHTTPRequestHandler, status: int, body: bytes) -> None:
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
