"""A small server for looking at the site while the catalog is edited."""

import errno
import functools
import http.server
import os
import re
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import click

from pagerworthy.project import ProjectError


def serve_site(
    folder: Path,
    port: int,
    rebuild: Callable[[], bool],
    watched: Sequence[Path],
    announce: Callable[[str], None],
    url: str = "",
) -> None:
    """Serves `folder` on 127.0.0.1 until interrupted; a page that is asked for after a change is built first.

    `url` is where the site will be published: its page for unknown addresses links to what lies under that path.
    """
    state = _State(rebuild, watched)
    handler = functools.partial(_Handler, state=state, base=_base(url), directory=str(folder))
    with _listening(port, handler) as server:
        announce(f"http://127.0.0.1:{server.server_address[1]}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _listening(
    port: int, handler: Callable[..., http.server.BaseHTTPRequestHandler]
) -> http.server.ThreadingHTTPServer:
    """A server on the port. Raises click.ClickException where the system does not let us have it."""
    try:
        return http.server.ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        reason = "is taken" if taken else f"cannot be had: {error.strerror}"
        raise click.ClickException(
            f"port {port} {reason}; name another with --port, or --port 0 for a free one"
        ) from error


_LINK = re.compile(r'(?<=\s)(href|src|action)="(?![a-z][a-z0-9+.-]*:|//|#)([^"]*)"')


def _base(url: str) -> str:
    """The path under which a site is published; empty where its address is not known."""
    path = urlsplit(url).path
    return path if not url or path.endswith("/") else f"{path}/"


def from_root(page: str, base: str) -> str:
    """A page whose links hold wherever it is shown: from the server's root, on which the site lies here, while it will
    be published under `base`.
    """
    return _LINK.sub(lambda link: f'{link[1]}="/{link[2].removeprefix(base).removeprefix("/")}"', page)


class _State:
    """What the watched files looked like when the site was last built."""

    def __init__(self, rebuild: Callable[[], bool], watched: Sequence[Path]) -> None:
        self._rebuild = rebuild
        self._watched = watched
        self._seen = self._look()
        self._lock = threading.Lock()

    def refresh(self) -> None:
        """Builds again if a watched file has changed; while the catalog cannot be judged the last site stays."""
        with self._lock:
            now = self._look()
            if now == self._seen:
                return
            self._seen = now
            try:
                self._rebuild()
            except ProjectError as error:
                print(f"error[{error.problem.code}]: {error.problem.message}")  # noqa: T201 -- the server's console

    def _look(self) -> frozenset[tuple[str, int, int]]:
        seen = set()
        for top in self._watched:
            if top.is_file():
                seen.add(_stamp(str(top)))
            for folder, _, names in os.walk(top):
                seen.update(_stamp(f"{folder}/{name}") for name in names)
        return frozenset(seen)


def _stamp(path: str) -> tuple[str, int, int]:
    try:
        found = os.stat(path, follow_symlinks=False)  # noqa: PTH116 -- called for every file
    except OSError:
        return (path, 0, 0)
    return (path, found.st_mtime_ns, found.st_size)


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Serves files, never listings; an unknown address gets the site's own page for that."""

    def __init__(self, *args: object, state: _State, base: str, directory: str) -> None:
        self._state = state
        self._base = base
        super().__init__(*args, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
        if host not in {"127.0.0.1", "localhost"}:
            # Another site's page must not read a private catalog by pointing a name of its own at this machine.
            super().send_error(403)
            return
        if self.path.split("?")[0].endswith((".html", "/")):
            self._state.refresh()
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        super().end_headers()

    def list_directory(self, _path: str | os.PathLike[str]) -> None:
        self.send_error(404)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        lost = Path(self.directory) / "404.html"
        if code != 404 or not lost.is_file():
            super().send_error(code, message, explain)
            return
        content = from_root(lost.read_text(encoding="utf-8"), self._base).encode()
        self.send_response(404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_args: object) -> None:
        return
