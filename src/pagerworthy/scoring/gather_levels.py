"""The facts of a service's objectives."""

import math
from collections.abc import Mapping

from pagerworthy.catalog import Service
from pagerworthy.metrics import is_machine_metric, metric_names
from pagerworthy.scoring import facts as f
from pagerworthy.slo import Objective, counts_events, objectives_of
from pagerworthy.slo.rules.alerts import reachable


def slo_facts(service: Service, levels: Mapping[str, float]) -> tuple[f.SloFacts, ...]:
    """The facts of every objective, in the order of the entry; `levels` are the agreed objectives, by name."""
    paged = {alert.slo for alert in service.spec.monitoring.alerts if alert.severity == "page"}
    return tuple(_facts(objective, levels, paged) for objective in objectives_of(service))


def _facts(objective: Objective, levels: Mapping[str, float], paged: set[str]) -> f.SloFacts:
    slo, sli = objective.slo, objective.slo.sli
    queries = (sli.good, sli.bad, sli.total, sli.histogram, sli.ratio, sli.probe)
    metrics = frozenset[str]().union(*map(metric_names, filter(None, queries)))
    return f.SloFacts(
        name=slo.name,
        kind=slo.kind,
        objective=slo.objective,
        window_days=objective.period.days,
        form=sli.form,
        counts_requests=bool(metrics) and not any(map(is_machine_metric, metrics)),
        agreed=math.isclose(levels.get(slo.name, math.nan), slo.objective),
        budget=objective.budget,
        paged=slo.name in paged,
        page_share=min((burn.share for burn in reachable(objective, "page")), default=0.0),
        guarded=counts_events(sli) and slo.min_events != 0,
    )
