"""What the program of a resource hands back to the stack that declares it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pulumi import Input, Resource

from pagerworthy.stacks.outputs import Value


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit that a resource nears, of which its service's holder wants to hear: one CloudWatch alarm.

    The alarm fires when `statistic` of the metric over `period` seconds compares so with `threshold`, in `periods`
    periods running, or in as many of the last `of`. `name` is a word or two for the alarm's name, such as
    `connections`; `why` a sentence that says what happens when the limit is reached.
    """

    name: str
    namespace: str
    metric: str
    dimensions: Mapping[str, Input[str]]
    threshold: float
    why: str
    severity: Literal["page", "ticket"] = "ticket"
    above: bool = True
    statistic: str = "Maximum"
    period: int = 300
    periods: int = 3
    of: int = 0
    # Whether no data is as bad as too much of it.
    missing_is_bad: bool = False
    # Maths over the metric, which is `m1`, and `m2`: the metric that `per` names, or else the same one with the
    # dimensions `beside`. Empty for the metric itself.
    expression: str = ""
    per: str = ""
    beside: Mapping[str, Input[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Provided:
    """A declared resource of the catalog.

    `outputs` are what others need, under the keys of `outputs.RESOURCE_KEYS` without the resource's name.
    `target_group` is the ARN of where an edge sends requests, for the service to register with, and `listeners` what
    has to be there before it can. Where a release shifts requests, `other_target_group` is the ARN of where the new
    version registers, and `listener_rule` of what says how many requests go to which.
    """

    outputs: Mapping[str, Input[Value]]
    limits: tuple[Limit, ...] = ()
    target_group: Input[str] | None = None
    other_target_group: Input[str] | None = None
    listener_rule: Input[str] | None = None
    listeners: tuple[Resource, ...] = field(default=())
