"""`redis`: Valkey, or the older Redis, on ElastiCache."""

from collections.abc import Iterator

from pulumi import Output
from pulumi_aws.elasticache._inputs import ParameterGroupParameterArgs, ReplicationGroupLogDeliveryConfigurationArgs
from pulumi_aws.elasticache.parameter_group import ParameterGroup, ParameterGroupArgs
from pulumi_aws.elasticache.replication_group import ReplicationGroup, ReplicationGroupArgs

from pagerworthy.catalog import Resource
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.ports import RESOURCE_PORTS
from pagerworthy.stacks.program.provided import Limit, Provided
from pagerworthy.stacks.program.resources.cache import cache_limit, cache_subnets
from pagerworthy.stacks.program.resources.logs import log_group
from pagerworthy.stacks.program.resources.place import (
    BACKUP_WINDOW,
    in_production,
    key_arn,
    maintenance_window,
    place_of,
    security_group,
)
from pagerworthy.stacks.program.resources.secret import derived_password, keep_secret
from pagerworthy.stacks.program.scope import Scope

_LOGS = ("engine-log", "slow-log")
# The user of whoever connects with the password alone.
_USER = "default"


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """A primary and a replica for each further zone, behind one name that follows the primary.

    Callers need TLS and the password, which lies in Secrets Manager.
    """
    offering = offerings.cache(resource, place_of(scope))
    production = in_production(scope)
    physical = scope.name(name, limit=40)
    group = security_group(scope, name, resource)
    password = derived_password(scope, name)
    secret = keep_secret(scope, name, _USER, password)
    # ElastiCache writes through a policy of the account's, which has room for 5,120 characters, some ten caches. What
    # begins so is in it from the start: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
    where = f"/aws/vendedlogs/elasticache/{scope.inputs.environment}/{physical}"
    logs = [log_group(scope, f"{name}-{log}", f"{where}/{log}") for log in _LOGS]
    replicated = offering.nodes > 1
    cache = ReplicationGroup(
        name,
        ReplicationGroupArgs(
            replication_group_id=physical,
            description=resource.description or f"{name} of {scope.inputs.service}",
            engine=offering.engine.name,
            engine_version=offering.engine.version,
            auto_minor_version_upgrade=not offering.engine.pinned,
            node_type=offering.machine.name,
            num_cache_clusters=offering.nodes,
            automatic_failover_enabled=replicated,
            multi_az_enabled=replicated,
            port=RESOURCE_PORTS[resource.type],
            parameter_group_name=_parameters(scope, name, offering).name,
            subnet_group_name=cache_subnets(scope, name).name,
            security_group_ids=[group.id],
            at_rest_encryption_enabled=True,
            kms_key_id=key_arn(scope),
            transit_encryption_enabled=True,
            auth_token=password,
            auth_token_update_strategy="ROTATE",  # noqa: S106 -- not a password, but how one follows the other
            snapshot_retention_limit=offering.snapshot_days,
            snapshot_window=BACKUP_WINDOW if offering.snapshot_days else None,
            final_snapshot_identifier=(
                scope.name(name, "final", limit=255) if production and offering.snapshot_days else None
            ),
            maintenance_window=maintenance_window(scope),
            apply_immediately=not production,
            log_delivery_configurations=[
                ReplicationGroupLogDeliveryConfigurationArgs(
                    destination=log.name,
                    destination_type="cloudwatch-logs",
                    log_format="json",
                    log_type=kind,
                )
                for kind, log in zip(_LOGS, logs, strict=True)
            ],
            tags=scope.tagged(physical),
        ),
        scope.options(protect=production),
    )
    endpoint = Output.concat(cache.primary_endpoint_address, ":", str(RESOURCE_PORTS[resource.type]))
    return Provided(
        outputs={"security_group_id": group.id, "endpoint": endpoint, "secret_arn": secret.arn},
        limits=tuple(_limits(cache.replication_group_id, offering)),
    )


def _parameters(scope: Scope[ServiceInputs], name: str, offering: offerings.Cache) -> ParameterGroup:
    family = offering.engine.family
    physical = scope.name(name, family.replace(".", "-"), limit=255)
    return ParameterGroup(
        f"{name}-parameters",
        ParameterGroupArgs(
            name=physical,
            description=f"Of {name} of {scope.inputs.service}",
            family=family,
            parameters=[
                ParameterGroupParameterArgs(name=key, value=value) for key, value in sorted(offering.parameters.items())
            ],
            tags=scope.tagged(physical),
        ),
        # In production a new series waits for the weekly hour, and the old group is in use until then.
        scope.options(keep=in_production(scope)),
    )


def _limits(group: Output[str], offering: offerings.Cache) -> Iterator[Limit]:
    """Each node has its own: any of them may be the primary tomorrow."""
    for number in range(1, offering.nodes + 1):
        mark = f"{number:03}"
        node = {"CacheClusterId": Output.concat(group, "-", mark)}
        yield cache_limit(
            f"connections-{mark}",
            "CurrConnections",
            node,
            offerings.CACHE_CONNECTIONS * 0.8,
            f"At {offerings.CACHE_CONNECTIONS} connections new callers are turned away.",
        )
        yield cache_limit(
            f"cpu-{mark}", "EngineCPUUtilization", node, 80, "One thread serves all callers, and it is busy."
        )
        yield cache_limit(
            f"memory-{mark}",
            "DatabaseMemoryUsagePercentage",
            node,
            85,
            "What does not fit is evicted, or refused.",
        )
        if offering.snapshot_days:
            # What is backed up is meant to stay; elsewhere evicting is what a cache does.
            yield cache_limit(
                f"evictions-{mark}", "Evictions", node, 0, "Entries are lost for want of memory.", statistic="Sum"
            )
        if offering.nodes > 1:
            yield cache_limit(
                f"replication-lag-{mark}",
                "ReplicationLag",
                node,
                30,
                "What the replica has not seen is lost when it takes over.",
            )
