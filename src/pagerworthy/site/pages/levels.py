"""Service levels on a service's page: what is promised, and what is left of each error budget."""

import datetime as dt
from typing import NamedTuple

import msgspec

from pagerworthy.catalog import Service, Slo
from pagerworthy.evidence import Known, SubjectEvidence
from pagerworthy.evidence.keys import SloBudget, SloEvents
from pagerworthy.site import words
from pagerworthy.site.index import budget_mark
from pagerworthy.site.pages.burndown import Burndown, burndown_of
from pagerworthy.slo import Objective, objectives_of
from pagerworthy.slo.budget import Budget, burn_rate, from_counts

BAR = 200
# What `slo.events` counts.
_WEEK = dt.timedelta(days=7)
_UNITS = ((1440, "days"), (60, "hours"))


class Level(NamedTuple):
    """An objective: words, and a bar of `spent` of 200 units, 0 where the budget is not known; `used` says how much.

    `pace` says the budget in minutes and how long it lasts, as far as that is known.
    """

    name: str
    description: str
    objective: str
    window: str
    good: str
    mark: str
    left: str
    spent: int
    used: str
    known: bool
    seen: str
    pace: str = ""
    burndown: Burndown | None = None


def levels_of(service: Service, evidence: SubjectEvidence, clock: words.Clock) -> tuple[Level, ...]:
    """The objectives of a service, in the order of its entry."""
    return tuple(_level(objective, evidence, clock) for objective in objectives_of(service))


def _level(objective: Objective, evidence: SubjectEvidence, clock: words.Clock) -> Level:
    slo = objective.slo
    each = evidence.get("slo.budget", {}).get(slo.name)
    base = (slo.name, slo.description or _says(slo), f"{words.number(slo.objective)} %", slo.window)
    if each is None:
        return Level(*base, "", "unk", words.NOT_KNOWN, 0, "", False, "")
    if not isinstance(each.value, SloBudget):
        why = f"not known: {each.record.source} failed: {each.record.failed}"
        return Level(*base, "", "unk", why, 0, "", False, clock.when(each.record.time))
    value = each.value
    left = f"{words.percent(value.remaining)} left" if value.remaining > 0 else "spent"
    if value.remaining < 0:
        left = f"overspent by {words.percent(-value.remaining)}"
    budget = Budget(objective.budget, objective.period.seconds, spent=1 - value.remaining)
    return Level(
        *base,
        f"{words.number(round(value.compliance, 4))} %",
        budget_mark(value.remaining),
        left,
        round(min(max(budget.spent, 0), 1) * BAR),
        f"{words.percent(max(budget.spent, 0))} spent",
        True,
        clock.when(each.record.time),
        _pace(budget, each, evidence.get("slo.events", {}).get(slo.name)),
        burndown_of(evidence.get("slo.burndown", {}).get(slo.name)),
    )


def _pace(budget: Budget, seen: Known, counted: Known | None) -> str:
    """The budget as time, and what becomes of it at the rate of the week before it was seen."""
    whole = _time(budget.minutes)
    if budget.remaining <= 0:
        return f"As time: nothing is left of {whole}."
    text = f"As time: {_time(budget.minutes_left)} of {whole} left"
    if counted is None or not isinstance(counted.value, SloEvents) or seen.record.time - counted.record.time > _WEEK:
        return f"{text}."
    good, total = counted.value.good, counted.value.total
    week = from_counts(budget.allowed, budget.seconds, good, total, elapsed=_WEEK.total_seconds())
    burn = burn_rate(budget.allowed, good, total)
    if week is None or burn is None:
        return f"{text}. Nothing was counted in a week, so that nobody knows how fast it burns."
    if week.is_indivisible:
        return f"{text}. There are so few events that one bad one spends all of it."
    left = msgspec.structs.replace(budget, events=week.events).events_left
    if left is not None:
        text += f", or {words.count(round(left), 'bad event')}"
    lasts = budget.lasts(burn)
    if lasts > budget.seconds:
        return f"{text}; at last week's rate it lasts longer than the window."
    return f"{text}; at last week's rate it lasts {_time(lasts / 60)}."


def _time(minutes: float) -> str:
    """A length of time in the unit that people would say it in."""
    size, unit = next(((size, unit) for size, unit in _UNITS if minutes >= 2 * size), (1, "minutes"))
    return f"{words.number(round(minutes / size, 1))} {unit}"


def _says(slo: Slo) -> str:
    """What the objective asks for, where its entry does not say it in words."""
    if slo.sli.below:
        return f"faster than {slo.sli.below}"
    return slo.kind
