"""Endpoints: how services reach AWS without leaving the VPC, and without paying a NAT gateway for it."""

from dataclasses import dataclass

from pulumi_aws.ec2.security_group import SecurityGroup
from pulumi_aws.ec2.vpc_endpoint import VpcEndpoint
from pulumi_aws.vpc.security_group_ingress_rule import SecurityGroupIngressRule

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.offerings import ENDPOINTS
from pagerworthy.stacks.program.platform.network import Network
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.zones import zones_of


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The declared endpoints: the group that stands before them, and the one of S3."""

    group: SecurityGroup
    s3: VpcEndpoint


def declare_endpoints(scope: Scope[PlatformInputs], network: Network) -> Endpoints:
    """Declares an endpoint for each of AWS's services that tasks talk to.

    Their security group lets HTTPS in from the private subnets and nothing else. In production they stand in each
    zone; elsewhere in one, which all zones reach, since each costs by the hour and zone.
    """
    region = scope.inputs.spec.region
    s3 = VpcEndpoint(
        "s3-endpoint",
        vpc_id=network.vpc.id,
        service_name=f"com.amazonaws.{region}.s3",
        vpc_endpoint_type="Gateway",
        route_table_ids=[table.id for table in network.private_tables],
        tags=scope.tagged(scope.name("s3")),
        opts=scope.options(),
    )
    name = scope.name("endpoints")
    group = SecurityGroup(
        "endpoints",
        name=name,
        description="Endpoints of AWS, reached by services alone",
        vpc_id=network.vpc.id,
        tags=scope.tagged(name),
        opts=scope.options(),
    )
    for zone, cidr in zip(zones_of(scope.inputs.spec), network.private_cidrs, strict=True):
        letter = zone[-1]
        SecurityGroupIngressRule(
            f"endpoints-from-private-{letter}",
            security_group_id=group.id,
            description=f"HTTPS from services in zone {letter}",
            ip_protocol="tcp",
            from_port=443,
            to_port=443,
            cidr_ipv4=cidr,
            tags=scope.tagged(scope.name("endpoints", "from", "private", letter)),
            opts=scope.options(),
        )
    subnets = network.private if scope.inputs.spec.purpose == "production" else network.private[:1]
    for service in ENDPOINTS:
        word = service.replace(".", "-")
        VpcEndpoint(
            f"{word}-endpoint",
            vpc_id=network.vpc.id,
            service_name=f"com.amazonaws.{region}.{service}",
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=[subnet.id for subnet in subnets],
            security_group_ids=[group.id],
            tags=scope.tagged(scope.name(word)),
            opts=scope.options(),
        )
    return Endpoints(group, s3)
