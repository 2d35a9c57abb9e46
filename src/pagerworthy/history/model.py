"""What the branch holds: JSON Lines, the oldest first."""

import datetime as dt
from collections.abc import Iterable
from typing import TypeVar

import msgspec

DAYS = "days.jsonl"
_T = TypeVar("_T")


class Tally(msgspec.Struct, frozen=True, array_like=True):
    """For how many services a criterion passes, fails (waived or not), and is not known."""

    passed: int = 0
    failed: int = 0
    unknown: int = 0

    @property
    def rate(self) -> float | None:
        """The share of services for which it passes, of all for which it is due, 0 to 1; None where it is for none."""
        due = self.passed + self.failed + self.unknown
        return self.passed / due if due else None


class Day(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One run: the moment, the commit of the catalog, the rubric's digest, and counts over all services."""

    as_of: dt.datetime
    commit: str = ""
    rubric: str = ""
    verdicts: dict[str, int] = {}
    rungs: dict[str, int] = {}
    criteria: dict[str, Tally] = {}


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a service stood from a moment on, until its next line.

    `outcomes` are those that differ from before (all of them in a service's first line), empty for a criterion that
    is gone; `details` say of these why. `gone` is where the service has left the catalog.
    """

    as_of: dt.datetime
    commit: str = ""
    verdict: str = ""
    reason: str = ""
    holder: str = ""
    rung: str = ""
    score: float = 0.0
    coverage: float = 0.0
    outcomes: dict[str, str] = {}
    details: dict[str, str] = {}
    gone: bool = False


def service_file(name: str) -> str:
    """Where the lines of a service are."""
    return f"services/{name}.jsonl"


def encode(rows: Iterable[msgspec.Struct]) -> bytes:
    """The rows as JSON Lines."""
    return b"".join(msgspec.json.encode(row, order="sorted") + b"\n" for row in rows)


def decode(content: bytes, kind: type[_T]) -> tuple[_T, ...]:
    """The rows of a file. Raises msgspec.DecodeError for what is none."""
    decoder = msgspec.json.Decoder(kind)
    return tuple(decoder.decode(line) for line in content.splitlines() if line)
