"""What is recorded of an objective: error ratios over every window, and what is known of its budget.

The ratio over the period weighs each moment by its events: what went wrong at the busiest hour counts for as many users
as it met. (Sloth's rule of the same name averages ratios, which is the same only while traffic is even.) Where an SLI
says no number of events, as probes and ratios do, the average is all there is.
"""

from collections.abc import Iterator

from pagerworthy import __version__
from pagerworthy.slo import indicator
from pagerworthy.slo.objective import Objective
from pagerworthy.slo.period import duration_text
from pagerworthy.slo.rules import calendar, names
from pagerworthy.slo.rules.model import Rule


def recordings(objective: Objective, counted: tuple[int, ...]) -> Iterator[Rule]:
    """The recording rules of an objective; each needs only those before it.

    `counted` are the windows, in seconds, over which events are counted for the guards of its alerts.
    """
    yield from _ratios(objective)
    yield from _events(objective, counted)
    yield _over_period(objective)
    yield from _budget(objective)


def _ratios(objective: Objective) -> Iterator[Rule]:
    sli = objective.slo.sli
    if sli.slices is not None:
        yield Rule(record=names.SLICE, expr=indicator.error_slice(sli), labels=names.identity(objective))
    for window in names.windows(objective.period):
        text = duration_text(window)
        if sli.slices is not None:
            expr = f"avg_over_time({names.SLICE}{names.selector(objective)}[{text}])"
        else:
            expr = indicator.error_ratio(sli, text)
        yield Rule(record=names.error_ratio(window), expr=expr, labels=_labels(objective, text))


def _events(objective: Objective, counted: tuple[int, ...]) -> Iterator[Rule]:
    """All events and bad ones over the shortest window, to be summed over the period."""
    sli, shortest, which = objective.slo.sli, names.shortest(objective.period), names.selector(objective)
    text = duration_text(shortest)
    ratio = f"{names.error_ratio(shortest)}{which}"
    labels = _labels(objective, text)
    if indicator.counts_events(sli):
        total = indicator.total_rate(sli, text)
        # A moment whose bad events are not known must not count as good.
        known = f"{total}\nand ignoring ({', '.join(labels)})\n{ratio}\nor\n{total} == 0"
        yield Rule(record=names.total_rate(shortest), expr=_within(objective, known), labels=labels)
        yield Rule(record=names.bad_rate(shortest), expr=_bad(objective, ratio), labels=labels)
    elif objective.period.calendar:
        yield Rule(record=names.bad_rate(shortest), expr=_within(objective, ratio), labels=labels)
    for window in counted:
        long = duration_text(window)
        expr = indicator.total_count(sli, long, window)
        yield Rule(record=names.total_count(window), expr=expr, labels=_labels(objective, long))


def _bad(objective: Objective, ratio: str) -> str:
    total = f"{names.total_rate(names.shortest(objective.period))}{names.selector(objective)}"
    if objective.period.calendar:
        return f"{total}\n* ignoring ({names.WITHIN}) group_left ()\n{ratio}"
    return f"{total} * {ratio}"


def _within(objective: Objective, expr: str) -> str:
    """The same series, with the present calendar period as a label."""
    if not objective.period.calendar:
        return expr
    return f"({expr})\n* on () group_left ({names.WITHIN})\n{calendar.present(objective.period)}"


def _over_period(objective: Objective) -> Rule:
    period, sli, which = objective.period, objective.slo.sli, names.selector(objective)
    shortest = names.shortest(period)
    length = calendar.longest(period) if period.calendar else period.text
    if indicator.counts_events(sli):
        bad = f"sum_over_time({names.bad_rate(shortest)}{which}[{length}])"
        expr = f"{bad}\n/\n(sum_over_time({names.total_rate(shortest)}{which}[{length}]) > 0)"
    elif period.calendar:
        expr = f"avg_over_time({names.bad_rate(shortest)}{which}[{length}])"
    else:
        expr = f"avg_over_time({names.error_ratio(shortest)}{which}[{length}])"
    if period.calendar:
        present = calendar.present(period)
        expr = f"sum without ({names.WITHIN}) (\n{expr}\nand on ({names.WITHIN})\n{present}\n)"
    return Rule(record=names.period_ratio(period), expr=expr, labels=_labels(objective, names.period_window(period)))


def _budget(objective: Objective) -> Iterator[Rule]:
    period, which, labels = objective.period, names.selector(objective), names.identity(objective)
    budget = number(objective.budget)
    yield Rule(record=names.OBJECTIVE, expr=f"vector({number(objective.target)})", labels=labels)
    yield Rule(record=names.BUDGET, expr=f"vector({budget})", labels=labels)
    yield Rule(record=names.DAYS, expr=f"vector({number(period.days)})", labels=labels)
    current = f"{names.error_ratio(names.shortest(period))}{which} / {budget}"
    yield Rule(record=names.CURRENT_BURN, expr=current, labels=labels)
    spent = f"{names.period_ratio(period)}{which} / {budget}"
    if period.calendar:
        # A bad day at the beginning of a month has not spent more than the same day at its end.
        spent += f"\n* on () group_left ()\n({calendar.elapsed(period)})"
    yield Rule(record=names.PERIOD_BURN, expr=spent, labels=labels)
    yield Rule(record=names.REMAINING, expr=f"1 - {names.PERIOD_BURN}{which}", labels=labels)
    yield Rule(record=names.INFO, expr="vector(1)", labels=labels | _info(objective))


def _info(objective: Objective) -> dict[str, str]:
    spec = objective.service.spec
    return {
        "sloth_version": __version__,
        "sloth_mode": "pagerworthy",
        "sloth_spec": "pagerworthy/v1",
        "sloth_objective": number(objective.slo.objective),
        "owner": spec.owner,
        "system": spec.system,
        "tier": str(spec.tier),
    }


def _labels(objective: Objective, window: str) -> dict[str, str]:
    return names.identity(objective) | {names.WINDOW: window}


def number(value: float) -> str:
    """A number as people write it: 0.001, 99.95, 30."""
    return f"{value:.12f}".rstrip("0").rstrip(".")
