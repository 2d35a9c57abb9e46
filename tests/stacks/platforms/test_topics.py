"""Pager topics and the budget: who may write to whom."""

import json

from tests.stacks.platforms.made import PRODUCTION, RECEIVERS, STAGING, one, platform, statements

TOPIC, POLICY, BUDGET = "aws:sns/topic:Topic", "sns/topicPolicy:TopicPolicy", "aws:budgets/budget:Budget"


def test_each_receiver_has_an_encrypted_topic() -> None:
    topics = platform().of_type(TOPIC)
    assert [each.name for each in topics] == list(RECEIVERS)
    assert [each.inputs["name"] for each in topics] == [f"production-platform-{each}" for each in RECEIVERS]
    assert all(each.inputs["kmsMasterKeyId"] == "<general-key.arn>" for each in topics)


def test_alarms_of_this_account_may_publish_and_nobody_else() -> None:
    rendered = platform(budget_receivers=("ticket-sre",))
    for receiver in RECEIVERS:
        policy = statements(one(rendered, POLICY, f"{receiver}-policy").inputs["policy"])
        assert policy["Alarms"] == {
            "Sid": "Alarms",
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": f"<{receiver}.arn>",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": "111122223333"},
                "ArnLike": {"aws:SourceArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*"},
            },
        }
        assert policy["OnlyEncrypted"]["Effect"] == "Deny"
        budgets = {"Budgets"} if receiver == "ticket-sre" else set()
        assert policy.keys() == {"Alarms", "OnlyEncrypted", *budgets}


def test_the_budget_tells_each_receiver_before_and_after_it_is_spent() -> None:
    budgets = platform(budget_receivers=("ticket-ordering", "ticket-sre")).of_type(BUDGET)
    assert [each.name for each in budgets] == ["budget-ticket-ordering", "budget-ticket-sre"]
    for each in budgets:
        assert (each.inputs["limitAmount"], each.inputs["limitUnit"], each.inputs["timeUnit"]) == (
            "14000",
            "USD",
            "MONTHLY",
        )
        notices = each.inputs["notifications"]
        receiver = each.name.removeprefix("budget-")
        # AWS lets a notification tell one topic.
        assert all(notice["subscriberSnsTopicArns"] == [f"<{receiver}.arn>"] for notice in notices)
        assert {(notice["notificationType"], notice["threshold"]) for notice in notices} == {
            ("ACTUAL", 80),
            ("ACTUAL", 100),
            ("FORECASTED", 100),
        }


def test_a_budget_that_nobody_is_named_for_tells_all_who_take_tickets() -> None:
    rendered = platform(PRODUCTION)
    assert {each.name for each in rendered.of_type(BUDGET)} == {"budget-ticket-ordering", "budget-ticket-sre"}
    assert "Budgets" in one(rendered, POLICY, "ticket-ordering-policy").inputs["policy"]


def test_without_a_budget_there_is_none() -> None:
    rendered = platform(STAGING, budget_receivers=("ticket-sre",))
    assert not rendered.of_type(BUDGET)
    assert "budgets" not in json.dumps([each.inputs for each in rendered.resources])
