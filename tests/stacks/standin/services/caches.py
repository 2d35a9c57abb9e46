"""ElastiCache: caches."""

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.kind import Kind
from tests.stacks.standin.services.elasticache import LOGS, SHARED, SHARED_ONCE, logs_of, retag_cache, tags_of
from tests.stacks.standin.tags import listed
from tests.stacks.standin.values import Props, named, words

_GROUP = {
    "automaticFailoverEnabled": "AutomaticFailoverEnabled",
    "clusterMode": "ClusterMode",
    "description": "ReplicationGroupDescription",
    "multiAzEnabled": "MultiAZEnabled",
    "transitEncryptionMode": "TransitEncryptionMode",
    "userGroupIds": "UserGroupIds",
}
_GROUP_ONCE = {
    "atRestEncryptionEnabled": "AtRestEncryptionEnabled",
    "authToken": "AuthToken",
    "dataTieringEnabled": "DataTieringEnabled",
    "kmsKeyId": "KmsKeyId",
    "numCacheClusters": "NumCacheClusters",
    "numNodeGroups": "NumNodeGroups",
    "preferredCacheClusterAzs": "PreferredCacheClusterAZs",
    "replicasPerNodeGroup": "ReplicasPerNodeGroup",
    "replicationGroupId": "ReplicationGroupId",
}


class ReplicationGroup(Kind):
    """moto shows only a part of what it keeps of one: the rest is shown in `emulated.json`."""

    type_name = "aws:elasticache/replicationGroup:ReplicationGroup"
    inputs = (
        words("applyImmediately authTokenUpdateStrategy finalSnapshotIdentifier tags")
        | {LOGS}
        | SHARED.keys()
        | SHARED_ONCE.keys()
        | _GROUP.keys()
        | _GROUP_ONCE.keys()
    )
    outputs = words(
        "arn clusterEnabled configurationEndpointAddress engineVersionActual memberClusters primaryEndpointAddress "
        "readerEndpointAddress applyImmediately atRestEncryptionEnabled clusterMode dataTieringEnabled engineVersion "
        "ipDiscovery maintenanceWindow networkType nodeType numCacheClusters numNodeGroups parameterGroupName "
        "replicasPerNodeGroup securityGroupIds snapshotWindow subnetGroupName transitEncryptionEnabled "
        "transitEncryptionMode autoMinorVersionUpgrade authTokenUpdateStrategy"
    )
    replaces = words(
        "replicationGroupId engine subnetGroupName port kmsKeyId atRestEncryptionEnabled dataTieringEnabled "
        "networkType preferredCacheClusterAzs"
    )
    fixed = words(
        "applyImmediately authToken authTokenUpdateStrategy finalSnapshotIdentifier autoMinorVersionUpgrade "
        "engineVersion maintenanceWindow parameterGroupName securityGroupIds subnetGroupName notificationTopicArn "
        "preferredCacheClusterAzs port clusterMode networkType ipDiscovery transitEncryptionMode"
    ) | {LOGS}
    unkept = words(
        "autoMinorVersionUpgrade engineVersion maintenanceWindow parameterGroupName securityGroupIds subnetGroupName "
        "notificationTopicArn transitEncryptionMode"
    ) | {LOGS}
    secret = words("authToken")
    missing = words("ReplicationGroupNotFoundFault")
    defaults = {  # noqa: RUF012
        "automaticFailoverEnabled": False,
        "engine": "redis",
        "multiAzEnabled": False,
        "snapshotRetentionLimit": 0,
    }
    named = "replicationGroupId"

    def create(self, aws: Aws, props: Props) -> str:
        asked = named(props, SHARED | SHARED_ONCE | _GROUP | _GROUP_ONCE)
        # Without cluster mode, moto makes as many nodes as there are replicas, and one.
        if "NumCacheClusters" in asked:
            asked["ReplicasPerNodeGroup"] = asked["NumCacheClusters"] - 1
        aws("elasticache").create_replication_group(Tags=listed(props.get("tags")), **asked, **logs_of(props))
        return str(props["replicationGroupId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        answer = aws("elasticache").describe_replication_groups(ReplicationGroupId=id_)
        found = answer["ReplicationGroups"][0]
        if found["Status"] == "deleting":
            return None
        nodes = found["NodeGroups"][0]
        members = found.get("MemberClusters", [])
        version = str(props.get("engineVersion", "7.1"))
        return {
            "replicationGroupId": id_,
            "arn": found["ARN"],
            "description": found["Description"],
            "engine": found.get("Engine", props.get("engine")),
            "nodeType": found["CacheNodeType"],
            "automaticFailoverEnabled": found["AutomaticFailover"] == "enabled",
            "multiAzEnabled": found["MultiAZ"] == "enabled",
            "snapshotRetentionLimit": found["SnapshotRetentionLimit"],
            "snapshotWindow": props.get("snapshotWindow") or found["SnapshotWindow"],
            "transitEncryptionEnabled": found["TransitEncryptionEnabled"],
            "atRestEncryptionEnabled": found["AtRestEncryptionEnabled"],
            "kmsKeyId": found.get("KmsKeyId"),
            "clusterEnabled": found["ClusterEnabled"],
            "engineVersionActual": version if version.count(".") > 1 else f"{version}.0",
            "memberClusters": members,
            "numCacheClusters": len(members),
            "numNodeGroups": len(found["NodeGroups"]),
            "replicasPerNodeGroup": len(members) // len(found["NodeGroups"]) - 1,
            "primaryEndpointAddress": (nodes.get("PrimaryEndpoint") or {}).get("Address"),
            "readerEndpointAddress": (nodes.get("ReaderEndpoint") or {}).get("Address"),
            "configurationEndpointAddress": (found.get("ConfigurationEndpoint") or {}).get("Address"),
            "tags": tags_of(aws, found["ARN"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        nodes = words("numCacheClusters numNodeGroups replicasPerNodeGroup")
        if changed & nodes:
            raise NotImplementedError("moto cannot change the number of a replication group's nodes")
        settings = {key: props[key] for key in changed & props.keys()}
        if arguments := named(settings, SHARED | _GROUP):
            aws("elasticache").modify_replication_group(
                ReplicationGroupId=id_, ApplyImmediately=True, **arguments, **logs_of(settings)
            )
        if "authToken" in changed:
            strategy = props.get("authTokenUpdateStrategy", "ROTATE")
            aws("elasticache").modify_replication_group(
                ReplicationGroupId=id_, AuthToken=props["authToken"], AuthTokenUpdateStrategy=strategy
            )
        if "tags" in changed:
            retag_cache(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        last = (
            {"FinalSnapshotIdentifier": props["finalSnapshotIdentifier"]} if "finalSnapshotIdentifier" in props else {}
        )
        aws("elasticache").delete_replication_group(ReplicationGroupId=id_, **last)


_CLUSTER_ONCE = {
    "availabilityZone": "PreferredAvailabilityZone",
    "azMode": "AZMode",
    "clusterId": "CacheClusterId",
    "preferredAvailabilityZones": "PreferredAvailabilityZones",
}


class Cluster(Kind):
    type_name = "aws:elasticache/cluster:Cluster"
    inputs = (
        words("numCacheNodes applyImmediately finalSnapshotIdentifier tags")
        | {LOGS}
        | SHARED.keys()
        | SHARED_ONCE.keys()
        | _CLUSTER_ONCE.keys()
    )
    outputs = words(
        "arn cacheNodes clusterAddress configurationEndpoint engineVersionActual applyImmediately availabilityZone "
        "azMode engine engineVersion ipDiscovery maintenanceWindow networkType nodeType numCacheNodes "
        "parameterGroupName port securityGroupIds snapshotWindow subnetGroupName transitEncryptionEnabled"
    )
    replaces = words(
        "clusterId engine subnetGroupName port azMode availabilityZone networkType transitEncryptionEnabled"
    )
    fixed = words(
        "applyImmediately finalSnapshotIdentifier autoMinorVersionUpgrade securityGroupIds notificationTopicArn "
        "preferredAvailabilityZones azMode availabilityZone networkType ipDiscovery transitEncryptionEnabled "
        "maintenanceWindow snapshotWindow parameterGroupName"
    ) | {LOGS}
    unkept = words("securityGroupIds azMode preferredAvailabilityZones parameterGroupName maintenanceWindow") | {LOGS}
    missing = words("CacheClusterNotFound")
    defaults = {"snapshotRetentionLimit": 0}  # noqa: RUF012
    named = "clusterId"

    def create(self, aws: Aws, props: Props) -> str:
        names = SHARED | SHARED_ONCE | _CLUSTER_ONCE | {"numCacheNodes": "NumCacheNodes"}
        memcached = props.get("engine") == "memcached"
        arguments = named(props, names)
        if memcached:
            arguments.pop("SnapshotRetentionLimit", None)
        arguments.setdefault("Port", 11211 if memcached else 6379)
        aws("elasticache").create_cache_cluster(Tags=listed(props.get("tags")), **arguments, **logs_of(props))
        return str(props["clusterId"])

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        answer = aws("elasticache").describe_cache_clusters(CacheClusterId=id_, ShowCacheNodeInfo=True)
        found = answer["CacheClusters"][0]
        if found["CacheClusterStatus"] == "deleting":
            return None
        count = found["NumCacheNodes"]
        port = int(props.get("port") or (11211 if found["Engine"] == "memcached" else 6379))
        host = f"{id_}.{aws.account[:6]}"
        where = f"cache.{aws.region}.amazonaws.com"
        memcached = found["Engine"] == "memcached"
        return {
            "clusterId": id_,
            "arn": found["ARN"],
            "engine": found["Engine"],
            "engineVersion": found.get("EngineVersion"),
            "engineVersionActual": found.get("EngineVersion"),
            "nodeType": found["CacheNodeType"],
            "numCacheNodes": count,
            "port": port,
            "subnetGroupName": found.get("CacheSubnetGroupName") or props.get("subnetGroupName"),
            "clusterAddress": f"{host}.cfg.{where}" if memcached else None,
            "configurationEndpoint": f"{host}.cfg.{where}:{port}" if memcached else None,
            "cacheNodes": [
                {"id": f"{number:04}", "address": f"{host}.{number:04}.{where}", "port": port}
                for number in range(1, count + 1)
            ],
            "tags": tags_of(aws, found["ARN"]),
        }

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        settings = {key: props[key] for key in changed & props.keys()}
        if arguments := named(settings, SHARED | {"numCacheNodes": "NumCacheNodes"}):
            aws("elasticache").modify_cache_cluster(CacheClusterId=id_, ApplyImmediately=True, **arguments)
        if "tags" in changed:
            retag_cache(aws, old["arn"], props, old)

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        aws("elasticache").delete_cache_cluster(CacheClusterId=id_)
