"""Alerts on what is not heard of: an SLO without data, and the alerting itself.

An SLO whose data have stopped looks like one that is kept, unless somebody says so.
"""

from collections.abc import Iterator

from pagerworthy.slo import indicator
from pagerworthy.slo.objective import Objective
from pagerworthy.slo.rules import names
from pagerworthy.slo.rules.alerts import alert_labels, generated_name
from pagerworthy.slo.rules.annotations import Texts
from pagerworthy.slo.rules.model import Group, Rule, RuleFile

# The name that Alertmanager's users know: routed to a service that calls when it stops.
DEAD_MAN = "Watchdog"
COMMON = "_pagerworthy.rules.yaml"
# Longer than a restart, shorter than a shift.
STOPPED_FOR = "15m"
_NEVER_FOR = "1h"
# Before these nobody has promised users anything, and nothing may be running.
_NOT_YET = frozenset({"design", "development", "testing"})


def silence_alerts(objective: Objective, texts: Texts) -> Iterator[Rule]:
    """Two alerts of one name: data that stopped within the period, and data that never came.

    Counters that stand still are data: a service that nobody asks is not silent.
    """
    period, which = objective.period, names.selector(objective)
    shortest = names.shortest(period)
    counted = indicator.counts_events(objective.slo.sli)
    now = f"{names.total_rate(shortest) if counted else names.error_ratio(shortest)}{which}"
    before = f"{names.period_ratio(period)}{which}"
    here = ", ".join(names.IDENTITY)
    name = generated_name(objective, "NoData")
    labels = alert_labels(objective, "ticket")
    stopped = f"max by ({here}) ({before})\nunless on ({here})\n{now}"
    yield Rule(
        alert=name,
        expr=stopped,
        hold=STOPPED_FOR,
        labels=labels | {"data": "stopped"},
        annotations=texts.silent(objective, name, since="since its data stopped"),
    )
    if objective.service.spec.phase in _NOT_YET:
        return
    yield Rule(
        alert=name,
        expr=f"{names.OBJECTIVE}{which}\nunless on ({here})\n{before}\nunless on ({here})\n{now}",
        hold=_NEVER_FOR,
        labels=labels | {"data": "never"},
        annotations=texts.silent(objective, name, since="and nothing was during its period"),
    )


def common_file() -> RuleFile:
    """The dead man's switch: an alert that always fires, so that its silence says that alerting is broken."""
    rule = Rule(
        alert=DEAD_MAN,
        expr="vector(1)",
        labels={"severity": "none"},
        annotations={
            "summary": "This alert always fires",
            "description": "It shows that Prometheus and Alertmanager work. Send it to something that calls you when "
            "it no longer comes.",
        },
    )
    return RuleFile(name=COMMON, source="", groups=(Group(name="pagerworthy", rules=(rule,)),))
