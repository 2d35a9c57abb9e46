"""How versions follow each other, and how many tasks run."""

from typing import Any

import pytest

from pagerworthy.catalog import Compute, Release, Replicas, Resource
from pagerworthy.stacks.render import render
from tests.stacks.service.made import COMPUTE, IMAGE, SERVICE, checkout, granted, one, resource_need

TARGET = "aws:appautoscaling/target:Target"
POLICY = "aws:appautoscaling/policy:Policy"


def declared(strategy: str, rollback: str = "automated", **changes: Any) -> dict[str, Any]:
    release = Release(strategy=strategy, rollback=rollback)  # type: ignore[arg-type]
    return one(render(checkout(release=release, **changes)), SERVICE).inputs


@pytest.mark.parametrize(
    ("strategy", "expected", "least", "most"),
    [
        ("rolling", "ROLLING", 100, 200),
        ("recreate", "ROLLING", 0, 100),
        ("canary", "CANARY", 100, 200),
        ("blue-green", "BLUE_GREEN", 100, 200),
    ],
)
def test_each_strategy_is_one_of_ecs_own(strategy: str, expected: str, least: int, most: int) -> None:
    found = declared(strategy)
    assert found["deploymentConfiguration"]["strategy"] == expected
    assert (found["deploymentMinimumHealthyPercent"], found["deploymentMaximumPercent"]) == (least, most)
    # ECS evens out zones only where it may start one task more.
    assert found["availabilityZoneRebalancing"] == ("ENABLED" if most > 100 else "DISABLED")


def test_a_canary_gets_a_tenth_of_the_requests_for_ten_minutes() -> None:
    found = declared("canary")["deploymentConfiguration"]
    assert found["canaryConfiguration"] == {"canaryPercent": 10, "canaryBakeTimeInMinutes": "10"}
    assert found["bakeTimeInMinutes"] == "10"


@pytest.mark.parametrize("strategy", ["canary", "blue-green"])
def test_a_worker_has_no_requests_to_shift(strategy: str) -> None:
    worker = Compute(type="fargate", image=IMAGE, cpu=256, memory=512, replicas=Replicas(min=1, max=2))
    assert declared(strategy, compute=worker)["deploymentConfiguration"] == {"strategy": "ROLLING"}


@pytest.mark.parametrize(("rollback", "back"), [("automated", True), ("manual", False)])
def test_a_failed_rollout_stops_and_goes_back_by_itself_where_the_entry_says_so(rollback: str, back: bool) -> None:
    found = declared("rolling", rollback)
    assert found["deploymentCircuitBreaker"] == {"enable": True, "rollback": back}
    assert found["alarms"] == {
        "alarmNames": ["production/checkout/availability/page-5m"],
        "enable": True,
        "rollback": back,
    }


def test_behind_a_load_balancer_ecs_shifts_requests_and_may_do_nothing_else() -> None:
    edge = {"door": Resource(type="edge", domain="pay.shop.example.com", public=True)}
    needs = (resource_need("checkout", "door", "edge", public=True),)
    rendered = render(
        checkout(resources=edge, needs=needs, release=Release(strategy="blue-green", rollback="automated"))
    )
    [balancer] = one(rendered, SERVICE).inputs["loadBalancers"]
    advanced = balancer["advancedConfiguration"]
    assert balancer["targetGroupArn"] != advanced["alternateTargetGroupArn"]
    assert advanced["roleArn"] == "<shifting-role.arn>"
    changing = {
        (action.partition(":")[2], resource)
        for action, resource in granted(rendered, "shifting-grants")
        if not action.startswith("elasticloadbalancing:Describe")
    }
    assert changing == {
        ("ModifyRule", advanced["productionListenerRule"]),
        *(
            (action, group)
            for action in ("RegisterTargets", "DeregisterTargets")
            for group in (balancer["targetGroupArn"], advanced["alternateTargetGroupArn"])
        ),
    }
    rolled = render(checkout(resources=edge, needs=needs))
    assert "advancedConfiguration" not in one(rolled, SERVICE).inputs["loadBalancers"][0]
    # A target group takes tasks only once a listener sends requests to it.
    assert "door-https" in one(rolled, SERVICE).depends_on


def test_the_number_of_tasks_is_left_to_autoscaling() -> None:
    rendered = render(checkout())
    target = one(rendered, TARGET).inputs
    assert (target["minCapacity"], target["maxCapacity"]) == (3, 6)
    assert target["resourceId"] == "service/<platform.production:cluster_name>/production-checkout-service"
    assert "desiredCount" in one(rendered, SERVICE).ignore_changes
    tracked = {
        each.inputs["targetTrackingScalingPolicyConfiguration"]["predefinedMetricSpecification"]["predefinedMetricType"]
        for each in rendered.of_type(POLICY)
    }
    assert tracked == {"ECSServiceAverageCPUUtilization", "ECSServiceAverageMemoryUtilization"}


def test_where_only_one_number_is_allowed_it_is_that_one() -> None:
    compute = Compute(type="fargate", image=IMAGE, port=80, cpu=256, memory=512, replicas=Replicas(min=2, max=2))
    rendered = render(checkout(compute=compute))
    assert not rendered.of_type(TARGET)
    assert one(rendered, SERVICE).inputs["desiredCount"] == 2
    assert one(rendered, SERVICE).ignore_changes == ()


def test_whoever_reads_of_a_service_sees_its_rollout() -> None:
    found = one(render(checkout()), SERVICE).inputs
    assert found["enableExecuteCommand"] is False
    assert found["propagateTags"] == "SERVICE"
    assert found["desiredCount"] == COMPUTE.replicas.min if COMPUTE.replicas else 0
