"""Alerts on how fast an error budget burns, as in *The Site Reliability Workbook*, chapter 5, "6: Multiwindow,
Multi-Burn-Rate Alerts".

A page fires while a long window and a short one, a twelfth of it, both burn the budget faster than their factor; the
long one says that it matters, the short one that it still goes on.
"""

from collections.abc import Iterator

from pagerworthy.catalog import Alert
from pagerworthy.slo import indicator
from pagerworthy.slo.objective import Objective
from pagerworthy.slo.period import Burn, Period, Severity, duration_text
from pagerworthy.slo.rules import names
from pagerworthy.slo.rules.annotations import Texts, plain
from pagerworthy.slo.rules.model import Rule
from pagerworthy.slo.rules.recording import number

# Where an entry does not say it: fewer events within the long window than this say little.
MIN_EVENTS = 10
# Between one event and two: Prometheus reckons counts from samples, and they are not whole.
_MORE_THAN_ONE = "1.5"
_SEVERITIES: tuple[Severity, ...] = ("page", "ticket")
_LOOSE = (
    "The burn rates {rates} are left out: the budget is {budget} of all events, and burns no faster than {fastest} "
    "times while every event is bad."
)


def guarded_windows(objective: Objective) -> tuple[int, ...]:
    """The windows, in seconds, over which events have to be counted before anyone is paged."""
    if not _guard(objective):
        return ()
    return tuple(sorted({burn.long for burn in reachable(objective, "page")}))


def reachable(objective: Objective, severity: Severity) -> tuple[Burn, ...]:
    """The pairs of windows of this severity whose threshold lies below 1: no more than all events can be bad."""
    period, budget = objective.period, objective.budget
    return tuple(
        burn for burn in period.burns if burn.severity == severity and round(period.factor(burn) * budget, 9) < 1
    )


def burn_alerts(objective: Objective, texts: Texts) -> Iterator[Rule]:
    """A page and a ticket, each where it can fire at all."""
    which = names.selector(objective)
    for severity in _SEVERITIES:
        burns = reachable(objective, severity)
        if not burns:
            continue
        declared = declared_alert(objective, severity)
        name = declared.name if declared else generated_name(objective, f"Burn{severity.capitalize()}")
        yield Rule(
            alert=name,
            expr="\nor\n".join(_pair(objective, burn, which) for burn in burns),
            hold=declared.for_ if declared else "",
            labels=alert_labels(objective, severity),
            annotations=texts.burning(objective, severity, name),
            note=_left_out(objective, severity, burns),
        )


def declared_alert(objective: Objective, severity: Severity) -> Alert | None:
    """The first alert of this severity that the entry declares for the objective."""
    for alert in objective.service.spec.monitoring.alerts:
        if alert.slo == objective.slo.name and alert.severity == severity:
            return alert
    return None


def generated_name(objective: Objective, ending: str) -> str:
    """The name of an alert that the entry does not name: `CheckoutAvailabilityBurnPage`."""
    return "".join(word.capitalize() for word in objective.id.split("-")) + ending


def alert_labels(objective: Objective, severity: Severity) -> dict[str, str]:
    """What routes and inhibitions match on."""
    spec = objective.service.spec
    return {
        "severity": severity,
        names.SEVERITY: severity,
        "service": objective.service.name,
        "slo": objective.slo.name,
        "owner": spec.owner,
        "system": spec.system,
        "tier": str(spec.tier),
    }


def _pair(objective: Objective, burn: Burn, which: str) -> str:
    threshold = f"({_factor(objective.period, burn)} * {number(objective.budget)})"
    short, long = (f"{names.error_ratio(window)}{which}" for window in (burn.short, burn.long))
    parts = [f"{short} > {threshold}", f"{long} > {threshold}"]
    if burn.severity == "page" and (fewest := _guard(objective)):
        events = f"{names.total_count(burn.long)}{which}"
        parts += [f"{events} >= {fewest}", f"{long} * {events} > {_MORE_THAN_ONE}"]
    return "(\n" + "\n  and\n".join(f"  max without ({names.WINDOW}) ({part})" for part in parts) + "\n)"


def _guard(objective: Objective) -> int:
    """The fewest events for a page; 0 where the SLI counts none, or the entry asks for no guard."""
    if not indicator.counts_events(objective.slo.sli):
        return 0
    return MIN_EVENTS if objective.slo.min_events is None else objective.slo.min_events


def _factor(period: Period, burn: Burn) -> str:
    return number(round(period.factor(burn), 6))


def _left_out(objective: Objective, severity: Severity, kept: tuple[Burn, ...]) -> str:
    left = [burn for burn in objective.period.burns if burn.severity == severity and burn not in kept]
    if not left:
        return ""
    rates = " and ".join(f"{_factor(objective.period, burn)} over {duration_text(burn.long)}" for burn in left)
    budget = number(round(objective.budget * 100, 9))
    return plain(_LOOSE.format(rates=rates, budget=f"{budget} %", fastest=number(round(1 / objective.budget, 2))))
