"""`rabbitmq`: RabbitMQ on Amazon MQ."""

from pulumi import Input
from pulumi_aws.mq._inputs import (
    BrokerEncryptionOptionsArgs,
    BrokerLogsArgs,
    BrokerMaintenanceWindowStartTimeArgs,
    BrokerUserArgs,
)
from pulumi_aws.mq.broker import Broker, BrokerArgs

from pagerworthy.catalog import Resource
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Limit, Provided
from pagerworthy.stacks.program.resources.place import (
    in_production,
    key_arn,
    maintenance_day,
    maintenance_start,
    place_of,
    security_group,
)
from pagerworthy.stacks.program.resources.secret import derived_password, keep_secret
from pagerworthy.stacks.program.scope import Scope

_USER = "owner"
_DAYS = {"tue": "TUESDAY", "thu": "THURSDAY"}
_WAITING = 10_000


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """A broker of one node, or a cluster over the zones, in data subnets. Amazon MQ offers AMQP over TLS only."""
    offering = offerings.broker(resource, place_of(scope))
    production = in_production(scope)
    physical = scope.name(name, limit=50)
    group = security_group(scope, name, resource)
    password = derived_password(scope, name)
    secret = keep_secret(scope, name, _USER, password)
    subnets = scope.platform_list("data_subnet_ids")
    clustered = offering.nodes > 1
    broker = Broker(
        name,
        BrokerArgs(
            broker_name=physical,
            engine_type=offering.engine.name,
            engine_version=offering.engine.version,
            host_instance_type=offering.machine.name,
            deployment_mode="CLUSTER_MULTI_AZ" if clustered else "SINGLE_INSTANCE",
            subnet_ids=subnets if clustered else subnets[:1],
            security_groups=[group.id],
            publicly_accessible=False,
            encryption_options=BrokerEncryptionOptionsArgs(kms_key_id=key_arn(scope), use_aws_owned_key=False),
            users=[BrokerUserArgs(username=_USER, password=password)],
            logs=BrokerLogsArgs(general=True),
            # Amazon MQ wants it so for every version of RabbitMQ that it still offers.
            auto_minor_version_upgrade=not offering.engine.pinned,
            maintenance_window_start_time=BrokerMaintenanceWindowStartTimeArgs(
                day_of_week=_DAYS[maintenance_day(scope)], time_of_day=maintenance_start(), time_zone="UTC"
            ),
            apply_immediately=not production,
            tags=scope.tagged(physical),
        ),
        scope.options(protect=production),
    )
    endpoint = broker.instances.apply(
        lambda instances: (instances[0].endpoints or [""])[0].removeprefix("amqps://") if instances else ""
    )
    return Provided(
        outputs={"security_group_id": group.id, "endpoint": endpoint, "secret_arn": secret.arn},
        limits=_limits(broker.broker_name, offering),
    )


def _limits(name: Input[str], offering: offerings.Broker) -> tuple[Limit, ...]:
    dimensions: dict[str, Input[str]] = {"Broker": name}

    def limit(label: str, metric: str, threshold: float, why: str, *, above: bool = True) -> Limit:
        return Limit(label, "AWS/AmazonMQ", metric, dimensions, threshold, why, above=above)

    return (
        limit("cpu", "SystemCpuUtilization", 85, "Publishers and consumers wait for the processor."),
        limit(
            "memory",
            "RabbitMQMemUsed",
            # RabbitMQ stops publishers at 40 % of its memory.
            offering.machine.memory * 1024**2 * 0.4 * 0.85,
            "At its high-water mark the broker blocks every publisher.",
        ),
        limit(
            "connections",
            "ConnectionCount",
            _connections(offering) * 0.8,
            f"At {_connections(offering)} connections new callers are turned away.",
        ),
        limit("messages", "MessageReadyCount", _WAITING, "Messages arrive faster than they are consumed."),
    )


def _connections(offering: offerings.Broker) -> int:
    """What Amazon MQ allows a node: 100 on the smallest, 5,000, 10,000 and 20,000 on the others."""
    return {4: 100, 8: 5_000, 16: 10_000, 32: 20_000}[offering.machine.memory // 1024] * offering.nodes
