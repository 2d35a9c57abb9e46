"""ElastiCache: what caches stand on, and what its types share."""

from typing import Any

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.remembered import Remembered
from tests.stacks.standin.tags import listed, mapped, retag
from tests.stacks.standin.values import Props, words


def tags_of(aws: Aws, arn: str) -> dict[str, str] | None:
    return mapped(aws("elasticache").list_tags_for_resource(ResourceName=arn)["TagList"])


def retag_cache(aws: Aws, arn: str, props: Props, old: Props) -> None:
    cache = aws("elasticache")
    retag(
        props.get("tags"),
        old.get("tags"),
        lambda tags: cache.add_tags_to_resource(ResourceName=arn, Tags=listed(tags)),
        lambda keys: cache.remove_tags_from_resource(ResourceName=arn, TagKeys=keys),
    )


class SubnetGroup(Kind):
    type_name = "aws:elasticache/subnetGroup:SubnetGroup"
    inputs = words("name description subnetIds tags")
    outputs = words("arn vpcId")
    replaces = words("name")
    missing = words("CacheSubnetGroupNotFoundFault")
    defaults = {"description": "Managed by Pulumi"}  # noqa: RUF012
    named = "name"

    def create(self, aws: Aws, props: Props) -> str:
        name = str(props["name"]).lower()
        aws("elasticache").create_cache_subnet_group(
            CacheSubnetGroupName=name,
            CacheSubnetGroupDescription=props["description"],
            SubnetIds=props["subnetIds"],
            Tags=listed(props.get("tags")),
        )
        return name

    def read(self, aws: Aws, id_: str, props: Props) -> Props:
        found = aws("elasticache").describe_cache_subnet_groups(CacheSubnetGroupName=id_)["CacheSubnetGroups"][0]
        return {
            "name": found["CacheSubnetGroupName"],
            "arn": found["ARN"],
            "description": found["CacheSubnetGroupDescription"],
            "subnetIds": [each["SubnetIdentifier"] for each in found["Subnets"]],
            "vpcId": found["VpcId"],
            "tags": tags_of(aws, found["ARN"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        if changed - {"tags"}:
            aws("elasticache").modify_cache_subnet_group(
                CacheSubnetGroupName=id_,
                CacheSubnetGroupDescription=props["description"],
                SubnetIds=props["subnetIds"],
            )
        if "tags" in changed:
            retag_cache(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("elasticache").delete_cache_subnet_group(CacheSubnetGroupName=id_)


class ParameterGroup(Remembered):
    """moto has no such groups, and takes any name of one."""

    type_name = "aws:elasticache/parameterGroup:ParameterGroup"
    inputs = words("name family description parameters tags")
    outputs = words("arn")
    replaces = words("name family description")
    defaults = {"description": "Managed by Pulumi"}  # noqa: RUF012
    named = "name"

    def new_id(self, aws: Aws, props: Props) -> str:
        return str(props["name"]).lower()

    def made(self, aws: Aws, id_: str, props: Props) -> Props:
        return {"arn": aws.arn("elasticache", f"parametergroup:{id_}")}


SHARED = {
    "autoMinorVersionUpgrade": "AutoMinorVersionUpgrade",
    "engineVersion": "EngineVersion",
    "maintenanceWindow": "PreferredMaintenanceWindow",
    "nodeType": "CacheNodeType",
    "notificationTopicArn": "NotificationTopicArn",
    "parameterGroupName": "CacheParameterGroupName",
    "securityGroupIds": "SecurityGroupIds",
    "snapshotRetentionLimit": "SnapshotRetentionLimit",
    "snapshotWindow": "SnapshotWindow",
}
SHARED_ONCE = {
    "engine": "Engine",
    "networkType": "NetworkType",
    "ipDiscovery": "IpDiscovery",
    "port": "Port",
    "subnetGroupName": "CacheSubnetGroupName",
    "transitEncryptionEnabled": "TransitEncryptionEnabled",
}
LOGS = "logDeliveryConfigurations"


def logs_of(props: Props) -> dict[str, Any]:
    made = []
    for each in props.get(LOGS, []):
        is_group = each["destinationType"] == "cloudwatch-logs"
        where = (
            {"CloudWatchLogsDetails": {"LogGroup": each["destination"]}}
            if is_group
            else {"KinesisFirehoseDetails": {"DeliveryStream": each["destination"]}}
        )
        made.append(
            {
                "LogType": each["logType"],
                "LogFormat": each["logFormat"],
                "DestinationType": each["destinationType"],
                "DestinationDetails": where,
            }
        )
    return {"LogDeliveryConfigurations": made} if made else {}
