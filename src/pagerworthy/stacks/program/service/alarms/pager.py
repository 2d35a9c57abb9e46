"""Where alarms go: to the topics of whoever holds the pager, when it begins and when it is over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from pulumi_aws.cloudwatch.metric_alarm import MetricAlarm

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.names import physical
from pagerworthy.stacks.outputs import topic_key
from pagerworthy.stacks.program.scope import Scope

Severity = Literal["page", "ticket"]

# What AWS allows for a description.
_LONGEST = 1024


@dataclass(slots=True)
class Declared:
    """What has been declared so far: the names of all alarms that reach somebody, and those, by name, that say during
    a rollout that the new version is worse."""

    heard: list[str] = field(default_factory=list)
    watched: dict[str, MetricAlarm] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pager:
    """Who is told, and what."""

    scope: Scope[ServiceInputs]

    def topics(self, severity: Severity) -> Sequence[str]:
        """The ARNs of the topics to which alarms of a severity go: they follow from who holds the pager."""
        receivers = self.scope.inputs.page if severity == "page" else self.scope.inputs.ticket
        return [self.scope.platform(topic_key(receiver)) for receiver in receivers]

    def name(self, *parts: str) -> str:
        """The name of an alarm: `production/checkout/availability/page-5m`. No name in it has a slash, so that no other
        service's alarm is called the same, which AWS would take for the same alarm."""
        inputs = self.scope.inputs
        return physical("/".join((inputs.environment, inputs.service, *parts)), limit=255)

    def text(self, what: str, runbook: str = "") -> str:
        """What whoever is called reads first: what is wrong, where help is written down, and whose service it is."""
        inputs = self.scope.inputs
        told = [what, f"Service: {inputs.title} in {inputs.environment}.", f"Owner: {inputs.owner}."]
        place = runbook or inputs.runbook
        told.append(f"Runbook: {place}" if place else "No runbook is written yet.")
        return " ".join(told)[:_LONGEST]
