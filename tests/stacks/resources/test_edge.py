"""Edges: who gets in, how, and where requests go."""

from typing import Any

import pytest
from msgspec.structs import replace

from pagerworthy.catalog import Check, Health, Release, Replicas, Resource
from pagerworthy.stacks.render import Rendered, render
from tests.stacks.service.made import ALARM, COMPUTE, ENVIRONMENT, INGRESS, checkout, one

BALANCER, LISTENER = "aws:lb/loadBalancer:LoadBalancer", "aws:lb/listener:Listener"
TARGETS, FORWARD = "aws:lb/targetGroup:TargetGroup", "aws:lb/listenerRule:ListenerRule"
RECORD, FIREWALL = "aws:route53/record:Record", "aws:wafv2/webAcl:WebAcl"
STAGING = replace(ENVIRONMENT, purpose="staging", domain="staging.shop.example.com")


def edge(*, public: bool = True, **given: Any) -> Rendered:
    """A service with one edge, `shop`; `given` changes the service or, by the names of a resource, the edge."""
    of_resource = {key: given.pop(key) for key in ("domain", "waf", "rate_limit") if key in given}
    asked = Resource(type="edge", public=public, **{"domain": "shop.example.com", **of_resource})
    return render(checkout(resources={"shop": asked}, **given))


def test_a_public_edge_stands_in_public_subnets_and_is_open_for_http_and_https() -> None:
    rendered = edge()
    balancer = one(rendered, BALANCER)
    assert balancer.inputs["internal"] is False
    assert all("public_subnet_ids" in each for each in balancer.inputs["subnets"])
    assert balancer.inputs["securityGroups"] == ["<shop-security-group.id>"]
    opened = [each for each in rendered.of_type(INGRESS) if "cidrIpv4" in each.inputs]
    assert {(each.inputs["fromPort"], each.inputs["cidrIpv4"]) for each in opened} == {
        (443, "0.0.0.0/0"),
        (80, "0.0.0.0/0"),
    }


def test_any_other_edge_lets_in_only_who_declares_it() -> None:
    rendered = edge(public=False)
    balancer = one(rendered, BALANCER)
    assert balancer.inputs["internal"] is True
    assert all("private_subnet_ids" in each for each in balancer.inputs["subnets"])
    assert not [each for each in rendered.of_type(INGRESS) if "cidrIpv4" in each.inputs]
    # Nobody asks it for plain HTTP either.
    assert [each.inputs["port"] for each in rendered.of_type(LISTENER)] == [443]


def test_the_balancer_writes_down_requests_drops_odd_ones_and_stays() -> None:
    balancer = one(edge(), BALANCER)
    assert balancer.inputs["accessLogs"] == {
        "bucket": "<platform.production:log_bucket>",
        "enabled": True,
        "prefix": "edge/checkout/shop",
    }
    assert balancer.inputs["dropInvalidHeaderFields"]
    assert balancer.inputs["enableDeletionProtection"]
    assert balancer.protect
    elsewhere = one(edge(spec=STAGING, domain="staging.shop.example.com"), BALANCER)
    assert not elsewhere.inputs["enableDeletionProtection"]
    assert not elsewhere.protect


def test_https_with_a_certificate_that_is_issued_and_nothing_older_than_tls_1_2() -> None:
    rendered = edge()
    https = one(rendered, LISTENER, "shop-https")
    assert https.inputs["sslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2-Res")
    assert "shop-certificate-issued" in https.depends_on
    assert one(rendered, "aws:acm/certificate:Certificate").inputs["validationMethod"] == "DNS"
    proof = one(rendered, RECORD, "shop-certificate-proof")
    assert proof.inputs["zoneId"] == "<platform.production:zone_id>"
    http = one(rendered, LISTENER, "shop-http")
    assert http.inputs["defaultActions"][0]["redirect"] == {
        "port": "443",
        "protocol": "HTTPS",
        "statusCode": "HTTP_301",
    }


def test_requests_for_the_name_go_to_the_service_and_others_nowhere() -> None:
    rendered = edge()
    rule = one(rendered, FORWARD)
    assert rule.inputs["conditions"] == [{"hostHeader": {"values": ["shop.example.com"]}}]
    assert rule.inputs["actions"][0]["forward"]["targetGroups"] == [{"arn": "<shop-targets.arn>", "weight": 100}]
    assert not rule.ignore_changes
    assert one(rendered, LISTENER, "shop-https").inputs["defaultActions"][0]["type"] == "fixed-response"
    record = one(rendered, RECORD, "shop-record")
    assert record.inputs["name"] == "shop.example.com"
    assert record.inputs["aliases"][0]["name"] == "<shop.dnsName>"


def test_targets_are_probed_as_the_entry_says() -> None:
    health = Health(liveness=Check("/live"), readiness=Check("/ready", "15s"), stop="45s")
    targets = one(edge(compute=replace(COMPUTE, health=health)), TARGETS).inputs
    assert (targets["targetType"], targets["protocol"], targets["port"]) == ("ip", "HTTP", 5050)
    assert targets["deregistrationDelay"] == 45
    check = targets["healthCheck"]
    assert (check["path"], check["interval"]) == ("/ready", 15)
    assert check["timeout"] < check["interval"]


def test_what_speaks_grpc_is_probed_so() -> None:
    targets = one(edge(), TARGETS).inputs
    assert targets["protocolVersion"] == "GRPC"
    assert (targets["healthCheck"]["path"], targets["healthCheck"]["matcher"]) == ("/grpc.health.v1.Health/Check", "0")


def test_a_group_that_has_to_be_made_anew_has_another_name() -> None:
    http = replace(COMPUTE, health=Health(readiness=Check("/ready")))
    names = [one(edge(compute=each), TARGETS).inputs["name"] for each in (COMPUTE, http, replace(http, port=8080))]
    assert len(set(names)) == 3


@pytest.mark.parametrize("interval", ["1s", "2s", "10m"])
def test_intervals_that_aws_does_not_know_become_the_nearest(interval: str) -> None:
    health = Health(readiness=Check("/ready", interval))
    check = one(edge(compute=replace(COMPUTE, health=health)), TARGETS).inputs["healthCheck"]
    assert 5 <= check["interval"] <= 300
    assert 2 <= check["timeout"] < check["interval"]


@pytest.mark.parametrize("strategy", ["canary", "blue-green"])
def test_a_release_that_shifts_requests_has_a_place_beside_the_running_one(strategy: Any) -> None:
    rendered = edge(release=Release(strategy=strategy, rollback="automated"))
    assert {each.name for each in rendered.of_type(TARGETS)} == {"shop-targets", "shop-beside"}
    rule = one(rendered, FORWARD)
    # ECS says during a release how many go where.
    assert rule.ignore_changes == ("actions",)
    assert [each["weight"] for each in rule.inputs["actions"][0]["forward"]["targetGroups"]] == [100, 0]


def test_names_fit_aws_whatever_they_are_made_of() -> None:
    rendered = edge(service="a-service-with-a-rather-long-name-indeed")
    for each in (*rendered.of_type(BALANCER), *rendered.of_type(TARGETS)):
        assert len(each.inputs["name"]) <= 32
        assert not each.inputs["name"].endswith("-")


def test_the_firewall_blocks_what_aws_knows_and_who_asks_too_often() -> None:
    rendered = edge(waf=True, rate_limit=3000)
    acl = one(rendered, FIREWALL)
    assert acl.inputs["scope"] == "REGIONAL"
    rate, *managed = acl.inputs["rules"]
    assert rate["action"] == {"block": {}}
    assert rate["statement"]["rateBasedStatement"] == {
        "aggregateKeyType": "IP",
        "evaluationWindowSec": 300,
        "limit": 3000,
    }
    groups = {each["statement"]["managedRuleGroupStatement"]["name"] for each in managed}
    assert {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"} <= groups
    assert all(each["overrideAction"] == {"none": {}} for each in managed)
    assert len({each["priority"] for each in acl.inputs["rules"]}) == len(acl.inputs["rules"])
    association = one(rendered, "aws:wafv2/webAclAssociation:WebAclAssociation")
    assert association.inputs == {"resourceArn": "<shop.arn>", "webAclArn": "<shop-firewall.arn>"}


@pytest.mark.parametrize(
    ("waf", "regulations", "public", "expected"),
    [
        (None, (), True, False),
        (None, ("pci-dss",), True, True),
        (None, ("pci-dss",), False, False),
        (True, (), False, True),
        (False, (), True, False),
    ],
)
def test_who_has_a_firewall(waf: bool | None, regulations: tuple[str, ...], public: bool, expected: bool) -> None:
    rendered = edge(waf=waf, regulations=regulations, public=public)
    assert bool(rendered.of_type(FIREWALL)) is expected


def test_its_holder_hears_of_errors_of_sick_tasks_and_of_an_old_certificate() -> None:
    alarms = {each.name: each.inputs for each in edge().of_type(ALARM) if each.name.startswith("shop-")}
    assert alarms.keys() == {"shop-unanswered", "shop-server-errors", "shop-unhealthy", "shop-nobody", "shop-expiry"}
    page = ["<platform.production:topic.page-sre>"]
    ticket = ["<platform.production:topic.ticket-sre>"]
    assert alarms["shop-unanswered"]["alarmActions"] == alarms["shop-unhealthy"]["alarmActions"] == page
    assert alarms["shop-server-errors"]["alarmActions"] == alarms["shop-expiry"]["alarmActions"] == ticket
    share = alarms["shop-unanswered"]["metricQueries"]
    assert {each["metric"]["metricName"] for each in share if "metric" in each} == {
        "HTTPCode_ELB_5XX_Count",
        "RequestCount",
    }
    assert alarms["shop-expiry"]["comparisonOperator"] == "LessThanThreshold"


def _maths(expression: str, **metrics: float | None) -> float | None:
    """What CloudWatch's maths comes to: what has no value spreads, save through FILL; MAX takes a list."""
    if any(value is None and f"FILL({name}, 0)" not in expression for name, value in metrics.items()):
        return None

    def choose(condition: bool, then: float, otherwise: float) -> float:
        return then if condition else otherwise

    known = {name: value or 0 for name, value in metrics.items()}
    words = {"IF": choose, "MAX": max, "FILL": lambda value, _: value}
    # A share of nothing is never looked at; Python works out both branches.
    safe = expression.replace(" / ", " / (1e-9 + ").replace("), 0)", ")), 0)") if " / " in expression else expression
    return float(eval(safe, {"__builtins__": {}}, {**words, **known}))  # noqa: S307 -- our own expression


@pytest.mark.parametrize(
    ("failed", "counted", "fires"),
    [
        (300, None, True),
        (300, 300, True),
        (10, 1000, False),
        (None, 1000, False),
        (None, None, False),
        (5, None, False),
    ],
)
def test_a_page_comes_also_where_no_target_is_left_to_count_requests(
    failed: int | None, counted: int | None, fires: bool
) -> None:
    alarm = one(edge(), ALARM, "shop-unanswered").inputs
    [expression] = [each["expression"] for each in alarm["metricQueries"] if "expression" in each]
    share = _maths(expression, m1=failed, m2=counted)
    assert (share is not None and share > alarm["threshold"]) is fires
    # The newest minute may not be counted yet, and FILL makes it nought.
    assert alarm["evaluationPeriods"] > alarm["datapointsToAlarm"]


def test_a_page_comes_where_nobody_is_left_or_nothing_is_heard() -> None:
    alarm = one(edge(), ALARM, "shop-nobody").inputs
    assert (alarm["metricName"], alarm["comparisonOperator"], alarm["threshold"]) == (
        "HealthyHostCount",
        "LessThanThreshold",
        1,
    )
    assert alarm["treatMissingData"] == "breaching"
    assert alarm["alarmActions"] == ["<platform.production:topic.page-sre>"]
    shifted = one(edge(release=Release(strategy="canary", rollback="automated")), ALARM, "shop-nobody").inputs
    looked = [each["metric"]["dimensions"]["TargetGroup"] for each in shifted["metricQueries"] if "metric" in each]
    assert looked == ["<shop-targets.arnSuffix>", "<shop-beside.arnSuffix>"]
    unreleased = edge(version="initial")
    assert not [each for each in unreleased.of_type(ALARM) if each.name == "shop-nobody"]
    asleep = edge(compute=replace(COMPUTE, replicas=Replicas(min=0, max=3)))
    assert not [each for each in asleep.of_type(ALARM) if each.name == "shop-nobody"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"domain": "shop.example.org"}, "holds names in shop.example.com"),
        ({"domain": "notshop.example.com"}, "holds names in shop.example.com"),
        ({"spec": replace(ENVIRONMENT, domain="")}, "has no domain"),
        ({"compute": None, "levels": (), "release": None}, "nothing behind it"),
        ({"compute": replace(COMPUTE, port=None)}, "nothing behind it"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        edge(**changes)
