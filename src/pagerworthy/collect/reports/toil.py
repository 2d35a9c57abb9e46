"""Records of toil: who worked how long on what no engineer should have to do."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import msgspec

from pagerworthy.collect.reports.base import Day, Name, Report
from pagerworthy.collect.reports.lists import together
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError, moment
from pagerworthy.evidence.keys.handover import ToilHours

_KEYS = ("toil.hours",)
_WEEKS = 4


class ToilRow(Report, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Hours of toil on a day; a row with none says that there was none up to then."""

    date: Day
    hours: Annotated[float, msgspec.Meta(ge=0, le=10_000)]
    person: Name = ""
    what: Annotated[str, msgspec.Meta(max_length=2000)] = ""


def _say(service: str, parts: list[tuple[ToilRow, str]], look: Look) -> Iterator[Said]:
    first = look.as_of - dt.timedelta(weeks=_WEEKS)
    recent = [(row.hours, place) for row, place in parts if first < moment(row.date) <= look.as_of]
    if not recent:
        raise WrongReportError(f"nothing was written down in the last {_WEEKS} weeks: write 0 hours if there were none")
    hours = ToilHours(per_week=min(sum(each for each, _ in recent) / _WEEKS, 10_000.0))
    yield Said(service, "toil.hours", "", hours, look.as_of, recent[-1][1])


FORMAT = Format("toil", _KEYS, together(ToilRow, _KEYS, _say))
