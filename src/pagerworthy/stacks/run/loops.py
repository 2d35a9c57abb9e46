"""Clears up after programs that Pulumi stopped in the middle: their event loops stay open, and their tasks complain."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

# How long a program may take to end after its engine has, in seconds.
_PATIENCE = 5.0


class Loops:
    """The event loops of one operation's programs.

    Where a resource fails, the SDK may leave a program's tasks and loop behind: some files that stay open each time,
    and a traceback on stderr whenever Python finds them.
    """

    def __init__(self) -> None:
        self._loops: list[asyncio.AbstractEventLoop] = []
        self._lock = threading.Lock()

    def around(self, program: Callable[[], None]) -> Callable[[], None]:
        """The program, whose loop is noted."""

        def noted() -> None:
            with self._lock:
                self._loops.append(asyncio.get_running_loop())
            program()

        return noted

    def clear(self) -> None:
        """Ends the tasks of all loops that are left, and closes them."""
        with self._lock:
            found, self._loops = self._loops, []
        waited = threading.Event()
        for loop in found:
            for _ in range(int(_PATIENCE / 0.02)):
                if not loop.is_running():
                    break
                waited.wait(0.02)
            if loop.is_running() or loop.is_closed():
                continue
            with suppress(RuntimeError):
                _end(loop)


def _end(loop: asyncio.AbstractEventLoop) -> None:
    """Cancels what is left in a loop, in the thread that calls."""
    # What a task has to say of its end was said by the engine.
    loop.set_exception_handler(lambda loop, context: None)  # noqa: ARG005 -- as asyncio calls it
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()
