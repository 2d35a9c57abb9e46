"""What can be seen of a service: dashboards, logs, traces and probes."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Active, Key, Value, among, counted, in_days, says, share
from pagerworthy.evidence.record import Strength


class Panels(Value, frozen=True):
    panels: Annotated[float, counted("panels on the dashboard")]
    empty: Annotated[float, counted("panels of which the queries return no data")]

    def __post_init__(self) -> None:
        among("empty", self.empty, "panels", self.panels)


class LogStream(Value, frozen=True):
    lines_24h: Annotated[float, counted("lines that arrived in 24 hours")]
    structured: Annotated[float, share("share of them that parse as structured")]
    retention_days: Annotated[float, in_days("days for which they are kept")]


class Targets(Value, frozen=True):
    up: Annotated[float, share("share of the scrapes of 24 hours that its targets answered")]


class TraceStream(Value, frozen=True):
    spans_24h: Annotated[float, counted("spans that arrived in 24 hours")]


class ProbeRuns(Value, frozen=True):
    runs_24h: Annotated[float, counted("end-to-end probe runs in 24 hours")]
    success: Annotated[float, share("share of them that succeeded")]


class Certificate(Value, frozen=True):
    days_left: Annotated[float, says("days until the certificate ends", -36_500, 36_500)]


_L = Strength.LINKED
_O = Strength.OBSERVED

KEYS = (
    Key("links.dashboard", Active, "dashboard", _L, "links", "each dashboard answers"),
    Key(
        "dashboard.panels", Panels, "dashboard", _O, "prometheus", "the queries of each dashboard's panels return data"
    ),
    Key("logs.stream", LogStream, "service", _O, "reports", "logs arrive, structured, and are kept"),
    Key("targets.up", Targets, "service", _O, "prometheus", "targets answer when they are scraped"),
    Key("traces.stream", TraceStream, "service", _O, "prometheus", "traces arrive"),
    Key("probe.runs", ProbeRuns, "service", _O, "prometheus", "end-to-end probes run and succeed"),
    Key("cert.expiry", Certificate, "service", _O, "prometheus", "the certificate that ends first"),
)
