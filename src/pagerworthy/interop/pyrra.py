"""Reads Pyrra's resource ServiceLevelObjective."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from pagerworthy.catalog import Part, Sli, Slo
from pagerworthy.interop import windows
from pagerworthy.interop.kubernetes import Format, shaped
from pagerworthy.interop.names import apart, one_line, slo_name
from pagerworthy.interop.queries import WINDOW
from pagerworthy.interop.reading import Problems, Promises, Read, parts_of
from pagerworthy.interop.selectors import Selector, selector
from pagerworthy.problem import DocumentPath, Where

_FORMATS = (Format("Pyrra", "apiVersion", "pyrra.dev/v1alpha1", "pyrra", "resource", "ServiceLevelObjective"),)
_UNITS = (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
_LEFT_OUT = (
    "alerting",
    "partial_response_strategy",
    "performanceOverAccuracy",
    "performance_over_accuracy",
    "ruleOutput",
)


def read_pyrra(paths: Iterable[Path], service: str) -> Read:
    """The SLOs of the files. Pyrra knows no services: all are of `service`, the name of an entry, or of none."""
    problems = Problems()
    slos: list[Slo] = []
    wheres: list[Where] = []
    for part in parts_of(paths, problems):
        found = shaped(part, _FORMATS, problems)
        if found is None:
            continue
        slo = _Reader(part, problems).slo(found[1], service)
        if slo is not None:
            slos.append(slo)
            wheres.append(part.where(("spec",)))
    names = apart([slo.name for slo in slos])
    named = tuple(msgspec.structs.replace(slo, name=name) for slo, name in zip(slos, names, strict=True))
    return Read((Promises(service, named, tuple(wheres)),) if named else (), tuple(problems.found))


class _Reader:
    def __init__(self, part: Part, problems: Problems) -> None:
        self._part = part
        self._problems = problems

    def slo(self, value: dict[str, Any], service: str) -> Slo | None:
        """The SLO of a resource, if it can be carried over."""
        spec = value["spec"]
        window = self._window(spec["window"])
        objective = self._objective(spec["target"])
        sli = self._sli(spec["indicator"])
        if not window or objective is None or sli is None:
            return None
        for key in _LEFT_OUT:
            if spec.get(key):
                mend = "whom alerts reach follows from the entry's owner, and rules are made for each SLO"
                self._say("PW613", f"{key} is not carried over", ("spec", key), mend)
        if value["metadata"].get("labels"):
            mend = "write what matters under metadata.annotations of the entry"
            self._say("PW613", "labels are not carried over", ("metadata", "labels"), mend)
        description = one_line(spec.get("description", ""))
        name = slo_name(value["metadata"]["name"], service)
        return Slo(name=name, objective=objective, window=window, sli=sli, description=description)

    def _say(self, code: str, message: str, path: DocumentPath, mend: str) -> None:
        self._problems.of(code, message, self._part, path, mend)

    def _window(self, text: str) -> str:
        path: DocumentPath = ("spec", "window")
        try:
            seconds = windows.prometheus_seconds(text)
        except ValueError:
            self._say("PW606", f"{text} is no length of time", path, f"choose {windows.ROLLING}")
            return ""
        name = windows.rolling(seconds)
        if not name:
            mend = f"choose {windows.ROLLING}; {windows.nearest(seconds)} is nearest"
            self._say("PW606", f"a window of {text} is none that an SLO here can have", path, mend)
        return name

    def _objective(self, target: str | float) -> float | None:
        percent = float(target)
        if not 0 < percent < 100:
            message = f"an objective of {percent:g} % cannot be kept a budget for"
            self._say("PW609", message, ("spec", "target"), 'write one above 0 and below 100, such as "99.9"')
            return None
        if percent < 1:
            message = f"an objective of {percent:g} % promises next to nothing"
            mend = f'did you mean "{round(percent * 100, 10):.12g}"? targets are written in percent'
            self._say("PW609", message, ("spec", "target"), mend)
            return None
        return percent

    def _sli(self, indicator: dict[str, Any]) -> Sli | None:
        path: DocumentPath = ("spec", "indicator")
        if len(indicator) != 1:
            what = "nothing says what is measured" if not indicator else f"{' and '.join(indicator)} stand side by side"
            self._say("PW616", what, path, "give one of ratio, latency, latencyNative and bool_gauge")
            return None
        ((form, given),) = indicator.items()
        path = (*path, form)
        if given.get("grouping"):
            labels = ", ".join(given["grouping"])
            mend = "write an SLO for each value that matters, with the label in its metrics; or leave grouping out"
            self._say("PW612", f"this promises something for each {labels}", (*path, "grouping"), mend)
            return None
        match form:
            case "ratio":
                return self._ratio(given, path)
            case "latency":
                return self._latency(given, path)
            case "latencyNative":
                return self._native(given, path)
        gauge = self._selector(given, path)
        return Sli(probe=gauge.metric, selector=gauge.inner) if gauge else None

    def _ratio(self, given: dict[str, Any], path: DocumentPath) -> Sli | None:
        errors = self._selector(given["errors"], (*path, "errors"))
        total = self._selector(given["total"], (*path, "total"))
        return Sli(bad=_rate(errors), total=_rate(total)) if errors and total else None

    def _latency(self, given: dict[str, Any], path: DocumentPath) -> Sli | None:
        success = self._selector(given["success"], (*path, "success"))
        total = self._selector(given["total"], (*path, "total"))
        if not success or not total:
            return None
        edge = success.of("le")
        if edge is None or edge.sign != "=":
            mend = 'name the bucket up to which requests are fast enough: le="0.3"'
            self._say("PW616", "nothing says how fast is fast enough", (*path, "success", "metric"), mend)
            return None
        histogram = total.metric.removesuffix("_count")
        below = _below(edge.value, histogram)
        same = success.metric == f"{histogram}_bucket" and total.metric != histogram
        if below and same and success.without("le").matchers == total.matchers:
            return Sli(histogram=histogram, selector=total.inner, below=below)
        return Sli(good=_rate(success), total=_rate(total))

    def _native(self, given: dict[str, Any], path: DocumentPath) -> Sli | None:
        total = self._selector(given["total"], (*path, "total"))
        try:
            below = _duration(windows.prometheus_seconds(given["latency"]))
        except ValueError:
            below = ""
        if not below:
            message = f"{given['latency']} is no length of time"
            self._say("PW616", message, (*path, "latency"), "write a whole number and ms, s or m: 300ms")
        return Sli(histogram=total.metric, native=True, selector=total.inner, below=below) if total and below else None

    def _selector(self, given: dict[str, Any], path: DocumentPath) -> Selector | None:
        found = selector(given["metric"])
        if isinstance(found, Selector):
            return found
        self._say(
            "PW605", f"this is no selector: {found}", (*path, "metric"), 'write e.g. http_requests_total{job="shop"}'
        )
        return None


def _rate(found: Selector) -> str:
    return f"sum(rate({found}[{WINDOW}]))"


def _below(edge: str, histogram: str) -> str:
    """The bound of a bucket as an entry writes it; empty where it cannot."""
    try:
        number = float(edge)
    except ValueError:
        return ""
    milliseconds = "millisecond" in histogram or histogram.endswith("_ms")
    return _duration(number / 1000 if milliseconds else number)


def _duration(seconds: float) -> str:
    """Seconds as a whole number and a unit; empty for less than a millisecond, and for what is not whole."""
    thousandths = round(seconds * 1000, 6)
    if not 0 < thousandths <= 10**9 or thousandths != int(thousandths):
        return ""
    if thousandths % 1000:
        return f"{int(thousandths)}ms"
    whole = int(thousandths) // 1000
    return next(f"{whole // size}{unit}" for unit, size in _UNITS if whole % size == 0)
