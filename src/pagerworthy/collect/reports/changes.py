"""Changes to production, with who made and who approved each."""

import datetime as dt
from collections.abc import Iterator

from pagerworthy.collect.reports.base import Day, Name, Told
from pagerworthy.collect.reports.lists import past, together
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError
from pagerworthy.evidence.keys.delivery import Approvals

_KEYS = ("changes.approvals",)
_DAYS = 90


class ChangeRow(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A change; without `approver`, nobody but its author has seen it."""

    time: Day
    author: Name
    approver: Name = ""
    id: Name = ""

    @property
    def origin(self) -> str:
        """A change with a name can be looked up where changes are kept."""
        return self.source or self.id


def _say(service: str, parts: list[tuple[ChangeRow, str]], look: Look) -> Iterator[Said]:
    first = look.as_of - dt.timedelta(days=_DAYS)
    recent = [(row, place) for row, place in parts if past(row.time, place, look) > first]
    if not recent:
        raise WrongReportError(f"no change of the last {_DAYS} days is written down")
    alone = sum(not row.approver or _same(row.approver, row.author) for row, _ in recent)
    found = Approvals(changes=float(len(recent)), self_approved=float(alone))
    declared = [place for row, place in recent if not row.origin]
    place = declared[0] if declared else recent[-1][1]
    yield Said(service, "changes.approvals", "", found, look.as_of, place, declared=bool(declared))


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


FORMAT = Format("changes", _KEYS, together(ChangeRow, _KEYS, _say))
