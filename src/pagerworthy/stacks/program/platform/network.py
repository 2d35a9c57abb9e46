"""The network: a VPC with public, private and data subnets in each zone, and where each may send packets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pulumi_aws.ec2.default_security_group import DefaultSecurityGroup
from pulumi_aws.ec2.eip import Eip
from pulumi_aws.ec2.internet_gateway import InternetGateway
from pulumi_aws.ec2.nat_gateway import NatGateway
from pulumi_aws.ec2.route import Route
from pulumi_aws.ec2.route_table import RouteTable
from pulumi_aws.ec2.route_table_association import RouteTableAssociation
from pulumi_aws.ec2.subnet import Subnet
from pulumi_aws.ec2.vpc import Vpc

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.platform.addresses import vpc_network, zone_addresses
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.zones import zones_of

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, slots=True)
class Network:
    """The declared network; subnets and networks in the order of the zones."""

    vpc: Vpc
    cidr: str
    public: Sequence[Subnet]
    private: Sequence[Subnet]
    data: Sequence[Subnet]
    private_cidrs: Sequence[str]
    private_tables: Sequence[RouteTable]


def declare_network(scope: Scope[PlatformInputs]) -> Network:
    """Declares the VPC, its subnets and their routes.

    Public subnets hold load balancers and NAT gateways alone; private ones hold services, which reach out through a
    NAT gateway and are reached by nobody outside; data subnets have no way out of the VPC at all.
    """
    cidr = vpc_network(scope.inputs.environment)
    vpc = Vpc(
        "vpc",
        cidr_block=cidr,
        enable_dns_hostnames=True,
        enable_dns_support=True,
        tags=scope.tagged(scope.name("vpc")),
        opts=scope.options(),
    )
    # AWS puts whatever names no group into this one, and lets its members reach each other and the world.
    DefaultSecurityGroup(
        "nobody",
        vpc_id=vpc.id,
        tags=scope.tagged(scope.name("nobody")),
        opts=scope.options(),
    )
    gateway = InternetGateway(
        "internet",
        vpc_id=vpc.id,
        tags=scope.tagged(scope.name("internet")),
        opts=scope.options(),
    )
    zones = zones_of(scope.inputs.spec)
    addresses = [zone_addresses(cidr, number) for number in range(len(zones))]
    public = [_subnet(scope, vpc, "public", zone, each.public) for zone, each in zip(zones, addresses, strict=True)]
    private = [_subnet(scope, vpc, "private", zone, each.private) for zone, each in zip(zones, addresses, strict=True)]
    data = [_subnet(scope, vpc, "data", zone, each.data) for zone, each in zip(zones, addresses, strict=True)]

    out = _table(scope, vpc, "public", public)
    Route(
        "public-internet",
        route_table_id=out.id,
        destination_cidr_block=ANYWHERE,
        gateway_id=gateway.id,
        opts=scope.options(),
    )
    # No route beyond the VPC's own, which each table has.
    _table(scope, vpc, "data", data)
    return Network(
        vpc=vpc,
        cidr=cidr,
        public=public,
        private=private,
        data=data,
        private_cidrs=[each.private for each in addresses],
        private_tables=_ways_out(scope, vpc, gateway, public, private),
    )


def _subnet(
    scope: Scope[PlatformInputs], vpc: Vpc, kind: Literal["public", "private", "data"], zone: str, cidr: str
) -> Subnet:
    letter = zone[-1]
    return Subnet(
        f"{kind}-{letter}",
        vpc_id=vpc.id,
        availability_zone=zone,
        cidr_block=cidr,
        # Load balancers and NAT gateways bring addresses of their own; nothing else is public by where it stands.
        map_public_ip_on_launch=False,
        tags={**scope.tagged(scope.name(kind, letter)), "reach": kind},
        opts=scope.options(),
    )


def _table(scope: Scope[PlatformInputs], vpc: Vpc, name: str, subnets: Sequence[Subnet]) -> RouteTable:
    table = RouteTable(
        f"{name}-routes",
        vpc_id=vpc.id,
        tags=scope.tagged(scope.name(name, "routes")),
        opts=scope.options(),
    )
    for subnet in subnets:
        RouteTableAssociation(
            f"{subnet.pulumi_resource_name}-routes",
            subnet_id=subnet.id,
            route_table_id=table.id,
            opts=scope.options(),
        )
    return table


def _ways_out(
    scope: Scope[PlatformInputs],
    vpc: Vpc,
    gateway: InternetGateway,
    public: Sequence[Subnet],
    private: Sequence[Subnet],
) -> Sequence[RouteTable]:
    """A route table for each zone's private subnet, with a NAT gateway behind it.

    In production each zone has its own gateway: a zone that fails takes no other zone's way out with it, and nothing
    pays for traffic between zones. Elsewhere one serves all zones, at a third of the price; when its zone fails, the
    environment waits.
    """
    letters = [zone[-1] for zone in zones_of(scope.inputs.spec)]
    count = len(letters) if scope.inputs.spec.purpose == "production" else 1
    gateways = []
    for letter, subnet in zip(letters[:count], public, strict=False):
        name = f"nat-{letter}"
        address = Eip(
            f"{name}-address",
            domain="vpc",
            tags=scope.tagged(scope.name(name)),
            opts=scope.options(depends_on=[gateway]),
        )
        gateways.append(
            NatGateway(
                name,
                allocation_id=address.id,
                subnet_id=subnet.id,
                tags=scope.tagged(scope.name(name)),
                opts=scope.options(depends_on=[gateway]),
            )
        )
    tables = []
    for number, (letter, subnet) in enumerate(zip(letters, private, strict=True)):
        table = _table(scope, vpc, f"private-{letter}", [subnet])
        nat = gateways[number % len(gateways)]
        Route(
            f"private-{letter}-out",
            route_table_id=table.id,
            destination_cidr_block=ANYWHERE,
            nat_gateway_id=nat.id,
            opts=scope.options(),
        )
        tables.append(table)
    return tables
