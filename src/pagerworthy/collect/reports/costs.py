"""What services cost in a month, as the bill has it."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated

import msgspec

from pagerworthy.collect.reports.base import Count, Told
from pagerworthy.collect.reports.lists import each_alone
from pagerworthy.collect.reports.model import UNDATED, Format, Look, NothingYetError, Said, WrongReportError, moment
from pagerworthy.evidence.keys.handover import Cost

_KEYS = ("cost.actual",)
_MOST = 1e12


class CostRow(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The cost of a month in the policy's currency, and whether a budget with an alert for anomalies is set."""

    month: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", max_length=7)]
    cost: Count
    budget: bool


def _say(row: CostRow, place: str, look: Look) -> Said:
    end = _end(row.month)
    if end > look.as_of:
        raise NothingYetError(f"the month {row.month} is not over")
    if row.cost > _MOST:
        raise WrongReportError("nothing costs as much")
    return Said(row.service, "cost.actual", "", Cost(row.cost, budget=row.budget), end, place)


def _end(month: str) -> dt.datetime:
    return (moment(f"{month}-01") + dt.timedelta(days=31)).replace(day=1)


def _when(raw: Mapping[str, object]) -> dt.datetime:
    try:
        return _end(str(raw.get("month")))
    except (WrongReportError, OverflowError):
        return UNDATED


FORMAT = Format("costs", _KEYS, each_alone(CostRow, _KEYS, _say, when=_when))
