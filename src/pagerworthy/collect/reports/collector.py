"""The collector: reads all files of each format that is set up, and of what they say takes the latest."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence

from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.reports.files import ReportFile, find
from pagerworthy.collect.reports.formats import FORMATS
from pagerworthy.collect.reports.model import Fault, Format, Look, Said, WrongReportError, moment
from pagerworthy.collect.sound import sound
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence import KEYS, Record, items_of
from pagerworthy.evidence.collectors import Collector, Context, record
from pagerworthy.evidence.collectors.checkouts import Checkouts
from pagerworthy.evidence.collectors.git_history import commits
from pagerworthy.evidence.collectors.git_process import GitError
from pagerworthy.project import ReportsSettings

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_SECOND = dt.timedelta(seconds=1)
_Place = tuple[str, str, str]


class ReportsCollector:
    """Reads `[collect.reports]`. A file that is wrong hides none that is right."""

    name = "reports"

    def __init__(self, settings: ReportsSettings) -> None:
        self._settings = settings
        self._named: dict[Format, Sequence[str]] = {
            each: getattr(settings, name) for name, each in FORMATS.items() if getattr(settings, name)
        }

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for each in self._named for key in each.keys))

    def collect(self, context: Context) -> Iterator[Record]:
        look = Look(context, Checkouts(context), _Written(context), self._settings.critical_days)
        good: dict[_Place, Said] = {}
        bad: dict[_Place, str] = {}
        for each, patterns in self._named.items():
            files = list(find(context.root, patterns))
            faults = [] if files else [Fault("there is no such file")]
            for said in each.read(files, look):
                if isinstance(said, Fault):
                    faults.append(said)
                else:
                    _take(said, context, good, bad)
            # Only now: what is spoilt is all that was said together.
            for fault in faults:
                _not_known(fault, [place for key in each.keys for place in _places(context, key)], good, bad)
        for place, found in good.items():
            yield self._record(place, found.found, found.time, found.place)
        for place, reason in bad.items():
            # What is right counts, and what is wrong beside it is said all the same.
            time = good[place].time - _SECOND if place in good else context.as_of
            yield self._record(place, reason, time, "")

    def _record(self, place: _Place, found: object, time: dt.datetime, where: str) -> Record:
        subject, key, item = place
        value = found[:2000] if isinstance(found, str) else sound(found)  # type: ignore[arg-type]
        query = f"read {where}"[:2000] if where else ""
        return record(self.name, subject, key, value, time=time, item=item, query=query)


def _not_known(fault: Fault, places: Sequence[_Place], good: dict[_Place, Said], bad: dict[_Place, str]) -> None:
    """Says a fault of every service that it may be about: of all, or of those of which no other file says anything."""
    for place in places:
        if fault.spoils:
            good.pop(place, None)
    # Where everything is said elsewhere, it is told once, so that somebody hears of it.
    for place in [each for each in places if each not in good] or places[:1]:
        bad.setdefault(place, fault.reason)


def _places(context: Context, key: str) -> Iterator[_Place]:
    for name in context.catalog.services:
        for item in _items(context, name, key):
            yield name, key, item


def _take(said: Said, context: Context, good: dict[_Place, Said], bad: dict[_Place, str]) -> None:
    found = said.found
    if not isinstance(found, str) and said.time > context.as_of:
        found = f"{said.place}: it is dated after the moment that is judged"
    if isinstance(found, str):
        whole = not said.item and KEYS[said.key].per != "service"
        for item in _items(context, said.subject, said.key) if whole else (said.item,):
            bad.setdefault((said.subject, said.key, item), found)
        return
    place = (said.subject, said.key, said.item)
    before = good.get(place)
    if before is None or (before.held or before.time) <= (said.held or said.time):
        good[place] = said


def _items(context: Context, subject: str, key: str) -> tuple[str, ...]:
    service = context.catalog.services.get(subject)
    return items_of(service, KEYS[key].per) if service else ()


class _Written:
    """When files were written that do not say it: by their name, or else their last commit, or else the system."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._commits: Mapping[str, dt.datetime | None] = {}
        self._read = False

    def __call__(self, file: ReportFile) -> dt.datetime:
        for named in reversed(_DAY.findall(file.path)):
            try:
                return moment(named)
            except WrongReportError:
                continue
        if not self._read:
            self._commits = self._history()
            self._read = True
        committed = self._commits.get(file.path, file.changed)
        if committed is None:
            raise WrongReportError("its last commit has a date that cannot be read")
        return committed

    def _history(self) -> Mapping[str, dt.datetime | None]:
        found: dict[str, dt.datetime | None] = {}
        try:
            for commit in commits(self._context.root, ["--name-only"], ()):
                for name in commit.files:
                    found.setdefault(name, commit.time)
        except GitError:
            # Without history there is nothing but what the system says.
            return found
        return found


def open_collector(surroundings: Surroundings) -> Collector | None:
    """None where the settings name no file."""
    settings = surroundings.settings.reports
    if settings.critical_days < 0:
        raise SourceError("critical_days of [collect.reports] is below 0")
    collector = ReportsCollector(settings)
    return collector if collector.keys else None
