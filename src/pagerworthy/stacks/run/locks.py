"""Who else works on a stack: locks of the backend, and one of our own between runs on the same machine."""

import getpass
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pagerworthy.stacks.run.backend import Backend, Lock

_LOOK_EVERY = 0.5


class LockedError(Exception):
    """A stack that somebody else holds; `owner` says who, as far as is known.

    `stays` is whether the lock outlives its owner, so that a person may have to take it away.
    """

    def __init__(self, stack: str, owner: str, *, stays: bool = True) -> None:
        super().__init__(f"{stack} is locked by {owner}")
        self.stack = stack
        self.owner = owner
        self.stays = stays


@contextmanager
def alone(folder: Path, stack: str, seconds: float, stopped: Callable[[], bool]) -> Iterator[None]:
    """Keeps other runs on this machine away from a stack's work folder; the system lets go of it when we die.

    Raises LockedError where another run still has it after `seconds`, or when `stopped` says to give up.
    """
    try:
        import fcntl
    except ImportError:
        # Without it, only the lock of the backend is left, which keeps two engines apart, too.
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a+", encoding="utf-8") as file:
        _wait(
            lambda: _taken(fcntl, file.fileno()),
            seconds,
            stopped,
            lambda: LockedError(stack, "another run of Pagerworthy", stays=False),
        )
        yield


def _taken(fcntl: object, descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)  # type: ignore[attr-defined]
    except BlockingIOError:
        return False
    return True


def wait_for(backend: Backend, stack: str, seconds: float, stopped: Callable[[], bool]) -> tuple[Lock, ...]:
    """Waits until nobody who lives holds the stack; returns the locks of the dead, which were removed.

    Raises LockedError after `seconds`, naming the owner.
    """
    removed: list[Lock] = []

    def is_free() -> bool:
        found = backend.locks(stack)
        # One that lives may be lost with the others.
        if not all(map(is_dead, found)):
            return False
        for lock in found:
            backend.free(stack, lock)
            removed.append(lock)
        return True

    def refusal() -> LockedError:
        return LockedError(stack, "; ".join(lock.owner for lock in backend.locks(stack)) or "someone")

    _wait(is_free, seconds, stopped, refusal)
    return tuple(removed)


def is_dead(lock: Lock) -> bool:
    """Whether a lock's owner is gone for certain: an engine that was noted here, whose process is no more."""
    if not lock.ours:
        return False
    # On other systems, to ask whether a process lives is to end it.
    if os.name != "posix" or lock.host != socket.gethostname() or lock.user != _user() or lock.pid <= 0:
        return False
    try:
        os.kill(lock.pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, ImportError, OSError):
        return ""


def _wait(
    is_free: Callable[[], bool], seconds: float, stopped: Callable[[], bool], refusal: Callable[[], LockedError]
) -> None:
    until = time.monotonic() + seconds
    while not is_free():
        if time.monotonic() > until or stopped():
            raise refusal()
        time.sleep(_LOOK_EVERY)
