"""Whether the rules of each objective are loaded and evaluated, and which rules page."""

from collections.abc import Iterator

from pagerworthy.collect.prometheus.levels import OBJECTIVES
from pagerworthy.collect.prometheus.loaded import QUERY, Guard, Loaded, Paging
from pagerworthy.collect.prometheus.look import Look, Part
from pagerworthy.collect.prometheus.server import Numbers
from pagerworthy.evidence import Record
from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.keys.alerting import PagingRules
from pagerworthy.evidence.keys.slo import Rules
from pagerworthy.slo import Objective, objectives_of
from pagerworthy.slo.period import Severity
from pagerworthy.slo.rules import names, reachable

# Where Prometheus watches itself, this tells of recording rules what its list of alerting rules does not.
_FAILING = "sum by (rule_group) (increase(prometheus_rule_evaluation_failures_total[15m])) > 0"
_SEVERITIES: tuple[Severity, ...] = ("page", "ticket")
_ROUNDING = 1e-9


def _look(look: Look) -> Iterator[Record]:
    loaded = look.loaded()
    recorded = look.server.vector(OBJECTIVES, names.SERVICE, names.SLO)
    # A group is called by its file and its own name.
    failing = {group.rpartition(";")[2] for (group,) in look.server.vector(_FAILING, "rule_group").values}
    for name, service in look.services.items():
        for objective in objectives_of(service):
            found = _guarded(objective, loaded, recorded, failing)
            yield look.record(name, "rules.slo", found, QUERY, loaded.digest, item=objective.slo.name)
        paging = loaded.paging.get(name, Paging())
        declared = (alert.name for alert in service.spec.monitoring.alerts if alert.severity == "page")
        rules = PagingRules(
            pages=paging.pages, without_runbook=paging.without_runbook, names=loaded.named(name, declared)
        )
        yield look.record(name, "rules.paging", rules, QUERY, loaded.digest)


RULES = Part(("rules.slo", "rules.paging"), _look)


def _guarded(objective: Objective, loaded: Loaded, recorded: Numbers, failing: set[str]) -> Value | str:
    key = (objective.service.name, objective.slo.name)
    guard = loaded.guards.get(key, Guard())
    promised = recorded.values.get(key)
    wanted = {severity for severity in _SEVERITIES if reachable(objective, severity)}
    there = wanted <= set(guard.severities) and (bool(guard.severities) or guard.absent)
    if there and promised is None:
        return "its alerting rules are loaded, but what they rest on is not recorded"
    if there and guard.health == "unknown":
        return "its rules have not been evaluated yet"
    # Rules that were made for another promise are not this one's.
    current = promised is not None and abs(promised - objective.target) < _ROUNDING
    return Rules(
        loaded=there and current,
        healthy=there and guard.health == "ok" and objective.id not in failing,
        absent_data=guard.absent,
    )
