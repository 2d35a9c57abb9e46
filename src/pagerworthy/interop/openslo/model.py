"""The kinds of OpenSLO v1 that describe objectives, as frozen structs; `schemas/openslo.schema.json` explains them."""

from typing import Any, Literal

import msgspec

VERSION = "openslo/v1"
Operator = Literal["lte", "gte", "lt", "gt"]
Method = Literal["Occurrences", "Timeslices", "RatioTimeslices"]


class _Part(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel"):
    """What all parts of a document share."""


class Metadata(_Part, frozen=True):
    name: str
    display_name: str = ""
    labels: dict[str, Any] = {}
    annotations: dict[str, str] = {}


class MetricSource(_Part, frozen=True, kw_only=True):
    metric_source_ref: str = ""
    type: str = ""
    spec: dict[str, Any]


class Metric(_Part, frozen=True):
    metric_source: MetricSource


class RatioMetric(_Part, frozen=True):
    counter: bool | None = None
    good: Metric | None = None
    bad: Metric | None = None
    total: Metric | None = None
    raw_type: Literal["success", "failure", ""] = ""
    raw: Metric | None = None


class SliSpec(_Part, frozen=True):
    description: str = ""
    threshold_metric: Metric | None = None
    ratio_metric: RatioMetric | None = None


class Indicator(_Part, frozen=True):
    """An SLI, written out in an SLO or a document of its own."""

    metadata: Metadata
    spec: SliSpec


class Objective(_Part, frozen=True):
    """One objective; shares are from 0 to 1, as `target`, once a document has been read."""

    display_name: str = ""
    op: Operator | Literal[""] = ""
    value: float | None = None
    target: float | None = None
    time_slice_target: float | None = None
    time_slice_window: str = ""
    indicator: dict[str, Any] | None = None
    indicator_ref: str = ""


class Calendar(_Part, frozen=True):
    start_time: str
    time_zone: str


class TimeWindow(_Part, frozen=True):
    duration: str
    # Written even where it is false: readers differ in what its absence means.
    is_rolling: bool | None = None
    calendar: Calendar | None = None


class SloSpec(_Part, frozen=True, kw_only=True):
    description: str = ""
    service: str
    indicator: Indicator | None = None
    time_window: tuple[TimeWindow, ...] = ()
    budgeting_method: Method
    objectives: tuple[Objective, ...]


class SloDocument(_Part, frozen=True):
    metadata: Metadata
    spec: SloSpec
