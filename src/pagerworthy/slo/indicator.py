"""What an SLI counts, as PromQL over any window.

No events are not good events: where nothing was counted, the ratio is absent, never 0 or 100 %. Where events were
counted and none of them was good, or bad, the missing series counts as zero, because a total outage from the first
request on must not look like missing data. What is not a number is dropped: one NaN would spoil a sum over weeks.
"""

import re

from pagerworthy.catalog import Sli
from pagerworthy.promql import code_of

WINDOW = "$window"
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_BELOW = re.compile(r"([0-9]+)(ms|s|m|h|d|w)")
_PER_SECOND = re.compile(r"\bi?rate\s*\(", re.IGNORECASE)
# Every number is above this, and NaN is not.
_NUMBERS = "> -Inf"


def error_ratio(sli: Sli, window: str) -> str:
    """The share of bad events within `window` (as Prometheus writes it), from 0 to 1; absent without events.

    Where slices of time are counted, the share of bad slices.
    """
    if sli.slices is not None:
        return f"avg_over_time(({error_slice(sli)})[{window}:{sli.slices.length}])"
    return f"(\n  {_error_ratio(sli, window)}\n) {_NUMBERS}"


def error_slice(sli: Sli) -> str:
    """How bad the slice of time is that ends now: 1 or 0 by its target, or else its share of bad events.

    Raises ValueError for an SLI that does not count slices.
    """
    if sli.slices is None:
        raise ValueError("this SLI counts no slices")
    ratio = f"({_error_ratio(sli, sli.slices.length)}) {_NUMBERS}"
    if sli.slices.target is None:
        return ratio
    return f"({ratio}) > bool {round(1 - sli.slices.target / 100, 12):g}"


def bad_rate(sli: Sli, window: str) -> str:
    """Bad events within `window`, in the unit of `total_rate`; empty where the SLI counts no events."""
    if not counts_events(sli):
        return ""
    total = _total(sli, window)
    if sli.form == "bad":
        return f"{_or_zero(_over(sli.bad, window), total)} {_NUMBERS}"
    return f"(({total}) - {_good_or_zero(sli, window, total)}) {_NUMBERS}"


def total_rate(sli: Sli, window: str) -> str:
    """All events within `window`, in whatever the entry's queries count; empty where the SLI counts no events."""
    return f"({_total(sli, window)})" if counts_events(sli) else ""


def total_count(sli: Sli, window: str, seconds: int) -> str:
    """How many events there were within `window`, which lasts so many seconds; empty as `total_rate` is.

    A query by `rate` tells them for each second, one by `increase` or a sum over time tells them all.
    """
    if not counts_events(sli):
        return ""
    total = _total(sli, window)
    return f"({total}) * {seconds} {_NUMBERS}" if is_per_second(sli) else f"({total}) {_NUMBERS}"


def is_per_second(sli: Sli) -> bool:
    """Whether `total_rate` counts events for each second; else it counts those of its window."""
    return sli.form == "histogram" or _PER_SECOND.search(code_of(sli.total)) is not None


def counts_events(sli: Sli) -> bool:
    """Whether the SLI says how many events there were, and not only which share was good."""
    return sli.form in {"good", "bad", "histogram"} and sli.slices is None


def good_and_total(sli: Sli, window: str) -> tuple[str, str]:
    """Good and all events within `window`, for whoever divides them; the latter empty where only the share is known.

    Without the slices. Raises ValueError for an SLI that counts bad events.
    """
    if sli.form == "bad":
        raise ValueError("this SLI counts bad events")
    if sli.form == "ratio":
        return _over(sli.ratio, window), ""
    if sli.form == "probe":
        return f"avg(avg_over_time({_selected(sli.probe, sli.selector)}[{window}]))", ""
    total = _total(sli, window)
    return (_over(sli.good, window) if sli.form == "good" else _good_or_zero(sli, window, total)), total


def bound(sli: Sli) -> float:
    """The latency below which a request is good, in the unit of the histogram: milliseconds where its name says so."""
    match = _BELOW.fullmatch(sli.below)
    if match is None:
        raise ValueError(f"not a duration: {sli.below}")
    seconds = int(match[1]) * _UNITS[match[2]]
    return round(seconds * 1000, 6) if "millisecond" in sli.histogram or sli.histogram.endswith("_ms") else seconds


def _error_ratio(sli: Sli, window: str) -> str:
    if sli.form == "ratio":
        return f"1 - ({_over(sli.ratio, window)})"
    if sli.form == "probe":
        return f"1 - avg(avg_over_time({_selected(sli.probe, sli.selector)}[{window}]))"
    if sli.native:
        return f"1 - {_fraction(sli, window)}"
    total = _total(sli, window)
    if sli.form == "bad":
        return f"{_or_zero(_over(sli.bad, window), total)}\n  / (({total}) > 0)"
    return f"1 -\n  {_good_or_zero(sli, window, total)}\n  / (({total}) > 0)"


def _good_or_zero(sli: Sli, window: str, total: str) -> str:
    if sli.native:
        return f"{_fraction(sli, window)} * {total}"
    if sli.form == "histogram":
        # Every bucket is there as soon as the histogram is: one that is missing is no bound of it, and says nothing.
        return _bucket(sli, window)
    return _or_zero(_over(sli.good, window), total)


def _bucket(sli: Sli, window: str) -> str:
    names = _edges(bound(sli))
    # A dot and a plus are signs of a regular expression, and a class of one sign needs no backslash in PromQL.
    patterns = "|".join(name.replace(".", "[.]").replace("+", "[+]") for name in names)
    le = f'le=~"{patterns}"' if len(names) > 1 else f'le="{names[0]}"'
    matchers = f"{sli.selector.rstrip().rstrip(',')},{le}" if sli.selector else le
    return f"sum(rate({sli.histogram}_bucket{{{matchers}}}[{window}]))"


def _edges(edge: float) -> list[str]:
    """The ways in which a bucket's bound is written as a label.

    Prometheus 3 writes a float, `1.0` and `1e+06`, where earlier ones kept what was scraped.
    """
    if edge != int(edge):
        return [repr(edge)]
    whole = str(int(edge))
    exponent = next(text for digits in range(17) if float(text := f"{edge:.{digits}e}") == edge)
    return [whole, f"{whole}.0", *([exponent] if edge >= 1_000_000 else [])]


def _fraction(sli: Sli, window: str) -> str:
    return f"histogram_fraction(-Inf, {bound(sli):g}, {_native(sli, window)})"


def _native(sli: Sli, window: str) -> str:
    return f"sum(rate({_selected(sli.histogram, sli.selector)}[{window}]))"


def _total(sli: Sli, window: str) -> str:
    if sli.native:
        return f"histogram_count({_native(sli, window)})"
    if sli.form == "histogram":
        return f"sum(rate({_selected(f'{sli.histogram}_count', sli.selector)}[{window}]))"
    return _over(sli.total, window)


def _selected(metric: str, selector: str) -> str:
    return f"{metric}{{{selector}}}" if selector else metric


def _or_zero(part: str, total: str) -> str:
    return f"(\n    ({part})\n    or 0 * ({total})\n  )"


def _over(query: str, window: str) -> str:
    query = query.strip().replace(WINDOW, window)
    # A comment would swallow what is written behind it on its line.
    return f"{query}\n" if "#" in query else query
