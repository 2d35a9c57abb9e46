"""Pulumi's command line, on a leash: limits on time and output, chosen variables, and signals that reach it."""

import os
import re
import signal
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import CommandError, create_command_error

from pagerworthy.stacks.run import traces
from pagerworthy.stacks.run.scrub import scrubbed, secrets_in

# Of each stream this much is kept, the end of it.
_KEPT = 1_000_000
_LINE = 20_000
# What comes after the end of an engine: its own children close their outputs.
_LINGER = 5.0
# The commands that take a stack's lock.
_LOCKING = ("up", "refresh", "destroy", "stack rm")
# Those that change it, and those after which it is whole.
_CHANGING = frozenset({"up", "refresh", "destroy"})
_MENDING = frozenset({"up", "destroy"})


class OperationTimeoutError(Exception):
    """An engine that took too long, and was ended."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"took longer than {seconds:g} s and was stopped")


class StoppedError(Exception):
    """The run was told to stop before this engine had started."""


class Engines:
    """The engines that run now, so that a signal reaches them and none is left behind."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: set[subprocess.Popen[str]] = set()
        self.stopping = threading.Event()

    def start(self, start: Callable[[], "subprocess.Popen[str]"]) -> "subprocess.Popen[str]":
        """Starts a process, unless the run is stopping. Raises StoppedError then."""
        with self._lock:
            if self.stopping.is_set():
                raise StoppedError
            process = start()
            self._running.add(process)
        if self.stopping.is_set():
            # The signal came while it started, and may have missed it.
            with suppress(OSError):
                process.terminate()
        return process

    def ended(self, process: "subprocess.Popen[str]") -> None:
        with self._lock:
            self._running.discard(process)

    def stop(self) -> None:
        """Asks all to end what they have begun and no more; asked twice, Pulumi ends at once."""
        # No lock: a signal's handler runs between any two steps of the thread that may hold it.
        self.stopping.set()
        for process in tuple(self._running):
            with suppress(OSError):
                process.terminate()

    def kill(self) -> None:
        """Ends all at once."""
        self.stopping.set()
        for process in tuple(self._running):
            kill_session(process)


class EngineCommand(PulumiCommand):
    """Pulumi's command line as the Automation API calls it.

    `program` is its path, `version` what it says of itself. Each engine is a session of its own: a Ctrl-C on the
    terminal reaches us alone, and we tell the engines.
    """

    def __init__(self, program: Path, version: str, environment: Mapping[str, str], engines: Engines) -> None:
        # Not the parent's: it would ask for the version once more, with all variables.
        from semver import VersionInfo

        self.command = str(program)
        self.version = VersionInfo.parse(version.removeprefix("v"))
        self.engines = engines
        self._environment = dict(environment)
        self._timeout: float | None = None
        self._grace = 0.0

    def within(self, seconds: float | None, grace: float = 0.0) -> "EngineCommand":
        """The same command line, of which each call may take this long, and then `grace` to end."""
        other = EngineCommand(Path(self.command), str(self.version), self._environment, self.engines)
        other._timeout, other._grace = seconds, grace
        return other

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], object] | None = None,
        on_error: Callable[[str], object] | None = None,
        given: str = "",
    ) -> CommandResult:
        """Runs a command to its end; `given` is what it reads.

        Raises CommandError where it fails, OperationTimeoutError and StoppedError where it was not let.
        """
        environment = {**self._environment, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        folder = Path(cwd)
        changes = args[0] in _CHANGING and "--preview-only" not in args
        whole = changes and (args[0] in _MENDING or not traces.is_half_done(folder))

        def start() -> "subprocess.Popen[str]":
            if changes:
                traces.change(folder)
            process = subprocess.Popen(  # noqa: S603 -- our own program, arguments apart
                [self.command, "--non-interactive", *args],
                stdin=subprocess.PIPE if given else subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=cwd,
                env=environment,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            )
            if " ".join(args).startswith(_LOCKING):
                traces.began(folder, process.pid)
            return process

        process = self.engines.start(start)
        try:
            readers = [_Reader(process.stdout, on_output), _Reader(process.stderr, on_error)]
            if given and process.stdin is not None:
                with suppress(BrokenPipeError):
                    process.stdin.write(given)
                    process.stdin.close()
            try:
                process.wait(self._timeout)
            except subprocess.TimeoutExpired:
                end(process, self._grace)
                raise OperationTimeoutError(self._timeout or 0) from None
            finally:
                for reader in readers:
                    reader.join(_LINGER)
        except BaseException:
            if process.poll() is None:
                kill_session(process)
            raise
        finally:
            self.engines.ended(process)
        if process.returncode >= 0:
            traces.ended(folder, process.pid)
        result = CommandResult(readers[0].text, readers[1].text, process.returncode)
        if process.returncode != 0:
            raise create_command_error(result)
        if whole:
            traces.changed(folder)
        return result

    def scrub(self, text: str) -> str:
        """The text without the secrets that engines are given as variables, and without those of any address."""
        return scrubbed(text, secrets_in(self._environment))

    def said(self, error: CommandError) -> str:
        """What Pulumi says is wrong, without its decoration."""
        text = self.scrub(str(error))
        found = re.findall(r"^\s*(?:stderr: )?error: (.+)$", text, re.MULTILINE)
        lines = list(dict.fromkeys(line.strip() for line in found))
        return "; ".join(lines[:3]) or text.strip()[-400:]


class _Reader(threading.Thread):
    """Reads a stream to its end and keeps the end of it."""

    def __init__(self, stream: IO[str] | None, tell: Callable[[str], object] | None) -> None:
        super().__init__(daemon=True)
        self._stream = stream
        self._tell = tell
        self._lines: deque[str] = deque()
        self._size = 0
        self.start()

    def run(self) -> None:
        if self._stream is None:
            return
        # A line without an end must not fill the memory either.
        for line in iter(lambda: self._stream.readline(_LINE), ""):  # type: ignore[union-attr]
            text = line.rstrip()
            if self._tell:
                self._tell(text)
            self._lines.append(text)
            self._size += len(text) + 1
            while self._size > _KEPT:
                self._size -= len(self._lines.popleft()) + 1
        self._stream.close()

    @property
    def text(self) -> str:
        return "\n".join(tuple(self._lines))


def end(process: "subprocess.Popen[str]", grace: float) -> None:
    """Asks a process to end and, after `grace` seconds, ends it and all that it started."""
    with suppress(OSError):
        process.terminate()
    try:
        process.wait(grace)
    except subprocess.TimeoutExpired:
        kill_session(process)


def kill_session(process: "subprocess.Popen[str]") -> None:
    """Ends a process and its whole session: Pulumi puts its plugins into groups of their own."""
    for number in (*_session(process.pid), process.pid):
        with suppress(OSError):
            os.kill(number, getattr(signal, "SIGKILL", signal.SIGTERM))
    process.wait()
    # Whoever was just being started.
    time.sleep(0.05)
    for number in _session(process.pid):
        with suppress(OSError):
            os.kill(number, getattr(signal, "SIGKILL", signal.SIGTERM))


def _session(leader: int) -> Iterable[int]:
    """The processes of a session, where the system tells."""
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text("utf-8", "replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader and int(entry.parent.name) != leader:
            yield int(entry.parent.name)
