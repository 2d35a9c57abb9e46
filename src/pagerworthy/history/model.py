"""What the branch holds: JSON Lines, the oldest first."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, TypeVar

import msgspec

from pagerworthy.history.shelf import HistoryError

DAYS = "days.jsonl"
_T = TypeVar("_T", bound="Day | Line")
# More services than these that turn at once are not told one by one.
MOST_TURNED = 20_000

# Whoever may push the branch may write anything into it.
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000_000)]
Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]
Name = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=2_000)]
_Kinds = msgspec.Meta(max_length=100)
_Criteria = msgspec.Meta(max_length=5_000)


class NoHistoryError(HistoryError):
    """A line of a file is none; `path` and `line` say where."""

    def __init__(self, path: str, line: int, reason: str) -> None:
        super().__init__(f"line {line} of {path} is no history: {reason}")
        self.path = path
        self.line = line


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """For how many services a criterion passes, fails (waived or not), and is not known."""

    passed: Count = 0
    failed: Count = 0
    unknown: Count = 0

    @property
    def rate(self) -> float | None:
        """The share of services for which it passes, of all for which it is due, 0 to 1; None where it is for none."""
        due = self.passed + self.failed + self.unknown
        return self.passed / due if due else None


class Turned(msgspec.Struct, frozen=True, array_like=True):
    """A service of which the verdict changed; empty before it came, and after it has gone."""

    service: Name
    before: Name
    after: Name


class Day(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run: the moment, the commit of the catalog, the rubric's digest, and counts over all services.

    `turned` are the services of which the verdict is another one than at the run before, None for the first run.
    """

    as_of: Moment
    commit: Name = ""
    rubric: Name = ""
    verdicts: Annotated[dict[Name, Count], _Kinds] = {}
    rungs: Annotated[dict[Name, Count], _Kinds] = {}
    criteria: Annotated[dict[Name, Tally], _Criteria] = {}
    turned: Annotated[tuple[Turned, ...], msgspec.Meta(max_length=MOST_TURNED)] | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a service stood from a moment on, until its next line.

    `outcomes` are those that differ from before (all of them in a service's first line), empty for a criterion that
    is gone; `details` say of these why. `gone` is where the service has left the catalog.
    """

    as_of: Moment
    commit: Name = ""
    verdict: Name = ""
    reason: Words = ""
    holder: Name = ""
    rung: Name = ""
    score: Annotated[float, msgspec.Meta(ge=0, le=100)] = 0.0
    coverage: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    outcomes: Annotated[dict[Name, Name], _Criteria] = {}
    details: Annotated[dict[Name, Words], _Criteria] = {}
    gone: bool = False


def service_file(name: str) -> str:
    """Where the lines of a service are."""
    return f"services/{name}.jsonl"


def encode(rows: Iterable[msgspec.Struct]) -> bytes:
    """The rows as JSON Lines."""
    return b"".join(msgspec.json.encode(row, order="sorted") + b"\n" for row in rows)


def decode(content: bytes, kind: type[_T], path: str = "the file") -> tuple[_T, ...]:
    """The rows of a file. Raises NoHistoryError for the first line that is none."""
    decoder = msgspec.json.Decoder(kind)
    rows = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                rows.append(decoder.decode(line))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
                raise NoHistoryError(path, number, str(error)[:200]) from error
    return tuple(rows)
