"""What a log store says of the stream of a service."""

from typing import Annotated

import msgspec

from pagerworthy.collect.reports.base import Count, Day, Share, Told
from pagerworthy.collect.reports.lists import each_alone
from pagerworthy.collect.reports.model import Format, Look, Said
from pagerworthy.evidence.keys.monitoring import LogStream

_KEYS = ("logs.stream",)


class LogRow(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Lines that arrived in the 24 hours before `time`, the share that parsed, and for how many days they are kept."""

    time: Day
    lines_24h: Count
    structured: Share
    retention_days: Annotated[float, msgspec.Meta(ge=0, le=36_500)]


def _say(row: LogRow, place: str, look: Look) -> Said:
    found = LogStream(row.lines_24h, row.structured, row.retention_days)
    return Said(row.service, "logs.stream", "", found, look.past(row.time), place)


FORMAT = Format("logs", _KEYS, each_alone(LogRow, _KEYS, _say))
