"""A platform and an edge on it, brought up by the real engine, and what the cloud says of them afterwards."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from pagerworthy.catalog import Release, Resource
from pagerworthy.project import Project
from pagerworthy.stacks.inputs import PlatformInputs, StackInputs
from pagerworthy.stacks.program import Cloud, declare
from pagerworthy.stacks.run.orders import Orders
from pagerworthy.stacks.run.places import place_of
from pagerworthy.stacks.run.preflight import Ready, prepare
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.run import bring_up
from pagerworthy.stacks.run.visit import Visitor
from tests.stacks.platforms.made import PRODUCTION
from tests.stacks.run.shop import Quiet
from tests.stacks.service.made import checkout
from tests.stacks.standin import ACCOUNT, StandIn
from tests.tools import require_tool

SPEC = replace(PRODUCTION, account=ACCOUNT)
STACKS: list[StackInputs] = [
    PlatformInputs(
        environment="production",
        spec=SPEC,
        receivers=("page-sre", "ticket-sre"),
        regulated=True,
        repository="astronomy-shop/catalog",
        budget_receivers=("ticket-sre",),
    ),
    checkout(
        spec=SPEC,
        regulations=("pci-dss",),
        release=Release(strategy="blue-green", rollback="automated"),
        resources={
            "door": Resource(type="edge", domain="shop.example.com", public=True, rate_limit=3000),
            "letters": Resource(type="email", domain="post.shop.example.com"),
        },
    ),
]


class World:
    """What the runs did, and the cloud after them."""

    def __init__(self, cloud: StandIn, project: Project) -> None:
        self.cloud = cloud
        self._project = project
        self.first = self._run(refresh=False)
        self.second = self._run(refresh=True)

    def _run(self, *, refresh: bool) -> dict[str, Visit]:
        environment = self.cloud.environment
        ready = prepare(place_of(self._project, environment, self.cloud.endpoint), environment)
        assert isinstance(ready, Ready), ready
        orders = Orders(timeout=300, patience=60, refresh=refresh)
        visitor = Visitor(ready, Cloud(emulator=self.cloud.endpoint), declare, orders)
        return {each.stack: each for each in bring_up(visitor, STACKS, 1, Quiet())}

    def boto(self, service: str) -> Any:
        return self.cloud.boto(service)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    require_tool("pulumi")
    root = tmp_path_factory.mktemp("shop")
    with StandIn(tmp_path_factory.mktemp("cloud"), region=SPEC.region) as cloud:
        yield World(cloud, Project(root=root))


def test_they_come_up_and_then_there_is_nothing_to_do(world: World) -> None:
    assert {each.stack: (each.outcome, each.message) for each in world.first.values()} == {
        "platform.production": (Outcome.CHANGED, ""),
        "checkout.production": (Outcome.CHANGED, ""),
    }
    # With a refresh: the engine has compared what the program wants with what the cloud has.
    assert {each.stack: (each.outcome, each.changes) for each in world.second.values()} == {
        "platform.production": (Outcome.UNCHANGED, ()),
        "checkout.production": (Outcome.UNCHANGED, ()),
    }


def test_data_subnets_reach_nothing_beyond_the_vpc(world: World) -> None:
    ec2 = world.boto("ec2")
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "tag:environment", "Values": ["production"]}])["Vpcs"]
    (vpc,) = vpcs
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    kinds = {each["SubnetId"]: _tags(each)["reach"] for each in subnets}
    assert sorted(kinds.values()) == ["data"] * 3 + ["private"] * 3 + ["public"] * 3
    assert len({each["AvailabilityZone"] for each in subnets}) == 3
    ways: dict[str, set[str]] = {}
    for table in ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["RouteTables"]:
        out = {"internet" for each in table["Routes"] if each.get("GatewayId", "").startswith("igw-")}
        out |= {"nat" for each in table["Routes"] if each.get("NatGatewayId")}
        for association in table["Associations"]:
            if association.get("SubnetId"):
                ways.setdefault(kinds[association["SubnetId"]], set()).update(out)
    assert ways == {"public": {"internet"}, "private": {"nat"}, "data": set()}
    assert len(ec2.describe_nat_gateways()["NatGateways"]) == 3


def test_what_names_no_group_reaches_nothing(world: World) -> None:
    ec2 = world.boto("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:environment", "Values": ["production"]}])["Vpcs"]
    here = [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}, {"Name": "group-name", "Values": ["default"]}]
    (group,) = ec2.describe_security_groups(Filters=here)["SecurityGroups"]
    assert (group["IpPermissions"], group["IpPermissionsEgress"]) == ([], [])


def test_keys_turn_and_topics_take_alarms(world: World) -> None:
    kms, sns = world.boto("kms"), world.boto("sns")
    aliases = {each["AliasName"]: each["TargetKeyId"] for each in kms.list_aliases()["Aliases"]}
    for word in ("general", "regulated"):
        key = aliases[f"alias/production-platform-{word}"]
        assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]
        policy = json.loads(kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"])
        assert {each["Sid"] for each in policy["Statement"]} >= {"Administer", "UseThroughServices", "Logs"}
    general = kms.describe_key(KeyId=aliases["alias/production-platform-general"])["KeyMetadata"]["Arn"]
    topics = sns.list_topics()["Topics"]
    assert {each["TopicArn"].rpartition(":")[2] for each in topics} == {
        "production-platform-page-sre",
        "production-platform-ticket-sre",
    }
    for each in topics:
        attributes = sns.get_topic_attributes(TopicArn=each["TopicArn"])["Attributes"]
        assert attributes["KmsMasterKeyId"] == general
        published = {
            s["Principal"]["Service"]
            for s in json.loads(attributes["Policy"])["Statement"]
            if "Service" in s["Principal"]
        }
        assert "cloudwatch.amazonaws.com" in published


def test_the_log_bucket_is_closed_and_keeps_a_year(world: World) -> None:
    s3, name = world.boto("s3"), f"production-platform-logs-{ACCOUNT}"
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"].values())
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    rules = s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"]
    assert max(each["Expiration"].get("Days", 0) for each in rules) >= 365
    (flow,) = world.boto("ec2").describe_flow_logs()["FlowLogs"]
    assert (flow["LogDestination"], flow["TrafficType"]) == (f"arn:aws:s3:::{name}", "ALL")


def test_ci_is_let_in_by_its_environment_alone(world: World) -> None:
    iam = world.boto("iam")
    for word, environment in (("preview", "production-preview"), ("change", "production")):
        role = iam.get_role(RoleName=f"production-platform-ci-{word}")["Role"]
        (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
        subject = trust["Condition"]["StringEquals"]["token.actions.githubusercontent.com:sub"]
        assert subject == f"repo:astronomy-shop/catalog:environment:{environment}"


def test_the_budget_tells_those_who_pay(world: World) -> None:
    budgets = world.boto("budgets")
    (budget,) = budgets.describe_budgets(AccountId=ACCOUNT)["Budgets"]
    assert float(budget["BudgetLimit"]["Amount"]) == SPEC.budget


def test_the_edge_takes_https_under_its_name_behind_a_firewall(world: World) -> None:
    elb = world.boto("elbv2")
    (balancer,) = elb.describe_load_balancers()["LoadBalancers"]
    assert balancer["Scheme"] == "internet-facing"
    listeners = {
        each["Port"]: each for each in elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    }
    assert listeners.keys() == {80, 443}
    assert listeners[80]["DefaultActions"][0]["RedirectConfig"]["Protocol"] == "HTTPS"
    assert listeners[443]["SslPolicy"] == "ELBSecurityPolicy-TLS13-1-2-Res-2021-06"
    found = elb.describe_rules(ListenerArn=listeners[443]["ListenerArn"])["Rules"]
    (rule,) = [each for each in found if not each["IsDefault"]]
    assert rule["Conditions"][0]["HostHeaderConfig"]["Values"] == ["shop.example.com"]
    groups = rule["Actions"][0]["ForwardConfig"]["TargetGroups"]
    assert sorted(each["Weight"] for each in groups) == [0, 100]
    acl = world.boto("wafv2").get_web_acl_for_resource(ResourceArn=balancer["LoadBalancerArn"])["WebACL"]
    assert len(acl["Rules"]) == 5


def test_names_are_in_the_zone(world: World) -> None:
    route53 = world.boto("route53")
    zones = {each["Name"]: each for each in route53.list_hosted_zones()["HostedZones"]}
    zone = zones["shop.example.com."]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    names = {(each["Type"], each["Name"].rstrip(".")) for each in records}
    assert ("A", "shop.example.com") in names
    assert {
        ("TXT", "_dmarc.post.shop.example.com"),
        ("MX", "bounce.post.shop.example.com"),
        ("TXT", "bounce.post.shop.example.com"),
    } <= names
    signatures = [
        name for kind, name in names if kind == "CNAME" and name.endswith("._domainkey.post.shop.example.com")
    ]
    assert len(signatures) == 3
    identity = world.boto("sesv2").get_email_identity(EmailIdentity="post.shop.example.com")
    assert identity["ConfigurationSetName"] == "production-checkout-letters"


def test_everything_that_can_be_is_tagged(world: World) -> None:
    ec2 = world.boto("ec2")
    for found in (
        ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["false"]}])["Vpcs"],
        ec2.describe_nat_gateways()["NatGateways"],
        ec2.describe_vpc_endpoints()["VpcEndpoints"],
    ):
        assert found
        for each in found:
            assert _tags(each)["managed-by"] == "pagerworthy"
            assert _tags(each)["stack"] == "platform.production"


def _tags(found: Any) -> dict[str, str]:
    return {each["Key"]: each["Value"] for each in found.get("Tags", [])}
