"""Stacks of a topic or two, so that a test of runs is over in seconds."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from pagerworthy.catalog import EnvironmentSpec
from pagerworthy.stacks.inputs import Ask, StackInputs
from pagerworthy.stacks.outputs import Peers

SPEC = EnvironmentSpec(purpose="staging", provider="aws", region="eu-central-1")
ENVIRONMENT = "staging"


class Tiny(msgspec.Struct, frozen=True):
    """A stack with these topics and a queue, that asks for the first topic of others.

    `says` is in the queue's tags, so that changing it changes one resource. `task` is the image of a task that runs,
    with an alarm that watches it and rings at the last topic.
    """

    service: str
    topics: tuple[str, ...] = ("news",)
    hard: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()
    says: str = ""
    protect: bool = False
    task: str = ""
    asks_for: str = "news.arn"
    secret: bool = False
    environment: str = ENVIRONMENT
    spec: EnvironmentSpec = SPEC

    @property
    def stack(self) -> str:
        return f"{self.service}.{self.environment}"

    def asks(self) -> tuple[Ask, ...]:
        hard = [Ask(f"{each}.{self.environment}", self.asks_for) for each in self.hard]
        soft = [Ask(f"{each}.{self.environment}", self.asks_for, required=False) for each in self.soft]
        return tuple(sorted([*hard, *soft]))


def inputs(*tiny: Tiny) -> list[StackInputs]:
    """As a run takes them: it looks at no more of a stack's inputs than these have."""
    return cast("list[StackInputs]", list(tiny))


def declare(given: StackInputs, peers: Peers, cloud: Any) -> Mapping[str, Any]:
    """The program: topics, and a queue that holds on to the topics of others."""
    import pulumi
    from pulumi import ResourceOptions
    from pulumi_aws.sns.topic import Topic
    from pulumi_aws.sqs.queue import Queue

    stack = cast("Tiny", given)
    provider = cloud.provider(stack.spec)
    options = ResourceOptions(provider=provider, protect=stack.protect or None)
    outputs: dict[str, Any] = {}
    made = {}
    for name in stack.topics:
        made[name] = Topic(name, name=f"{stack.service}-{name}", opts=options)
        outputs[f"{name}.arn"] = made[name].arn
    tags = {"says": stack.says} if stack.says else {}
    for ask in stack.asks():
        value = peers.text(ask.stack, ask.key) if ask.required else peers.known(ask.stack, ask.key)
        if value is not None:
            tags[f"of-{ask.stack.partition('.')[0]}"] = value
    if tags:
        Queue("queue", name=f"{stack.service}-queue", tags=tags, opts=options)
    if stack.task:
        _run(stack, options, made[stack.topics[-1]].arn)
    if stack.secret:
        outputs["password"] = pulumi.Config("pagerworthy").require_secret("seed")
    return outputs


def _run(stack: Tiny, options: Any, pager: Any) -> None:
    from pulumi_aws.cloudwatch.metric_alarm import MetricAlarm
    from pulumi_aws.ecs.cluster import Cluster
    from pulumi_aws.ecs.service import Service
    from pulumi_aws.ecs.task_definition import TaskDefinition

    cluster = Cluster("cluster", name=stack.service, opts=options)
    task = TaskDefinition(
        "task",
        family=stack.service,
        container_definitions=f'[{{"name": "main", "image": "{stack.task}", "memory": 128}}]',
        opts=options,
    )
    running = Service(
        "service",
        name=stack.service,
        cluster=cluster.arn,
        task_definition=task.arn,
        desired_count=1,
        opts=options,
    )
    MetricAlarm(
        "saturation",
        name=f"{stack.service}-saturation",
        namespace="AWS/ECS",
        metric_name="CPUUtilization",
        dimensions={"ServiceName": running.name},
        comparison_operator="GreaterThanThreshold",
        statistic="Average",
        threshold=80,
        period=60,
        evaluation_periods=5,
        alarm_actions=[pager],
        opts=options,
    )
