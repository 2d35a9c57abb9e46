"""A history for the small world: what a snapshot writes, and what whoever may push its branch could write."""

import datetime as dt
import hashlib
from collections.abc import Mapping

import msgspec

from pagerworthy.history import Past
from pagerworthy.history.model import DAYS, Day, Line, Tally, Turned, encode, service_file

NIGHT = dt.timedelta(days=1)
# Lines that are neither a snapshot nor a service's: no JSON, no zone, no object, no text, no such amount.
BROKEN = (
    b"not json",
    b'{"as_of": "2026-11-12T00:00:00"}',
    b"[]",
    b"\xff\xfe",
    b'{"as_of": "2026-11-12T00:00:00Z", "score": 1e99, "verdicts": {"keep": -1}}',
)


class MemoryShelf:
    """Files that are kept in memory."""

    name = "the branch of tests"

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = files
        self.stamps = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
        self.read: list[str] = []

    def content(self, path: str, largest: int = 0) -> bytes:
        self.read.append(path)
        return self._files.get(path, b"")


def files_of(as_of: dt.datetime, hostile: str) -> dict[str, bytes]:
    """Ten nights; the lines of `cart` are whole, those of `mail` are damaged, and some names are a stranger's."""
    start = as_of - 10 * NIGHT
    days = [
        Day(
            as_of=start + number * NIGHT,
            commit="c0ffee" * 6,
            verdicts={"defer": 10 - number, "accept": number, hostile: 3},
            criteria={"monitoring-3": Tally(number, 5, 1), hostile[:100]: Tally(1, 1, 1)},
            turned=(
                Turned("cart", "defer", "freeze"),
                Turned(hostile[:100], "", hostile[:100]),
                Turned("gone", "keep", ""),
            )
            if number == 8
            else (Turned("mail", "defer", "accept"),)
            if number == 6
            else (),
        )
        for number in range(10)
    ]
    lines = [
        Line(
            as_of=start, verdict="defer", reason="It is too early.", holder="dev", rung="none", score=40, coverage=0.5
        ),
        Line(
            as_of=start + 4 * NIGHT,
            commit="c0ffee" * 6,
            verdict=hostile[:100],
            reason=hostile,
            holder=hostile[:50],
            rung=hostile[:50],
            score=30,
            coverage=0.5,
            outcomes={"monitoring-3": "fail", hostile[:100]: hostile[:50]},
            details={"monitoring-3": f"`{hostile}`", hostile[:100]: hostile},
        ),
        Line(
            as_of=start + 8 * NIGHT,
            verdict="freeze",
            reason="Deployments stop: a budget is spent.",
            holder="sre",
            rung="bronze",
            score=61.5,
            coverage=0.75,
            outcomes={"monitoring-3": "pass"},
        ),
    ]
    late = msgspec.structs.replace(days[-1], as_of=as_of + 400 * NIGHT)
    broken = b"".join(each + b"\n" for each in BROKEN)
    return {
        DAYS: encode([days[0], *days[:0:-1], days[3], late]) + broken,
        service_file("cart"): encode(lines),
        service_file("mail"): encode(lines[:1]) + broken,
        service_file("../../etc/passwd"): b"",
    }


def past_of(files: Mapping[str, bytes], as_of: dt.datetime) -> Past:
    """These files as a history until a moment."""
    return Past(MemoryShelf(files), as_of)
