"""`topic`: SNS, and the queues of those who read it."""

from pulumi import Input
from pulumi_aws.sns.topic import Topic, TopicArgs
from pulumi_aws.sns.topic_policy import TopicPolicy, TopicPolicyArgs
from pulumi_aws.sns.topic_subscription import TopicSubscription, TopicSubscriptionArgs
from pulumi_aws.sqs.queue import Queue

from pagerworthy.catalog import Resource
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.policies import document, only_encrypted
from pagerworthy.stacks.program.provided import Limit, Provided
from pagerworthy.stacks.program.resources.place import in_production, key_arn, place_of
from pagerworthy.stacks.program.resources.queue import queue_with_dead_letters
from pagerworthy.stacks.program.scope import Scope


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """A topic, encrypted. It keeps nothing itself: each reader has a queue that keeps messages for two weeks."""
    del resource
    physical = scope.name(name, limit=256)
    topic = Topic(
        name,
        TopicArgs(name=physical, kms_master_key_id=key_arn(scope), tags=scope.tagged(physical)),
        scope.options(protect=in_production(scope)),
    )
    TopicPolicy(
        f"{name}-policy",
        TopicPolicyArgs(arn=topic.arn, policy=document([only_encrypted([topic.arn], "sns:Publish")])),
        scope.options(),
    )
    failed = Limit(
        "failed-deliveries",
        "AWS/SNS",
        "NumberOfNotificationsFailed",
        {"TopicName": topic.name},
        0,
        "A reader did not get a message, and will not.",
        statistic="Sum",
        periods=1,
    )
    return Provided(outputs={"arn": topic.arn}, limits=(failed,))


def subscribe(scope: Scope[ServiceInputs], name: str, topic_arn: Input[str]) -> tuple[Queue, tuple[Limit, ...]]:
    """A queue of the reader's own for what a topic publishes from now on, in the reader's stack; and its limits.

    `name` is the queue's, such as `kafka_orders_inbox`; `topic_arn` that of the topic in its owner's stack. Messages
    arrive as they were published. Only this topic may send to the queue.
    """
    offering = offerings.queue(Resource(type="queue", retention=f"{offerings.MESSAGE_DAYS}d"), place_of(scope))
    sender = {
        "Sid": "Topic",
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Condition": {"ArnEquals": {"aws:SourceArn": topic_arn}},
    }
    queue, limits = queue_with_dead_letters(scope, name, f"{scope.name()}_{name}", offering, [sender])
    TopicSubscription(
        f"{name}-subscription",
        TopicSubscriptionArgs(topic=topic_arn, protocol="sqs", endpoint=queue.arn, raw_message_delivery=True),
        scope.options(),
    )
    return queue, limits
