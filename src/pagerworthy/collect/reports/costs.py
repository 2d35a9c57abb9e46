"""What services cost in a month, as the bill has it."""

import datetime as dt
from typing import Annotated

import msgspec

from pagerworthy.collect.reports.base import Count, Report
from pagerworthy.collect.reports.lists import each_alone
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError, moment
from pagerworthy.evidence.keys.handover import Cost

_KEYS = ("cost.actual",)
_MOST = 1e12


class CostRow(Report, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The cost of a month in the policy's currency, and whether a budget with an alert for anomalies is set."""

    month: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", max_length=7)]
    cost: Count
    budget: bool


def _say(row: CostRow, place: str, look: Look) -> Said:
    begin = moment(f"{row.month}-01")
    end = (begin + dt.timedelta(days=31)).replace(day=1)
    if end > look.as_of:
        raise WrongReportError(f"the month {row.month} is not over")
    if row.cost > _MOST:
        raise WrongReportError("nothing costs as much")
    return Said(row.service, "cost.actual", "", Cost(row.cost, budget=row.budget), end, place)


FORMAT = Format("costs", _KEYS, each_alone(CostRow, _KEYS, _say))
