"""The moment by which a collector has to be done."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from pagerworthy.collect.errors import SourceError


class Deadline:
    """So many seconds from now, on a clock that nobody turns back."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left; never below 0."""
        return max(0.0, self._end - time.monotonic())

    def demand(self) -> float:
        """The seconds that are left. Raises SourceError where there are none."""
        left = self.left()
        if left <= 0:
            raise SourceError(f"it was not done within {self._seconds:g} seconds")
        return left

    def part(self, seconds: float) -> "Deadline":
        """A deadline for a part of the work, no later than this one."""
        return Deadline(min(seconds, self.left()))

    @contextlib.contextmanager
    def calling(self, end: Callable[[], None]) -> Iterator[None]:
        """Calls `end`, in another thread, when time is up while the context lasts."""
        timer = threading.Timer(self.left(), end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
