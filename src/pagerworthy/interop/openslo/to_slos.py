"""The SLOs of an entry that an OpenSLO document gives, and what stands in the way."""

import json
from collections.abc import Mapping
from typing import Any, Protocol

import msgspec

from pagerworthy.catalog import Sli, Slices, Slo, suggest_name
from pagerworthy.interop import queries, windows
from pagerworthy.interop.names import one_line, slo_name, with_end
from pagerworthy.interop.openslo.model import Metric, Objective, RatioMetric, SliSpec, SloDocument, TimeWindow
from pagerworthy.interop.openslo.to_document import to_document
from pagerworthy.problem import DocumentPath

# The annotation for what an SLO of an entry says and OpenSLO has no place for.
ANNOTATION = "pagerworthy/slos"

# Sources that are asked in PromQL.
_PROMQL = frozenset({"prometheus", "thanos", "mimir", "grafanamimir", "cortex", "victoriametrics", "amazonprometheus"})
_PROMQL_NAMES = "Prometheus, Thanos, Mimir, Cortex, VictoriaMetrics or AmazonPrometheus"
_KEYS = ("query", "promql", "expr")
_QUERY: DocumentPath = ("metricSource", "spec")
_METRIC: DocumentPath = ("spec", "indicator", "spec")


class Report(Protocol):
    """Takes a problem of a place in the document."""

    def __call__(self, code: str, message: str, path: DocumentPath, mend: str) -> None: ...


def to_slos(document: SloDocument, sources: Mapping[str, str], report: Report, *, utc: bool = False) -> tuple[Slo, ...]:
    """One SLO for each objective, none where there is a problem that is no mere warning.

    The document has its SLI written out, and targets as shares. `sources` has the types of data sources by name. With
    `utc`, calendar windows are taken to begin at midnight in UTC.
    """
    translation = _Translation(document, sources, report, utc=utc)
    slos = translation.slos()
    if not translation.whole:
        return ()
    said = document.metadata.annotations.get(ANNOTATION, "")
    return _with_said(document, slos, said, report) if said else slos


class _Translation:
    def __init__(self, document: SloDocument, sources: Mapping[str, str], report: Report, *, utc: bool) -> None:
        self._utc = utc
        self._document = document
        self._sources = sources
        self._report = report
        self.whole = True

    def slos(self) -> tuple[Slo, ...]:
        spec = self._document.spec
        window = self._window(spec.time_window)
        shared = self._sli(spec.indicator.spec) if spec.indicator else None
        threshold = spec.indicator is not None and spec.indicator.spec.threshold_metric is not None
        found = []
        for index, objective in enumerate(spec.objectives):
            path: DocumentPath = ("spec", "objectives", index)
            percent = self._percent(objective, path)
            slices = self._slices(objective, path)
            sli = self._compared(spec.indicator.spec, objective, path) if threshold and spec.indicator else shared
            if sli is not None and percent is not None and window and self.whole:
                found.append(self._slo(index, percent, window, msgspec.structs.replace(sli, slices=slices)))
        return tuple(found)

    def _slo(self, index: int, percent: float, window: str, sli: Sli) -> Slo:
        metadata, spec = self._document.metadata, self._document.spec
        name = slo_name(metadata.name, suggest_name(spec.service))
        title = metadata.display_name
        if len(spec.objectives) > 1:
            title = spec.objectives[index].display_name
            end = suggest_name(title)
            name = with_end(name, end if 0 < len(end) < 30 else str(index + 1))
        return Slo(
            name=name,
            objective=percent,
            window=window,
            sli=sli,
            title=one_line(title),
            description=one_line(spec.description),
        )

    def _problem(self, code: str, message: str, path: DocumentPath, mend: str) -> None:
        self.whole = False
        self._report(code, message, path, mend)

    def _window(self, given: tuple[TimeWindow, ...]) -> str:
        path: DocumentPath = ("spec", "timeWindow")
        choices = f"choose {windows.ROLLING}, or a calendar window of 1w, 1M or 1Q"
        if not given:
            self._problem(
                "PW606", "an objective without a window has no budget", ("spec",), f"add a timeWindow: {choices}"
            )
            return ""
        window = given[0]
        path = (*path, 0)
        if window.calendar is None:
            if window.is_rolling is False:
                mend = "add calendar with startTime and timeZone, or write isRolling: true"
                self._problem("PW606", "the window neither rolls nor follows the calendar", path, mend)
                return ""
            return self._rolling(window.duration, (*path, "duration"))
        if window.is_rolling:
            self._problem(
                "PW606", "the window rolls and follows the calendar", path, "keep one: calendar, or isRolling: true"
            )
            return ""
        name = windows.calendar(window.duration)
        if not name:
            guess = f"; did you mean 1M? {window.duration} is in minutes" if window.duration == "1m" else ""
            mend = f"choose 1w, 1M or 1Q{guess}"
            self._problem("PW606", f"calendar windows of {window.duration} are not known", (*path, "duration"), mend)
            return ""
        fault = windows.calendar_fault(name, window.calendar.start_time, window.calendar.time_zone)
        message = f"a {name} begins at midnight in UTC, and here {fault}"
        if fault and self._utc:
            self._report("PW617", message, (*path, "calendar"), "agree with those who were promised it")
        elif fault:
            mend = (
                "let it begin at midnight of a Monday, or of the first of a month or quarter, with timeZone: UTC; "
                "with --utc it is taken so"
            )
            self._problem("PW606", message, (*path, "calendar"), mend)
            return ""
        return name

    def _rolling(self, duration: str, path: DocumentPath) -> str:
        seconds = windows.openslo_seconds(duration)
        name = windows.rolling(seconds)
        if not name:
            guess = "1M" if duration == "1m" else windows.nearest(seconds)
            mend = f"choose {windows.ROLLING}; {guess} is nearest"
            self._problem("PW606", f"a window of {duration} is none that an SLO here can have", path, mend)
        elif duration[-1] in "MQY":
            message = f"{duration} was taken for {name}"
            self._report("PW617", message, path, f"write duration: {name} if that was meant")
        return name

    def _percent(self, objective: Objective, path: DocumentPath) -> float | None:
        if objective.target is None:
            self._problem("PW609", "this objective has no target", path, "add target: 0.995, for instance")
            return None
        percent = round(objective.target * 100, 10)
        if not 0 < percent < 100:
            mend = "write a target above 0 and below 1, such as 0.999"
            self._problem("PW609", f"an objective of {percent:g} % cannot be kept a budget for", path, mend)
            return None
        return percent

    def _slices(self, objective: Objective, path: DocumentPath) -> Slices | None:
        method = self._document.spec.budgeting_method
        if method == "Occurrences":
            return None
        length = objective.time_slice_window
        if length not in {"1m", "2m", "5m"}:
            what = f"slices of {length} cannot be counted" if length else f"{method} needs to know how long a slice is"
            place = (*path, "timeSliceWindow") if length else path
            self._problem("PW608", what, place, "write timeSliceWindow: 1m, 2m or 5m")
            return None
        if method == "RatioTimeslices":
            return Slices(length=length)  # type: ignore[arg-type]
        if objective.time_slice_target is None:
            self._problem("PW608", "Timeslices needs to know which slices are good", path, "add timeSliceTarget: 0.95")
            return None
        return Slices(length=length, target=round(objective.time_slice_target * 100, 10))  # type: ignore[arg-type]

    def _sli(self, spec: SliSpec) -> Sli | None:
        ratio = spec.ratio_metric
        if ratio is None or spec.threshold_metric is not None:
            if spec.threshold_metric is None or ratio is not None:
                mend = "give either a ratioMetric or a thresholdMetric"
                self._problem("PW616", "an SLI has one metric", _METRIC, mend)
            return None
        if fault := _fault(ratio):
            mend = "give good or bad with total, or raw with rawType"
            self._problem("PW616", fault, (*_METRIC, "ratioMetric"), mend)
            return None
        if ratio.raw is not None:
            raw = self._share(ratio.raw)
            return Sli(ratio=f"1 - ({raw})" if ratio.raw_type == "failure" else raw) if raw else None
        return self._counted(ratio)

    def _counted(self, ratio: RatioMetric) -> Sli | None:
        name, metric = ("good", ratio.good) if ratio.good is not None else ("bad", ratio.bad)
        if metric is None or ratio.total is None:
            return None
        path: DocumentPath = (*_METRIC, "ratioMetric")
        text, at = self._text(metric, (*path, name))
        all_text, all_at = self._text(ratio.total, (*path, "total"))
        if not text or not all_text:
            return None
        try:
            found, total = queries.pair(text, all_text, counter=ratio.counter)
        except queries.UntranslatableError as error:
            self._problem("PW605", str(error), all_at if error.of_total else at, error.mend)
            return None
        for each, place in ((found, at), (total, all_at)):
            if each.note:
                self._report("PW617", each.note, place, "write the range as [{{.window}}] to say it yourself")
        return Sli(good=found.text, total=total.text) if name == "good" else Sli(bad=found.text, total=total.text)

    def _compared(self, spec: SliSpec, objective: Objective, path: DocumentPath) -> Sli | None:
        if spec.threshold_metric is None or spec.ratio_metric is not None:
            return None
        first = self._document.spec.objectives[0]
        if (objective.op, objective.value) != (first.op, first.value):
            mend = "write a document of kind SLO for each value"
            self._problem("PW616", "objectives that compare with different values are different SLIs", path, mend)
            return None
        if not objective.op or objective.value is None:
            mend = "add op (lt, lte, gt or gte) and value"
            self._problem("PW616", "a thresholdMetric needs something to be compared with", path, mend)
            return None
        place = (*_METRIC, "thresholdMetric")
        text, at = self._text(spec.threshold_metric, place)
        if not text:
            return None
        try:
            return Sli(ratio=queries.compared(text, objective.op, objective.value).text)
        except queries.UntranslatableError as error:
            self._problem("PW605", str(error), at, error.mend)
            return None

    def _share(self, metric: Metric) -> str:
        text, at = self._text(metric, (*_METRIC, "ratioMetric", "raw"))
        if not text:
            return ""
        try:
            found = queries.share(text)
        except queries.UntranslatableError as error:
            self._problem("PW605", str(error), at, error.mend)
            return ""
        if found.note:
            self._report("PW617", found.note, at, "write the range as [{{.window}}] to say it yourself")
        return found.text

    def _text(self, metric: Metric, path: DocumentPath) -> tuple[str, DocumentPath]:
        """The query of a metric as it is written, and its place; empty where there is none in PromQL."""
        source = metric.metric_source
        kind = source.type or self._sources.get(source.metric_source_ref, "")
        at = (*path, "metricSource")
        if not kind:
            if source.metric_source_ref:
                message = f"there is no DataSource {source.metric_source_ref} among these files, and no type beside it"
                mend = "name its file, too, or write type: Prometheus beside metricSourceRef"
                self._problem("PW603", message, (*at, "metricSourceRef"), mend)
            else:
                self._problem("PW604", "nothing says what kind of source this is", at, "write type: Prometheus")
            return "", at
        if kind.lower().translate({ord(c): None for c in " -_"}) not in _PROMQL:
            place = (*at, "type") if source.type else (*at, "metricSourceRef")
            mend = f"only sources that are asked in PromQL can be carried over: {_PROMQL_NAMES}; write the SLI by hand"
            self._problem("PW604", f"a source of type {kind} is not Prometheus", place, mend)
            return "", at
        at = (*path, *_QUERY)
        keys = [key for key in _KEYS if isinstance(source.spec.get(key), str)]
        if len(keys) != 1:
            what = "there is no query" if not keys else f"there is more than one query: {' and '.join(keys)}"
            self._problem("PW604", what, at, "write the query in PromQL as spec.query")
            return "", at
        others = sorted(key for key in source.spec if key not in {*keys, "queryType"})
        if others:
            message = f"{', '.join(others)} beside the query cannot be known to change it or not, and is only kept"
            self._report("PW617", message, at, "write what it means into the query")
        return source.spec[keys[0]], (*at, keys[0])


def _fault(ratio: RatioMetric) -> str:
    if ratio.raw is not None:
        if ratio.good is not None or ratio.bad is not None or ratio.total is not None:
            return "raw stands beside good, bad or total"
        return "" if ratio.raw_type else "raw without rawType may be that of good or of bad events"
    if ratio.total is None:
        return "there is no total, so that nothing says of how many events"
    if (ratio.good is None) == (ratio.bad is None):
        return "total needs one of good and bad beside it, and not both"
    return ""


def _with_said(document: SloDocument, slos: tuple[Slo, ...], said: str, report: Report) -> tuple[Slo, ...]:
    """The SLOs with what was said of them when they were exported, if that still means the same."""
    path: DocumentPath = ("metadata", "annotations", ANNOTATION)
    mend = "remove the annotation, or export the SLO again"
    try:
        fields: Any = json.loads(said)
        found = tuple(
            msgspec.convert({**msgspec.to_builtins(slo), **more}, Slo) for slo, more in zip(slos, fields, strict=True)
        )
        again = _Translation(to_document(document.spec.service, found), {}, _silent, utc=True)
        same = [_meaning(slo) for slo in again.slos()] == [_meaning(slo) for slo in slos]
    except (ValueError, TypeError, RecursionError, msgspec.ValidationError):
        report("PW617", "what the annotation says of the SLOs cannot be read, and was left out", path, mend)
        return slos
    if not same:
        report("PW617", "the annotation says something else than the document, and was left out", path, mend)
        return slos
    return found


def _meaning(slo: Slo) -> tuple[float, str, Sli]:
    return slo.objective, slo.window, slo.sli


def _silent(code: str, message: str, path: DocumentPath, mend: str) -> None:
    """Takes no notice."""
