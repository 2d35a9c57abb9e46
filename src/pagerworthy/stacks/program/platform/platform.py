"""The platform stack: what all services of an environment share."""

from collections.abc import Mapping, Sequence

from pulumi import Input, Output
from pulumi_aws.ec2.subnet import Subnet

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.outputs import Value, topic_key
from pagerworthy.stacks.program.platform.boundary import declare_boundary
from pagerworthy.stacks.program.platform.budget import declare_budget
from pagerworthy.stacks.program.platform.ci import declare_ci
from pagerworthy.stacks.program.platform.cluster import declare_cluster, declare_names
from pagerworthy.stacks.program.platform.endpoints import declare_endpoints
from pagerworthy.stacks.program.platform.keys import declare_key
from pagerworthy.stacks.program.platform.logs import declare_logs
from pagerworthy.stacks.program.platform.network import declare_network
from pagerworthy.stacks.program.platform.topics import declare_topics
from pagerworthy.stacks.program.platform.zone import declare_zone
from pagerworthy.stacks.program.scope import Scope


def declare_platform(scope: Scope[PlatformInputs]) -> Mapping[str, Input[Value]]:
    """Declares the platform of an environment. Returns the outputs of `outputs.PLATFORM_KEYS`, and each pager topic.

    An environment without regulated services has no `regulated_key_arn`, one without a domain no `zone_id`.
    """
    network = declare_network(scope)
    # Where the entry names no account, it is the one that the VPC turned out to be in.
    account: Input[str] = scope.inputs.spec.account or network.vpc.owner_id
    endpoints = declare_endpoints(scope, network)
    key = declare_key(scope, account, regulated=False)
    logs = declare_logs(scope, network, account)
    cluster = declare_cluster(scope)
    names = declare_names(scope, network)
    topics = declare_topics(scope, key, account)
    declare_budget(scope, topics)
    outputs: dict[str, Input[Value]] = {
        "vpc_id": network.vpc.id,
        "vpc_cidr": network.cidr,
        "public_subnet_ids": _ids(network.public),
        "private_subnet_ids": _ids(network.private),
        "data_subnet_ids": _ids(network.data),
        "endpoints_security_group_id": endpoints.group.id,
        "s3_prefix_list_id": endpoints.s3.prefix_list_id,
        "cluster_arn": cluster.arn,
        "cluster_name": cluster.name,
        "namespace_id": names.id,
        "namespace_name": names.name,
        "key_arn": key.arn,
        "boundary_arn": declare_boundary(scope, account).arn,
        "log_bucket": logs.bucket,
        **{topic_key(receiver): topic.arn for receiver, topic in topics.items()},
    }
    if scope.inputs.regulated:
        outputs["regulated_key_arn"] = declare_key(scope, account, regulated=True).arn
    zone = declare_zone(scope)
    if zone is not None:
        outputs["zone_id"] = zone.zone_id
        outputs["zone_name_servers"] = zone.name_servers.apply(list)
    outputs |= declare_ci(scope, account)
    return outputs


def _ids(subnets: Sequence[Subnet]) -> Output[list[str]]:
    return Output.all(*(subnet.id for subnet in subnets))
