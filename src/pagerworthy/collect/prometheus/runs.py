"""How many events an objective counts that rests on a probe: the runs of the probe, which its rules do not record."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from pagerworthy.collect.errors import SourceError
from pagerworthy.collect.prometheus.server import Numbers, Server
from pagerworthy.collect.routing import Matcher, matchers_in
from pagerworthy.slo import Objective

_NAME = re.compile(r"[A-Za-z_:][A-Za-z0-9_:]*")
_LABEL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# A probe of another name than these few is one of a kind: its slices of five minutes are counted instead.
_MOST_NAMES = 3


class Runs(msgspec.Struct, frozen=True):
    """Runs of the last week by objective; `failed` is why there are none."""

    counts: Mapping[str, float] = {}
    failed: str = ""

    @classmethod
    def of(cls, server: Server, objectives: Iterable[Objective]) -> "Runs":
        """Asks once for each name of a probe."""
        probes: dict[str, list[_Probe]] = {}
        for probe in _probes(objectives):
            probes.setdefault(probe.metric, []).append(probe)
        counts: dict[str, float] = {}
        for metric in sorted(probes, key=lambda each: (-len(probes[each]), each))[:_MOST_NAMES]:
            labels = sorted({matcher.name for probe in probes[metric] for matcher in probe.matchers})
            by = f"by ({', '.join(labels)}) " if labels else ""
            try:
                said = server.vector(f"sum {by}(count_over_time({metric}[7d]))", *labels)
            except SourceError as error:
                return cls(failed=str(error))
            counts |= _counted(probes[metric], labels, said)
        return cls(counts)


class _Probe(NamedTuple):
    objective: str
    metric: str
    matchers: tuple[Matcher, ...]


def counts_runs(objective: Objective) -> bool:
    """Whether each run of a probe is an event of the objective."""
    return objective.slo.sli.form == "probe" and objective.slo.sli.slices is None


def _probes(objectives: Iterable[Objective]) -> Iterator[_Probe]:
    for objective in objectives:
        sli = objective.slo.sli
        if not counts_runs(objective) or not _NAME.fullmatch(sli.probe):
            continue
        try:
            matchers = tuple(matchers_in(sli.selector))
        except SourceError:
            continue
        if all(_LABEL.fullmatch(matcher.name) for matcher in matchers):
            yield _Probe(objective.id, sli.probe, matchers)


def _counted(probes: Sequence[_Probe], labels: Sequence[str], said: Numbers) -> Iterator[tuple[str, float]]:
    series = [(dict(zip(labels, key, strict=True)), count) for key, count in said.values.items()]
    # Found by one value, so that many probes are not held beside many series.
    found: dict[tuple[str, str], list[int]] = {}
    for place, (metric, _) in enumerate(series):
        for label in metric.items():
            found.setdefault(label, []).append(place)
    for probe in probes:
        exact = [(matcher.name, matcher.value) for matcher in probe.matchers if matcher.sign == "="]
        places: Sequence[int] = range(len(series))
        if exact:
            places = min((found.get(each, []) for each in exact), key=len)
        fitting = [series[place] for place in places]
        total = sum(count for metric, count in fitting if all(each.fits(metric) for each in probe.matchers))
        if total > 0:
            yield probe.objective, total
