"""Ctrl-C and SIGTERM during a run: start nothing more, let engines end what they have begun, and stay until then."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from pagerworthy.stacks.run.command import Engines


class Interrupted:
    """Which signal stopped the run, 0 for none so far."""

    def __init__(self) -> None:
        self.signal = 0
        self.times = 0


@contextmanager
def interruptible(engines: Engines, say: Callable[[str], object]) -> Iterator[Interrupted]:
    """Hands signals on to the engines while it lasts.

    The first asks them to stop, which they do once what they have begun in the cloud has ended. The second makes them
    stop at once, which may leave operations that nobody knows the end of; the third ends them.
    """
    found = Interrupted()

    def handle(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 -- as the system calls it
        found.signal = found.signal or number
        found.times += 1
        if found.times > 2:
            engines.kill()
            return
        engines.stop()
        say(
            "stopping: engines end what they have begun; once more to stop them at once"
            if found.times == 1
            else "stopping at once"
        )

    if threading.current_thread() is not threading.main_thread():
        yield found
        return
    numbers = [signal.SIGINT, signal.SIGTERM]
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield found
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
