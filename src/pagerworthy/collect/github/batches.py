"""Asks GitHub in batches, keeps to its limits, and takes apart what it says about each repository."""

import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

import msgspec

from pagerworthy.collect.at_once import in_order
from pagerworthy.collect.client import Client, decode
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError, StatusError
from pagerworthy.collect.github.answers import Fault, Ran, Reply, Repository
from pagerworthy.collect.github.queries import BATCH, Query, Wanted, alias, steps_of
from pagerworthy.collect.transport import Answer

_AT_ONCE = 4
_LIMITED = "RATE_LIMITED"
# Where its limit is said to be over and is not, it is asked again after so many seconds, and then after longer ones.
_PAUSE = 1.0
_TRIES = 4
_UNAUTHORISED = 401
# What any GraphQL answers that is there.
_ANYTHING = Query("query { __typename }", {})
_WORD = re.compile(r"[A-Z_]{1,40}")
_SAID: Mapping[str, str] = {
    "NOT_FOUND": "GitHub has no {place} that the token may see",
    "FORBIDDEN": "the token may not see {place}",
}
_T = TypeVar("_T")


class Seen(NamedTuple):
    """What was said about one repository: the answer, or why there is none.

    `faults` has the reason for each field, by its name, that could not be seen though the rest could.
    """

    found: Repository | str
    faults: Mapping[str, str]
    digest: str = ""


class _LimitedError(SourceError):
    """GitHub is asked too often, whatever it is asked."""


class Asker:
    """Asks one GitHub. A source that is gone is asked no more: what is left then has its reason."""

    def __init__(self, client: Client, path: str, deadline: Deadline) -> None:
        self._client = client
        self._path = path
        self._deadline = deadline
        self.gone = ""
        self._lock = threading.Lock()
        self._pause_until = 0.0

    def repositories(
        self, wanted: Iterable[Wanted], make: Callable[[Sequence[Wanted]], Query]
    ) -> Iterator[tuple[Wanted, Seen]]:
        """What is said about each repository, in order."""
        batches = list(_batches(wanted, BATCH))
        answers = in_order(lambda batch: self._batch(batch, make), batches, _AT_ONCE, self._deadline)
        for batch, seen in zip(batches, answers, strict=True):
            yield from zip(batch, seen, strict=True)

    def steps(self, suites: Sequence[str]) -> dict[str, Ran | str]:
        """The jobs and steps of each suite, or why they cannot be seen."""
        found: dict[str, Ran | str] = {}
        for batch in _batches(suites, BATCH):
            try:
                nodes = decode(self._ask(steps_of(batch)), _Nodes).data.nodes
            except SourceError as error:
                found |= dict.fromkeys(batch, str(error))
            else:
                found |= {
                    suite: node or "GitHub does not show its steps" for suite, node in zip(batch, nodes, strict=False)
                }
        return found

    def _batch(self, batch: Sequence[Wanted], make: Callable[[Sequence[Wanted]], Query]) -> list[Seen]:
        if self.gone:
            return [Seen(self.gone, {})] * len(batch)
        try:
            return self._answers(batch, make)
        except SourceError as error:
            if self._is_gone(error):
                self.gone = str(error)
                return [Seen(self.gone, {})] * len(batch)
            if len(batch) == 1:
                return [Seen(str(error), {})]
        # One repository of which there is too much to say must not hide those beside it. A query that takes longer
        # than ten seconds is given up, too.
        middle = len(batch) // 2
        return self._batch(batch[:middle], make) + self._batch(batch[middle:], make)

    def _is_gone(self, error: SourceError) -> bool:
        """Whether it is not this question alone that is not answered."""
        if isinstance(error, _LimitedError) or (isinstance(error, StatusError) and error.status == _UNAUTHORISED):
            return True
        try:
            return decode(self._ask(_ANYTHING), Reply).data is None
        except SourceError:
            return True

    def _answers(self, batch: Sequence[Wanted], make: Callable[[Sequence[Wanted]], Query]) -> list[Seen]:
        answer = self._ask(make(batch))
        reply = decode(answer, Reply)
        if reply.data is None:
            kind = next((fault.type for fault in reply.errors if _WORD.fullmatch(fault.type)), "")
            raise SourceError(f"GitHub refuses the question{f' ({kind})' if kind else ''}")
        return [
            _seen(each, reply.data.get(alias(index)), _faults(reply.errors, alias(index)), answer.digest)
            for index, each in enumerate(batch)
        ]

    def _ask(self, query: Query) -> Answer:
        """Asks, and again after the pause that GitHub asks for, where there is time for it."""
        for attempt in range(_TRIES):
            self._wait()
            answer = self._client.post_json(self._path, {"query": query.query, "variables": query.variables})
            limited = self._note_limit(answer)
            if not (limited and _is_refused(answer)):
                return answer
            self._pause(_PAUSE * 2**attempt)
        raise _LimitedError("GitHub's limit is used up, and for longer than it says")

    def _pause(self, seconds: float) -> None:
        with self._lock:
            self._pause_until = max(self._pause_until, time.time() + seconds)

    def _note_limit(self, answer: Answer) -> bool:
        """Whether this was the last answer until the limit is set back."""
        reset = answer.headers.get("x-ratelimit-reset", "")
        if answer.headers.get("x-ratelimit-remaining") != "0" or not (reset.isascii() and reset.isdigit()):
            return False
        with self._lock:
            self._pause_until = max(self._pause_until, float(reset[:12]))
        return True

    def _wait(self) -> None:
        with self._lock:
            pause = self._pause_until - time.time()
        if pause <= 0:
            return
        if pause >= self._deadline.left():
            raise _LimitedError(f"GitHub's limit is used up for another {pause / 60:.0f} minutes")
        time.sleep(pause)


class _NodesData(msgspec.Struct, frozen=True):
    nodes: list[Ran | None]


class _Nodes(msgspec.Struct, frozen=True):
    data: _NodesData


def _is_refused(answer: Answer) -> bool:
    try:
        reply = msgspec.json.decode(answer.body, type=Reply)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return reply.data is None and any(fault.type == _LIMITED for fault in reply.errors)


def _seen(wanted: Wanted, found: msgspec.Raw | None, faults: Mapping[str, str], digest: str) -> Seen:
    if found is None or bytes(found) == b"null":
        kind = faults.get("", "")
        said = _SAID.get(kind, "GitHub does not show {place}" + (f" ({kind})" if _WORD.fullmatch(kind) else ""))
        return Seen(said.format(place=wanted.place), {}, digest)
    try:
        repository = msgspec.json.decode(found, type=Repository)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Seen(f"its answer is not what its description says: {str(error)[:200]}", {}, digest)
    reasons = {
        field: f"the token may not see this of {wanted.place}" if kind == "FORBIDDEN" else "GitHub does not show this"
        for field, kind in faults.items()
        if field
    }
    return Seen(repository, reasons, digest)


def _faults(errors: Sequence[Fault], name: str) -> dict[str, str]:
    """The kind of fault of each field below an alias, and below the main branch; "" is the whole repository."""
    found: dict[str, str] = {}
    for error in errors:
        path = [part for part in error.path or () if isinstance(part, str)]
        if not path or path[0] != name:
            continue
        field = path[2] if len(path) > 2 and path[1] == "defaultBranchRef" else path[1] if len(path) > 1 else ""
        found.setdefault(field, error.type)
    return found


def _batches(items: Iterable[_T], size: int) -> Iterator[list[_T]]:
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch
