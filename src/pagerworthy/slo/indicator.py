"""What an SLI counts, as PromQL over any window.

No events are not good events: where nothing was counted, the ratio is absent, never 0 or 100 %. Where events were
counted and none of them was good, or bad, the missing series counts as zero, because a total outage from the first
request on must not look like missing data.
"""

import re

from pagerworthy.catalog import Sli

WINDOW = "$window"
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_BELOW = re.compile(r"([0-9]+)(ms|s|m|h|d|w)")


def error_ratio(sli: Sli, window: str) -> str:
    """The share of bad events within `window` (as Prometheus writes it), from 0 to 1; absent without events."""
    if sli.form == "ratio":
        return f"1 - ({_over(sli.ratio, window)})"
    if sli.form == "probe":
        return f"1 - avg(avg_over_time({_selected(sli.probe, sli.selector)}[{window}]))"
    total = _total(sli, window)
    if sli.form == "bad":
        bad = _over(sli.bad, window)
        return f"({_or_zero(bad, total)}) / (({total}) > 0)"
    return f"1 - ({_or_zero(_good(sli, window), total)}) / (({total}) > 0)"


def bad_rate(sli: Sli, window: str) -> str:
    """Bad events within `window`, in the unit of `total_rate`; empty where the SLI counts no events."""
    if not counts_events(sli):
        return ""
    total = _total(sli, window)
    if sli.form == "bad":
        return _or_zero(_over(sli.bad, window), total)
    return f"({total}) - ({_or_zero(_good(sli, window), total)})"


def total_rate(sli: Sli, window: str) -> str:
    """All events within `window`, in whatever the entry's queries count; empty where the SLI counts no events."""
    return _total(sli, window) if counts_events(sli) else ""


def counts_events(sli: Sli) -> bool:
    """Whether the SLI says how many events there were, and not only which share was good."""
    return sli.form in {"good", "bad", "histogram"}


def bound(sli: Sli) -> float:
    """The latency below which a request is good, in the unit of the histogram: milliseconds where its name says so."""
    match = _BELOW.fullmatch(sli.below)
    if match is None:
        raise ValueError(f"not a duration: {sli.below}")
    seconds = int(match[1]) * _UNITS[match[2]]
    return round(seconds * 1000, 6) if "millisecond" in sli.histogram or sli.histogram.endswith("_ms") else seconds


def _good(sli: Sli, window: str) -> str:
    if sli.form == "good":
        return _over(sli.good, window)
    # Prometheus 3 writes the bound of a bucket as a float, `le="1.0"`, where earlier ones kept what was scraped.
    edge = bound(sli)
    exact = f"{edge:g}"
    le = f'le=~"{exact}|{exact}\\\\.0"' if edge == int(edge) else f'le="{exact}"'
    matchers = f"{sli.selector},{le}" if sli.selector else le
    return f"sum(rate({sli.histogram}_bucket{{{matchers}}}[{window}]))"


def _total(sli: Sli, window: str) -> str:
    if sli.form == "histogram":
        return f"sum(rate({_selected(f'{sli.histogram}_count', sli.selector)}[{window}]))"
    return _over(sli.total, window)


def _selected(metric: str, selector: str) -> str:
    return f"{metric}{{{selector}}}" if selector else metric


def _or_zero(part: str, total: str) -> str:
    return f"({part}) or 0 * ({total})"


def _over(query: str, window: str) -> str:
    query = query.strip().replace(WINDOW, window)
    # A comment would swallow what is written behind it on its line.
    return f"{query}\n" if "#" in query else query
