"""Some of many things at a time, in threads that end with the process."""

import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from pagerworthy.collect.deadline import Deadline

_T = TypeVar("_T")
_R = TypeVar("_R")


def in_order(work: Callable[[_T], _R], items: Sequence[_T], most: int, deadline: Deadline) -> Iterator[_R]:
    """What `work` makes of each item, in their order, of `most` items at once.

    Raises what `work` raises, and SourceError when time is up: a thread that hangs then holds nobody up.
    """
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, _R | Exception]] = queue.SimpleQueue()
    for place in range(len(items)):
        waiting.put(place)
    for _ in range(min(most, len(items))):
        threading.Thread(target=_work, args=(work, items, waiting, done), daemon=True).start()
    found: dict[int, _R] = {}
    for place in range(len(items)):
        while place not in found:
            ready, made = _next(done, deadline)
            if isinstance(made, Exception):
                raise made
            found[ready] = made
        yield found.pop(place)


def _next(done: "queue.SimpleQueue[tuple[int, _R | Exception]]", deadline: Deadline) -> tuple[int, _R | Exception]:
    while True:
        try:
            return done.get(timeout=deadline.demand())
        except queue.Empty:
            continue


def _work(
    work: Callable[[_T], _R],
    items: Sequence[_T],
    waiting: "queue.SimpleQueue[int]",
    done: "queue.SimpleQueue[tuple[int, _R | Exception]]",
) -> None:
    while True:
        try:
            place = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            done.put((place, work(items[place])))
        except Exception as error:  # noqa: BLE001 -- raised again where it is waited for
            done.put((place, error))
