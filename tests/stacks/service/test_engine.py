"""Service stacks through the real engine: what AWS has afterwards is what the entries say, and no more."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from pagerworthy.catalog import Compute, EnvironmentSpec, Release, Replicas, Resource
from pagerworthy.project import Project
from pagerworthy.stacks.inputs import PlatformInputs, ServiceInputs, StackInputs
from pagerworthy.stacks.program import Cloud, declare
from pagerworthy.stacks.run.orders import Orders
from pagerworthy.stacks.run.places import place_of
from pagerworthy.stacks.run.preflight import Ready, prepare
from pagerworthy.stacks.run.result import Outcome, Visit
from pagerworthy.stacks.run.run import bring_up
from pagerworthy.stacks.run.visit import Visitor
from tests.stacks.run.shop import Quiet
from tests.stacks.service.made import IMAGE, LEVEL, checkout, resource_need, service_need
from tests.stacks.standin import StandIn
from tests.tools import require_tool

SPEC = EnvironmentSpec(purpose="staging", provider="aws", region="eu-central-1", zones=2)
PLATFORM = PlatformInputs("staging", SPEC, ("page-sre", "page-store", "ticket-sre"))
SMALL = Compute(type="fargate", image=IMAGE, port=8080, cpu=256, memory=512, replicas=Replicas(min=1, max=1))


def service(name: str, **changes: Any) -> ServiceInputs:
    given: dict[str, Any] = {
        "environment": "staging",
        "spec": SPEC,
        "service": name,
        "compute": SMALL,
        "levels": (),
        "owns_image": False,
        **changes,
    }
    return checkout(**given)


STORE = service("store", resources={"jobs": Resource(type="queue"), "news": Resource(type="topic")})
FRONT = service(
    "front",
    levels=(LEVEL,),
    release=Release(strategy="canary", rollback="automated"),
    compute=msgspec.structs.replace(SMALL, replicas=Replicas(min=1, max=3)),
    needs=(
        service_need("store", 8080),
        resource_need("store", "jobs", "queue", access="write"),
        resource_need("store", "news", "topic"),
    ),
)


class Staging:
    """An environment in the stand-in's cloud."""

    def __init__(self, cloud: StandIn, root: Path) -> None:
        self.cloud = cloud
        self._root = root

    def up(self, *services: ServiceInputs, refresh: bool = False) -> dict[str, Visit]:
        found = prepare(
            place_of(Project(root=self._root), self.cloud.environment, self.cloud.endpoint), self.cloud.environment
        )
        assert isinstance(found, Ready), found
        orders = Orders(timeout=300.0, patience=60.0, refresh=refresh)
        visitor = Visitor(found, Cloud(emulator=self.cloud.endpoint), declare, orders)
        inputs: Sequence[StackInputs] = (PLATFORM, *services)
        visits = bring_up(visitor, inputs, 2, Quiet())
        assert all(visit.outcome.is_well for visit in visits), [(each.stack, each.message) for each in visits]
        return {visit.stack.partition(".")[0]: visit for visit in visits}

    def composed(self) -> dict[str, Any]:
        """The alarms that are made of others, by name."""
        return self.cloud.emulated("aws:cloudwatch/compositeAlarm:CompositeAlarm")

    def rules(self) -> set[tuple[str, str, str, int]]:
        """Each rule between two groups of services: `egress` or `ingress`, whose group, to or from which, and port."""
        ec2 = self.cloud.boto("ec2")
        names = {each["GroupId"]: each["GroupName"] for each in ec2.describe_security_groups()["SecurityGroups"]}
        return {
            (
                "egress" if rule["IsEgress"] else "ingress",
                names[rule["GroupId"]],
                names[rule["ReferencedGroupInfo"]["GroupId"]],
                rule["FromPort"],
            )
            for rule in ec2.describe_security_group_rules()["SecurityGroupRules"]
            if "ReferencedGroupInfo" in rule and names[rule["GroupId"]].startswith("staging/")
        }


@pytest.fixture(scope="module")
def staging(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staging]:
    require_tool("pulumi")
    with StandIn(tmp_path_factory.mktemp("cloud")) as cloud:
        found = Staging(cloud, tmp_path_factory.mktemp("shop"))
        found.up(STORE, FRONT)
        yield found


def test_a_second_run_changes_nothing_even_when_it_looks_at_the_cloud(staging: Staging) -> None:
    visits = staging.up(STORE, FRONT, refresh=True)
    assert {name: (visit.outcome, visit.changes) for name, visit in visits.items()} == dict.fromkeys(
        ("platform", "store", "front"), (Outcome.UNCHANGED, ())
    )


def test_only_those_may_connect_that_have_an_edge(staging: Staging) -> None:
    endpoints = {("egress", f"staging/{name}", "staging-platform-endpoints", 443) for name in ("store", "front")}
    assert staging.rules() == endpoints | {
        ("egress", "staging/front", "staging/store", 8080),
        ("ingress", "staging/store", "staging/front", 8080),
    }


def test_the_role_may_write_to_the_one_queue_and_read_its_own(staging: Staging) -> None:
    cloud = staging.cloud
    found = cloud.boto("iam").get_role_policy(RoleName="staging-front-task", PolicyName="grants")["PolicyDocument"]
    sqs = {
        action: each["Resource"]
        for each in found["Statement"]
        for action in each["Action"]
        if action in {"sqs:SendMessage", "sqs:ReceiveMessage"}
    }
    arn = f"arn:aws:sqs:{cloud.region}:123456789012:staging"
    assert sqs == {
        "sqs:SendMessage": [f"{arn}-store-jobs"],
        "sqs:ReceiveMessage": [f"{arn}-front_store_news_inbox"],
    }
    subscriptions = cloud.boto("sns").list_subscriptions()["Subscriptions"]
    assert [each["Endpoint"] for each in subscriptions] == [f"{arn}-front_store_news_inbox"]


def test_the_service_runs_privately_with_what_it_is_told(staging: Staging) -> None:
    ecs = staging.cloud.boto("ecs")
    cluster = ecs.list_clusters()["clusterArns"][0]
    [found] = ecs.describe_services(cluster=cluster, services=["staging-front-service"])["services"]
    network = found["networkConfiguration"]["awsvpcConfiguration"]
    assert network["assignPublicIp"] == "DISABLED"
    assert len(network["subnets"]) == 2
    task = ecs.describe_task_definition(taskDefinition=found["taskDefinition"])["taskDefinition"]
    [container] = task["containerDefinitions"]
    told = {each["name"]: each["value"] for each in container["environment"]}
    assert told["STORE_ADDR"] == "store.staging.internal:8080"
    assert told["STORE__JOBS_URL"].endswith("/staging-store-jobs")
    assert container["image"] == f"{IMAGE}:1.4.2"


def test_alarms_reach_the_holder_of_the_pager(staging: Staging) -> None:
    alarms = staging.cloud.boto("cloudwatch").describe_alarms()["MetricAlarms"]
    found = {each["AlarmName"]: each for each in alarms if each["AlarmName"].startswith("staging/front/")}
    composed = {name: each for name, each in staging.composed().items() if name.startswith("staging/front/")}
    heard = [each["AlarmActions"] for each in found.values()] + [each["alarmActions"] for each in composed.values()]
    topics = {topic.rpartition(":")[2] for actions in heard for topic in actions}
    assert topics == {"staging-platform-page-sre", "staging-platform-ticket-sre"}
    page = composed["staging/front/CheckoutAvailabilityBurn"]
    for window in ("1h", "5m", "6h", "30m"):
        child = f"staging/front/availability/page-{window}"
        assert f'ALARM("{child}")' in page["alarmRule"]
        assert found[child]["AlarmActions"] == []


def test_a_new_holder_changes_routes_alone_and_an_edge_that_goes_takes_both_rules(staging: Staging) -> None:
    handed = msgspec.structs.replace(FRONT, page=("page-store",))
    changes = staging.up(STORE, handed)["front"].changes
    assert changes
    assert {each.operation for each in changes} == {"update"}
    assert {each.type.rpartition(":")[2] for each in changes} == {"CompositeAlarm", "MetricAlarm"}

    alone = msgspec.structs.replace(handed, needs=tuple(each for each in FRONT.needs if each.kind != "service"))
    visits = staging.up(STORE, alone)
    assert visits["store"].outcome is Outcome.UNCHANGED
    assert {each.name for each in visits["front"].changes if each.operation == "delete"} >= {
        "to-store-egress",
        "to-store-ingress",
    }
    assert not [rule for rule in staging.rules() if rule[3] == 8080]
    assert json.loads(
        staging.cloud.boto("cloudwatch").get_dashboard(DashboardName="staging-front-service")["DashboardBody"]
    )["widgets"]
