"""The OpenSLO document that SLOs of an entry alone would give, and which SLOs fit into one document."""

from collections.abc import Sequence

from pagerworthy.catalog import Sli, Slo
from pagerworthy.interop.openslo.model import (
    Calendar,
    Indicator,
    Metadata,
    Method,
    Metric,
    MetricSource,
    Objective,
    RatioMetric,
    SliSpec,
    SloDocument,
    SloSpec,
    TimeWindow,
)
from pagerworthy.interop.openslo.names import document_name
from pagerworthy.interop.queries import WINDOW, with_template
from pagerworthy.slo import PERIODS, good_and_total

LONGEST_TITLE = 63
# A Monday, and the first day of a month, of a quarter and of a year.
_FIRST_START = "2024-01-01 00:00:00"
_CALENDAR = {"calendar-week": "1w", "calendar-month": "1M", "calendar-quarter": "1Q"}


def to_document(service: str, slos: Sequence[Slo]) -> SloDocument:
    """The document for SLOs that differ in their objectives only; its name is made of the first one's."""
    first = slos[0]
    name = document_name(service, first.name)
    alone = len(slos) == 1
    return SloDocument(
        metadata=Metadata(name=name, display_name=_title(first.title) if alone else ""),
        spec=SloSpec(
            description=first.description,
            service=service,
            indicator=Indicator(metadata=Metadata(name=name), spec=SliSpec(ratio_metric=_metric(first.sli))),
            time_window=(_window(first.window),),
            budgeting_method=_method(first.sli),
            objectives=tuple(_objective(slo, titled=not alone) for slo in slos),
        ),
    )


def fit_together(slos: Sequence[Slo]) -> bool:
    """Whether the SLOs can be objectives of one document: the same SLI, counted in the same way, over one window."""
    first = slos[0]
    return all(
        (_metric(slo.sli), _method(slo.sli), slo.window) == (_metric(first.sli), _method(first.sli), first.window)
        for slo in slos[1:]
    )


def _title(text: str) -> str:
    return text if len(text) <= LONGEST_TITLE else text[: LONGEST_TITLE - 3].rstrip() + "..."


def _metric(sli: Sli) -> RatioMetric:
    if sli.form == "bad":
        return RatioMetric(counter=True, bad=_source(sli.bad), total=_source(sli.total))
    good, total = good_and_total(sli, WINDOW)
    if total:
        return RatioMetric(counter=True, good=_source(good), total=_source(total))
    return RatioMetric(raw_type="success", raw=_source(good))


def _source(query: str) -> Metric:
    return Metric(metric_source=MetricSource(type="Prometheus", spec={"query": with_template(query)}))


def _window(name: str) -> TimeWindow:
    if name in _CALENDAR:
        return TimeWindow(
            duration=_CALENDAR[name], is_rolling=False, calendar=Calendar(start_time=_FIRST_START, time_zone="UTC")
        )
    return TimeWindow(duration=PERIODS[name].name, is_rolling=True)


def _method(sli: Sli) -> Method:
    if sli.slices is None:
        return "Occurrences"
    return "RatioTimeslices" if sli.slices.target is None else "Timeslices"


def _objective(slo: Slo, *, titled: bool) -> Objective:
    slices = slo.sli.slices
    return Objective(
        display_name=_title(slo.title) if titled else "",
        target=round(slo.objective / 100, 12),
        time_slice_target=None if slices is None or slices.target is None else round(slices.target / 100, 12),
        time_slice_window="" if slices is None else slices.length,
    )
