"""How services find each other: ECS Service Connect, in the environment's private namespace.

Each task has a proxy beside it that knows the tasks of every service. DNS alone would not do: a long-lived gRPC
connection stays with the task that it found first, and ECS cannot shift a part of the requests to a new version, which
is what a canary is. The proxy takes requests at the service's own port, so that rules between groups hold as they are.

A task knows the services that were there when it started. That is why a task is told the address of a soft dependency
only once that is there: being told is a new deployment, which knows it.
"""

from pulumi_aws.cloudwatch.log_group import LogGroup
from pulumi_aws.ecs._inputs import (
    ServiceServiceConnectConfigurationArgs,
    ServiceServiceConnectConfigurationLogConfigurationArgs,
    ServiceServiceConnectConfigurationServiceArgs,
    ServiceServiceConnectConfigurationServiceClientAliasArgs,
    ServiceServiceConnectConfigurationServiceTimeoutArgs,
)

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.places import arn

# The name of the port in the task's definition.
PORT_NAME = "main"


def address(scope: Scope[ServiceInputs], service: str, port: int) -> str:
    """Where a service is found from within the environment: `cart.production.internal:7070`."""
    return f"{host(scope, service)}:{port}"


def host(scope: Scope[ServiceInputs], service: str) -> str:
    """The private name of a service."""
    return f"{service}.{scope.platform('namespace_name')}"


def connects(scope: Scope[ServiceInputs]) -> bool:
    """Whether the service takes part: it is called by others, or calls some."""
    inputs = scope.inputs
    serves = inputs.compute is not None and inputs.compute.port is not None
    return serves or any(need.kind == "service" and need.owner for need in inputs.needs)


def connection(scope: Scope[ServiceInputs], log_group: LogGroup) -> ServiceServiceConnectConfigurationArgs | None:
    """How the service is found, and finds others; None where it does neither."""
    if not connects(scope):
        return None
    inputs = scope.inputs
    port = inputs.compute.port if inputs.compute else None
    namespace = scope.platform("namespace_id")
    return ServiceServiceConnectConfigurationArgs(
        enabled=True,
        namespace=arn(scope, "servicediscovery", f"namespace/{namespace}"),
        log_configuration=ServiceServiceConnectConfigurationLogConfigurationArgs(
            log_driver="awslogs",
            options={
                "awslogs-group": log_group.name,
                "awslogs-region": inputs.spec.region,
                "awslogs-stream-prefix": "connect",
            },
        ),
        services=[] if port is None else [_offer(scope, port)],
    )


def _offer(scope: Scope[ServiceInputs], port: int) -> ServiceServiceConnectConfigurationServiceArgs:
    return ServiceServiceConnectConfigurationServiceArgs(
        port_name=PORT_NAME,
        discovery_name=scope.inputs.service,
        client_alias=[
            ServiceServiceConnectConfigurationServiceClientAliasArgs(
                port=port, dns_name=host(scope, scope.inputs.service)
            )
        ],
        # Callers have their own timeouts, as their entries say; the proxy's 15 seconds would cut every stream. Only
        # protocols of which it sees requests have them.
        timeout=(
            ServiceServiceConnectConfigurationServiceTimeoutArgs(per_request_timeout_seconds=0)
            if protocol(scope)
            else None
        ),
    )


def protocol(scope: Scope[ServiceInputs]) -> str:
    """What the proxy may look into: `grpc` where the service answers gRPC's health checks, else nothing but bytes.

    An HTTP path of a check says nothing of the port that is served, which may speak gRPC or Kafka's protocol.
    """
    compute = scope.inputs.compute
    health = compute.health if compute else None
    checks = [each for each in (health.liveness, health.readiness) if each] if health else []
    return "grpc" if any(not check.path.startswith("/") for check in checks) else ""
