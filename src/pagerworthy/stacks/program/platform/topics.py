"""The pager topics: where alarms go, one for each receiver."""

from collections.abc import Mapping

from pulumi import Input, Output
from pulumi_aws.kms.key import Key
from pulumi_aws.sns.topic import Topic
from pulumi_aws.sns.topic_policy import TopicPolicy

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.policies import Statement, document, only_encrypted, partition
from pagerworthy.stacks.program.scope import Scope


def declare_topics(scope: Scope[PlatformInputs], key: Key, account: Input[str]) -> Mapping[str, Topic]:
    """Declares a topic for each receiver; alarms of this account may publish, and budgets where they are to."""
    topics = {}
    # When a team leaves the catalog, alarms of a stack that is not up to date yet may still go to its topics.
    keep = scope.inputs.spec.purpose == "production"
    region = scope.inputs.spec.region
    arn = f"arn:{partition(region)}"
    alarms = Output.concat(f"{arn}:cloudwatch:{region}:", account, ":alarm:*")
    budgets = Output.concat(f"{arn}:budgets::", account, ":*")
    for receiver in scope.inputs.receivers:
        name = scope.name(receiver, limit=256)
        topic = Topic(
            receiver,
            name=name,
            kms_master_key_id=key.arn,
            tags=scope.tagged(name),
            opts=scope.options(keep=keep),
        )
        statements = [
            _publish("Alarms", "cloudwatch.amazonaws.com", topic, account, alarms),
            only_encrypted([topic.arn], "sns:Publish"),
        ]
        if receiver in budget_receivers(scope.inputs):
            statements.append(_publish("Budgets", "budgets.amazonaws.com", topic, account, budgets))
        TopicPolicy(
            f"{receiver}-policy",
            arn=topic.arn,
            policy=document(statements),
            opts=scope.options(keep=keep),
        )
        topics[receiver] = topic
    return topics


def budget_receivers(inputs: PlatformInputs) -> tuple[str, ...]:
    """Who hears of an overrun: those that the inputs name, or else all who take tickets."""
    if inputs.spec.budget is None:
        return ()
    return inputs.budget_receivers or tuple(each for each in inputs.receivers if each.startswith("ticket-"))


def _publish(sid: str, service: str, topic: Topic, account: Input[str], source: Input[str]) -> Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sns:Publish",
        "Resource": topic.arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account}, "ArnLike": {"aws:SourceArn": source}},
    }
