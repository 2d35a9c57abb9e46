"""What can be seen of a service: dashboards, logs, traces and probes."""

from typing import Annotated

from pagerworthy.evidence.keys.base import Active, Key, Value, says
from pagerworthy.evidence.record import Strength


class Panels(Value, frozen=True):
    panels: Annotated[float, says("panels on the dashboard")]
    empty: Annotated[float, says("panels that return no data")]


class LogStream(Value, frozen=True):
    lines_24h: Annotated[float, says("lines that arrived in 24 hours")]
    structured: Annotated[float, says("share of them that parse as structured, 0 to 1")]
    retention_days: Annotated[float, says("days for which they are kept")]


class TraceStream(Value, frozen=True):
    spans_24h: Annotated[float, says("spans that arrived in 24 hours")]


class ProbeRuns(Value, frozen=True):
    runs_24h: Annotated[float, says("end-to-end probe runs in 24 hours")]
    success: Annotated[float, says("share of them that succeeded, 0 to 1")]


class Certificate(Value, frozen=True):
    days_left: Annotated[float, says("days until the certificate ends")]


_L = Strength.LINKED
_O = Strength.OBSERVED

KEYS = (
    Key("links.dashboard", Active, "dashboard", _L, "links", "each dashboard answers"),
    Key("dashboard.panels", Panels, "dashboard", _O, "prometheus", "the panels of each dashboard return data"),
    Key("logs.stream", LogStream, "service", _O, "reports", "logs arrive, structured, and are kept"),
    Key("traces.stream", TraceStream, "service", _O, "prometheus", "traces arrive"),
    Key("probe.runs", ProbeRuns, "service", _O, "prometheus", "end-to-end probes run and succeed"),
    Key("cert.expiry", Certificate, "service", _O, "prometheus", "the certificate that ends first"),
)
