"""Runs one command: within a time, up to a size, and ended with all that it has started."""

import contextlib
import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.secrecy import Secrets
from pagerworthy.collect.transport import Answer, Bounds, Request, Take
from pagerworthy.evidence.text import inert

PASS = "PAGERWORTHY_EXEC_PASS"  # noqa: S105 -- a variable's name
_OURS = re.compile(r"PAGERWORTHY_\w*TOKEN")
# Authors and authorities are none, and a socket is only a place.
_SECRET = re.compile(r"(TOKEN|SECRET|PASSWORD|PASSPHRASE|CREDENTIAL|_KEY\b|AUTH(?!OR))(?!.*_SOCK\b)", re.IGNORECASE)
# Python takes what it has compiled for its source, unseen by git: it neither reads nor leaves any in the repository.
_UNCOMPILED = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": os.devnull}
_SHORTEST = 8
_CHUNK = 64 * 1024
_KEPT = 16 * 1024
_PAUSE = 0.01


class Commands:
    """A transport whose requests are commands, as JSON lists; what they print is the answer.

    `demand` says whether one may be run. Our own tokens go to a command only where PAGERWORTHY_EXEC_PASS, in the
    environment, names their variables.
    """

    def __init__(self, root: Path, variables: Mapping[str, str], demand: Callable[[list[str]], None]) -> None:
        self._root = root
        self._demand = demand
        passed = {name.strip() for name in variables.get(PASS, "").split(",")}
        self._variables = {
            name: value for name, value in variables.items() if name in passed or not _OURS.fullmatch(name)
        }
        # By what it is, the variable that it is in; the longest first, so that none is hidden but in part.
        secrets = {secret: name for name, value in variables.items() for secret in _secrets_of(name, value)}
        self._secrets = dict(sorted(secrets.items(), key=lambda each: len(each[0]), reverse=True))

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        command = msgspec.json.decode(request.body, type=list[str])
        self._demand(command)
        code, printed, said = _run(
            self._root, command, {**self._variables, **_UNCOMPILED, **request.headers}, bounds, deadline
        )
        if code:
            raise SourceError(f"it ended with {code}{self._shown(said)}")
        for secret, name in self._secrets.items():
            if Secrets([secret.encode(errors="surrogateescape")]).are_in(printed):
                raise SourceError(f"it printed a secret, that of {inert(name, 60)}, so nothing that it printed is kept")
        return Answer(200, {}, printed).given(take)

    def _shown(self, said: bytes) -> str:
        """The last line that it complained with, without secrets."""
        text = said.decode(errors="replace")
        for secret in self._secrets:
            text = text.replace(secret, "<secret>")
        lines = [line for line in text.splitlines() if line.strip()]
        return f": {inert(lines[-1].strip(), 200)}" if lines else ""


def _secrets_of(name: str, value: str) -> Iterator[str]:
    """What in a variable of the environment is a secret: all of it by its name, or the password of an address."""
    if _SECRET.search(name):
        found = {value}
    else:
        try:
            written = urlsplit(value).password or ""
        except ValueError:
            return
        found = {written, unquote(written)}
    yield from (each for each in found if len(each) >= _SHORTEST)


def _run(
    root: Path, command: list[str], variables: Mapping[str, str], bounds: Bounds, deadline: Deadline
) -> tuple[int, bytes, bytes]:
    """Its exit code, what it printed, and the end of what it complained of."""
    deadline.demand()
    program = str(root / command[0]) if os.sep in command[0] else command[0]
    try:
        process = subprocess.Popen(  # noqa: S603 -- what the trusted branch says, without a shell
            [program, *command[1:]],
            cwd=root,
            env=dict(variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise SourceError(f"it cannot be started: {type(error).__name__}") from error
    try:
        printed, said = _read(process, bounds, deadline)
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is None:
            deadline.demand()
            time.sleep(_PAUSE)
    finally:
        # The whole group, before its number may be another's.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    return process.returncode, printed, said


def _read(process: "subprocess.Popen[bytes]", bounds: Bounds, deadline: Deadline) -> tuple[bytes, bytes]:
    printed, said = bytearray(), bytearray()
    with selectors.DefaultSelector() as selector:
        for stream, kept in ((process.stdout, printed), (process.stderr, said)):
            if stream is not None:
                selector.register(stream.fileno(), selectors.EVENT_READ, kept)
        while selector.get_map():
            for key, _ in selector.select(deadline.demand()):
                piece = os.read(key.fd, _CHUNK)
                if not piece:
                    selector.unregister(key.fd)
                key.data.extend(piece)
            del said[:-_KEPT]
            if len(printed) > bounds.size:
                raise SourceError(f"it printed more than {bounds.size // 1024 // 1024} MiB")
    return bytes(printed), bytes(said)
