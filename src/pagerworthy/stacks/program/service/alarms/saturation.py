"""Alarms on the service itself: too few tasks, tasks that are full, and autoscaling that has nothing left."""

from collections.abc import Iterator

from pulumi import Input
from pulumi_aws.ecs.service import Service

from pagerworthy.catalog import Compute
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Limit
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.alarms.limits import declare_limit_alarms
from pagerworthy.stacks.program.service.alarms.pager import Declared, Pager
from pagerworthy.stacks.program.service.scaling import is_scaled

# Counts of tasks come from the cluster's Container Insights, use of CPU and memory from ECS.
_INSIGHTS = "ECS/ContainerInsights"
_ECS = "AWS/ECS"


def declare_saturation_alarms(
    scope: Scope[ServiceInputs], pager: Pager, declared: Declared, compute: Compute, service: Service
) -> None:
    """Declares the alarms of the running service. Before the first release nothing runs, and nobody is called."""
    if scope.inputs.released:
        limits = tuple(_limits(scope, compute, service))
        declare_limit_alarms(scope, pager, declared, {"": limits})


def _limits(scope: Scope[ServiceInputs], compute: Compute, service: Service) -> Iterator[Limit]:
    here: dict[str, Input[str]] = {"ClusterName": scope.platform("cluster_name"), "ServiceName": service.name}
    recreated = scope.inputs.release is not None and scope.inputs.release.strategy == "recreate"
    if compute.replicas and compute.replicas.min:
        yield Limit(
            "running",
            _INSIGHTS,
            "RunningTaskCount",
            here,
            compute.replicas.min,
            "Fewer tasks run than its entry promises: they do not start, or do not stay.",
            severity="page",
            above=False,
            statistic="Average",
            period=60,
            # What is recreated is away while its next version starts.
            periods=10 if recreated else 5,
            missing_is_bad=True,
        )
    yield Limit("cpu", _ECS, "CPUUtilization", here, 85, "Tasks wait for CPU.", statistic="Average")
    yield Limit("memory", _ECS, "MemoryUtilization", here, 90, "A task that fills its memory is killed.")
    if compute.replicas and is_scaled(compute):
        yield Limit(
            "maximum",
            _INSIGHTS,
            "DesiredTaskCount",
            here,
            compute.replicas.max - 0.5,
            "Autoscaling has started all the tasks that it may; more load finds no more room.",
            statistic="Minimum",
            periods=6,
        )
