"""What PostgreSQL and MySQL on RDS share: everything but their parameters, logs and users."""

from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import Input, Output
from pulumi_aws.rds._inputs import ParameterGroupParameterArgs
from pulumi_aws.rds.instance import Instance, InstanceArgs
from pulumi_aws.rds.parameter_group import ParameterGroup, ParameterGroupArgs
from pulumi_aws.rds.subnet_group import SubnetGroup, SubnetGroupArgs

from pagerworthy.catalog import Resource
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.ports import RESOURCE_PORTS
from pagerworthy.stacks.program.provided import Limit, Provided
from pagerworthy.stacks.program.resources.backup import long_backup
from pagerworthy.stacks.program.resources.logs import log_group
from pagerworthy.stacks.program.resources.place import (
    BACKUP_WINDOW,
    in_production,
    key_arn,
    maintenance_window,
    place_of,
    security_group,
)
from pagerworthy.stacks.program.scope import Scope

_GIB = 1024**3
_HOUR = 3600
# Enough time to find out what fills it, and to make room.
_STORAGE_DAYS = 14
_STORAGE_HOURS = 6


@dataclass(frozen=True, slots=True)
class Dialect:
    """What is different about an engine: its logs, its first user, and the parameters that only a restart changes."""

    user: str
    logs: Sequence[str]
    at_restart: frozenset[str]


def declare_database(scope: Scope[ServiceInputs], name: str, resource: Resource, dialect: Dialect) -> Provided:
    """An instance in data subnets, encrypted, over TLS alone, backed up, and with a standby where its entry says so.

    RDS makes the password, keeps it in Secrets Manager under the service's key, and changes it every week.
    """
    offering = offerings.database(resource, place_of(scope))
    production = in_production(scope)
    key = key_arn(scope)
    physical = scope.name(name, limit=63)
    group = security_group(scope, name, resource)
    subnets = SubnetGroup(
        f"{name}-subnets",
        SubnetGroupArgs(
            name=physical,
            description=f"Where {name} of {scope.inputs.service} runs",
            subnet_ids=scope.platform_list("data_subnet_ids"),
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
    parameters = _parameters(scope, name, offering, dialect)
    logs = [
        log_group(scope, f"{name}-logs-{log}", f"/aws/rds/instance/{physical}/{log}") for log in sorted(dialect.logs)
    ]
    instance = Instance(
        name,
        InstanceArgs(
            identifier=physical,
            engine=offering.engine.name,
            engine_version=offering.engine.version,
            # The entry names a major version, so that raising it there is meant.
            allow_major_version_upgrade=True,
            auto_minor_version_upgrade=not offering.engine.pinned,
            instance_class=offering.machine.name,
            storage_type="gp3",
            allocated_storage=offering.storage,
            max_allocated_storage=offering.max_storage,
            storage_encrypted=True,
            kms_key_id=key,
            db_name=_database_name(name),
            username=dialect.user,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=key,
            port=RESOURCE_PORTS[resource.type],
            multi_az=offering.standby,
            db_subnet_group_name=subnets.name,
            vpc_security_group_ids=[group.id],
            publicly_accessible=False,
            parameter_group_name=parameters.name,
            backup_retention_period=offering.backup_days,
            backup_window=BACKUP_WINDOW,
            copy_tags_to_snapshot=True,
            delete_automated_backups=not production,
            maintenance_window=maintenance_window(scope),
            # In production what needs a restart waits for the weekly hour: another class, another version. Until then
            # each run finds it still to be done, and says so.
            apply_immediately=not production,
            enabled_cloudwatch_logs_exports=sorted(dialect.logs),
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key,
            performance_insights_retention_period=7,
            deletion_protection=production,
            skip_final_snapshot=not production,
            final_snapshot_identifier=scope.name(name, "final", limit=255) if production else None,
            tags=scope.tagged(physical),
        ),
        # What has grown by itself is no change to the provider, as long as it is below `max_allocated_storage`.
        scope.options(depends_on=logs, protect=production),
    )
    if offering.long_backup_days:
        long_backup(scope, name, instance.arn, offering.long_backup_days)
    secret = instance.master_user_secrets.apply(lambda secrets: (secrets[0].secret_arn or "") if secrets else "")
    return Provided(
        outputs={"security_group_id": group.id, "endpoint": instance.endpoint, "secret_arn": secret},
        limits=_limits(instance.identifier, offering),
    )


def _parameters(
    scope: Scope[ServiceInputs], name: str, offering: offerings.Database, dialect: Dialect
) -> ParameterGroup:
    family = offering.engine.family
    physical = scope.name(name, family.replace(".", "-"), limit=255)
    return ParameterGroup(
        f"{name}-parameters",
        ParameterGroupArgs(
            name=physical,
            description=f"Of {name} of {scope.inputs.service}",
            family=family,
            parameters=[
                ParameterGroupParameterArgs(
                    name=key, value=value, apply_method="pending-reboot" if key in dialect.at_restart else "immediate"
                )
                for key, value in sorted(offering.parameters.items())
            ],
            tags=scope.tagged(physical),
        ),
        # A new major version needs a new group. In production it waits for the weekly hour, and the old group is in use
        # until then, so that AWS would not delete it in the run that asks for the new one.
        scope.options(keep=in_production(scope)),
    )


def _database_name(name: str) -> str:
    """The name of the first database: hyphens would have to be quoted in every statement."""
    return name.replace("-", "_")


def _limits(identifier: Output[str], offering: offerings.Database) -> tuple[Limit, ...]:
    dimensions: dict[str, Input[str]] = {"DBInstanceIdentifier": identifier}

    def limit(name: str, metric: str, threshold: float, why: str, **more: object) -> Limit:
        return Limit(name, "AWS/RDS", metric, dimensions, threshold, why, **more)  # type: ignore[arg-type]

    return (
        limit(
            "connections",
            "DatabaseConnections",
            offering.connections * 0.8,
            f"At {offering.connections} connections new callers are turned away.",
        ),
        limit("cpu", "CPUUtilization", 85, "Queries wait for the processor.", statistic="Average", periods=6),
        limit(
            "memory",
            "FreeableMemory",
            offering.machine.memory * 1024**2 * 0.05,
            "Without memory the database swaps, or is restarted.",
            above=False,
            statistic="Minimum",
        ),
        limit(
            "storage",
            "FreeStorageSpace",
            # No metric says how large the disk has grown; this is a tenth of the smallest that it can be.
            offering.storage * _GIB * 0.1,
            "A full disk stops every write, and it has not grown by itself, which it does from here on.",
            severity="page",
            above=False,
            statistic="Minimum",
            # RDS needs five minutes to see it, and some more to make room.
            periods=6,
        ),
        # On a disk that has grown, time says more than space: at its largest it does not grow again, and between two
        # times that it grows lie six hours.
        limit(
            "storage-hours",
            "FreeStorageSpace",
            _STORAGE_HOURS,
            f"At the rate of the last hour the disk is full within {_STORAGE_HOURS} hours, and every write stops.",
            severity="page",
            above=False,
            statistic="Average",
            period=900,
            periods=4,
            expression=f"IF(RATE(m1) < 0, m1 / (-{_HOUR} * RATE(m1)), {365 * 24})",
        ),
        limit(
            "storage-days",
            "FreeStorageSpace",
            _STORAGE_DAYS,
            f"At the rate of the last hours the disk is full within {_STORAGE_DAYS} days.",
            above=False,
            statistic="Average",
            period=_HOUR,
            periods=12,
            expression=f"IF(RATE(m1) < 0, m1 / (-24 * {_HOUR} * RATE(m1)), 365)",
        ),
    )
