"""Recording what sources answered, and asking the recording instead of them."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from pagerworthy import atomic
from pagerworthy.collect.address import Address, variable
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.surroundings import Wire
from pagerworthy.collect.transport import Answer, Bounds, Request, Stored, Take, Transport

_SHEET = "recording.json"
# In place of the token that a source was asked with: it goes nowhere.
_NO_TOKEN = "replayed"  # noqa: S105


class _Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a source was asked, and whether with a token."""

    url: str = ""
    token: bool = False


class _Sheet(msgspec.Struct, frozen=True, omit_defaults=True):
    """The moment that was asked about, the one at which it was asked, and who was."""

    as_of: dt.datetime
    asked: dt.datetime | None = None
    sources: dict[str, _Asked] = {}


class RecordingWire(Wire):
    """Over the network, and into a folder: one file an answer, without secrets. `asked` is now, and else `as_of`."""

    def __init__(self, folder: Path, as_of: dt.datetime, asked: dt.datetime | None = None) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._sheet = _Sheet(as_of, asked)
        self._places: dict[str, _Asked] = {}
        folder.mkdir(parents=True, exist_ok=True)
        self._write()

    def at(self, address: Address) -> None:
        self._places[address.source] = _Asked(address.url, bool(address.token))

    def carry(self, source: str, live: Callable[[], Transport]) -> Transport:
        with self._lock:
            place = self._places.get(source, _Asked())
            self._sheet = msgspec.structs.replace(self._sheet, sources={**self._sheet.sources, source: place})
            self._write()
        return _Recording(live(), self._folder / source)

    def _write(self) -> None:
        atomic.write(self._folder / _SHEET, msgspec.json.encode(self._sheet, order="sorted") + b"\n")


class ReplayingWire(Wire):
    """Out of a folder, and never over the network. Raises SourceError where there is no recording."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            self._sheet = msgspec.json.decode((folder / _SHEET).read_bytes(), type=_Sheet)
            folders = [each.name for each in folder.iterdir() if each.is_dir()]
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            raise SourceError(f"{folder} has no recording: make one with --record") from error
        self.sources = frozenset([*self._sheet.sources, *folders])

    @property
    def as_of(self) -> dt.datetime:
        """The moment that was asked about."""
        return self._sheet.as_of

    @property
    def asked(self) -> dt.datetime:
        """The moment at which it was asked."""
        return self._sheet.asked or self._sheet.as_of

    def around(self, variables: Mapping[str, str]) -> dict[str, str]:
        """The variables with which each recorded source is found where it was, without any token."""
        found = dict(variables)
        for name, place in self._sheet.sources.items():
            found.pop(variable(name, "TOKEN"), None)
            if place.url:
                found[variable(name, "URL")] = place.url
            if place.token:
                found[variable(name, "TOKEN")] = _NO_TOKEN
        return found

    def carry(self, source: str, live: Callable[[], Transport]) -> Transport:
        del live
        return _Replaying(self._folder / source)


class _Recording:
    def __init__(self, live: Transport, folder: Path) -> None:
        self._live = live
        self._folder = folder

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        answer = self._live.send(request, bounds, deadline)
        self._folder.mkdir(parents=True, exist_ok=True)
        atomic.write(
            _place(self._folder, request), msgspec.json.encode(Stored.of(request, answer), order="sorted") + b"\n"
        )
        return answer.given(take)


class _Replaying:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(
        self,
        request: Request,
        bounds: Bounds,  # noqa: ARG002 -- nothing is waited for
        deadline: Deadline,  # noqa: ARG002
        take: Take | None = None,
    ) -> Answer:
        try:
            content = _place(self._folder, request).read_bytes()
            return msgspec.json.decode(content, type=Stored).answer().given(take)
        except FileNotFoundError as error:
            raise SourceError("the recording has no answer to this") from error
        except (OSError, msgspec.DecodeError, ValueError) as error:
            raise SourceError("the recording of this answer cannot be read") from error


def _place(folder: Path, request: Request) -> Path:
    return folder / f"{request.digest[:32]}.json"
