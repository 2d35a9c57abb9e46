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


class WrongReportError(Exception):
    """Why a file, or a place in it, is no report of its format."""


class Said(NamedTuple):
    """What a report says of a service at a time, and where; a text in place of a value says why it says nothing.

    Of several the latest counts: by `held`, where what is told was another time than that of telling it.
    """

    subject: str
    key: str
    item: str
    found: Value | str
    time: dt.datetime
    place: str
    held: dt.datetime | None = None


class Fault(NamedTuple):
    """A report that cannot be read, of which nobody knows whose it is.

    With `spoils` it may hold a part of what others say together with it, and so nothing of theirs is known.
    """

    reason: str
    spoils: bool = False


class Look(NamedTuple):
    """What formats look at beside their files."""

    context: Context
    checkouts: Checkouts
    # When a file that says no date was written.
    written: Callable[[ReportFile], dt.datetime]
    critical_days: float

    @property
    def as_of(self) -> dt.datetime:
        return self.context.as_of

    def days_since(self, time: dt.datetime) -> float:
        """Whole days before the moment that is judged."""
        return float((self.as_of - time) // dt.timedelta(days=1))


class Format(NamedTuple):
    """A kind of report: its name in the settings, the keys that it brings, and what reads all its files."""

    name: str
    keys: tuple[str, ...]
    read: Callable[[Sequence[ReportFile], Look], Iterator[Said | Fault]]


def one_by_one(
    keys: Sequence[str], one: Callable[[ReportFile, Look], Iterable[Said]]
) -> Callable[[Sequence[ReportFile], Look], Iterator[Said | Fault]]:
    """Reads files each of which is about one service; a wrong one says so of its service, if its name tells it."""

    def read(files: Sequence[ReportFile], look: Look) -> Iterator[Said | Fault]:
        for file in files:
            try:
                if file.fault:
                    raise WrongReportError(file.fault)
                found = list(one(file, look))
            except WrongReportError as error:
                reason = f"{file.path}: {error}"
                named = named_service(file, look)
                if not named:
                    yield Fault(reason)
                    continue
                found = [Said(named, key, "", reason, look.as_of, file.path) for key in keys]
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


def moment(text: str) -> dt.datetime:
    """A moment as reports write it: a day, or a time in a zone; a time without one is in UTC."""
    try:
        if _DAY.fullmatch(text):
            text += "T00:00:00+00:00"
        found = dt.datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise WrongReportError(f"{inert(text, 40)!r} is no moment: write 2026-03-31 or 2026-03-31T14:05:00Z") from error


def shortly(error: Exception) -> str:
    """What a decoder says, on one line and not for ever."""
    return inert(str(error), 200)
