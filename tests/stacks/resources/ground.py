"""The ground that resources stand on: as little of a platform as they need, for runs through the real engine."""

from collections.abc import Mapping

from pulumi import Input

from pagerworthy.stacks.inputs import PlatformInputs, StackInputs
from pagerworthy.stacks.outputs import Peers, Value
from pagerworthy.stacks.program import Cloud
from pagerworthy.stacks.program.resources import declare_resource
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.tags import service_tags


def declare(inputs: StackInputs, peers: Peers, cloud: Cloud) -> Mapping[str, Input[Value]]:
    """A network and keys for the platform's stack; for a service's, its resources and nothing else."""
    if isinstance(inputs, PlatformInputs):
        return _ground(inputs, cloud)
    scope = Scope(inputs, peers, cloud.provider(inputs.spec), service_tags(inputs))
    outputs: dict[str, Input[Value]] = {}
    for name, resource in inputs.resources.items():
        provided = declare_resource(scope, name, resource)
        outputs |= {f"{name}.{key}": value for key, value in provided.outputs.items()}
    return outputs


def _ground(inputs: PlatformInputs, cloud: Cloud) -> Mapping[str, Input[Value]]:
    from pulumi import Output, ResourceOptions
    from pulumi_aws.ec2.subnet import Subnet
    from pulumi_aws.ec2.vpc import Vpc
    from pulumi_aws.kms.key import Key
    from pulumi_aws.sns.topic import Topic

    opts = ResourceOptions(provider=cloud.provider(inputs.spec))
    vpc = Vpc("vpc", cidr_block="10.0.0.0/16", opts=opts)
    subnets = [
        Subnet(
            f"data-{zone}",
            vpc_id=vpc.id,
            cidr_block=f"10.0.{number}.0/24",
            availability_zone=f"{inputs.spec.region}{zone}",
            opts=opts,
        )
        for number, zone in enumerate("abc"[: inputs.spec.zones])
    ]
    keys = {name: Key(name, description=name, deletion_window_in_days=7, opts=opts) for name in ("general", "books")}
    pager = Topic("page", name="page", opts=opts)
    data: Output[list[str]] = Output.all(*(subnet.id for subnet in subnets))
    return {
        "vpc_id": vpc.id,
        "vpc_cidr": "10.0.0.0/16",
        "public_subnet_ids": data,
        "private_subnet_ids": data,
        "data_subnet_ids": data,
        "endpoints_security_group_id": "sg-of-endpoints",
        "s3_prefix_list_id": "pl-of-s3",
        "cluster_arn": "arn:of-the-cluster",
        "cluster_name": "cluster",
        "namespace_id": "ns-1",
        "namespace_name": "live.internal",
        "key_arn": keys["general"].arn,
        "regulated_key_arn": keys["books"].arn,
        "boundary_arn": "arn:aws:iam::123456789012:policy/boundary",
        "log_bucket": "logs",
        "zone_id": "zone",
        **{f"topic.{receiver}": pager.arn for receiver in inputs.receivers},
    }
