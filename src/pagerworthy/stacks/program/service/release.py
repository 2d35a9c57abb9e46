"""How a new version takes over: what ECS itself offers for each strategy of an entry.

`canary` and `blue-green` shift requests, so ECS has to be where requests are shared out: at Service Connect's proxies,
or at the load balancer. What has no port gets no requests that could be shifted; it is rolled over.
"""

from dataclasses import dataclass

from pulumi_aws.ecs._inputs import (
    ServiceDeploymentConfigurationArgs,
    ServiceDeploymentConfigurationCanaryConfigurationArgs,
)

from pagerworthy.catalog import Release
from pagerworthy.stacks.inputs import ServiceInputs

_CANARY_PERCENT = 10.0
_CANARY_MINUTES = 10
# How long the old version stays after the last request has left it, so that going back takes no time.
_BAKE_MINUTES = 10


@dataclass(frozen=True, slots=True)
class Rollout:
    """A strategy as ECS has it. The percents are of the desired number of tasks that run during a rollout."""

    least_percent: int
    most_percent: int
    rollback: bool
    configuration: ServiceDeploymentConfigurationArgs
    shifts: bool = False


def rollout_of(inputs: ServiceInputs) -> Rollout:
    """How the service's versions follow each other; where its entry says nothing, tasks are rolled over."""
    release = inputs.release or Release(strategy="rolling", rollback="automated")
    back = release.rollback == "automated"
    serves = inputs.compute is not None and inputs.compute.port is not None
    if release.strategy == "recreate":
        # Two versions at once would do harm: the old one ends first.
        return Rollout(0, 100, back, ServiceDeploymentConfigurationArgs(strategy="ROLLING"))
    if release.strategy == "canary" and serves:
        canary = ServiceDeploymentConfigurationArgs(
            strategy="CANARY",
            bake_time_in_minutes=str(_BAKE_MINUTES),
            canary_configuration=ServiceDeploymentConfigurationCanaryConfigurationArgs(
                canary_percent=_CANARY_PERCENT, canary_bake_time_in_minutes=str(_CANARY_MINUTES)
            ),
        )
        return Rollout(100, 200, back, canary, shifts=True)
    if release.strategy == "blue-green" and serves:
        blue_green = ServiceDeploymentConfigurationArgs(strategy="BLUE_GREEN", bake_time_in_minutes=str(_BAKE_MINUTES))
        return Rollout(100, 200, back, blue_green, shifts=True)
    return Rollout(100, 200, back, ServiceDeploymentConfigurationArgs(strategy="ROLLING"))
