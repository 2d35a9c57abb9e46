"""Keys: who may use them, and through what."""

import pytest

from tests.stacks.platforms.made import PRODUCTION, STAGING, one, platform, statements

KEY = "kms/key:Key"
USE = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"}


def test_regulated_services_have_a_key_of_their_own() -> None:
    assert {each.name for each in platform().of_type(f"aws:{KEY}")} == {"general-key"}
    rendered = platform(regulated=True)
    assert {each.name for each in rendered.of_type(f"aws:{KEY}")} == {"general-key", "regulated-key"}
    assert rendered.outputs["key_arn"] != rendered.outputs["regulated_key_arn"]


@pytest.mark.parametrize("name", ["general-key", "regulated-key"])
def test_keys_turn_and_are_not_lost_soon(name: str) -> None:
    key = one(platform(regulated=True), KEY, name)
    assert key.inputs["enableKeyRotation"]
    assert key.inputs["deletionWindowInDays"] == 30
    assert key.protect
    assert not one(platform(STAGING, regulated=True), KEY, name).protect


@pytest.mark.parametrize("name", ["general-key", "regulated-key"])
def test_nobody_reads_with_a_key_but_through_a_service_of_this_account(name: str) -> None:
    policy = statements(one(platform(regulated=True), KEY, name).inputs["policy"])
    assert not USE & set(policy["Administer"]["Action"])
    assert "kms:*" not in policy["Administer"]["Action"]
    for sid, each in policy.items():
        if USE & set(each["Action"]):
            assert each["Condition"], sid
            assert "111122223333" in str(each["Condition"]) or each["Principal"] == {
                "AWS": "arn:aws:iam::111122223333:root"
            }
    through = policy["UseThroughServices"]["Condition"]["StringEquals"]["kms:ViaService"]
    assert {f"{each}.eu-west-1.amazonaws.com" for each in ("rds", "s3", "sns", "sqs", "secretsmanager")} <= set(through)


def test_logs_may_use_it_for_groups_of_this_account_alone() -> None:
    policy = statements(one(platform(), KEY, "general-key").inputs["policy"])
    assert policy["Logs"]["Principal"] == {"Service": "logs.eu-west-1.amazonaws.com"}
    assert policy["Logs"]["Condition"]["ArnLike"] == {
        "kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:111122223333:log-group:*"
    }


def test_alarms_may_write_into_encrypted_topics() -> None:
    rendered = platform(regulated=True, budget_receivers=("ticket-sre",))
    alarms = statements(one(rendered, KEY, "general-key").inputs["policy"])["Alarms"]
    assert set(alarms["Principal"]["Service"]) == {"budgets.amazonaws.com", "cloudwatch.amazonaws.com"}
    assert alarms["Condition"] == {"StringEquals": {"aws:SourceAccount": "111122223333"}}
    # No pager topic is encrypted with the other one.
    assert "Alarms" not in statements(one(rendered, KEY, "regulated-key").inputs["policy"])
    assert {each.inputs["kmsMasterKeyId"] for each in rendered.of_type("aws:sns/topic:Topic")} == {"<general-key.arn>"}


def test_without_a_budget_no_budget_may() -> None:
    policy = statements(one(platform(STAGING), KEY, "general-key").inputs["policy"])
    assert policy["Alarms"]["Principal"]["Service"] == ["cloudwatch.amazonaws.com"]


def test_without_an_account_in_the_entry_it_is_that_of_the_vpc() -> None:
    policy = statements(one(platform(STAGING), KEY, "general-key").inputs["policy"])
    assert policy["Administer"]["Principal"] == {"AWS": "arn:aws:iam::<vpc.ownerId>:root"}
    assert PRODUCTION.account not in str(policy)
