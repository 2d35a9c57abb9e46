"""Whether the service level objectives of one entry can be measured and alerted on."""

from collections.abc import Iterator

from pagerworthy.catalog.model import Service, Sli, Slo
from pagerworthy.metrics import is_machine_metric, metric_names
from pagerworthy.promql import code_of, is_fine, unreadable, unreadable_selector

# A code, a message, the place in the document, and how to mend it.
Finding = tuple[str, str, str, str]

_QUERIES = ("good", "bad", "total", "ratio")
_PARTS = ("_bucket", "_count", "_sum")
# A promise below this spends its budget so slowly, even while every request fails, that no burn rate for a page is
# reached: the lowest is 6 times the budget (see `slo.period`).
_PAGEABLE = 100 - 100 / 6


def levels(service: Service) -> Iterator[Finding]:
    """PW237 to PW244 and PW247, for each SLO of the service."""
    pages = {alert.slo for alert in service.spec.monitoring.alerts if alert.severity == "page"}
    for index, slo in enumerate(service.spec.slos):
        path = f"spec.slos[{index}]"
        yield from _in_percent(slo.objective, f"{path}.objective")
        yield from _readable(slo.sli, f"{path}.sli")
        yield from _meaningful(slo.sli, f"{path}.sli")
        yield from _guarded(slo, path, paged=slo.name in pages)


def _in_percent(objective: float, path: str) -> Iterator[Finding]:
    """PW247: nobody promises that 99 of 100 requests may fail, but many write shares from 0 to 1."""
    if objective < 1:
        meant = round(objective * 100, 10)
        message = f"an objective of {objective:g} % promises next to nothing"
        yield "PW247", message, path, f"did you mean {meant:.12g}? objectives are written in percent"


def _readable(sli: Sli, path: str) -> Iterator[Finding]:
    """PW237, PW238, PW239: Prometheus can read the queries, and they look at the window that is asked for."""
    for name in _QUERIES:
        query = getattr(sli, name)
        if not query or is_fine(query):
            continue
        if "$window" not in code_of(query):
            message = f"the query of {name} has no $window, so that it is the same over five minutes and over 30 days"
            yield "PW239", message, f"{path}.{name}", "write the range of the query as [$window]"
        if fault := unreadable(query.replace("$window", "5m")):
            mend = "try the query in Prometheus, with 5m in place of $window"
            yield "PW237", f"the query of {name} cannot be read: {fault}", f"{path}.{name}", mend
    if sli.selector and (fault := unreadable_selector(sli.selector)):
        mend = 'write label matchers with commas between them, without braces: service="cart",code!="499"'
        yield "PW238", f"the selector cannot be read: {fault}", f"{path}.selector", mend


def _meaningful(sli: Sli, path: str) -> Iterator[Finding]:
    """PW240, PW241, PW242: what is counted tells users' good events from all events."""
    if sli.total:
        counted = "good" if sli.good else "bad"
        if _squeezed(getattr(sli, counted)) == _squeezed(sli.total):
            mend = f"let {counted} count fewer events than total, by the status code for instance"
            yield "PW240", f"{counted} counts the same events as total", f"{path}.{counted}", mend
    if sli.histogram.endswith(_PARTS):
        whole = sli.histogram.rpartition("_")[0]
        yield "PW242", f"{sli.histogram} is a part of a histogram", f"{path}.histogram", f"write histogram: {whole}"
    form = sli.form
    metrics = {getattr(sli, form)} if form in {"histogram", "probe"} else metric_names(getattr(sli, form))
    machine = sorted(filter(is_machine_metric, metrics))
    if machine:
        mend = "count users' requests, or what a probe sees that acts as a user"
        yield "PW241", f"{machine[0]} tells of a machine, and not whether users are served", f"{path}.{form}", mend


def _guarded(slo: Slo, path: str, *, paged: bool) -> Iterator[Finding]:
    """PW243, PW244: an alert that somebody counts on can fire."""
    if paged and 1 <= slo.objective <= _PAGEABLE:
        message = (
            f"at {slo.objective:g} % the budget lasts so long that nothing pages, not even when every event is bad"
        )
        mend = f"promise more than {_PAGEABLE:.1f} %, or write severity: ticket in its alert"
        yield "PW243", message, f"{path}.objective", mend
    if slo.min_events is not None and (slo.sli.form in {"probe", "ratio"} or slo.sli.slices is not None):
        what = "slices of time do" if slo.sli.slices is not None else f"a {slo.sli.form} does"
        message = f"{slo.name} has min_events, and {what} not say how many events there were"
        yield "PW244", message, f"{path}.min_events", "remove min_events, or count events by good and total"


def _squeezed(query: str) -> str:
    return "".join(query.split())
