"""Prometheus rules: what is recorded of each objective, and what alerts on it."""

from pagerworthy.slo.rules import names
from pagerworthy.slo.rules.alerts import (
    MIN_EVENTS,
    alert_labels,
    burn_alerts,
    declared_alert,
    generated_name,
    reachable,
)
from pagerworthy.slo.rules.annotations import Texts
from pagerworthy.slo.rules.build import ENDING, group_of, rule_file
from pagerworthy.slo.rules.model import Group, Rule, RuleFile
from pagerworthy.slo.rules.plan import RulePlan, Wanted, holders, plan_rules
from pagerworthy.slo.rules.recording import recordings
from pagerworthy.slo.rules.silence import COMMON, DEAD_MAN, STOPPED_FOR, common_file, silence_alerts
from pagerworthy.slo.rules.write import Written, write_rules
from pagerworthy.slo.rules.yaml import as_yaml

__all__ = [
    "COMMON",
    "DEAD_MAN",
    "ENDING",
    "MIN_EVENTS",
    "STOPPED_FOR",
    "Group",
    "Rule",
    "RuleFile",
    "RulePlan",
    "Texts",
    "Wanted",
    "Written",
    "alert_labels",
    "as_yaml",
    "burn_alerts",
    "common_file",
    "declared_alert",
    "generated_name",
    "group_of",
    "holders",
    "names",
    "plan_rules",
    "reachable",
    "recordings",
    "rule_file",
    "silence_alerts",
    "write_rules",
]
