"""Samples of the script, as OpenMetrics."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TextIO

from tests.demo.script import DAY, WEEK, Flow, Level, Script, Traffic, Trend

# Counters are scraped so often: twice within the shortest window of the rules, and once more at its beginning.
SCRAPED = 150
_SLOW = 3600
# Gauges are scraped some seconds after the minute, as each target is in its turn: a day has as many as it has minutes.
_OFFSET = 13
_GRAPH = "traces_service_graph_request_total"
_Lines = Callable[[], Iterator[str]]


def write_samples(script: Script, file: Path) -> int:
    """Writes the samples of the last days, metric by metric; returns how many."""
    series: dict[str, list[_Lines]] = {}
    clock = Clock(script)
    for name, traffic in script.services.items():
        for each, lines in _series(clock, name, traffic):
            series.setdefault(each.partition("{")[0], []).append(lines)
    count = 0
    with file.open("w", encoding="utf-8") as stream:
        for metric in sorted(series):
            # Whatever is a counter is one for whoever asks; the type of a gauge wants no ending.
            stream.write(f"# TYPE {metric} gauge\n")
            count += sum(_write(stream, lines()) for lines in series[metric])
        stream.write("# EOF\n")
    return count


def _write(stream: TextIO, lines: Iterator[str]) -> int:
    written = list(lines)
    stream.write("".join(written))
    return len(written)


class Clock:
    """When samples are taken, and how much is asked before each, relative to the week before the moment."""

    def __init__(self, script: Script) -> None:
        self.end = int(script.shop.end)
        self._start = self.end - script.shop.days * DAY - 2 * _SLOW
        rhythm = script.shop.rhythm
        # Half a step back: what a sample tells of is over.
        weights = {moment: rhythm.weight(moment - SCRAPED / 2, self.end) for moment in self.times(SCRAPED)}
        week = sum(weight for moment, weight in weights.items() if moment > self.end - WEEK)
        self.asked = {moment: weight / week for moment, weight in weights.items()}

    def times(self, every: int, offset: int = 0) -> range:
        """Such that the last one is at the moment, or shortly before it."""
        steps = (self.end - self._start) // every
        return range(self.end - steps * every - offset, self.end - offset + 1, every)


def _series(clock: Clock, name: str, traffic: Traffic) -> Iterator[tuple[str, _Lines]]:
    until = traffic.heard_until.timestamp() if traffic.heard_until else clock.end

    def times(every: int, offset: int = 0) -> range:
        found = clock.times(every, offset)
        return found[: sum(1 for moment in found if moment <= until)]

    for flow in traffic.flows:
        for counters, role in ((flow.all, "all"), (flow.good, "good"), (flow.failed, "failed")):
            for series in counters:
                yield series, _Counter(clock, flow, role, series, times(SCRAPED))
    for level in traffic.levels:
        yield level.series, _Gauge(level, times(level.every, _OFFSET if level.every < _SLOW else 0))
    for trend in traffic.trends:
        yield trend.series, _Line(trend, clock.end, times(_SLOW))
    for kind, called in (("", traffic.calls.services), ("database", traffic.calls.databases)):
        for server in called:
            yield _edge(name, server, kind, times(_SLOW), clock.end)
    for server in traffic.calls.others:
        yield _edge(name, server, "virtual_node", times(_SLOW), clock.end)


def _edge(client: str, server: str, kind: str, times: range, end: int) -> tuple[str, _Lines]:
    series = f'{_GRAPH}{{client="{client}",server="{server}",connection_type="{kind}"}}'
    return series, _Line(Trend(series, now=1e6, a_day=2400), end, times)


class _Counter:
    """Whole events, as a counter has them: none is lost by rounding, and good and failed ones make up all."""

    def __init__(self, clock: Clock, flow: Flow, role: str, series: str, times: range) -> None:
        self._clock, self._flow, self._role, self._series, self._times = clock, flow, role, series, times

    def __call__(self) -> Iterator[str]:
        flow = self._flow
        total = failed = 0.0
        for moment in self._times:
            asked = flow.week * self._clock.asked[moment]
            bad = flow.bad
            for each in flow.incidents:
                if each.holds(moment):
                    asked *= each.times
                    bad = bad if each.bad is None else each.bad
            total += asked
            failed += asked * bad
            counted = {"all": round(total), "failed": round(failed), "good": round(total) - round(failed)}
            yield f"{self._series} {counted[self._role]} {moment}\n"


class _Gauge:
    def __init__(self, level: Level, times: range) -> None:
        self._level, self._times = level, times

    def __call__(self) -> Iterator[str]:
        level = self._level
        for moment in self._times:
            value = next((each.value for each in level.spells if each.holds(moment)), level.usual)
            yield f"{level.series} {value!r} {moment}\n"


class _Line:
    def __init__(self, trend: Trend, end: int, times: range) -> None:
        self._trend, self._end, self._times = trend, end, times

    def __call__(self) -> Iterator[str]:
        trend = self._trend
        for moment in self._times:
            yield f"{trend.series} {trend.now + trend.a_day * (moment - self._end) / DAY:.3f} {moment}\n"
