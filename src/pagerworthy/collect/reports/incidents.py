"""The incident log: which severe incidents there were, beside the post-mortems that the catalog has."""

import datetime as dt
from collections.abc import Iterator
from operator import itemgetter
from typing import Annotated

import msgspec

from pagerworthy.collect.reports.base import Day, Name, Told
from pagerworthy.collect.reports.lists import past, together
from pagerworthy.collect.reports.model import Format, Look, Said
from pagerworthy.evidence.keys.alerting import SevereIncidents

_KEYS = ("incidents.severe",)
_DAYS = 180
_SEVERE = 2


class IncidentRow(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An incident, by the name of its post-mortem; a row without `id` says that there was none up to then."""

    date: Day
    severity: Annotated[float, msgspec.Meta(ge=1, le=9)] = 1.0
    id: Name = ""

    @property
    def origin(self) -> str:
        """A post-mortem can be read."""
        return self.source or self.id


def _say(service: str, parts: list[tuple[IncidentRow, str]], look: Look) -> Iterator[Said]:
    first = look.as_of - dt.timedelta(days=_DAYS)
    dated = sorted(((past(row.date, place, look), place, row) for row, place in parts), key=itemgetter(0, 1))
    recent = [(row, place) for time, place, row in dated if time > first]
    ids = {row.id for row, _ in recent if row.id and row.severity <= _SEVERE}
    # A log says nothing of what came after its last line.
    written, place, newest = dated[-1]
    declared = [place for row, place in recent or [(newest, place)] if not row.origin]
    found = SevereIncidents(ids=tuple(sorted(ids)))
    place = declared[0] if declared else place
    yield Said(service, "incidents.severe", "", found, written, place, declared=bool(declared))


FORMAT = Format("incidents", _KEYS, together(IncidentRow, _KEYS, _say))
