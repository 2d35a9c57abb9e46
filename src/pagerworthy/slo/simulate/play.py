"""When the alerts of an objective fire while a scenario is played."""

from operator import and_, or_

import msgspec

from pagerworthy.slo.period import Severity
from pagerworthy.slo.simulate.case import Case
from pagerworthy.slo.simulate.meter import Edge, Meter, meter_of
from pagerworthy.slo.simulate.scenario import Scenario, Stage
from pagerworthy.slo.simulate.traffic import traffic_of

# The steps at which an alert begins to fire, and those at which it does so no more; None where it still does.
Episodes = list[tuple[int, int | None]]
# What a guard lets through: more bad events than one. Between one and two, since `rate` finds no whole numbers.
ONE_BAD_EVENT = 1.5


class Fired(msgspec.Struct, frozen=True):
    """By step of the stage, whether the page, the ticket and the alert on missing data fire."""

    page: list[bool]
    ticket: list[bool]
    no_data: list[bool]


def play(case: Case, scenario: Scenario, stage: Stage, edge: Edge, *, lenience: float = 0) -> Fired:
    """Evaluates the alerts at every step; where the past is as long as every window, from its end on.

    `lenience` moves each threshold by this part of itself, down where it is positive: where that changes an answer, a
    last digit decides it, which is no promise.
    """
    # All is well until then, which need not be reckoned.
    first = stage.before if stage.before * stage.step >= max(case.period.windows) else 0
    meter = meter_of(case, traffic_of(case, scenario, stage), stage.step, edge, first)
    quiet = [False] * first
    return Fired(
        page=quiet + held(_burns(case, meter, "page", lenience), case.page_for, stage.step),
        ticket=quiet + held(_burns(case, meter, "ticket", lenience), case.ticket_for, stage.step),
        no_data=quiet + held(_silent(case, meter), case.silent_for, stage.step),
    )


def held(active: list[bool], seconds: float, step: int) -> list[bool]:
    """By step, whether an alert fires whose condition is so: once it has been for that long without a break."""
    needed = int(-(-seconds // step))
    if not needed:
        return active
    firing = [False] * len(active)
    for begun, ended in episodes(active):
        end = len(active) if ended is None else ended
        firing[begun + needed : end] = [True] * (end - begun - needed)
    return firing


def _burns(case: Case, meter: Meter, severity: Severity, lenience: float) -> list[bool]:
    firing = [False] * (meter.steps - meter.first)
    for burn in case.period.burns:
        if burn.severity != severity:
            continue
        limit = case.period.factor(burn) * case.budget * (1 - lenience)
        # No share is larger than 1: such a threshold is never crossed.
        if limit >= 1:
            continue
        short = meter.burning(burn.short, limit)
        if True not in short:
            continue
        both = list(map(and_, short, meter.burning(burn.long, limit)))
        if severity == "page" and case.fewest and True in both:
            fewest, more_than = case.fewest * (1 - lenience), ONE_BAD_EVENT * (1 - lenience)
            both = list(map(and_, both, meter.enough(burn.long, fewest, more_than)))
        firing = list(map(or_, firing, both))
    return firing


def _silent(case: Case, meter: Meter) -> list[bool]:
    """By step, whether there were data earlier and are none now."""
    known, found, before = meter.known(case.shortest), [], meter.first > 0
    for now in known:
        before = before or now
        found.append(before and not now)
    return found


def episodes(firing: list[bool]) -> Episodes:
    """When it fires."""
    found: Episodes = []
    begun = _next(firing, True, 0)
    while begun is not None:
        ended = _next(firing, False, begun)
        found.append((begun, ended))
        begun = None if ended is None else _next(firing, True, ended)
    return found


def _next(values: list[bool], wanted: bool, start: int) -> int | None:
    try:
        return values.index(wanted, start)
    except ValueError:
        return None
