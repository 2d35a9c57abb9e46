"""The history as it is shown: whoever may push its branch may have written anything, so what is no history is left out.

Nothing here raises. What was left out is said.
"""

import datetime as dt
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from pagerworthy.history.model import DAYS, Day, Line, service_file
from pagerworthy.history.shelf import HistoryError, Shelf

# The newest snapshots that are looked at, and the lines and bytes of a service.
MOST_DAYS = 400
_MOST_LINES = 4_000
_LARGEST = 4 * 1024 * 1024

_Row = TypeVar("_Row", Day, Line)


class Past:
    """What there was until a moment: `days`, the oldest first, and on demand the lines of a service.

    `wrong` says in sentences what of the days is left out; `name` says where they are from. An empty one is no history.
    """

    __slots__ = ("_last", "_shelf", "_until", "days", "name", "wrong")

    def __init__(self, shelf: Shelf | None = None, until: dt.datetime | None = None, wrong: str = "") -> None:
        self._shelf = shelf
        self._until = until
        # Several files in a row are made of the lines of one service.
        self._last: tuple[str, tuple[tuple[Line, ...], tuple[str, ...]]] = ("", ((), ()))
        self.name = shelf.name if shelf else ""
        self.days: tuple[Day, ...] = ()
        found = [wrong] if wrong else []
        if shelf is not None:
            try:
                content = shelf.content(DAYS)
            except HistoryError as error:
                found.append(f"{error}.")
            else:
                self.days, said = _rows(content, Day, until, MOST_DAYS)
                found += said
        self.wrong = tuple(found)

    @property
    def stamps(self) -> Mapping[str, str]:
        """What tells whether a file is another one than before, by path."""
        return self._shelf.stamps if self._shelf else {}

    def stamp(self, service: str) -> str:
        """What tells whether the lines of a service are others than before; empty where it has none."""
        return self.stamps.get(service_file(service), "")

    def lines(self, service: str) -> tuple[Line, ...]:
        """The lines of a service, the oldest first."""
        return self.lines_and_wrong(service)[0]

    def lines_and_wrong(self, service: str) -> tuple[tuple[Line, ...], tuple[str, ...]]:
        """The lines of a service, and in sentences what of them is left out."""
        if self._shelf is None or not self.stamp(service):
            return (), ()
        if self._last[0] != service:
            try:
                content = self._shelf.content(service_file(service), _LARGEST)
            except HistoryError as error:
                found: tuple[tuple[Line, ...], tuple[str, ...]] = ((), (f"{error}.",))
            else:
                found = _rows(content, Line, self._until, _MOST_LINES)
            self._last = (service, found)
        return self._last[1]


NO_PAST = Past()


def _rows(
    content: bytes, kind: type[_Row], until: dt.datetime | None, most: int
) -> tuple[tuple[_Row, ...], tuple[str, ...]]:
    """The newest rows of a file, one a moment, in the order of time; and what is left out."""
    decoder = msgspec.json.Decoder(kind)
    found: dict[dt.datetime, _Row] = {}
    broken = late = 0
    for line in content.rsplit(b"\n", most + 1)[-most - 1 :]:
        if not line.strip():
            continue
        try:
            row = decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            broken += 1
            continue
        if until is not None and row.as_of > until:
            late += 1
        else:
            found[row.as_of] = row
    said = []
    if broken:
        said.append(f"{broken:,} {'line is' if broken == 1 else 'lines are'} no history, and left out.")
    if late:
        said.append(f"{late:,} {'is' if late == 1 else 'are'} of after the moment that is judged, and left out.")
    return tuple(found[moment] for moment in sorted(found)), tuple(said)
