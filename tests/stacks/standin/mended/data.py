"""Databases and caches."""

import base64
import hashlib
import time
from typing import Any

from tests.stacks.standin.mended.patch import put


def know_instances() -> None:
    """AWS gives each database instance a resource id of its own; moto gives all the same."""
    from moto.rds.models import DBInstance

    def initialise(instance: Any, *arguments: Any, **named: Any) -> None:
        original(instance, *arguments, **named)
        digits = hashlib.sha256(f"{instance.db_instance_identifier}{time.time_ns()}".encode()).digest()
        instance.dbi_resource_id = f"db-{base64.b32encode(digits).decode()[:26]}"

    original = put(DBInstance, "__init__", initialise)


# Of a cache's settings, those that moto keeps and does not change.
_CACHE = {
    "CacheNodeType": "cache_node_type",
    "CacheParameterGroupName": "cache_parameter_group_name",
    "EngineVersion": "engine_version",
    "NumCacheNodes": "num_cache_nodes",
    "PreferredMaintenanceWindow": "preferred_maintenance_window",
    "SecurityGroupIds": "security_group_ids",
    "SnapshotRetentionLimit": "snapshot_retention_limit",
    "SnapshotWindow": "snapshot_window",
    "TransitEncryptionMode": "transit_encryption_mode",
}


def change_caches() -> None:
    """AWS changes clusters and all of a replication group, counts its nodes, and deletes things for good."""
    _change()
    _change_subnets()
    _delete()


def _change() -> None:
    from moto.core.responses import ActionResult
    from moto.elasticache.models import ReplicationGroup
    from moto.elasticache.responses import ElastiCacheResponse as Responses

    def count(group: Any, **named: Any) -> None:
        if not named["replicas_per_node_group"]:
            named["replicas_per_node_group"] = int(named["num_cache_clusters"] or 1) - 1
        members(group, **named)

    def keep(request: Any, thing: Any) -> None:
        for key, name in _CACHE.items():
            value = request._get_param(key)
            if value is not None:
                setattr(thing, name, int(value) if name.startswith(("num_", "snapshot_retention")) else value)

    def modify_cluster(request: Any) -> Any:
        cluster = request.elasticache_backend.cache_clusters[request._get_param("CacheClusterId")]
        keep(request, cluster)
        return ActionResult({"CacheCluster": cluster})

    def modify_group(request: Any) -> Any:
        answer = change_group(request)
        keep(request, answer.result["ReplicationGroup"])
        return answer

    members = put(ReplicationGroup, "_set_node_members_clusters_disabled", count)
    change_group = put(Responses, "modify_replication_group", modify_group)
    put(Responses, "modify_cache_cluster", modify_cluster)


def _change_subnets() -> None:
    from moto.core.responses import ActionResult
    from moto.elasticache.exceptions import CacheSubnetGroupNotFound
    from moto.elasticache.responses import ElastiCacheResponse as Responses

    def modify(request: Any) -> Any:
        backend, name = request.elasticache_backend, request._get_param("CacheSubnetGroupName")
        old = backend.cache_subnet_groups.pop(name)
        subnets = request._get_param("SubnetIds") or old.subnet_ids
        described = request._get_param("CacheSubnetGroupDescription") or old.cache_subnet_group_description
        return ActionResult({"CacheSubnetGroup": backend.create_cache_subnet_group(name, described, subnets, old.tags)})

    def delete(request: Any) -> Any:
        groups, name = request.elasticache_backend.cache_subnet_groups, request._get_param("CacheSubnetGroupName")
        if name not in groups:
            raise CacheSubnetGroupNotFound(name)
        del groups[name]
        return ActionResult({})

    put(Responses, "modify_cache_subnet_group", modify)
    put(Responses, "delete_cache_subnet_group", delete)


def _delete() -> None:
    from moto.elasticache.models import ElastiCacheBackend as Backend

    def group(backend: Any, replication_group_id: str, *arguments: Any, **named: Any) -> Any:
        gone = delete_group(backend, replication_group_id, *arguments, **named)
        del backend.replication_groups[replication_group_id]
        return gone

    def cluster(backend: Any, cache_cluster_id: str) -> Any:
        gone = delete_cluster(backend, cache_cluster_id)
        del backend.cache_clusters[cache_cluster_id]
        return gone

    delete_group = put(Backend, "delete_replication_group", group)
    delete_cluster = put(Backend, "delete_cache_cluster", cluster)
