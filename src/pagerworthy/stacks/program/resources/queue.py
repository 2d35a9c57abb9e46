"""`queue`: SQS, with a dead-letter queue for what nobody could handle."""

from collections.abc import Sequence

from pulumi import Input, Output
from pulumi_aws.sqs.queue import Queue, QueueArgs
from pulumi_aws.sqs.queue_policy import QueuePolicy, QueuePolicyArgs

from pagerworthy.catalog import Resource
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.names import physical
from pagerworthy.stacks.program.policies import Statement, document, only_encrypted
from pagerworthy.stacks.program.provided import Limit, Provided
from pagerworthy.stacks.program.resources.place import in_production, key_arn, place_of
from pagerworthy.stacks.program.scope import Scope

# What may run out before a message is read again; a reader that takes longer has to say so to SQS.
_VISIBILITY = 60


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """A queue; what was delivered in vain as often as the entry says lies two weeks in the dead-letter queue."""
    offering = offerings.queue(resource, place_of(scope))
    queue, limits = queue_with_dead_letters(scope, name, scope.name(name), offering)
    return Provided(outputs={"arn": queue.arn, "url": queue.url}, limits=limits)


def queue_with_dead_letters(
    scope: Scope[ServiceInputs],
    name: str,
    whole: str,
    offering: offerings.Queue,
    senders: Sequence[Statement] = (),
) -> tuple[Queue, tuple[Limit, ...]]:
    """The queue and its limits. `whole` is its name in the cloud; that of the dead-letter queue follows with an
    underscore, which no name of an entry has, so that no other queue is called the same. `senders` are statements of
    its policy for who may send without a grant of its own; their `Resource` is filled in.
    """
    dead = _queue(scope, f"{name}_dead", f"{whole}_dead", offerings.MESSAGE_DAYS * 86400)
    queue = _queue(
        scope,
        name,
        whole,
        offering.retention,
        redrive=Output.json_dumps(
            {"deadLetterTargetArn": dead.arn, "maxReceiveCount": offering.attempts}, sort_keys=True
        ),
    )
    _policy(scope, f"{name}_dead", dead, ())
    _policy(scope, name, queue, senders)
    return queue, _limits(queue.name, dead.name, offering)


def _queue(
    scope: Scope[ServiceInputs], name: str, whole: str, retention: int, redrive: Output[str] | None = None
) -> Queue:
    called = physical(whole, limit=80)
    return Queue(
        name,
        QueueArgs(
            name=called,
            message_retention_seconds=retention,
            visibility_timeout_seconds=_VISIBILITY,
            receive_wait_time_seconds=20,
            kms_master_key_id=key_arn(scope),
            kms_data_key_reuse_period_seconds=300,
            redrive_policy=redrive,
            tags=scope.tagged(called),
        ),
        scope.options(protect=in_production(scope)),
    )


def _policy(scope: Scope[ServiceInputs], name: str, queue: Queue, senders: Sequence[Statement]) -> None:
    """Nobody without TLS; senders beside those whose roles may."""
    allowed = [{**statement, "Resource": queue.arn} for statement in senders]
    policy = document([only_encrypted([queue.arn], "sqs:*"), *allowed])
    QueuePolicy(f"{name}-policy", QueuePolicyArgs(queue_url=queue.url, policy=policy), scope.options())


def _limits(queue: Input[str], dead: Input[str], offering: offerings.Queue) -> tuple[Limit, ...]:
    age = "ApproximateAgeOfOldestMessage"
    return (
        Limit(
            "queue-age",
            "AWS/SQS",
            age,
            {"QueueName": queue},
            offering.age,
            f"A message has waited for {offering.age // 60} minutes: readers are slow, or gone.",
        ),
        Limit(
            "queue-loss",
            "AWS/SQS",
            age,
            {"QueueName": queue},
            offering.retention * 0.75,
            "After the retention a message is deleted unread.",
            severity="page",
        ),
        Limit(
            "dead-letters",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": dead},
            0,
            "A message was given up on; somebody has to look at it.",
            periods=1,
        ),
    )
