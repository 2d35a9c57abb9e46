"""Recording what sources answered, and asking the recording instead of them."""

import datetime as dt
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from pagerworthy import atomic
from pagerworthy.collect.address import Address, variable
from pagerworthy.collect.deadline import Deadline
from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.regular import open_regular, read_regular
from pagerworthy.collect.secrecy import Hiding
from pagerworthy.collect.surroundings import Wire
from pagerworthy.collect.transport import Answer, Bounds, Request, Stored, Take, Transport

_SHEET = "recording.json"
_LARGEST_SHEET = 1024 * 1024
# Of an answer that is kept, in the form that takes the most room.
_LARGEST = 512 * 1024 * 1024
# The years that evidence may be of.
_FIRST, _LAST = 1970, 9000
_CHUNK = 64 * 1024
# Only good answers are given away piece by piece.
_GOOD = 200
# In place of the token that a source was asked with: it goes nowhere.
_NO_TOKEN = "-"  # noqa: S105


class _Asked(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a source was asked, and whether with a token."""

    url: str = ""
    token: bool = False


class _Sheet(msgspec.Struct, frozen=True, omit_defaults=True):
    """The moment that was asked about, the one at which it was asked, and who was."""

    as_of: Annotated[dt.datetime, msgspec.Meta(tz=True)]
    asked: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None
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
            self._sheet = msgspec.json.decode(read_regular(folder / _SHEET, _LARGEST_SHEET), type=_Sheet)
            folders = [each.name for each in folder.iterdir() if each.is_dir()]
        except msgspec.ValidationError as error:
            raise SourceError(f"{folder / _SHEET} is no recording: {error}") from error
        except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SourceError(f"{folder} has no recording: make one with --record") from error
        for each in (self.as_of, self.asked):
            if not _FIRST <= each.year < _LAST:
                raise SourceError(f"{folder / _SHEET} is of the year {each.year}, of which nobody can know anything")
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


class _Kept(Stored, frozen=True, kw_only=True, omit_defaults=True):
    """An answer; with `beside`, its body is in a file of its own, as it was given away piece by piece.

    `failed` is why none came; there is no answer then.
    """

    beside: bool = False
    failed: str = ""


class _Recording:
    def __init__(self, live: Transport, folder: Path) -> None:
        self._live = live
        self._folder = folder

    def send(self, request: Request, bounds: Bounds, deadline: Deadline, take: Take | None = None) -> Answer:
        if take is None or request.hide:
            try:
                answer = self._live.send(request, bounds, deadline)
            except SourceError as error:
                self._keep_failure(request, error)
                raise
            self._keep(request, Stored.of(request, answer))
            return answer.given(take)
        self._folder.mkdir(parents=True, exist_ok=True)
        with atomic.replacing(_body(self._folder, request)) as stream:
            taking = _Taking(take, Hiding(request.tokens, stream.write))
            failure: Exception | None = None
            try:
                answer = self._live.send(request, bounds, deadline, taking)
            except Exception as error:
                if not taking.refused:
                    if isinstance(error, SourceError):
                        self._keep_failure(request, error)
                    raise
                # What cannot be read is to be as wrong once more.
                failure, answer = error, Answer(_GOOD, {}, b"")
            taking.end()
        stored = Stored.of(request, answer)
        self._keep(request, _Kept(**msgspec.structs.asdict(stored), beside=taking.taken))
        if failure is not None:
            raise failure
        return answer

    def _keep_failure(self, request: Request, error: SourceError) -> None:
        # What is left of an answer is not what is left of our own words.
        plain = msgspec.structs.replace(request, hide=None)
        stored = Stored.of(plain, Answer(0, {}, str(error).encode(errors="replace")))
        self._keep(
            request, _Kept(method=stored.method, url=stored.url, asked=stored.asked, status=0, failed=stored.text)
        )

    def _keep(self, request: Request, stored: Stored) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        atomic.write(_place(self._folder, request), msgspec.json.encode(stored, order="sorted") + b"\n")
        if not (isinstance(stored, _Kept) and stored.beside):
            _body(self._folder, request).unlink(missing_ok=True)


class _Taking:
    """Gives pieces to who asked for them, and to what keeps them; `refused` where the former could not read them."""

    def __init__(self, take: Take, keep: Hiding) -> None:
        self._take = take
        self._keep = keep
        self.taken = self.refused = False

    def __call__(self, piece: bytes) -> None:
        self.taken = True
        self._keep(piece)
        try:
            self._take(piece)
        except Exception:
            self.refused = True
            raise

    def end(self) -> None:
        self._keep.end()


class _Replaying:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(
        self,
        request: Request,
        bounds: Bounds,  # noqa: ARG002 -- nothing is waited for
        deadline: Deadline,
        take: Take | None = None,
    ) -> Answer:
        try:
            content = read_regular(_place(self._folder, request), _LARGEST)
            stored = msgspec.json.decode(content, type=_Kept)
            if stored.failed:
                raise SourceError(stored.failed)
            if not stored.beside:
                return stored.answer().given(take)
            return self._from_beside(stored.answer(), request, deadline, take)
        except FileNotFoundError as error:
            raise SourceError("the recording has no answer to this: what is asked today was not asked then") from error
        except (OSError, msgspec.DecodeError, ValueError, RecursionError) as error:
            raise SourceError("the recording of this answer cannot be read") from error

    def _from_beside(self, answer: Answer, request: Request, deadline: Deadline, take: Take | None) -> Answer:
        file = _body(self._folder, request)
        if take is None:
            return msgspec.structs.replace(answer, body=read_regular(file, _LARGEST))
        with open_regular(file) as stream:
            while piece := stream.read(_CHUNK):
                deadline.demand()
                take(piece)
        return answer


def _place(folder: Path, request: Request) -> Path:
    return folder / f"{request.digest[:32]}.json"


def _body(folder: Path, request: Request) -> Path:
    return folder / f"{request.digest[:32]}.body"
