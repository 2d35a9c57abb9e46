"""What a service may do with AWS: exactly what its edges need."""

import json

import pytest

from pagerworthy.catalog import Resource
from pagerworthy.stacks.render import render
from tests.stacks.service.made import (
    ROLE,
    checkout,
    container,
    demo_stacks,
    granted,
    one,
    resource_need,
    statements,
)

# AWS limits these to no resource: a token is for a whole registry, and lists are of an account.
UNLIMITED = {
    "ecr:GetAuthorizationToken",
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
}
KEY = "<platform.production:key_arn>"
REGULATED_KEY = "<platform.production:regulated_key_arn>"


def test_no_grant_of_the_demo_has_a_wildcard() -> None:
    for service, rendered in demo_stacks().items():
        for statement in statements(rendered):
            assert not any("*" in action for action in statement["Action"]), (service, statement)
            resources = [statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"]
            for resource in resources:
                # The objects of one bucket, and the streams of one log group, have no other name.
                within = resource.removesuffix(":log-stream:*")
                if all(action.startswith("s3:") for action in statement["Action"]):
                    within = within.removesuffix("/*")
                assert "*" not in within or set(statement["Action"]) <= UNLIMITED, (service, statement)


@pytest.mark.parametrize(
    ("type_", "access", "expected"),
    [
        (
            "queue",
            "read",
            {
                ("sqs:ChangeMessageVisibility", "arn"),
                ("sqs:DeleteMessage", "arn"),
                ("sqs:GetQueueAttributes", "arn"),
                ("sqs:ReceiveMessage", "arn"),
                ("kms:Decrypt", KEY),
            },
        ),
        (
            "queue",
            "write",
            {
                ("sqs:GetQueueAttributes", "arn"),
                ("sqs:SendMessage", "arn"),
                ("kms:Decrypt", KEY),
                ("kms:GenerateDataKey", KEY),
            },
        ),
        ("topic", "write", {("sns:Publish", "arn"), ("kms:Decrypt", KEY), ("kms:GenerateDataKey", KEY)}),
        ("bucket", "read", {("s3:ListBucket", "arn"), ("s3:GetObject", "arn/*"), ("kms:Decrypt", KEY)}),
        (
            "bucket",
            "write",
            {
                ("s3:AbortMultipartUpload", "arn/*"),
                ("s3:PutObject", "arn/*"),
                ("kms:Decrypt", KEY),
                ("kms:GenerateDataKey", KEY),
            },
        ),
        ("postgres", "read", {("secretsmanager:GetSecretValue", "secret_arn"), ("kms:Decrypt", KEY)}),
        ("memcached", "read", set()),
        ("edge", "read", set()),
    ],
)
def test_each_kind_of_access_is_granted_on_the_one_resource(
    type_: str, access: str, expected: set[tuple[str, str]]
) -> None:
    rendered = render(checkout(needs=(resource_need("store", "thing", type_, access=access),)))
    there = "<store.production:thing."
    said = {
        (action, resource.replace(there, "").replace(">", "") if there in resource else resource)
        for action, resource in granted(rendered)
    }
    assert said == expected


@pytest.mark.parametrize("access", ["read", "write", "read-write"])
def test_whoever_needs_email_may_send_from_the_one_domain(access: str) -> None:
    rendered = render(checkout(needs=(resource_need("letters", "post", "email", access=access),)))
    sending = {"ses:SendEmail", "ses:SendRawEmail"}
    assert {action for action, _ in granted(rendered)} == sending
    assert {resource for _, resource in granted(rendered)} == {
        "<letters.production:post.arn>",
        "<letters.production:post.configuration_set_arn>",
    }


def test_regulated_data_is_decrypted_with_its_own_key_whoever_reads_it() -> None:
    needs = (
        resource_need("vault", "cards", "bucket", regulated=True),
        resource_need("store", "pictures", "bucket", access="write"),
    )
    rendered = render(checkout(needs=needs))
    by_name = {each["Sid"]: each for each in statements(rendered, "task-grants")}
    assert by_name["DecryptRegulatedData"]["Resource"] == [REGULATED_KEY]
    assert by_name["EncryptData"]["Resource"] == [KEY]
    assert "kms:GenerateDataKey" not in by_name["DecryptRegulatedData"]["Action"]


def test_a_key_is_used_only_through_the_service_that_keeps_the_data() -> None:
    for service, rendered in demo_stacks().items():
        for statement in statements(rendered):
            if any(action.startswith("kms:") for action in statement["Action"]):
                via = statement["Condition"]["StringEquals"]["kms:ViaService"]
                assert all(each.endswith(".eu-west-1.amazonaws.com") for each in via), service


def test_only_tasks_of_this_account_may_take_a_role() -> None:
    rendered = render(checkout())
    for role in rendered.of_type(ROLE):
        [trust] = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert trust["Condition"] == {
            "StringEquals": {"aws:SourceAccount": "111122223333"},
            "ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:111122223333:*"},
        }


def test_a_start_pulls_one_image_writes_one_log_and_reads_the_services_secrets() -> None:
    rendered = render(checkout(needs=(resource_need("store", "db", "postgres"),)))
    repository = "arn:aws:ecr:eu-west-1:111122223333:repository/shop/checkout"
    there = "<store.production:db.secret_arn>"
    assert granted(rendered, "execution-grants") == {
        ("ecr:GetAuthorizationToken", "*"),
        ("ecr:BatchCheckLayerAvailability", repository),
        ("ecr:BatchGetImage", repository),
        ("ecr:GetDownloadUrlForLayer", repository),
        ("logs:CreateLogStream", "<logs.arn>:log-stream:*"),
        ("logs:PutLogEvents", "<logs.arn>:log-stream:*"),
        ("secretsmanager:GetSecretValue", there),
        ("kms:Decrypt", KEY),
    }
    assert container(rendered)["secrets"] == [{"name": "STORE__DB_SECRET", "valueFrom": there}]


def test_a_service_that_needs_nothing_of_aws_has_a_role_without_grants() -> None:
    rendered = render(checkout())
    assert one(rendered, ROLE, "task-role")
    assert statements(rendered, "task-grants") == []


def test_a_reader_of_a_topic_has_a_queue_of_its_own_and_reads_nothing_else() -> None:
    rendered = render(checkout(needs=(resource_need("kafka", "orders", "topic"),)))
    inbox = one(rendered, "aws:sqs/queue:Queue", "kafka_orders_inbox")
    assert "kafka_orders_inbox_dead" in inbox.depends_on
    subscription = one(rendered, "aws:sns/topicSubscription:TopicSubscription")
    assert subscription.inputs["topic"] == "<kafka.production:orders.arn>"
    assert subscription.inputs["endpoint"] == "<kafka_orders_inbox.arn>"
    assert {resource for action, resource in granted(rendered) if action.startswith("sqs:")} == {
        "<kafka_orders_inbox.arn>"
    }
    assert not [action for action, _ in granted(rendered) if action.startswith("sns:")]
    assert {"name": "KAFKA__ORDERS_QUEUE_URL", "value": "<kafka_orders_inbox.url>"} in container(rendered)[
        "environment"
    ]


def test_the_owner_of_a_topic_writes_to_it_and_has_no_queue() -> None:
    needs = (resource_need("checkout", "news", "topic", access="read-write"),)
    rendered = render(checkout(resources={"news": Resource(type="topic")}, needs=needs))
    assert not rendered.of_type("aws:sqs/queue:Queue")
    assert ("sns:Publish", "<news.arn>") in granted(rendered)


def test_two_edges_to_one_thing_are_one_grant_with_the_access_of_both() -> None:
    needs = (
        resource_need("store", "jobs", "queue", access="read", hard=False),
        resource_need("store", "jobs", "queue", access="write"),
    )
    actions = {action for action, _ in granted(render(checkout(needs=needs)))}
    assert {"sqs:ReceiveMessage", "sqs:SendMessage"} <= actions


def test_no_two_statements_of_a_role_have_one_name() -> None:
    """AWS refuses such a policy."""
    kinds = ("postgres", "mysql", "redis", "rabbitmq", "queue", "topic", "bucket", "email")
    needs = tuple(resource_need("store", kind, kind, access="read-write") for kind in kinds)
    rendered = render(checkout(needs=needs))
    for role in ("task-grants", "execution-grants"):
        names = [each["Sid"] for each in statements(rendered, role)]
        assert len(names) == len(set(names)), role


def test_forty_edges_fit_into_one_policy() -> None:
    kinds = ("queue", "topic", "bucket", "postgres")
    needs = tuple(
        resource_need(f"service-{number}", "resource", kinds[number % 4], access="write") for number in range(40)
    )
    rendered = render(checkout(needs=needs))
    [policy] = [each for each in rendered.of_type("aws:iam/rolePolicy:RolePolicy") if each.name == "task-grants"]
    # As long as real ARNs are, which placeholders nearly are.
    assert len(policy.inputs["policy"].replace(" ", "")) < 9000


def test_no_two_statements_have_one_id() -> None:
    needs = (resource_need("a-1b", "jobs", "queue"), resource_need("a1b", "jobs", "queue"))
    ids = [each["Sid"] for each in statements(render(checkout(needs=needs)), "task-grants")]
    assert len(ids) == len(set(ids)) == 3
