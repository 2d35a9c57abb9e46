"""Load tests: a description of ours beside the summary that k6 or Locust wrote."""

from typing import Annotated, NamedTuple

import msgspec

from pagerworthy.collect.reports import k6, locust
from pagerworthy.collect.reports.base import Day, Report
from pagerworthy.collect.reports.files import find
from pagerworthy.collect.reports.lists import each_alone
from pagerworthy.collect.reports.model import Format, Look, Said, WrongReportError
from pagerworthy.collect.reports.summary import Summary
from pagerworthy.evidence.keys.capacity import LoadTest

_KEYS = ("load.test",)
Positive = Annotated[float, msgspec.Meta(gt=0, le=1e12)]


class LoadTestRow(Report, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A load test: `report` is the tool's summary, from the repository's root; `peak` the highest real load, a second.

    Without `peak`, the entry's `spec.capacity.peak` counts. The objectives held if all thresholds of k6 did, and if
    the limits given here did: the share of requests that failed, and milliseconds.
    """

    time: Day
    report: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]
    excess_shed: bool
    peak: Positive | None = None
    failed_share: Annotated[float, msgspec.Meta(ge=0, le=1)] | None = None
    p95_ms: Positive | None = None
    p99_ms: Positive | None = None

    @property
    def origin(self) -> str:
        """The tool's summary."""
        return self.report


class _Limit(NamedTuple):
    name: str
    limit: float | None
    seen: float | None


def _say(row: LoadTestRow, place: str, look: Look) -> Said:
    time = look.past(row.time)
    service = look.context.catalog.services.get(row.service)
    declared = service.spec.capacity.peak if service and service.spec.capacity else None
    peak = row.peak or declared
    if not peak:
        raise WrongReportError("the highest real load is not known: write peak, or spec.capacity.peak in the entry")
    releases = look.checkouts.releases(service.spec.repository if service else "")
    if isinstance(releases, str):
        raise WrongReportError(f"releases since the test are not known: {releases}")
    summary = _summary(row, look)
    found = LoadTest(
        age_days=look.days_since(time),
        peak_ratio=min(summary.rate / peak, 1000.0),
        releases_since=float(sum(time < each <= look.as_of for each in releases)),
        objectives_met=_met(row, summary),
        excess_shed=row.excess_shed,
    )
    return Said(row.service, "load.test", "", found, look.as_of, f"{place}, {row.report}", held=time)


def _summary(row: LoadTestRow, look: Look) -> Summary:
    if any(sign in row.report for sign in "*?["):
        raise WrongReportError("report names one file, and has no pattern")
    (file,) = find(look.context.root, [row.report])
    if file.fault:
        raise WrongReportError(f"{row.report}: {file.fault}")
    try:
        return locust.read(file) if file.path.endswith(".csv") else k6.read(file)
    except WrongReportError as error:
        raise WrongReportError(f"{row.report}: {error}") from error


def _met(row: LoadTestRow, summary: Summary) -> bool:
    met = [] if summary.thresholds_met is None else [summary.thresholds_met]
    for name, limit, seen in (
        _Limit("failed_share", row.failed_share, summary.failed_share),
        _Limit("p95_ms", row.p95_ms, summary.p95_ms),
        _Limit("p99_ms", row.p99_ms, summary.p99_ms),
    ):
        if limit is not None:
            if seen is None:
                raise WrongReportError(f"its report does not say what {name} was")
            met.append(seen <= limit)
    if not met:
        raise WrongReportError("whether objectives held is not known: set thresholds in k6, or failed_share or p95_ms")
    return all(met)


FORMAT = Format("load_tests", _KEYS, each_alone(LoadTestRow, _KEYS, _say))
