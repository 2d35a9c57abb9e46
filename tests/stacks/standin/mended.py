"""What AWS does and moto (5.2) does not, mended in the server's process, so that boto3 shows tests what AWS would.

Each mend says what AWS does. Nothing here is about the stand-in's own tables.
"""

import base64
import hashlib
import time
from typing import Any


def mend() -> None:
    """Mends moto; called once, before its server answers."""
    _describe_rules()
    _modify_rules()
    _keep_services()
    _know_instances()
    _change_caches()
    _keep_queue_policies()


def _describe_rules() -> None:
    """AWS shows the description of rules for groups and prefix lists too; moto only that of rules for CIDRs."""
    from moto.ec2.models.security_groups import SecurityGroupRule

    original = SecurityGroupRule.__init__

    def initialise(rule: Any, *arguments: Any, **named: Any) -> None:
        original(rule, *arguments, **named)
        places = (*arguments, *named.values())
        noted = (each["Description"] for each in places if isinstance(each, dict) and each.get("Description"))
        rule.noted = next(noted, None)

    SecurityGroupRule.__init__ = initialise  # type: ignore[method-assign]
    SecurityGroupRule.description = property(lambda rule: rule.noted)  # type: ignore[assignment,method-assign]


def _modify_rules() -> None:
    """AWS changes any part of a rule in place; moto leaves its group and prefix list as they were."""
    from moto.ec2.models.security_groups import SecurityGroupBackend

    def modify(backend: Any, group_id: str, rules: dict[str, dict[str, Any]]) -> None:
        from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError, InvalidSecurityGroupRuleIdNotFoundError

        group = backend.get_security_group_from_id(group_id)
        if group is None:
            raise InvalidSecurityGroupNotFoundError(group_id)
        for id_, new in rules.items():
            rule = group.get_rule(id_)
            if rule is None:
                raise InvalidSecurityGroupRuleIdNotFoundError(id_)
            ranges = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6"}
            rule.ip_range = {name: new[key] for key, name in ranges.items() if key in new}
            other = new.get("ReferencedGroupId")
            rule.source_group = {"GroupId": other, "OwnerId": backend.account_id} if other else {}
            rule.prefix_list_id = new.get("PrefixListId")
            rule.ip_protocol = new["IpProtocol"]
            every = rule.ip_protocol == "-1"
            rule.from_port = None if every else int(new["FromPort"])
            rule.to_port = None if every else int(new["ToPort"])
            rule.noted = new.get("Description")

    SecurityGroupBackend.modify_security_group_rules = modify  # type: ignore[method-assign]


# Of a service's settings, those that moto hears of when it makes one and does not keep.
_SERVICE = {
    "deploymentConfiguration": "deployment_configuration",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "capacityProviderStrategy": "capacity_provider_strategy",
}


def _keep_services() -> None:
    """AWS shows how an ECS service is deployed, and what it is connected to; moto forgets both."""
    from moto.ecs.responses import EC2ContainerServiceResponse as Responses

    make, change = Responses.create_service, Responses.update_service

    def keep(request: Any, answer: Any) -> Any:
        service = answer.result["service"]
        for key, name in _SERVICE.items():
            value = request._get_param(key)
            if value is not None:
                setattr(service, name, value)
        connected = request._get_param("serviceConnectConfiguration")
        if service.deployments:
            newest = service.deployments[0]
            newest["taskDefinition"] = service.task_definition
            newest["networkConfiguration"] = service.network_configuration
            if connected is not None:
                newest["serviceConnectConfiguration"] = connected
        return answer

    Responses.create_service = lambda request: keep(request, make(request))  # type: ignore[method-assign]
    Responses.update_service = lambda request: keep(request, change(request))  # type: ignore[method-assign]


def _know_instances() -> None:
    """AWS gives each database instance a resource id of its own; moto gives all the same."""
    from moto.rds.models import DBInstance

    original = DBInstance.__init__

    def initialise(instance: Any, *arguments: Any, **named: Any) -> None:
        original(instance, *arguments, **named)
        digits = hashlib.sha256(f"{instance.db_instance_identifier}{time.time_ns()}".encode()).digest()
        instance.dbi_resource_id = f"db-{base64.b32encode(digits).decode()[:26]}"

    DBInstance.__init__ = initialise  # type: ignore[method-assign]


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


def _change_caches() -> None:
    """AWS changes clusters and all of a replication group, counts its nodes, and deletes things for good."""
    from moto.core.responses import ActionResult
    from moto.elasticache.models import ElastiCacheBackend as Backend
    from moto.elasticache.models import ReplicationGroup
    from moto.elasticache.responses import ElastiCacheResponse as Responses

    change_group, delete_group, delete_cluster = (
        Responses.modify_replication_group,
        Backend.delete_replication_group,
        Backend.delete_cache_cluster,
    )

    members = ReplicationGroup._set_node_members_clusters_disabled

    def count(group: Any, **named: Any) -> None:
        if not named["replicas_per_node_group"]:
            named["replicas_per_node_group"] = int(named["num_cache_clusters"] or 1) - 1
        members(group, **named)

    def keep(request: Any, thing: Any) -> None:
        for key, name in _CACHE.items():
            value = request._get_param(key)
            if value is not None:
                setattr(thing, name, int(value) if name.startswith(("num_", "snapshot_retention")) else value)

    def modify_cache_cluster(request: Any) -> Any:
        cluster = request.elasticache_backend.cache_clusters[request._get_param("CacheClusterId")]
        keep(request, cluster)
        return ActionResult({"CacheCluster": cluster})

    def modify_replication_group(request: Any) -> Any:
        answer = change_group(request)
        keep(request, answer.result["ReplicationGroup"])
        return answer

    def modify_cache_subnet_group(request: Any) -> Any:
        backend, name = request.elasticache_backend, request._get_param("CacheSubnetGroupName")
        old = backend.cache_subnet_groups.pop(name)
        subnets = request._get_param("SubnetIds") or old.subnet_ids
        described = request._get_param("CacheSubnetGroupDescription") or old.cache_subnet_group_description
        return ActionResult({"CacheSubnetGroup": backend.create_cache_subnet_group(name, described, subnets, old.tags)})

    def delete_cache_subnet_group(request: Any) -> Any:
        from moto.elasticache.exceptions import CacheSubnetGroupNotFound

        groups, name = request.elasticache_backend.cache_subnet_groups, request._get_param("CacheSubnetGroupName")
        if name not in groups:
            raise CacheSubnetGroupNotFound(name)
        del groups[name]
        return ActionResult({})

    def delete_replication_group(backend: Any, replication_group_id: str, *arguments: Any, **named: Any) -> Any:
        group = delete_group(backend, replication_group_id, *arguments, **named)
        del backend.replication_groups[replication_group_id]
        return group

    def delete_cache_cluster(backend: Any, cache_cluster_id: str) -> Any:
        cluster = delete_cluster(backend, cache_cluster_id)
        del backend.cache_clusters[cache_cluster_id]
        return cluster

    ReplicationGroup._set_node_members_clusters_disabled = count  # type: ignore[method-assign]
    Responses.modify_cache_cluster = modify_cache_cluster  # type: ignore[attr-defined]
    Responses.modify_replication_group = modify_replication_group  # type: ignore[method-assign]
    Responses.modify_cache_subnet_group = modify_cache_subnet_group  # type: ignore[attr-defined]
    Responses.delete_cache_subnet_group = delete_cache_subnet_group  # type: ignore[attr-defined]
    Backend.delete_replication_group = delete_replication_group  # type: ignore[method-assign]
    Backend.delete_cache_cluster = delete_cache_cluster  # type: ignore[method-assign]


def _keep_queue_policies() -> None:
    """AWS keeps a queue's policy when another attribute is set; moto drops it."""
    from moto.sqs.models import Queue

    original = Queue._set_attributes

    def set_attributes(queue: Any, attributes: dict[str, Any], now: Any = None) -> None:
        kept = queue.policy if hasattr(queue, "_policy_json") else None
        original(queue, attributes, now)
        if kept and "Policy" not in attributes:
            queue.policy = kept

    Queue._set_attributes = set_attributes  # type: ignore[method-assign]
