"""Events as the input series of promtool's unit tests."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

import msgspec

from pagerworthy.slo.objective import Objective
from pagerworthy.slo.period import duration_text
from pagerworthy.slo.rules import names
from pagerworthy.slo.simulate.case import Case
from pagerworthy.slo.simulate.labels import series_text
from pagerworthy.slo.simulate.meter import Meter, meter_of
from pagerworthy.slo.simulate.scenario import Scenario, Stage
from pagerworthy.slo.simulate.series import counters_of, gauge_of
from pagerworthy.slo.simulate.traffic import EACH_STEP, Traffic, traffic_of

# `rate` takes a counter that begins near zero for a new one, and extends it by another length; most counters are old.
_BEGINS = 10**12

Values = list[float | None]


class Series(msgspec.Struct, frozen=True):
    """A series and its values, both as promtool reads them."""

    name: str
    values: str


class Feed(msgspec.Struct, frozen=True):
    """How an objective is fed: `of` makes the input of a scenario; `recorded` where that is ratios, and not what its
    queries count.
    """

    of: Callable[[Scenario, Stage], tuple[Series, ...]]
    recorded: bool = False


def feed_of(objective: Objective, case: Case) -> Feed | None:
    """How to feed the rules of an objective; None where they read what promtool cannot be given."""
    sli = objective.slo.sli
    if counters := counters_of(sli):

        def counted(scenario: Scenario, stage: Stage) -> tuple[Series, ...]:
            traffic = traffic_of(case, scenario, stage)
            return tuple(
                Series(name, _written(_counter(traffic, good=name in counters.good, bad=name in counters.bad)))
                for name in dict.fromkeys((*counters.good, *counters.bad))
            )

        return Feed(counted)
    if gauge := gauge_of(sli):

        def probed(scenario: Scenario, stage: Stage) -> tuple[Series, ...]:
            traffic = traffic_of(case, scenario, stage)
            rows = zip(traffic.bad, traffic.there, strict=True)
            return (Series(gauge, _written([1 - bad / EACH_STEP if there else None for bad, there in rows])),)

        return Feed(probed)
    if case.counted and case.period.calendar:
        return None
    return Feed(lambda scenario, stage: tuple(_recorded(objective, case, scenario, stage)), recorded=True)


def _counter(traffic: Traffic, *, good: bool, bad: bool) -> Values:
    """The counter of good events, of bad ones, or of all."""
    rows = zip(traffic.total[1:], traffic.bad[1:], strict=True)
    added = ((events - failed if good else 0) + (failed if bad else 0) for events, failed in rows)
    sums = accumulate(added, initial=_BEGINS)
    return [value if there else None for value, there in zip(sums, traffic.there, strict=True)]


def _recorded(objective: Objective, case: Case, scenario: Scenario, stage: Stage) -> Iterator[Series]:
    meter = meter_of(case, traffic_of(case, scenario, stage), stage.step, "closed")
    for window in sorted({*case.period.windows, case.shortest}):
        yield _series(objective, names.error_ratio(window), window, meter.shares(window))
    if case.counted:
        yield _series(objective, names.total_rate(case.shortest), case.shortest, _rates(meter, case.shortest))
        for window in sorted({burn.long for burn in case.period.burns if burn.severity == "page"}):
            yield _series(objective, names.total_count(window), window, list(meter.counts(window)))


def _rates(meter: Meter, window: int) -> Values:
    rows = zip(meter.counts(window), meter.known(window), strict=True)
    return [count / window if known else None for count, known in rows]


def _series(objective: Objective, name: str, window: int, values: Values) -> Series:
    labels = {"__name__": name} | names.identity(objective) | {names.WINDOW: duration_text(window)}
    return Series(series_text(labels), _written(values, ends=True))


def _written(values: Values, *, ends: bool = False) -> str:
    """The values, with runs that go up or down evenly in short; with `ends`, what stops is said to have ended."""
    return " ".join(_runs(values, ends=ends))


def _runs(values: Values, *, ends: bool) -> Iterator[str]:
    at = 0
    while at < len(values):
        first = values[at]
        if first is None:
            missing = _while(value is None for value in values[at:])
            if ends and at:
                yield "stale"
                yield from (f"_x{missing - 1}",) if missing > 1 else ()
            else:
                yield f"_x{missing}"
            at += missing
            continue
        grows, more = _growth(values, at)
        yield f"{_number(first)}{'-' if grows < 0 else '+'}{_number(abs(grows))}x{more}" if more else _number(first)
        at += more + 1


def _growth(values: Sequence[float | None], at: int) -> tuple[float, int]:
    """By how much the values grow from here on, and how often in a row; whole numbers only, or not at all."""
    first, second = values[at], values[at + 1] if at + 1 < len(values) else None
    if first is None or second is None:
        return 0, 0
    grows = second - first
    if grows and not (isinstance(first, int) and isinstance(second, int)):
        return 0, 0
    pairs = zip(values[at:], values[at + 1 :], strict=False)
    return grows, _while(a is not None and b is not None and b - a == grows for a, b in pairs)


def _while(answers: Iterable[bool]) -> int:
    """How many are true before the first that is not."""
    count = 0
    for answer in answers:
        if not answer:
            break
        count += 1
    return count


def _number(value: float) -> str:
    return f"{value:.15f}".rstrip("0").rstrip(".")
