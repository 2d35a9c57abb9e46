"""Time-outs and retries of calls, as the mesh or the clients have them configured."""

from typing import Annotated

import msgspec

from pagerworthy.collect.reports.base import Day, Name, Told
from pagerworthy.collect.reports.lists import about_item, each_alone
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError
from pagerworthy.evidence.keys.stack import Timeouts

_KEYS = ("mesh.timeouts",)


class TimeoutRow(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The time-out of calls to a dependency, 0 for none, and whether retries back off and are bounded."""

    time: Day
    dependency: Name
    timeout_ms: Annotated[float, msgspec.Meta(ge=0, le=86_400_000)]
    backoff: bool


def _say(row: TimeoutRow, place: str, look: Look) -> Said:
    entry = look.context.catalog.services.get(row.service)
    if entry is not None and all(each.target != row.dependency for each in entry.spec.dependencies):
        raise WrongReportError(f"{row.service} does not depend on {row.dependency}")
    found = Timeouts(row.timeout_ms, backoff=row.backoff)
    return Said(row.service, "mesh.timeouts", row.dependency, found, look.past(row.time), place)


FORMAT = Format("timeouts", _KEYS, each_alone(TimeoutRow, _KEYS, _say, about=about_item(_KEYS, "dependency")))
