"""From a service to its rules."""

from pagerworthy.catalog import Service
from pagerworthy.slo.objective import Objective, objectives_of
from pagerworthy.slo.rules.alerts import burn_alerts, guarded_windows
from pagerworthy.slo.rules.annotations import Texts
from pagerworthy.slo.rules.model import Group, RuleFile
from pagerworthy.slo.rules.recording import recordings
from pagerworthy.slo.rules.silence import silence_alerts

ENDING = ".rules.yaml"


def group_of(objective: Objective, texts: Texts) -> Group:
    """All rules of an objective, in the order in which they build on each other."""
    rules = (
        *recordings(objective, guarded_windows(objective)),
        *burn_alerts(objective, texts),
        *silence_alerts(objective, texts),
    )
    return Group(name=objective.id, rules=rules)


def rule_file(service: Service, file: str, texts: Texts) -> RuleFile:
    """The rules of a service whose entry is in `file`: a group for each objective."""
    groups = tuple(group_of(objective, texts) for objective in objectives_of(service))
    return RuleFile(name=f"{service.name}{ENDING}", source=file, groups=groups)
