"""What is asked of a backend, and the answers as they are understood."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import msgspec

from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.pulumi.looks import Look
from pagerworthy.collect.pulumi.sight import Sight
from pagerworthy.collect.pulumi.states import LIST, LOOKS, STATE
from pagerworthy.collect.transport import Answer, Bounds, Request, Transport

_NO_BOUNDS = Bounds(0, 0, 0)
_GOOD, _ABSENT = 200, 404
_T = TypeVar("_T")


class Seen(NamedTuple):
    """A stack, or None where there is none; `fault` says why nobody knows. `digest` is of what was answered."""

    sight: Sight | None
    fault: str = ""
    digest: str = ""


class Questions:
    """Asks over a transport."""

    def __init__(self, transport: Transport, deadline: Deadline) -> None:
        self._transport = transport
        self._deadline = deadline

    def stacks(self) -> list[str]:
        """The names of all stacks that there are. Raises SourceError."""
        return _understood(self._ask(Request(LIST, "stacks")), list[str])

    def stack(self, name: str) -> Seen:
        """What there is of a stack."""
        try:
            answer = self._ask(Request(STATE, name))
            if answer.status == _ABSENT:
                return Seen(None)
            return Seen(_understood(answer, Sight), digest=answer.digest)
        except SourceError as error:
            return Seen(None, str(error))

    def looks(self, patterns: Sequence[str]) -> list[Look]:
        """What reports of drift say. Raises SourceError."""
        return _understood(self._ask(Request(LOOKS, "drift", body=msgspec.json.encode(patterns))), list[Look])

    def _ask(self, request: Request) -> Answer:
        return self._transport.send(request, _NO_BOUNDS, self._deadline)


def _understood(answer: Answer, kind: type[_T]) -> _T:
    try:
        if answer.status != _GOOD:
            raise SourceError("what the backend is said to hold is no answer to that")
        return msgspec.json.decode(answer.body, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError("what the backend is said to hold cannot be read") from error
