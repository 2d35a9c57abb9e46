"""Drills: restores of stores, incidents, and losses of a zone or of a dependency."""

from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec

from pagerworthy.collect.reports.base import Day, Name, Told, has_store
from pagerworthy.collect.reports.lists import About, each_alone
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError
from pagerworthy.evidence import Value
from pagerworthy.evidence.keys.base import Drill
from pagerworthy.evidence.keys.safety import Restore

_KEYS = ("restore.drill", "drill.incident", "drill.zone", "drill.soft", "drill.hard")


class DrillRow(Told, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A drill; `what` is the store that was restored, or the dependency that was taken away, as the entry calls it.

    `minutes` is how long a restore took, and `complete` says that all data was there.
    """

    kind: Literal["restore", "incident", "zone", "dependency"]
    time: Day
    passed: bool
    what: Name = ""
    minutes: Annotated[float, msgspec.Meta(ge=0, le=525_600)] | None = None
    complete: bool | None = None


def _say(row: DrillRow, place: str, look: Look) -> Said:
    time = look.past(row.time)
    age = look.days_since(time)
    found: Value = Drill(age_days=age, passed=row.passed)
    key = f"drill.{row.kind}"
    if row.kind in {"incident", "zone"} and row.what:
        raise WrongReportError(f"a drill of kind {row.kind} is about the whole service: leave out what")
    if row.kind == "restore":
        if row.minutes is None or row.complete is None:
            raise WrongReportError("a restore needs minutes and complete")
        if not has_store(row.service, row.what, look):
            raise WrongReportError(f"{row.service} has no resource {row.what or '(what is not there)'}")
        key, found = "restore.drill", Restore(age, row.minutes, complete=row.complete and row.passed)
    elif row.kind == "dependency":
        key = f"drill.{_criticality(row, look)}"
    return Said(row.service, key, row.what, found, look.as_of, place, held=time)


def _criticality(row: DrillRow, look: Look) -> str:
    entry = look.context.catalog.services.get(row.service)
    for each in entry.spec.dependencies if entry else ():
        if each.target == row.what:
            return each.criticality
    raise WrongReportError(f"{row.service} does not depend on {row.what or '(what is not there)'}")


def _about(raw: Mapping[str, object]) -> About:
    """What a drill that is wrong may have been of."""
    what = raw.get("what")
    item = what if isinstance(what, str) else ""
    match raw.get("kind"):
        case "restore":
            return About(("restore.drill",), item)
        case "dependency":
            return About(("drill.soft", "drill.hard"), item)
        case "incident" | "zone" as kind:
            return About((f"drill.{kind}",))
    return About(_KEYS)


FORMAT = Format("drills", _KEYS, each_alone(DrillRow, _KEYS, _say, about=_about))
