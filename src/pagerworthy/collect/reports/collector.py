"""The collector: reads all files of each format that is set up, and of what they say takes the latest."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice

import msgspec

from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.reports.files import find
from pagerworthy.collect.reports.formats import FORMATS
from pagerworthy.collect.reports.model import NEVER, UNDATED, Fault, Format, Look, Note, Said
from pagerworthy.collect.reports.written import Origins, Written
from pagerworthy.collect.sound import sound
from pagerworthy.collect.surroundings import Surroundings
from pagerworthy.evidence import KEYS, Record, Strength, items_of
from pagerworthy.evidence.collectors import Collector, Context, record
from pagerworthy.evidence.collectors.checkouts import Checkouts
from pagerworthy.project import ReportsSettings

_SECOND = dt.timedelta(seconds=1)
_MOST_NOTES = 20
_Place = tuple[str, str, str]


class ReportsCollector:
    """Reads `[collect.reports]`. What is wrong hides nothing newer, and nothing older makes up for it.

    `notes` are, once all is read, what somebody should hear of beside the records.
    """

    name = "reports"

    def __init__(self, settings: ReportsSettings) -> None:
        self.notes: tuple[str, ...] = ()
        self._settings = settings
        self._named: dict[Format, Sequence[str]] = {
            each: getattr(settings, name) for name, each in FORMATS.items() if getattr(settings, name)
        }

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(key for each in self._named for key in each.keys))

    def collect(self, context: Context) -> Iterator[Record]:
        look = Look(context, Checkouts(context), Written(context), self._settings.critical_days, Origins(context.root))
        good: dict[_Place, Said] = {}
        bad: dict[_Place, Said] = {}
        notes: list[Note] = []
        for each, patterns in self._named.items():
            missed: list[str] = []
            files = list(find(context.root, patterns, missed.append))
            unmatched = [f"{pattern} (of {each.name}) matches no file" for pattern in missed]
            faults = [] if files else [Fault("; ".join(unmatched))]
            notes += [Note(reason, reason) for reason in unmatched if files]
            for said in each.read(files, look):
                if isinstance(said, Note):
                    notes.append(said._replace(about=f"{each.name} {said.about}"))
                elif isinstance(said, Fault):
                    faults.append(said)
                else:
                    _take(said, context, good, bad)
            # Only now: what is spoilt is all that was said together.
            for fault in _worst(faults):
                _not_known(fault, [place for key in each.keys for place in _places(context, key)], good, bad)
        self.notes = tuple(_told([*notes, *_only_declared(good.values())], context.catalog.services))
        for place, found in good.items():
            if not _is_spoilt(found, bad.get(place)):
                yield self._record(place, found, found.time)
        for place, wrong in bad.items():
            right = good.get(place)
            # What is wrong beside what is right and newer is said all the same.
            spoilt = right is None or _is_spoilt(right, wrong)
            yield self._record(place, wrong, context.as_of if spoilt or right is None else right.time - _SECOND)

    def _record(self, place: _Place, said: Said, time: dt.datetime) -> Record:
        subject, key, item = place
        value = said.found[:2000] if isinstance(said.found, str) else sound(said.found)
        query = f"read {said.place}"[:2000] if said.place and not isinstance(value, str) else ""
        made = record(self.name, subject, key, value, time=time, item=item, query=query)
        return msgspec.structs.replace(made, strength=Strength.DECLARED.word) if said.declared else made


def _is_spoilt(right: Said, wrong: Said | None) -> bool:
    """Whether something wrong may say otherwise, and later."""
    return wrong is not None and wrong.counts_from >= right.counts_from


def _worst(faults: Sequence[Fault]) -> Iterator[Fault]:
    """Of the faults of each kind the latest, which spoils what any of them does; with how many more there are."""
    kinds: defaultdict[tuple[bool, bool], list[Fault]] = defaultdict(list)
    for fault in faults:
        kinds[fault.spoils, fault.nameless].append(fault)
    for alike in kinds.values():
        worst = max(alike, key=lambda each: each.held)
        more = f" (and {len(alike) - 1:,} more like it)" if len(alike) > 1 else ""
        yield worst._replace(reason=f"{worst.reason}{more}")


def _told(notes: Sequence[Note], services: Iterable[str]) -> Iterator[str]:
    """The first of the notes about each thing, with how many more there are; not too many of them."""
    alike: dict[str, tuple[Note, int]] = {}
    for note in notes:
        first, count = alike.get(note.about, (note, 0))
        alike[note.about] = (first, count + 1)
    names = list(services)
    for first, count in islice(alike.values(), _MOST_NOTES):
        # Looking for a name that is like it takes a while where there are ten thousand services.
        near = get_close_matches(first.unknown, names, n=1) if first.unknown else []
        mend = f"; did you mean {near[0]}?" if near else ""
        yield first.reason + mend + (f" (and {count - 1:,} more like it)" if count > 1 else "")
    if (left := len(alike) - _MOST_NOTES) > 0:
        yield f"and {left:,} more of other things"


def _only_declared(found: Iterable[Said]) -> Iterator[Note]:
    for each in found:
        if each.declared and KEYS[each.key].strength > Strength.DECLARED:
            said = f"{each.place} does not say where it can be looked up, so {each.key} is only declared: write source"
            yield Note(said, each.key)


def _not_known(fault: Fault, places: Sequence[_Place], good: dict[_Place, Said], bad: dict[_Place, Said]) -> None:
    """Says a fault of every service that it may be about: of all, or of those of which no other file says anything."""
    told = False
    for place in places:
        right = good.get(place)
        held = fault.held if fault.spoils and (not fault.nameless or right is None or right.nameless) else NEVER
        if right is None or held >= right.counts_from:
            _worse(place, Said(*place, fault.reason, NEVER, "", held), bad)
            told = True
    if not told and places:
        # Where everything is said elsewhere, it is told once, so that somebody hears of it.
        _worse(places[0], Said(*places[0], fault.reason, NEVER, "", NEVER), bad)


def _worse(place: _Place, said: Said, bad: dict[_Place, Said]) -> None:
    if place not in bad or bad[place].counts_from < said.counts_from:
        bad[place] = said


def _places(context: Context, key: str) -> Iterator[_Place]:
    for name in context.catalog.services:
        for item in _items(context, name, key):
            yield name, key, item


def _take(said: Said, context: Context, good: dict[_Place, Said], bad: dict[_Place, Said]) -> None:
    if not isinstance(said.found, str) and said.time > context.as_of:
        said = said._replace(found=f"{said.place}: it is dated after the moment that is judged", held=UNDATED)
    place = (said.subject, said.key, said.item)
    if isinstance(said.found, str):
        for each in _concerned(place, context):
            _worse(each, said, bad)
    elif place not in good or good[place].counts_from <= said.counts_from:
        good[place] = said


def _concerned(place: _Place, context: Context) -> Iterator[_Place]:
    """What something wrong may be about: the item that it names, or each where it names none that is there."""
    subject, key, item = place
    items = _items(context, subject, key)
    if subject not in context.catalog.services and (KEYS[key].per == "service") is not bool(item):
        # Its entry cannot be read, so nobody knows which items it has.
        yield place
    yield from ((subject, key, each) for each in ((item,) if item in items else items))


def _items(context: Context, subject: str, key: str) -> tuple[str, ...]:
    service = context.catalog.services.get(subject)
    return items_of(service, KEYS[key].per) if service else ()


def open_collector(surroundings: Surroundings) -> Collector | None:
    """None where the settings name no file."""
    settings = surroundings.settings.reports
    if settings.critical_days < 0:
        raise SourceError("critical_days of [collect.reports] is below 0")
    collector = ReportsCollector(settings)
    return collector if collector.keys else None
