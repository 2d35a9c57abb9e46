"""Queues, topics and brokers: encrypted, over TLS alone, and nothing is lost without somebody hearing of it."""

import json
from typing import Any

import pytest

from pagerworthy.stacks.render import Rendered
from tests.stacks.resources.asked import KEY, REGULATED_KEY, alarms, only, stack, store


def statements(rendered: Rendered, kind: str, name: str = "") -> list[dict[str, Any]]:
    return list(json.loads(only(rendered, kind, name).inputs["policy"])["Statement"])


def refuses_plain(statement: dict[str, Any]) -> bool:
    wanted = ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    return (statement["Effect"], statement["Condition"]) == wanted


def test_a_queue_has_a_queue_for_what_nobody_could_handle() -> None:
    rendered = stack("jobs", "queue", retention="7d", attempts=3)
    asked = only(rendered, "Queue", "jobs").inputs
    assert json.loads(asked["redrivePolicy"]) == {"deadLetterTargetArn": "<jobs-dead.arn>", "maxReceiveCount": 3}
    assert asked["messageRetentionSeconds"] == 7 * 86400
    assert only(rendered, "Queue", "jobs-dead").inputs["messageRetentionSeconds"] == 14 * 86400
    for name in ("jobs", "jobs-dead"):
        assert only(rendered, "Queue", name).inputs["kmsMasterKeyId"] == KEY
        [statement] = statements(rendered, "QueuePolicy", f"{name}-policy")
        assert refuses_plain(statement)


def test_an_old_message_and_a_dead_one_are_heard_of() -> None:
    heard = alarms(stack("jobs", "queue", retention="4d"))
    assert heard["jobs-queue-age"].inputs["dimensions"] == {"QueueName": "live-store-jobs"}
    assert heard["jobs-dead-letters"].inputs["dimensions"] == {"QueueName": "live-store-jobs-dead"}
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
