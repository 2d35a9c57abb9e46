"""Recording what sources answered, and asking the recording instead of them."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import msgspec

from pagerworthy import atomic
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.surroundings import Wire
from pagerworthy.collect.transport import Answer, Bounds, Request, Stored, Take, Transport

_MOMENT = "recording.json"


class _Moment(msgspec.Struct, frozen=True):
    """When a recording was made: what was asked depends on it."""

    as_of: dt.datetime


class RecordingWire(Wire):
    """Over the network, and into a folder: one file an answer, without secrets."""

    def __init__(self, folder: Path, as_of: dt.datetime) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        atomic.write(folder / _MOMENT, msgspec.json.encode(_Moment(as_of)) + b"\n")

    def carry(self, source: str, live: Callable[[], Transport]) -> Transport:
        return _Recording(live(), self._folder / source)


class ReplayingWire(Wire):
    """Out of a folder, and never over the network."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def as_of(self) -> dt.datetime:
        """The moment at which the recording was made. Raises SourceError where there is none."""
        try:
            return msgspec.json.decode((self._folder / _MOMENT).read_bytes(), type=_Moment).as_of
        except (OSError, msgspec.DecodeError) as error:
            raise SourceError(f"{self._folder} has no recording: make one with --record") from error

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
