"""Queues, topics and brokers: encrypted, over TLS alone, and nothing is lost without somebody hearing of it."""

import json
from typing import Any

import pytest

from pagerworthy.catalog import Resource
from pagerworthy.stacks.inputs import Need
from pagerworthy.stacks.render import Rendered, render
from tests.stacks.resources.asked import KEY, REGULATED_KEY, alarms, only, stack, store
from tests.stacks.service.made import checkout, resource_need


def statements(rendered: Rendered, kind: str, name: str = "") -> list[dict[str, Any]]:
    return list(json.loads(only(rendered, kind, name).inputs["policy"])["Statement"])


def refuses_plain(statement: dict[str, Any]) -> bool:
    wanted = ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    return (statement["Effect"], statement["Condition"]) == wanted


def test_a_queue_has_a_queue_for_what_nobody_could_handle() -> None:
    rendered = stack("jobs", "queue", retention="7d", attempts=3)
    asked = only(rendered, "Queue", "jobs").inputs
    assert json.loads(asked["redrivePolicy"]) == {"deadLetterTargetArn": "<jobs_dead.arn>", "maxReceiveCount": 3}
    assert asked["messageRetentionSeconds"] == 7 * 86400
    assert only(rendered, "Queue", "jobs_dead").inputs["messageRetentionSeconds"] == 14 * 86400
    for name in ("jobs", "jobs_dead"):
        assert only(rendered, "Queue", name).inputs["kmsMasterKeyId"] == KEY
        [statement] = statements(rendered, "QueuePolicy", f"{name}-policy")
        assert refuses_plain(statement)


def test_an_old_message_and_a_dead_one_are_heard_of() -> None:
    heard = alarms(stack("jobs", "queue", retention="4d"))
    assert heard["jobs-queue-age"].inputs["dimensions"] == {"QueueName": "live-store-jobs"}
    assert heard["jobs-dead-letters"].inputs["dimensions"] == {"QueueName": "live-store-jobs_dead"}
    assert heard["jobs-queue-loss"].inputs["threshold"] == 3 * 86400
    assert heard["jobs-queue-loss"].inputs["alarmActions"] == ["<platform.live:topic.page-sre>"]
    ages = [
        alarms(stack("jobs", "queue", store(tier=tier)))["jobs-queue-age"].inputs["threshold"] for tier in (1, 2, 3, 4)
    ]
    assert ages == sorted(set(ages))


def test_a_topic_is_encrypted_and_tells_of_what_did_not_arrive() -> None:
    rendered = stack("sales", "topic", store(regulations=("pci-dss",)), retention="14d")
    assert only(rendered, "Topic").inputs["kmsMasterKeyId"] == REGULATED_KEY
    [statement] = statements(rendered, "TopicPolicy")
    assert refuses_plain(statement)
    assert alarms(rendered)["sales-failed-deliveries"].inputs["metricName"] == "NumberOfNotificationsFailed"


@pytest.mark.parametrize(
    ("purpose", "zones", "mode", "subnets"),
    [
        ("production", 3, "CLUSTER_MULTI_AZ", 3),
        ("production", 1, "CLUSTER_MULTI_AZ", 3),
        ("staging", 1, "SINGLE_INSTANCE", 1),
    ],
)
def test_a_broker_spans_the_zones_where_its_entry_or_tier_says_so(
    purpose: str, zones: int, mode: str, subnets: int
) -> None:
    asked = only(stack("jobs", "rabbitmq", store(purpose), size="medium", zones=zones), "Broker").inputs
    assert asked["deploymentMode"] == mode
    assert len(asked["subnetIds"]) == subnets
    assert asked["publiclyAccessible"] is False
    assert asked["encryptionOptions"] == {"kmsKeyId": KEY, "useAwsOwnedKey": False}
    assert asked["logs"] == {"general": True}


def test_a_broker_keeps_its_password_where_only_readers_of_the_secret_see_it() -> None:
    rendered = stack("jobs", "rabbitmq", size="small")
    assert "<secret>" in str(only(rendered, "Broker").inputs["users"])
    assert only(rendered, "SecretVersion").inputs["secretString"] == "<secret>"
    heard = alarms(rendered)
    assert {f"jobs-{name}" for name in ("cpu", "memory", "connections", "messages")} <= set(heard)


def queues(service: str, *needs: Need, own: tuple[str, ...] = ()) -> set[str]:
    """What the queues of a service are called in the cloud."""
    resources = {name: Resource(type="queue") for name in own}
    rendered = render(checkout(service=service, needs=needs, resources=resources))
    return {each.inputs["name"] for each in rendered.of_type("aws:sqs/queue:Queue")}


def test_no_two_queues_are_called_the_same() -> None:
    made = [
        queues("a", resource_need("b-c", "d", "topic")),
        queues("a-b", resource_need("c", "d", "topic")),
        queues("a", resource_need("b", "c-d", "topic")),
        queues("e", own=("jobs", "jobs-dead", "b-c-d-inbox")),
        queues("f", resource_need("b", "c", "topic"), own=("b-c-inbox",)),
    ]
    assert [len(each) for each in made] == [2, 2, 2, 6, 4]
    assert len(set().union(*made)) == 16
    assert all(len(name) <= 80 for each in made for name in each)


def test_long_names_of_queues_are_cut_and_stay_different() -> None:
    long = "a-service-with-a-rather-long-name-indeed"
    other = f"{long[:-1]}x"
    made = queues(long, resource_need(other, long, "topic"), resource_need(other, other, "topic"))
    assert len(made) == 4
    assert all(len(name) <= 80 for name in made)
