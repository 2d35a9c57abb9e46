"""What stands in for a source that is set up wrongly: all that it brings, and has brought before, is not known."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from pagerworthy.collect.errors import SourceError
from pagerworthy.evidence import KEYS, Record
from pagerworthy.evidence.collectors import Context, record
from pagerworthy.evidence.store import MAX_LINE_BYTES

_Place = tuple[str, str, str]


class Unopened:
    """A source that cannot be asked, for a reason; `before` is the file with what it brought the last time."""

    def __init__(self, name: str, keys: tuple[str, ...], reason: str, before: Path) -> None:
        self.name = name
        self.keys = keys
        self._reason = reason
        self._before = before

    def collect(self, context: Context) -> Iterator[Record]:
        """Raises SourceError with the reason, after the places that it alone knows of."""
        for subject, key, item in sorted(_places(self._before)):
            if subject in context.catalog.services and key in KEYS:
                yield record(self.name, subject, key, self._reason, time=context.as_of, item=item)
        raise SourceError(self._reason)


class _Line(msgspec.Struct, frozen=True):
    subject: str
    key: str
    item: str = ""


def _places(file: Path) -> set[_Place]:
    """What a file of evidence has records of, as far as it can be read."""
    found: set[_Place] = set()
    decoder = msgspec.json.Decoder(_Line)
    try:
        with file.open("rb") as stream:
            while line := stream.readline(MAX_LINE_BYTES + 1):
                try:
                    each = decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                    continue
                if (each.key in KEYS) and (KEYS[each.key].per == "service") is not bool(each.item):
                    found.add((each.subject, each.key, each.item))
    except OSError:
        # There was no last time.
        return found
    return found
