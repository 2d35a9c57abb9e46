"""Records of toil: who worked how long on what no engineer should have to do."""

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

import msgspec

from pagerworthy.collect.reports.base import Day, Name, Told
from pagerworthy.collect.reports.lists import past, together
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError
from pagerworthy.evidence.keys.handover import ToilHours

_KEYS = ("toil.hours",)
_WEEKS = 4


class ToilRow(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Hours of toil on a day; a row with none says that there was none up to then."""

    date: Day
    hours: Annotated[float, msgspec.Meta(ge=0, le=10_000)]
    person: Name = ""
    what: Annotated[str, msgspec.Meta(max_length=2000)] = ""

    @property
    def origin(self) -> str:
        """Whoever worked can be asked."""
        return self.source or self.person


def _say(service: str, parts: list[tuple[ToilRow, str]], look: Look) -> Iterator[Said]:
    first = look.as_of - dt.timedelta(weeks=_WEEKS)
    recent = [(row, place) for row, place in parts if past(row.date, place, look) > first]
    if not recent:
        raise WrongReportError(f"nothing was written down in the last {_WEEKS} weeks: write 0 hours if there were none")
    hours = ToilHours(per_week=min(sum(row.hours for row, _ in recent) / _WEEKS, 10_000.0))
    declared = [place for row, place in recent if not row.origin]
    place = declared[0] if declared else recent[-1][1]
    yield Said(service, "toil.hours", "", hours, look.as_of, place, declared=bool(declared))


FORMAT = Format("toil", _KEYS, together(ToilRow, _KEYS, _say))
