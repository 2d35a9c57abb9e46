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
    made = _Recorder(objective)
    yield from made.ratios()
    yield from made.events(counted)
    yield made.over_period()
    yield from made.budget()


class _Recorder:
    """The rules of one objective, and what they share."""

    def __init__(self, objective: Objective) -> None:
        self.objective = objective
        self.period = objective.period
        self.sli = objective.slo.sli
        self.counts = indicator.counts_events(self.sli)
        self.identity = names.identity(objective)
        self.which = names.selector(objective)
        self.windows = names.windows(objective.period)
        shortest = self.windows[0]
        self.text = duration_text(shortest)
        self.ratio = f"{names.error_ratio(shortest)}{self.which}"
        self.total = f"{names.total_rate(shortest)}{self.which}"
        self.bad = f"{names.bad_rate(shortest)}{self.which}"
        self._known: dict[str, dict[str, str]] = {}

    def ratios(self) -> Iterator[Rule]:
        """The share of bad events over each window."""
        if self.sli.slices is not None:
            yield Rule(record=names.SLICE, expr=indicator.error_slice(self.sli), labels=self.identity)
            ratio = f"avg_over_time({names.SLICE}{self.which}[{indicator.WINDOW}])"
        else:
            ratio = indicator.error_ratio(self.sli, indicator.WINDOW)
        for window in self.windows:
            text = duration_text(window)
            expr = ratio.replace(indicator.WINDOW, text)
            yield Rule(record=names.error_ratio(window), expr=expr, labels=self._labels(text))

    def events(self, counted: tuple[int, ...]) -> Iterator[Rule]:
        """All events and bad ones over the shortest window, to be summed over the period."""
        shortest, labels = self.windows[0], self._labels(self.text)
        if self.counts:
            total = indicator.total_rate(self.sli, self.text)
            # A moment whose bad events are not known must not count as good.
            known = f"{total}\nand ignoring ({', '.join(labels)})\n{self.ratio}\nor\n{total} == 0"
            yield Rule(record=names.total_rate(shortest), expr=self._within(known), labels=labels)
            yield Rule(record=names.bad_rate(shortest), expr=self._bad_events(), labels=labels)
        elif self.period.calendar:
            yield Rule(record=names.bad_rate(shortest), expr=self._within(self.ratio), labels=labels)
        for window in counted:
            text = duration_text(window)
            expr = indicator.total_count(self.sli, text, window)
            yield Rule(record=names.total_count(window), expr=expr, labels=self._labels(text))

    def over_period(self) -> Rule:
        """The share of bad events over the period, or since a calendar period began."""
        period = self.period
        length = calendar.longest(period) if period.calendar else period.text
        if self.counts:
            expr = f"sum_over_time({self.bad}[{length}])\n/\n(sum_over_time({self.total}[{length}]) > 0)"
        else:
            expr = f"avg_over_time({self.bad if period.calendar else self.ratio}[{length}])"
        if period.calendar:
            present = calendar.present(period, self.windows[0])
            expr = f"sum without ({names.WITHIN}) (\n{expr}\nand on ({names.WITHIN})\n{present}\n)"
        return Rule(record=names.period_ratio(period), expr=expr, labels=self._labels(names.period_window(period)))

    def budget(self) -> Iterator[Rule]:
        """What Sloth's dashboards show: the promise, its budget, and how much of it is spent."""
        objective, period, labels = self.objective, self.period, self.identity
        budget = number(objective.budget)
        yield Rule(record=names.OBJECTIVE, expr=f"vector({number(objective.target)})", labels=labels)
        yield Rule(record=names.BUDGET, expr=f"vector({budget})", labels=labels)
        yield Rule(record=names.DAYS, expr=f"vector({number(period.days)})", labels=labels)
        yield Rule(record=names.CURRENT_BURN, expr=f"{self.ratio} / {budget}", labels=labels)
        spent = f"{names.period_ratio(period)}{self.which} / {budget}"
        if period.calendar:
            # A bad day at the beginning of a month has not spent more than the same day at its end.
            spent += f"\n* on () group_left ()\n({calendar.elapsed(period, self.windows[0])})"
        yield Rule(record=names.PERIOD_BURN, expr=spent, labels=labels)
        yield Rule(record=names.REMAINING, expr=f"1 - {names.PERIOD_BURN}{self.which}", labels=labels)
        yield Rule(record=names.INFO, expr="vector(1)", labels=labels | self._info())

    def _bad_events(self) -> str:
        if self.period.calendar:
            return f"{self.total}\n* ignoring ({names.WITHIN}) group_left ()\n{self.ratio}"
        return f"{self.total} * {self.ratio}"

    def _within(self, expr: str) -> str:
        """The same series, with the present calendar period as a label."""
        if not self.period.calendar:
            return expr
        return f"({expr})\n* on () group_left ({names.WITHIN})\n{calendar.present(self.period, self.windows[0])}"

    def _labels(self, window: str) -> dict[str, str]:
        known = self._known.get(window)
        if known is None:
            known = self._known[window] = self.identity | {names.WINDOW: window}
        return known

    def _info(self) -> dict[str, str]:
        spec = self.objective.service.spec
        return {
            "sloth_version": __version__,
            "sloth_mode": "pagerworthy",
            "sloth_spec": "pagerworthy/v1",
            "sloth_objective": number(self.objective.slo.objective),
            "owner": spec.owner,
            "system": spec.system,
            "tier": str(spec.tier),
        }


def number(value: float) -> str:
    """A number as people write it: 0.001, 99.95, 30."""
    return f"{value:.12f}".rstrip("0").rstrip(".")
