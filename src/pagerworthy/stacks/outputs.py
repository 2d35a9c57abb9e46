"""What stacks tell each other: the keys, and the values during a run.

Outputs are flat: a key is `security_group_id`, or `valkey.security_group_id` for a resource of that name. Values are
texts, numbers or lists of texts, and never secrets: a secret crosses as the ARN of where it is kept.
"""

from collections.abc import Mapping

from pagerworthy.stacks.inputs import Ask, ServiceInputs
from pagerworthy.stacks.names import platform_stack, stack_name

Value = str | int | float | bool | list[str]

# Of the platform stack. Lists have one element for each of the environment's zones.
PLATFORM_KEYS = (
    "vpc_id",
    "vpc_cidr",
    "public_subnet_ids",
    "private_subnet_ids",
    "data_subnet_ids",
    "endpoints_security_group_id",
    "s3_prefix_list_id",
    "cluster_arn",
    "cluster_name",
    "namespace_id",
    "namespace_name",
    "key_arn",
    "regulated_key_arn",
    "boundary_arn",
    "log_bucket",
    "zone_id",
)
LISTS = frozenset({"public_subnet_ids", "private_subnet_ids", "data_subnet_ids"})


def topic_key(receiver: str) -> str:
    """The platform's key of a pager topic: `topic.page-sre`."""
    return f"topic.{receiver}"


class MissingOutputError(LookupError):
    """A stack lacks an output that another needs."""

    def __init__(self, stack: str, key: str) -> None:
        super().__init__(f"{stack} has no output {key!r}; bring that stack up first")
        self.stack = stack
        self.key = key


class Peers:
    """The outputs of other stacks. Every reading is checked: what is not there is never read as empty."""

    def __init__(self, outputs: Mapping[str, Mapping[str, object]]) -> None:
        self._outputs = outputs

    def text(self, stack: str, key: str) -> str:
        """A text or number as text. Raises MissingOutputError where it is not there."""
        value = self._value(stack, key)
        if not isinstance(value, str | int) or value == "":
            raise MissingOutputError(stack, key)
        return str(value)

    def texts(self, stack: str, key: str) -> list[str]:
        """A list of texts that is not empty. Raises MissingOutputError where it is not there."""
        value = self._value(stack, key)
        if not isinstance(value, list) or not value or not all(isinstance(each, str) and each for each in value):
            raise MissingOutputError(stack, key)
        return [str(each) for each in value]

    def known(self, stack: str, key: str) -> str | None:
        """A text, or None where its stack is not there yet: for soft dependencies alone."""
        value = self._value(stack, key)
        return str(value) if isinstance(value, str | int) and value != "" else None

    def _value(self, stack: str, key: str) -> object:
        return self._outputs.get(stack, {}).get(key)


# The keys that each type of resource adds for those who may use it, each behind `<resource>.`.
RESOURCE_KEYS: Mapping[str, tuple[str, ...]] = {
    "postgres": ("security_group_id", "endpoint", "secret_arn"),
    "mysql": ("security_group_id", "endpoint", "secret_arn"),
    "redis": ("security_group_id", "endpoint", "secret_arn"),
    "memcached": ("security_group_id", "endpoint"),
    "rabbitmq": ("security_group_id", "endpoint", "secret_arn"),
    "queue": ("arn", "url"),
    "topic": ("arn",),
    "bucket": ("arn", "name"),
    "edge": ("security_group_id",),
    "email": ("arn", "configuration_set_arn"),
}
# Those with a password that is made from the stack's seed; all others have none, or one that AWS makes and changes.
DERIVING = frozenset({"redis", "rabbitmq"})
# What has public names: only there the environment needs a domain.
_NAMED = frozenset({"edge", "email"})


def asks_of(inputs: ServiceInputs) -> tuple[Ask, ...]:
    """What the program of a service reads of other stacks, each once, in order."""
    platform = platform_stack(inputs.environment)
    unused = set() if inputs.regulated else {"regulated_key_arn"}
    if not any(resource.type in _NAMED for resource in inputs.resources.values()):
        unused.add("zone_id")
    asks = {Ask(platform, key) for key in PLATFORM_KEYS if key not in unused}
    asks |= {Ask(platform, topic_key(receiver)) for receiver in (*inputs.page, *inputs.ticket)}
    for need in inputs.needs:
        if not need.owner or need.owner == inputs.service:
            continue
        stack = stack_name(need.owner, inputs.environment)
        if need.kind == "service":
            asks.add(Ask(stack, "security_group_id", need.hard))
        else:
            asks |= {Ask(stack, f"{need.resource}.{key}", need.hard) for key in RESOURCE_KEYS[need.type]}
            if need.regulated:
                asks.add(Ask(platform, "regulated_key_arn"))
    # Where one edge is hard and another soft, the hard one counts.
    required = {(each.stack, each.key) for each in asks if each.required}
    return tuple(sorted(each for each in asks if each.required or (each.stack, each.key) not in required))
