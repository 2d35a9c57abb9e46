"""The resources of a state from which evidence follows: who may connect to what, and how long logs are kept."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from pagerworthy.stacks.outputs import Value

_GROUP = "aws:ec2/securityGroup:SecurityGroup"
_INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
_LOGS = "aws:cloudwatch/logGroup:LogGroup"
_LIFECYCLE = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
_SOURCES = ("referencedSecurityGroupId", "cidrIpv4", "cidrIpv6", "prefixListId")
_INLINE = ("securityGroups", "cidrBlocks", "ipv6CidrBlocks", "prefixListIds")
# The platform's output with the bucket in which load balancers and the network write down who asked.
_BUCKET = "log_bucket"
_ALL = "-1"
_LAST_PORT = 65_535


class Way(msgspec.Struct, frozen=True, order=True):
    """A way into a security group: from another one, or from addresses, to ports of a protocol."""

    group: str
    source: str
    protocol: str
    first: int
    last: int

    @property
    def ports(self) -> str:
        """`443`, `1000-2000`, `53/udp`, or `all`."""
        if self.protocol == _ALL:
            return "all"
        ports = str(self.first) if self.first == self.last else f"{self.first}-{self.last}"
        return ports if self.protocol == "tcp" else f"{ports}/{self.protocol}"


class Rule(msgspec.Struct, frozen=True):
    """A rule that the stack has made, and when."""

    way: Way
    made: dt.datetime | None = None


class Log(msgspec.Struct, frozen=True):
    """Where logs are kept, and for how many days; 0 is for ever."""

    name: str
    days: int


class Resource(msgspec.Struct, frozen=True):
    """A resource of a state; `delete` is whether it was replaced and only waits to be deleted."""

    urn: str
    type: str
    delete: bool = False
    created: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None
    outputs: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]


def groups_of(held: Sequence[Resource]) -> Iterator[tuple[str, str]]:
    """Each security group by its id, and what the stack calls it."""
    return ((_text(each.outputs, "id"), each.name) for each in held if each.type == _GROUP)


def rules_of(held: Sequence[Resource]) -> Iterator[Rule]:
    """The rules into groups that the stack makes."""
    return (Rule(_way_of(each.outputs), each.created) for each in held if each.type == _INGRESS)


def told_of(held: Sequence[Resource]) -> Iterator[tuple[str, tuple[Way, ...]]]:
    """The ways into each group of which the provider has told them; a group that was never read again tells of none."""
    for each in held:
        if each.type == _GROUP and isinstance(inline := each.outputs.get("ingress"), list):
            group = _text(each.outputs, "id")
            yield group, tuple(sorted({way for rule in inline for way in _ways_of(group, rule)}))


def _ways_of(group: str, rule: object) -> Iterator[Way]:
    if not isinstance(rule, Mapping):
        raise ValueError(f"{group} has a rule that is none")
    protocol, first, last = _range(rule, "protocol")
    sources = [source for key in _INLINE for source in _texts(rule, key)]
    if rule.get("self") is True:
        sources.append(group)
    for source in sources:
        yield Way(group, source, protocol, first, last)


def _way_of(rule: Mapping[str, Any]) -> Way:
    source = next((_text(rule, key) for key in _SOURCES if rule.get(key)), "")
    if not source:
        raise ValueError("a rule leads from nowhere")
    return Way(_text(rule, "securityGroupId"), source, *_range(rule, "ipProtocol"))


def _range(rule: Mapping[str, Any], protocol: str) -> tuple[str, int, int]:
    name = _text(rule, protocol)
    if name == _ALL:
        return name, 0, _LAST_PORT
    return name, _whole(rule.get("fromPort", 0)), _whole(rule.get("toPort", _LAST_PORT))


def logs_of(held: Sequence[Resource], outputs: Mapping[str, Value]) -> Iterator[Log]:
    """Where the stack keeps logs."""
    for each in held:
        if each.type == _LOGS:
            yield Log(_text(each.outputs, "name"), _whole(each.outputs.get("retentionInDays") or 0))
    bucket = outputs.get(_BUCKET)
    if isinstance(bucket, str):
        days = [
            found
            for each in held
            if each.type == _LIFECYCLE and each.outputs.get("bucket") == bucket
            for found in _expiries(each.outputs.get("rules"))
        ]
        yield Log(bucket, min(days, default=0))


def _expiries(rules: object) -> Iterator[int]:
    for rule in rules if isinstance(rules, list) else []:
        if not isinstance(rule, Mapping):
            raise ValueError("the lifecycle of its logs cannot be read")
        expiration = rule.get("expiration")
        if rule.get("status") == "Enabled" and isinstance(expiration, Mapping) and expiration.get("days"):
            yield _whole(expiration["days"])


def _text(found: Mapping[str, Any], key: str) -> str:
    value = found.get(key)
    if not isinstance(value, str) or not value:
        raise ValueError(f"its {key} is no text")
    return value


def _texts(found: Mapping[str, Any], key: str) -> list[str]:
    value = found.get(key) or []
    if not isinstance(value, list) or not all(isinstance(each, str) and each for each in value):
        raise ValueError(f"its {key} are no texts")
    return [str(each) for each in value]


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError("a number is no whole one")
    return int(value)
