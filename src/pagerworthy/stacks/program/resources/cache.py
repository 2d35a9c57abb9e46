"""What Valkey, Redis and Memcached on ElastiCache share."""

from collections.abc import Mapping

from pulumi import Input
from pulumi_aws.elasticache.subnet_group import SubnetGroup, SubnetGroupArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Limit
from pagerworthy.stacks.program.scope import Scope


def cache_subnets(scope: Scope[ServiceInputs], name: str) -> SubnetGroup:
    """The data subnets, as ElastiCache wants them."""
    physical = scope.name(name, limit=255)
    return SubnetGroup(
        f"{name}-subnets",
        SubnetGroupArgs(
            name=physical,
            description=f"Where {name} of {scope.inputs.service} runs",
            subnet_ids=scope.platform_list("data_subnet_ids"),
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )


def cache_limit(
    name: str,
    metric: str,
    node: Mapping[str, Input[str]],
    threshold: float,
    why: str,
    *,
    above: bool = True,
    statistic: str = "Maximum",
) -> Limit:
    """A limit on a metric of one node."""
    return Limit(name, "AWS/ElastiCache", metric, node, threshold, why, above=above, statistic=statistic)
