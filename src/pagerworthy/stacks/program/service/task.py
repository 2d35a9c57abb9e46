"""The task: one container, which is nobody and writes nothing but its logs and a temporary folder, unless it must."""

from collections.abc import Mapping

from pulumi import Input, Output
from pulumi_aws.cloudwatch.log_group import LogGroup
from pulumi_aws.ecs._inputs import TaskDefinitionRuntimePlatformArgs
from pulumi_aws.ecs.task_definition import TaskDefinition, TaskDefinitionArgs

from pagerworthy.catalog import Compute
from pagerworthy.cloud import LONGEST_STOP, seconds, task_size
from pagerworthy.stacks.images import reference
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.discovery import PORT_NAME, protocol
from pagerworthy.stacks.program.service.environment import Told
from pagerworthy.stacks.program.service.health import health_check
from pagerworthy.stacks.program.service.roles import Roles

# Neither root nor any user that an image brings; distroless images call it `nonroot`.
_NOBODY = "65532:65532"
_DEFAULT_STOP = 30


def declare_task(
    scope: Scope[ServiceInputs], compute: Compute, roles: Roles, log_group: LogGroup, told: Told
) -> TaskDefinition:
    """Declares the task's definition.

    Each change is a new revision; the one before is deregistered once the service has left it for good, so that a
    rollout that fails has somewhere to go back to.
    """
    name = scope.name("service", limit=255)
    cpu, memory = task_size(compute.cpu, compute.memory)
    return TaskDefinition(
        "task",
        TaskDefinitionArgs(
            family=name,
            requires_compatibilities=["FARGATE"],
            network_mode="awsvpc",
            cpu=str(cpu),
            memory=str(memory),
            runtime_platform=TaskDefinitionRuntimePlatformArgs(
                operating_system_family="LINUX", cpu_architecture="X86_64"
            ),
            task_role_arn=roles.task.arn,
            execution_role_arn=roles.execution.arn,
            container_definitions=Output.json_dumps(
                [_container(scope, compute, log_group, told, memory)], sort_keys=True
            ),
            tags=scope.tagged(name),
        ),
        scope.options(depends_on=roles.policies),
    )


def stop_timeout(compute: Compute) -> int:
    """How long a task may take to end, in seconds; what Fargate would cut, `check` refuses."""
    asked = compute.health.stop if compute.health else ""
    return min(max(seconds(asked), 2), LONGEST_STOP) if asked else _DEFAULT_STOP


def _container(
    scope: Scope[ServiceInputs], compute: Compute, log_group: LogGroup, told: Told, memory: int
) -> Mapping[str, object]:
    inputs = scope.inputs
    container: dict[str, object] = {
        "name": inputs.service,
        "image": reference(compute.image, inputs.version),
        "essential": True,
        "user": compute.user or _NOBODY,
        "privileged": False,
        "readonlyRootFilesystem": not compute.writable,
        "linuxParameters": {
            # Passes signals on, and buries children that have ended.
            "initProcessEnabled": True,
            "capabilities": {"drop": ["ALL"]},
            "tmpfs": [
                {
                    "containerPath": "/tmp",  # noqa: S108 -- a path inside the container
                    "size": min(max(memory // 8, 16), 512),
                    "mountOptions": ["mode=1777", "nodev", "nosuid", "noexec"],
                }
            ],
        },
        "stopTimeout": stop_timeout(compute),
        "environment": _named(told.variables, "value"),
        "secrets": _named({name: arn for name, (arn, _) in told.secrets.items()}, "valueFrom"),
        "portMappings": _ports(scope, compute),
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": log_group.name,
                "awslogs-region": inputs.spec.region,
                "awslogs-stream-prefix": "service",
                # A log that cannot be written must not stop the service; 25 MiB wait for it.
                "mode": "non-blocking",
                "max-buffer-size": "25m",
            },
        },
    }
    check = health_check(compute)
    return {**container, "healthCheck": check} if check else container


def _ports(scope: Scope[ServiceInputs], compute: Compute) -> list[Mapping[str, object]]:
    if compute.port is None:
        return []
    mapping: dict[str, object] = {
        "name": PORT_NAME,
        "containerPort": compute.port,
        "hostPort": compute.port,
        "protocol": "tcp",
    }
    return [{**mapping, "appProtocol": protocol(scope)} if protocol(scope) else mapping]


def _named(values: Mapping[str, Input[str]], key: str) -> list[Mapping[str, object]]:
    return [{"name": name, key: value} for name, value in values.items()]
