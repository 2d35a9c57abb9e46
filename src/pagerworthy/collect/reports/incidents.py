"""The incident log: which severe incidents there were, beside the post-mortems that the catalog has."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import msgspec

from pagerworthy.collect.reports.base import Day, Name, Report
from pagerworthy.collect.reports.lists import together
from pagerworthy.collect.reports.model import Format, Look, Said, moment
from pagerworthy.evidence.keys.alerting import SevereIncidents

_KEYS = ("incidents.severe",)
_DAYS = 180
_SEVERE = 2


class IncidentRow(Report, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An incident, by the name of its post-mortem; a row without `id` says that there was none up to then."""

    date: Day
    severity: Annotated[float, msgspec.Meta(ge=1, le=9)] = 1.0
    id: Name = ""


def _say(service: str, parts: list[tuple[IncidentRow, str]], look: Look) -> Iterator[Said]:
    first = look.as_of - dt.timedelta(days=_DAYS)
    ids = {row.id for row, _ in parts if row.id and row.severity <= _SEVERE and first < moment(row.date) <= look.as_of}
    found = SevereIncidents(ids=tuple(sorted(ids)))
    yield Said(service, "incidents.severe", "", found, look.as_of, parts[-1][1])


FORMAT = Format("incidents", _KEYS, together(IncidentRow, _KEYS, _say))
