"""`memcached`: Memcached on ElastiCache. It holds nothing that is not somewhere else, and asks nobody who they are."""

from collections.abc import Iterator

from pulumi import Input, Output
from pulumi_aws.elasticache.cluster import Cluster, ClusterArgs

from pagerworthy.catalog import Resource
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.ports import RESOURCE_PORTS
from pagerworthy.stacks.program.provided import Limit, Provided
from pagerworthy.stacks.program.resources.cache import cache_limit, cache_subnets
from pagerworthy.stacks.program.resources.place import in_production, maintenance_window, place_of, security_group
from pagerworthy.stacks.program.scope import Scope


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """A node a zone, over TLS alone. Who may connect is said by rules of the network and by nothing else."""
    offering = offerings.cache(resource, place_of(scope))
    physical = scope.name(name, limit=40)
    group = security_group(scope, name, resource)
    cache = Cluster(
        name,
        ClusterArgs(
            cluster_id=physical,
            engine=offering.engine.name,
            engine_version=offering.engine.version,
            node_type=offering.machine.name,
            num_cache_nodes=offering.nodes,
            az_mode="cross-az" if offering.nodes > 1 else "single-az",
            port=RESOURCE_PORTS[resource.type],
            parameter_group_name=f"default.{offering.engine.family}",
            subnet_group_name=cache_subnets(scope, name).name,
            security_group_ids=[group.id],
            transit_encryption_enabled=True,
            maintenance_window=maintenance_window(scope),
            apply_immediately=not in_production(scope),
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
    return Provided(
        outputs={"security_group_id": group.id, "endpoint": cache.configuration_endpoint},
        limits=tuple(_limits(cache.cluster_id, offering)),
    )


def _limits(cluster: Output[str], offering: offerings.Cache) -> Iterator[Limit]:
    for number in range(1, offering.nodes + 1):
        mark = f"{number:04}"
        node: dict[str, Input[str]] = {"CacheClusterId": cluster, "CacheNodeId": mark}
        yield cache_limit(
            f"connections-{mark}",
            "CurrConnections",
            node,
            offerings.CACHE_CONNECTIONS * 0.8,
            f"At {offerings.CACHE_CONNECTIONS} connections new callers are turned away.",
        )
        yield cache_limit(f"cpu-{mark}", "CPUUtilization", node, 85, "Callers wait for the processor.")
        yield cache_limit(
            f"memory-{mark}",
            "FreeableMemory",
            node,
            offering.machine.memory * 1024**2 * 0.05,
            "Without memory the node swaps, and every caller waits.",
            above=False,
            statistic="Minimum",
        )
