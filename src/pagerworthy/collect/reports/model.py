"""What formats are given, and what they say."""

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.evidence import Value
from pagerworthy.evidence.collectors import Context
from pagerworthy.evidence.collectors.checkouts import Checkouts
from pagerworthy.evidence.text import inert

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIRST_YEAR, _LAST_YEAR = 1970, 9000


# Of a report without a date nobody can tell that it is not the newest one.
UNDATED = dt.datetime.max.replace(tzinfo=dt.UTC)
# What is right, and says nothing yet, is newer than nothing.
NEVER = dt.datetime.min.replace(tzinfo=dt.UTC)
# So much sooner than in UTC a day begins somewhere.
_EASTMOST = dt.timedelta(hours=14)
_TO_ITS_END = dt.timedelta(days=1, seconds=-1)


class WrongReportError(Exception):
    """Why a file, or a place in it, is no report of its format."""


class NothingYetError(WrongReportError):
    """Why something that is right says nothing so far; what others say is as good as without it."""


class NobodysError(WrongReportError):
    """Why a report that can be read is about no service of the catalog."""


class Said(NamedTuple):
    """What a report says of a service at a time, and where; a text in place of a value says why it says nothing.

    Of several the latest counts: by `held`, where what is told was another time than that of telling it. A text counts
    like a value: what cannot be read is not made good by what is older. With `nameless`, the file is called after no
    service. `declared` is what nobody can look up anywhere.
    """

    subject: str
    key: str
    item: str
    found: Value | str
    time: dt.datetime
    place: str
    held: dt.datetime | None = None
    nameless: bool = False
    declared: bool = False

    @property
    def counts_from(self) -> dt.datetime:
        """By which the latest is found."""
        return self.held or self.time


class Fault(NamedTuple):
    """A report that cannot be read, of which nobody knows whose it is.

    With `spoils` it may be about any service, and what others said before `held` is not known; with `nameless`, only
    about those that files tell of which are called after no service.
    """

    reason: str
    spoils: bool = False
    held: dt.datetime = UNDATED
    nameless: bool = False


class Note(NamedTuple):
    """What somebody should hear of, and what makes nothing unknown; of those about the same, the first is told.

    `unknown` is the name of a service that is not there.
    """

    reason: str
    about: str
    unknown: str = ""


class Look(NamedTuple):
    """What formats look at beside their files."""

    context: Context
    checkouts: Checkouts
    # When a file that says no date was written.
    written: Callable[[ReportFile], dt.datetime]
    critical_days: float
    # Why there is nothing at a path of the repository; empty where there is, and of a web address.
    origins: Callable[[str], str]

    @property
    def as_of(self) -> dt.datetime:
        return self.context.as_of

    def past(self, text: str) -> dt.datetime:
        """A moment that is not after the one that is judged. Raises WrongReportError."""
        found = moment(text)
        if found > self.as_of and not (_DAY.fullmatch(text) and is_tomorrow(found, self.as_of)):
            raise WrongReportError("it is dated after the moment that is judged")
        return min(found, self.as_of)

    def written_at(self, text: str, file: ReportFile) -> dt.datetime:
        """The moment that a report is of: the one that it says, or else when its file was written."""
        return moment(text) if text else self.written(file)

    def last_written(self, file: ReportFile) -> dt.datetime:
        """When a file that cannot be read was written, as late as that may be; `UNDATED` where nobody knows."""
        try:
            found = self.written(file)
            return found + _TO_ITS_END if _DAY.search(file.path) else found
        except (WrongReportError, OverflowError):
            return UNDATED

    def days_since(self, time: dt.datetime) -> float:
        """Whole days before the moment that is judged."""
        return float((self.as_of - time) // dt.timedelta(days=1))


class Format(NamedTuple):
    """A kind of report: its name in the settings, the keys that it brings, and what reads all its files."""

    name: str
    keys: tuple[str, ...]
    read: Callable[[Sequence[ReportFile], Look], Iterator[Said | Fault | Note]]


def one_by_one(
    keys: Sequence[str], one: Callable[[ReportFile, Look], Iterable[Said]]
) -> Callable[[Sequence[ReportFile], Look], Iterator[Said | Fault]]:
    """Reads files each of which is about one service; a wrong one says so of its service, if its name tells it."""

    def read(files: Sequence[ReportFile], look: Look) -> Iterator[Said | Fault]:
        for file in files:
            named = named_service(file, look)
            try:
                if file.fault:
                    raise WrongReportError(file.fault)
                found = [each._replace(nameless=not named) for each in one(file, look)]
            except NobodysError as error:
                yield Fault(f"{file.path}: {error}")
                continue
            except Exception as error:  # noqa: BLE001 -- one report that cannot be read hides no other
                reason, held = f"{file.path}: {why(error)}", look.last_written(file)
                if not named:
                    yield Fault(reason, spoils=True, held=held, nameless=True)
                    continue
                found = [Said(named, key, "", reason, look.as_of, file.path, held) for key in keys]
            yield from found

    return read


def named_service(file: ReportFile, look: Look) -> str:
    """The service that a file is called after, or else the nearest folder around it; empty where there is none."""
    services = look.context.catalog.services
    *folders, name = file.path.split("/")
    stem = name.partition(".")[0]
    for candidate in (stem, _DAY.sub("", stem).strip("-_"), *reversed(folders)):
        if candidate in services:
            return candidate
    return ""


def why(error: Exception) -> str:
    """What is wrong with a report, be it only that nobody has thought of it."""
    return str(error) if isinstance(error, WrongReportError) else f"it cannot be read: {type(error).__name__}"


def moment(text: str) -> dt.datetime:
    """A moment as reports write it: a day, or a time in a zone; a time without one is in UTC.

    Raises WrongReportError, also for a year of which nothing can be meant.
    """
    try:
        if _DAY.fullmatch(text):
            text += "T00:00:00+00:00"
        found = dt.datetime.fromisoformat(text)
        found = (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise WrongReportError(f"{inert(text, 40)!r} is no moment: write 2026-03-31 or 2026-03-31T14:05:00Z") from error
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise WrongReportError(f"{inert(text, 40)!r} is not between {_FIRST_YEAR} and {_LAST_YEAR}")
    return found


def is_tomorrow(day: dt.datetime, as_of: dt.datetime) -> bool:
    """Whether a day has not begun at a moment in UTC, and has somewhere on earth."""
    return as_of < day <= as_of + _EASTMOST


def until(text: object) -> dt.datetime:
    """The moment that a row which is wrong is of, as late as that may be; `UNDATED` for what is none."""
    try:
        found = moment(str(text))
        return found + _TO_ITS_END if _DAY.fullmatch(str(text)) else found
    except (WrongReportError, OverflowError):
        return UNDATED


def shortly(error: Exception) -> str:
    """What a decoder says, on one line and not for ever."""
    return inert(str(error), 200)
