"""Autoscaling: as many tasks as keep CPU and memory at their targets, within what the entry allows."""

from pulumi import Input, Output
from pulumi_aws.appautoscaling._inputs import (
    PolicyTargetTrackingScalingPolicyConfigurationArgs,
    PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs,
)
from pulumi_aws.appautoscaling.policy import Policy, PolicyArgs
from pulumi_aws.appautoscaling.target import Target, TargetArgs
from pulumi_aws.ecs.service import Service

from pagerworthy.catalog import Compute
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.scope import Scope

# Percent of what the tasks have. Memory is held longer than CPU, and does not shrink when load does.
_TARGETS = {"cpu": ("ECSServiceAverageCPUUtilization", 60.0), "memory": ("ECSServiceAverageMemoryUtilization", 75.0)}
# Out quickly, in slowly: a lull in a busy hour is no reason to stop tasks.
_OUT_SECONDS = 60
_IN_SECONDS = 300
_DIMENSION = "ecs:service:DesiredCount"
_NAMESPACE = "ecs"


def is_scaled(compute: Compute) -> bool:
    """Whether the number of tasks moves by itself; where the entry allows only one number, it is that one."""
    return compute.replicas is not None and compute.replicas.max > compute.replicas.min


def declare_scaling(scope: Scope[ServiceInputs], compute: Compute, service: Service) -> None:
    """Declares the bounds and the two targets; of both answers the larger counts."""
    if compute.replicas is None or not is_scaled(compute):
        return
    cluster = scope.platform("cluster_name")
    target = Target(
        "scaling",
        TargetArgs(
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=Output.concat(f"service/{cluster}/", service.name),
            min_capacity=compute.replicas.min,
            max_capacity=compute.replicas.max,
            tags=scope.tagged(scope.name("scaling")),
        ),
        scope.options(),
    )
    for word in _TARGETS:
        _track(scope, word, target.resource_id, target)


def _track(scope: Scope[ServiceInputs], word: str, resource: Input[str], target: Target) -> None:
    metric, value = _TARGETS[word]
    Policy(
        f"scaling-on-{word}",
        PolicyArgs(
            name=scope.name(word, limit=255),
            policy_type="TargetTrackingScaling",
            service_namespace=_NAMESPACE,
            scalable_dimension=_DIMENSION,
            resource_id=resource,
            target_tracking_scaling_policy_configuration=PolicyTargetTrackingScalingPolicyConfigurationArgs(
                predefined_metric_specification=(
                    PolicyTargetTrackingScalingPolicyConfigurationPredefinedMetricSpecificationArgs(
                        predefined_metric_type=metric
                    )
                ),
                target_value=value,
                scale_out_cooldown=_OUT_SECONDS,
                scale_in_cooldown=_IN_SECONDS,
            ),
        ),
        scope.options(depends_on=[target]),
    )
