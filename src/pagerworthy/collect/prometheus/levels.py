"""What each objective counted, what is left of its budget, and how that was spent.

All of it follows from the series that the rules of `pagerworthy rules build` record, and where they are not loaded,
nothing does. Budgets are reckoned with what the entry promises now, whatever the loaded rules were made from.
"""

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate

import msgspec

from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.prometheus.look import Look, Part
from pagerworthy.collect.prometheus.runs import Runs, counts_runs
from pagerworthy.collect.prometheus.server import DAY, Days, Numbers
from pagerworthy.evidence import Record
from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.keys.slo import SloBudget, SloBurndown, SloEvents
from pagerworthy.slo import PERIODS, Objective, Period, indicator, objectives_of
from pagerworthy.slo.rules import names

NOT_RECORDED = "nothing is recorded of it: load the rules that `pagerworthy rules build` writes"
_WEEK = 7
_MINUTE, _FIVE_MINUTES = 60, 300
_MONDAY = dt.datetime(1970, 1, 5, tzinfo=dt.UTC)
_LABELS = (names.SERVICE, names.SLO)
_LEAST = -1e6

_TOTAL, _BAD = names.total_rate(_FIVE_MINUTES), names.bad_rate(_FIVE_MINUTES)
_RATIO = names.error_ratio(_FIVE_MINUTES)
_BY = ", ".join(_LABELS)
OBJECTIVES = f"max by ({_BY}) ({names.OBJECTIVE})"
_PERIODS = (
    f"max by ({_BY}, {names.WINDOW}) "
    f'({{__name__=~"{"|".join(sorted({names.period_ratio(each) for each in PERIODS.values()}))}"}})'
)
# Sums of each day, by service and objective, and then by calendar period (empty outside of one).
_Sums = Mapping[tuple[str, str], Mapping[str, Sequence[float]]]


class _Seen(msgspec.Struct, frozen=True):
    """All events and bad ones of each day, and the promises that are recorded."""

    total: _Sums
    bad: _Sums
    objectives: Numbers
    query: str
    digest: str

    @classmethod
    def of(cls, total: Days, bad: Days, objectives: Numbers) -> "_Seen":
        query = f"{bad.query} / {total.query}, each day"
        return cls(_by_objective(total), _by_objective(bad), objectives, query, bad.digest)


def _look(look: Look) -> Iterator[Record]:
    periods = {slo.window for service in look.services.values() for slo in service.spec.slos}
    if not periods:
        return
    server, count = look.server, _days(periods)
    events = _Seen.of(
        server.days(_daily("sum_over_time", _TOTAL), count, *_LABELS, names.WITHIN),
        server.days(_daily("sum_over_time", _BAD), count, *_LABELS, names.WITHIN),
        server.vector(OBJECTIVES, *_LABELS),
    )
    shares = events
    if any(not indicator.counts_events(slo.sli) for each in look.services.values() for slo in each.spec.slos):
        shares = _Seen.of(
            server.days(_daily("count_over_time", _RATIO), count, *_LABELS, names.WITHIN),
            server.days(_daily("sum_over_time", _RATIO), count, *_LABELS, names.WITHIN),
            events.objectives,
        )
    over_periods = server.vector(_PERIODS, *_LABELS, names.WINDOW)
    objectives = {name: objectives_of(service) for name, service in look.services.items()}
    runs = Runs.of(server, (each for several in objectives.values() for each in several))
    for name, several in objectives.items():
        for objective in several:
            seen = events if indicator.counts_events(objective.slo.sli) else shares
            yield from _records(look, name, objective, seen, over_periods, runs)


LEVELS = Part(("slo.events", "slo.budget", "slo.burndown"), _look)


def _records(look: Look, name: str, objective: Objective, seen: _Seen, over: Numbers, runs: Runs) -> Iterator[Record]:
    slo, as_of = objective.slo.name, look.context.as_of
    query = seen.query
    recorded = (name, slo) in seen.objectives.values
    events = _events(look, objective, seen, runs) if recorded else NOT_RECORDED
    yield look.record(name, "slo.events", events, query, seen.digest, item=slo)
    ratio = over.values.get((name, slo, names.period_window(objective.period)))
    if ratio is not None:
        budget: Value | str = _budget(objective, ratio, as_of)
    else:
        budget = "no event was counted over its window" if recorded else NOT_RECORDED
    yield look.record(name, "slo.budget", budget, over.query, over.digest, item=slo)
    burndown = _burndown(objective, seen, as_of)
    yield look.record(name, "slo.burndown", burndown, query, seen.digest, item=slo)


def _events(look: Look, objective: Objective, seen: _Seen, runs: Runs) -> Value | str:
    """Events of the last seven days; a probe's are its runs. Where another SLI says only which share was good, each
    five minutes, or each slice, are one event: fewer than there were requests."""
    slo, name = objective.slo, objective.service.name
    total, bad = (_summed(each.get((name, slo.name), {}))[-_WEEK:] for each in (seen.total, seen.bad))
    if not any(total):
        return SloEvents(good=0, total=0, days=0)
    days = float(sum(1 for each in total if each > 0))
    if counts_runs(objective):
        if runs.failed:
            return f"how often its probe ran is not known: {runs.failed}"
        if all_runs := runs.counts.get(objective.id):
            return SloEvents(good=max(all_runs * (1 - sum(bad) / sum(total)), 0), total=all_runs, days=days)
    try:
        guard = look.loaded().guards.get((name, slo.name))
    except SourceError as error:
        return f"how often its rules are evaluated is not known: {error}"
    if guard is None or not guard.interval > 0:
        return "how often its rules are evaluated is not known: no alerting rule of it is loaded"
    # Each sample says what happens in a second, or in the five minutes before it.
    factor = guard.interval
    if not indicator.counts_events(slo.sli):
        factor /= _MINUTE * int(slo.sli.slices.length.removesuffix("m")) if slo.sli.slices else _FIVE_MINUTES
    elif not indicator.is_per_second(slo.sli):
        factor /= _FIVE_MINUTES
    all_events, bad_events = sum(total) * factor, sum(bad) * factor
    return SloEvents(good=max(all_events - bad_events, 0), total=all_events, days=days)


def _budget(objective: Objective, ratio: float, as_of: dt.datetime) -> Value | str:
    if not 0 <= ratio <= 1:
        return f"the share of bad events over its window is said to be {ratio:g}"
    spent = ratio / objective.budget * _share_over(objective.period, as_of)
    return SloBudget(compliance=100 * (1 - ratio), remaining=max(1 - spent, _LEAST))


def _burndown(objective: Objective, seen: _Seen, as_of: dt.datetime) -> Value | str:
    name, slo, period = objective.service.name, objective.slo.name, objective.period
    if (name, slo) not in seen.objectives.values:
        return NOT_RECORDED
    # SLIs that count no events are recorded without a period.
    within = _present(period, as_of) if period.calendar and indicator.counts_events(objective.slo.sli) else ""
    days = (as_of - began(period, as_of)).total_seconds() / DAY if period.calendar else period.days
    steps = max(math.ceil(days), 1)
    total, bad = (_clean(each.get((name, slo), {}).get(within, ()))[-steps:] for each in (seen.total, seen.bad))
    if not sum(total) > 0:
        return "no event was counted over its window"
    if not within:
        # The first day may have begun before the period did.
        bad[:1], total[:1] = ([each * (days - steps + 1) for each in row[:1]] for row in (bad, total))
    scale = _share_over(period, as_of) / (sum(total) * objective.budget)
    left = [round(max(1 - spent * scale, _LEAST), 6) for spent in accumulate(bad, initial=0.0)]
    return SloBurndown(days=(days, *(float(step) for step in range(steps - 1, -1, -1))), remaining=tuple(left))


def began(period: Period, as_of: dt.datetime) -> dt.datetime:
    """When the calendar period of a moment began."""
    day = as_of.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if period.name == "calendar-week":
        return day - dt.timedelta(days=day.weekday())
    if period.name == "calendar-month":
        return day.replace(day=1)
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


def _present(period: Period, as_of: dt.datetime) -> str:
    """What the rules call the calendar period of a moment, see `pagerworthy.slo.rules.calendar`."""
    then = as_of.astimezone(dt.UTC) - dt.timedelta(seconds=_FIVE_MINUTES)
    if period.name == "calendar-week":
        return str((then - _MONDAY) // dt.timedelta(weeks=1))
    if period.name == "calendar-month":
        return str(then.year * 100 + then.month)
    return str(then.year * 10 + (then.month + 2) // 3)


def _share_over(period: Period, as_of: dt.datetime) -> float:
    """Which share of the period is over: all of a rolling one."""
    if not period.calendar:
        return 1
    start = began(period, as_of)
    days = {"calendar-week": 7, "calendar-month": 32}.get(period.name, 93)
    end = began(period, start + dt.timedelta(days=days))
    return (as_of - start) / (end - start)


def _daily(function: str, series: str) -> str:
    return f"sum by ({_BY}, {names.WITHIN}) ({function}({series}[1d]))"


def _days(periods: set[str]) -> int:
    """The days that have to be asked for; no calendar period is longer than 92."""
    longest = max(PERIODS[each].days + (2 if PERIODS[each].calendar else 0) for each in periods)
    return max(math.ceil(longest), _WEEK)


def _by_objective(days: Days) -> _Sums:
    found: dict[tuple[str, str], dict[str, Sequence[float]]] = {}
    for (service, slo, within), row in days.values.items():
        found.setdefault((service, slo), {})[within] = row
    return found


def _summed(by_period: Mapping[str, Sequence[float]]) -> list[float]:
    return [sum(row) for row in zip(*(_clean(each) for each in by_period.values()), strict=True)]


def _clean(row: Sequence[float]) -> list[float]:
    return [0.0 if math.isnan(each) else max(each, 0.0) for each in row]
