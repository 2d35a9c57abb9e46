"""Reads k6's summaries: `--summary-export`, and what `handleSummary` is given.

https://grafana.com/docs/k6/latest/results-output/end-of-test/ describes both. In the first, a threshold is true where
it was crossed; in the second, `ok` is true where it held.
"""

from typing import Annotated, Any

import msgspec

from pagerworthy.collect.reports.documents import document
from pagerworthy.collect.reports.files import ReportFile
from pagerworthy.collect.reports.model import WrongReportError
from pagerworthy.collect.reports.summary import Summary

Number = Annotated[float, msgspec.Meta(ge=0, le=1e15)]


class _Threshold(msgspec.Struct, frozen=True):
    ok: bool


class _Metric(msgspec.Struct, frozen=True):
    """With `values` in what handleSummary is given, and without in an export."""

    values: dict[str, Any] = {}
    thresholds: dict[str, bool | _Threshold] = {}
    rate: Number | None = None
    value: Number | None = None
    p95: Number | None = msgspec.field(name="p(95)", default=None)
    p99: Number | None = msgspec.field(name="p(99)", default=None)

    def number(self, name: str, plain: float | None) -> float | None:
        found = self.values.get(name, plain)
        if found is None:
            return None
        try:
            return msgspec.convert(found, Number)
        except msgspec.ValidationError as error:
            raise WrongReportError(f"{name} is no number that can be") from error


class _Summary(msgspec.Struct, frozen=True):
    metrics: dict[str, _Metric]


def read(file: ReportFile) -> Summary:
    """Raises WrongReportError."""
    metrics = document(file, _Summary).metrics
    requests = metrics.get("http_reqs")
    rate = requests.number("rate", requests.rate) if requests else None
    if rate is None:
        raise WrongReportError("it has no http_reqs with a rate, so it is no summary of k6 for HTTP")
    failed, durations = metrics.get("http_req_failed", _Metric()), metrics.get("http_req_duration", _Metric())
    share = failed.number("rate", failed.value)
    if share is not None and share > 1:
        raise WrongReportError("http_req_failed is more than all")
    held = [
        each.ok if isinstance(each, _Threshold) else not each
        for metric in metrics.values()
        for each in metric.thresholds.values()
    ]
    return Summary(
        rate=rate,
        failed_share=share,
        p95_ms=durations.number("p(95)", durations.p95),
        p99_ms=durations.number("p(99)", durations.p99),
        thresholds_met=all(held) if held else None,
    )
