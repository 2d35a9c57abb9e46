"""The network: what lies where, and what reaches what."""

from ipaddress import IPv4Network
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from pagerworthy.stacks.program.platform.addresses import vpc_network, zone_addresses
from pagerworthy.stacks.zones import zones_of
from tests.stacks.platforms.made import PRODUCTION, STAGING, one, platform

SUBNET, ROUTE, RULE = "aws:ec2/subnet:Subnet", "aws:ec2/route:Route", "aws:vpc/securityGroupIngressRule"


@given(environment=st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True))
def test_networks_lie_apart_in_the_vpc_and_leave_room(environment: str) -> None:
    whole = IPv4Network(vpc_network(environment))
    assert whole.is_private
    assert whole.prefixlen == 16
    plans = [zone_addresses(str(whole), zone) for zone in range(6)]
    networks = sorted(IPv4Network(each) for plan in plans for each in (plan.private, plan.public, plan.data))
    assert all(each.subnet_of(whole) for each in networks)
    assert not any(first.overlaps(second) for first, second in pairwise(networks))
    assert sum(each.num_addresses for each in networks) < whole.num_addresses * 0.6
    assert all(IPv4Network(plan.private).num_addresses == 4096 for plan in plans)


def test_a_zone_more_moves_no_subnet() -> None:
    def cidrs(zones: int) -> dict[str, str]:
        rendered = platform(replace(PRODUCTION, region="us-east-1", zones=zones))
        return {each.name: each.inputs["cidrBlock"] for each in rendered.of_type(SUBNET)}

    assert cidrs(2).items() < cidrs(3).items() < cidrs(4).items()


def test_environments_have_different_networks() -> None:
    assert len({vpc_network(name) for name in ("production", "staging", "development", "load")}) == 4


@pytest.mark.parametrize(
    ("region", "letters"), [("eu-west-1", "abc"), ("ap-northeast-1", "acd"), ("ca-central-1", "abd")]
)
def test_zones_are_those_that_the_region_offers(region: str, letters: str) -> None:
    assert zones_of(replace(PRODUCTION, region=region)) == tuple(region + letter for letter in letters)


def test_zones_that_a_region_lacks_are_refused() -> None:
    with pytest.raises(ValueError, match="eu-west-1 has 3 zones, not 4"):
        zones_of(replace(PRODUCTION, zones=4))


def test_no_subnet_gives_public_addresses() -> None:
    assert not any(each.inputs["mapPublicIpOnLaunch"] for each in platform().of_type(SUBNET))


def test_data_subnets_have_no_way_out() -> None:
    rendered = platform()
    tables = {
        each.inputs["subnetId"]: each.inputs["routeTableId"]
        for each in rendered.of_type("aws:ec2/routeTableAssociation:RouteTableAssociation")
    }
    data = {tables[f"<data-{letter}.id>"] for letter in "abc"}
    assert data == {"<data-routes.id>"}
    assert not data & {each.inputs["routeTableId"] for each in rendered.of_type(ROUTE)}
    assert "<data-routes.id>" not in one(rendered, "ec2/vpcEndpoint:VpcEndpoint", "s3-endpoint").inputs["routeTableIds"]


def test_only_the_public_subnets_are_routed_to_the_internet() -> None:
    gateways = [each for each in platform().of_type(ROUTE) if "gatewayId" in each.inputs]
    assert [each.inputs["routeTableId"] for each in gateways] == ["<public-routes.id>"]


def test_in_production_each_zone_has_its_own_way_out() -> None:
    rendered = platform(PRODUCTION)
    ways = {
        each.inputs["routeTableId"]: each.inputs["natGatewayId"]
        for each in rendered.of_type(ROUTE)
        if "natGatewayId" in each.inputs
    }
    assert ways == {f"<private-{letter}-routes.id>": f"<nat-{letter}.id>" for letter in "abc"}
    gateways = rendered.of_type("aws:ec2/natGateway:NatGateway")
    assert [each.inputs["subnetId"] for each in gateways] == [f"<public-{letter}.id>" for letter in "abc"]


def test_elsewhere_one_way_out_serves_all_zones() -> None:
    rendered = platform(STAGING)
    assert len(rendered.of_type("aws:ec2/natGateway:NatGateway")) == 1
    ways = [each.inputs["natGatewayId"] for each in rendered.of_type(ROUTE) if "natGatewayId" in each.inputs]
    assert ways == ["<nat-a.id>"] * 2


def test_what_names_no_group_reaches_nothing() -> None:
    group = one(platform(), "ec2/defaultSecurityGroup:DefaultSecurityGroup", "nobody")
    assert not {"ingress", "egress"} & group.inputs.keys()


def test_endpoints_admit_https_from_private_subnets_and_nothing_else() -> None:
    rendered = platform()
    group = one(rendered, "ec2/securityGroup:SecurityGroup", "endpoints")
    assert not {"ingress", "egress"} & group.inputs.keys()
    private = {each.inputs["cidrBlock"] for each in rendered.of_type(SUBNET) if each.name.startswith("private-")}
    rules = rendered.of_type(f"{RULE}:SecurityGroupIngressRule")
    assert {each.inputs["cidrIpv4"] for each in rules} == private
    assert {(each.inputs["fromPort"], each.inputs["toPort"], each.inputs["ipProtocol"]) for each in rules} == {
        (443, 443, "tcp")
    }
    assert {each.inputs["securityGroupId"] for each in rules} == {"<endpoints.id>"}
    assert not rendered.of_type("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")


@pytest.mark.parametrize(("spec", "zones"), [(PRODUCTION, 3), (STAGING, 1)])
def test_endpoints_of_what_tasks_need(spec: object, zones: int) -> None:
    assert isinstance(spec, type(PRODUCTION))
    endpoints = platform(spec).of_type("aws:ec2/vpcEndpoint:VpcEndpoint")
    interfaces = [each for each in endpoints if each.inputs["vpcEndpointType"] == "Interface"]
    services = {each.inputs["serviceName"].removeprefix("com.amazonaws.eu-west-1.") for each in interfaces}
    assert {"ecr.api", "ecr.dkr", "logs", "secretsmanager", "sns", "sqs", "kms", "monitoring"} == services
    for each in interfaces:
        assert each.inputs["privateDnsEnabled"]
        assert each.inputs["securityGroupIds"] == ["<endpoints.id>"]
        assert len(each.inputs["subnetIds"]) == zones
        assert all(subnet.startswith("<private-") for subnet in each.inputs["subnetIds"])


def test_all_traffic_is_written_down() -> None:
    flow = one(platform(), "ec2/flowLog:FlowLog", "flow")
    assert flow.inputs["trafficType"] == "ALL"
    assert flow.inputs["logDestination"] == "<logs.arn>"
    assert "logs-policy" in flow.depends_on
