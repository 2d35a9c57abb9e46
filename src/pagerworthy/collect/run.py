"""Asks several sources at once, each within the budget, and says of each what came of it."""

import queue
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Protocol, runtime_checkable

import msgspec

from pagerworthy.catalog import Service
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.evidence import KEYS, Record, items_of
from pagerworthy.evidence.collectors import Collector, Context, record

_LONGEST = 300


class Gathered(msgspec.Struct, frozen=True):
    """What one source brought, in order of service, key and item; `failed` says why it could not be seen as a whole.

    `notes` are what somebody should hear of, and what makes nothing unknown.
    """

    source: str
    records: tuple[Record, ...]
    seconds: float
    failed: str = ""
    notes: tuple[str, ...] = ()


def gather(collectors: Iterable[Collector], context: Context, deadline: Deadline) -> Iterator[Gathered]:
    """What each source brings, as each is done; one that is not when time is up has failed.

    A source that fails marks all its keys of all services, as far as it has not brought them, as failed: they are
    then not known, whatever was known before. Threads of sources that hang end with the process.
    """
    works = [_Work(collector, context) for collector in collectors]
    done: queue.SimpleQueue[_Work] = queue.SimpleQueue()
    for work in works:
        threading.Thread(target=work.run, args=(done,), name=f"collect-{work.name}", daemon=True).start()
    waiting = {work.name: work for work in works}
    while waiting:
        try:
            finished = done.get(timeout=deadline.demand())
        except (queue.Empty, SourceError):
            break
        yield finished.result(waiting.pop(finished.name).failed)
    for work in waiting.values():
        yield work.result("it was not done in time")


def unfinished(collector: Collector, context: Context, reason: str) -> Gathered:
    """What stands in for a source that brought nothing: all that it would bring is not known."""
    return _Work(collector, context).result(reason)


@runtime_checkable
class Selective(Protocol):
    """A collector that shares keys with another one, and is only asked for some of their items."""

    def items(self, service: Service, key: str) -> tuple[str, ...]:
        """The items of a key that this collector brings of a service."""


@runtime_checkable
class Noting(Protocol):
    """A collector that has more to tell than records, once it is done."""

    notes: tuple[str, ...]


class _Work:
    """One source at work in a thread of its own."""

    def __init__(self, collector: Collector, context: Context) -> None:
        self.name = collector.name
        self.failed = ""
        self._collector = collector
        self._context = context
        self._found: list[Record] = []
        self._started = time.monotonic()

    def run(self, done: "queue.SimpleQueue[_Work]") -> None:
        try:
            for each in self._collector.collect(self._context):
                self._found.append(each)
        except SourceError as error:
            self.failed = str(error)[:_LONGEST]
        except Exception as error:  # noqa: BLE001 -- one source that fails hides no other
            self.failed = f"{type(error).__name__}: {error}"[:_LONGEST]
        done.put(self)

    def result(self, failed: str) -> Gathered:
        found = list(self._found)
        if failed:
            found += self._not_known({(each.subject, each.key, each.item) for each in found}, failed)
        found.sort(key=lambda each: (each.subject, each.key, each.item))
        return Gathered(self.name, tuple(found), time.monotonic() - self._started, failed, self._notes())

    def _notes(self) -> tuple[str, ...]:
        return tuple(note[:_LONGEST] for note in self._collector.notes) if isinstance(self._collector, Noting) else ()

    def _not_known(self, seen: set[tuple[str, str, str]], reason: str) -> Iterator[Record]:
        for name, service in self._context.catalog.services.items():
            for key in self._collector.keys:
                for item in self._items(service, key):
                    if (name, key, item) not in seen:
                        yield record(self.name, name, key, reason, time=self._context.as_of, item=item)

    def _items(self, service: Service, key: str) -> tuple[str, ...]:
        return (
            self._collector.items(service, key)
            if isinstance(self._collector, Selective)
            else items_of(service, KEYS[key].per)
        )
