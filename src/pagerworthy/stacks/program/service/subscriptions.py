"""Topics that the service reads: each with a queue of its own, so that no reader waits for another."""

from dataclasses import dataclass

from pulumi import Input
from pulumi_aws.sqs.queue import Queue

from pagerworthy.stacks.inputs import Need, ServiceInputs
from pagerworthy.stacks.program.provided import Limit
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.reach import Reach


@dataclass(frozen=True, slots=True)
class Inbox:
    """The queue in which a topic's messages wait for the service."""

    need: Need
    queue: Queue
    limits: tuple[Limit, ...]

    @property
    def name(self) -> str:
        return inbox_name(self.need)


def declare_inboxes(scope: Scope[ServiceInputs], reach: Reach) -> tuple[Inbox, ...]:
    """Declares a queue for each topic that the service reads; a soft one whose stack is not there yet is left out."""
    inboxes = []
    for need in reach.needs():
        if not need.reads_topic(scope.inputs.service):
            continue
        topic = reach.value(need, "arn")
        if topic is not None:
            inboxes.append(_inbox(scope, need, topic))
    return tuple(inboxes)


def inbox_name(need: Need) -> str:
    """What the queue of a topic's reader is called: `kafka_orders_inbox`.

    No name of an entry has an underscore: no other topic's queue is called the same, nor is a resource of the reader.
    """
    return f"{need.owner}_{need.resource}_inbox"


def _inbox(scope: Scope[ServiceInputs], need: Need, topic: Input[str]) -> Inbox:
    from pagerworthy.stacks.program.resources.topic import subscribe

    queue, limits = subscribe(scope, inbox_name(need), topic)
    return Inbox(need, queue, limits)
