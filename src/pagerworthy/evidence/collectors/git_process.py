"""Runs git on repositories that may have been made to do harm: nothing in them is executed, and time is bounded.

A repository's configuration can name programs, and a pull request can commit a folder that git takes for a bare
repository with a configuration of its own. See "safe.bareRepository" in https://git-scm.com/docs/git-config.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from pagerworthy.evidence.text import inert


class Limits(msgspec.Struct, frozen=True):
    """What one run of git may take; `field` is how much of one name or message is kept."""

    seconds: float = 120.0
    bytes: int = 512 * 1024 * 1024
    field: int = 64 * 1024


class GitError(Exception):
    """Why git has no answer, as a sentence."""


# These win over every configuration file. Those that name no program keep the output the same on every machine.
_SETTINGS = (
    "safe.bareRepository=explicit",
    "advice.graftFileDeprecated=false",
    "log.showSignature=false",
    "gpg.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.quotePath=false",
    "diff.external=",
    "diff.algorithm=myers",
    "diff.ignoreSubmodules=none",
    "i18n.logOutputEncoding=UTF-8",
    "log.follow=false",
    "log.mailmap=false",
    "log.showRoot=true",
)
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "",
    # Parents that only this clone believes in; like replaced objects, they are not what was committed.
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_CHUNK = 64 * 1024


def git_fields(
    folder: Path, arguments: Sequence[str], limits: Limits | None = None, *, told: bytes = b""
) -> Generator[bytes]:
    """What git prints, cut at each NUL; the last field is what follows the last NUL, if anything does.

    A field that is too long is cut off, so that one commit cannot take all memory. Closing the iterator ends git.
    `told` is what git reads, for more revisions than a command line has room for. Raises GitError where git fails,
    takes too long or prints too much.
    """
    limits = limits or Limits()
    with tempfile.TemporaryFile() as read, tempfile.TemporaryFile() as errors:
        # A file and not a pipe: git may print before it has read all.
        read.write(told)
        read.seek(0)
        yield from _answers(folder, arguments, limits, _Ends(read.fileno(), errors))


class _Ends(NamedTuple):
    """Where git reads from and complains to."""

    read: int
    errors: BinaryIO


def _answers(folder: Path, arguments: Sequence[str], limits: Limits, ends: _Ends) -> Generator[bytes]:
    with _started(folder, arguments, ends) as process:
        late = threading.Event()
        timer = threading.Timer(limits.seconds, _stop, (process, late))
        timer.daemon = True
        timer.start()
        try:
            yield from _fields(process, limits)
            code = process.wait()
        finally:
            timer.cancel()
        if late.is_set():
            raise GitError(f"git did not finish within {limits.seconds:g} seconds")
        if code:
            ends.errors.seek(0)
            raise GitError(_reason(ends.errors.read(_CHUNK), folder))


def _fields(process: "subprocess.Popen[bytes]", limits: Limits) -> Iterator[bytes]:
    pending = bytearray()
    taken = 0
    stream = process.stdout
    if stream is None:
        raise GitError("git was started without a pipe")
    while chunk := os.read(stream.fileno(), _CHUNK):
        taken += len(chunk)
        if taken > limits.bytes:
            raise GitError(f"git printed more than {limits.bytes // 1024:,} KiB")
        first, *others = chunk.split(b"\0")
        pending += first[: limits.field - len(pending)]
        for other in others:
            yield bytes(pending)
            pending = bytearray(other[: limits.field])
    if pending:
        yield bytes(pending)


@contextlib.contextmanager
def _started(folder: Path, arguments: Sequence[str], ends: _Ends) -> "Iterator[subprocess.Popen[bytes]]":
    program = shutil.which("git")
    if program is None:
        raise GitError("git is not installed")
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    # What a hook or an alias has set (GIT_DIR and its like) is about another repository; configuration is the user's.
    kept = {name: value for name, value in os.environ.items() if name[:4] != "GIT_" or name.startswith("GIT_CONFIG")}
    try:
        process = subprocess.Popen(  # noqa: S603 -- a fixed program without a shell; paths follow `--`
            [program, "-C", str(folder), "--no-pager", *settings, *arguments],
            stdin=ends.read,
            stdout=subprocess.PIPE,
            stderr=ends.errors.fileno(),
            env=kept | _ENVIRONMENT,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise GitError(f"git cannot be started: {error}") from error
    try:
        yield process
    finally:
        # The whole group: what git has started must not outlive it, nor hold the pipe open.
        _kill(process)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _stop(process: "subprocess.Popen[bytes]", late: threading.Event) -> None:
    late.set()
    _kill(process)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)


def _reason(errors: bytes, folder: Path) -> str:
    """What git complained of, without the place of the repository on this machine."""
    said = errors.decode("utf-8", errors="replace").strip()
    if "not a git repository" in said:
        return "this is not a git repository"
    if "does not have any commits yet" in said or "bad revision 'HEAD'" in said:
        return "the repository has no commit yet"
    first = said.splitlines()[0] if said else "it ended without saying why"
    return inert(f"git cannot be read: {first.replace(str(folder), '.')}")
