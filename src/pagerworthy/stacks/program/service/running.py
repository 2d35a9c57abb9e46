"""The ECS service: how many tasks run, where, and how a new version takes over."""

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import CustomTimeouts, ResourceOptions
from pulumi_aws.cloudwatch.log_group import LogGroup
from pulumi_aws.cloudwatch.metric_alarm import MetricAlarm
from pulumi_aws.ec2.security_group import SecurityGroup
from pulumi_aws.ecs._inputs import (
    ServiceAlarmsArgs,
    ServiceDeploymentCircuitBreakerArgs,
    ServiceNetworkConfigurationArgs,
)
from pulumi_aws.ecs.service import Service, ServiceArgs
from pulumi_aws.ecs.task_definition import TaskDefinition

from pagerworthy.catalog import Compute
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.balancer import Balanced
from pagerworthy.stacks.program.service.discovery import connection
from pagerworthy.stacks.program.service.release import Rollout
from pagerworthy.stacks.program.service.scaling import is_scaled

# A canary and its baking take half an hour with a service that starts slowly; then something is stuck.
_TIMEOUTS = CustomTimeouts(create="30m", update="60m", delete="30m")
# How long a task may be unknown to its load balancer before it counts as unwell.
_GRACE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Parts:
    """What the service is put together from. `watched` are the alarms that stop a rollout, by name."""

    group: SecurityGroup
    task: TaskDefinition
    log_group: LogGroup
    balanced: Balanced
    watched: Mapping[str, MetricAlarm]


def declare_running(scope: Scope[ServiceInputs], compute: Compute, rollout: Rollout, parts: Parts) -> Service:
    """Declares the service.

    A run waits until the new version runs, or has been rolled back, so that a release that failed is a stack that
    failed, and whoever calls the service comes after it. Before the first release there may be no image: nothing is
    waited for then. The zones are those of all private subnets, so that a task that is lost with its zone starts in
    another, however few the entry asks for.
    """
    name = scope.name("service", limit=255)
    scaled = is_scaled(compute)
    options = scope.options(
        depends_on=[*parts.balanced.first, *parts.watched.values()],
        # From then on the number is autoscaling's.
        ignore_changes=["desiredCount"] if scaled else [],
    )
    return Service(
        "service",
        ServiceArgs(
            name=name,
            cluster=scope.platform("cluster_arn"),
            task_definition=parts.task.arn,
            launch_type="FARGATE",
            platform_version="LATEST",
            desired_count=compute.replicas.min if compute.replicas else 1,
            network_configuration=ServiceNetworkConfigurationArgs(
                subnets=scope.platform_list("private_subnet_ids"),
                security_groups=[parts.group.id],
                assign_public_ip=False,
            ),
            service_connect_configuration=connection(scope, parts.log_group),
            load_balancers=list(parts.balanced.registrations) or None,
            health_check_grace_period_seconds=_GRACE_SECONDS if parts.balanced.registrations else None,
            deployment_configuration=rollout.configuration,
            deployment_minimum_healthy_percent=rollout.least_percent,
            deployment_maximum_percent=rollout.most_percent,
            deployment_circuit_breaker=ServiceDeploymentCircuitBreakerArgs(enable=True, rollback=rollout.rollback),
            alarms=(
                ServiceAlarmsArgs(alarm_names=list(parts.watched), enable=True, rollback=rollout.rollback)
                if parts.watched
                else None
            ),
            # ECS evens tasks out over the zones by starting one before it stops another.
            availability_zone_rebalancing="ENABLED" if rollout.most_percent > 100 else "DISABLED",
            enable_ecs_managed_tags=True,
            enable_execute_command=False,
            propagate_tags="SERVICE",
            wait_for_steady_state=scope.inputs.released,
            tags=scope.tagged(name),
        ),
        ResourceOptions.merge(options, ResourceOptions(custom_timeouts=_TIMEOUTS)),
    )
