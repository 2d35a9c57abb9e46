"""What is kept of the state of a stack: all that evidence follows from, and no secret."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import msgspec

from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.outputs import Value
from pagerworthy.stacks.run.state import Deployment, StackState, Update, state_of

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
_UP = frozenset({"update", "up"})
# Up to the year 9000, as everywhere: later moments could not be moved by a zone.
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=221_845_392_000)]


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


class Sight(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stack as its backend has it.

    `outputs` are those in plain text; `digest` is of what it was brought up from, and `emulator` where, unless in the
    real cloud. `unfinished` says why its last update did not succeed, `meddled` what may have changed the state since
    one did; each is empty where nothing did. `updated` is when it was last to be changed, `written` when the state was
    written, `looked` when the cloud was last looked at for it. `leftovers` counts what was replaced and is not deleted
    yet. Of its security groups, `groups` says what each is called, by its id; `told` has the ways into those of which
    the cloud told all that there are, and `rules` those that the stack itself makes, into whatever group.
    """

    outputs: dict[str, Value] = {}
    digest: str = ""
    emulator: str = ""
    unfinished: str = ""
    meddled: str = ""
    updated: dt.datetime | None = None
    written: dt.datetime | None = None
    looked: dt.datetime | None = None
    resources: int = 0
    leftovers: int = 0
    groups: dict[str, str] = {}
    told: dict[str, tuple[Way, ...]] = {}
    rules: tuple[Rule, ...] = ()
    logs: tuple[Log, ...] = ()


class Operation(msgspec.Struct, frozen=True, rename="camel"):
    """An operation of the past, as the backend keeps it."""

    kind: str
    result: str = ""
    start_time: _Seconds = 0
    end_time: _Seconds = 0
    resource_changes: dict[str, int] = {}
    environment: dict[str, str] = {}

    @property
    def succeeded(self) -> bool:
        return self.result == "succeeded"

    @property
    def looks(self) -> bool:
        """Whether it looked at all that the stack holds in the cloud."""
        return self.succeeded and (self.kind == "refresh" or "pulumi.flag.refresh" in self.environment)

    @property
    def changed_nothing(self) -> bool:
        return (
            self.kind == "refresh"
            and self.succeeded
            and not any(count for name, count in self.resource_changes.items() if name != "same")
        )

    @property
    def start(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.start_time, dt.UTC)

    @property
    def end(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.end_time, dt.UTC)


class _Resource(msgspec.Struct, frozen=True):
    urn: str
    type: str
    delete: bool = False
    created: dt.datetime | None = None
    outputs: dict[str, Any] = {}

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]


class _Latest(msgspec.Struct, frozen=True):
    resources: tuple[_Resource, ...] = ()


class _Checkpoint(msgspec.Struct, frozen=True):
    latest: msgspec.Raw = msgspec.Raw(b"null")


class _File(msgspec.Struct, frozen=True):
    checkpoint: _Checkpoint


def sight_of(stack: str, content: bytes, operations: Sequence[Operation]) -> Sight:
    """What a checkpoint and the operations of the past, the newest first, say of a stack.

    Raises ValueError, msgspec.MsgspecError or RecursionError for what is no state of this stack.
    """
    latest = msgspec.json.decode(content, type=_File).checkpoint.latest
    deployment = msgspec.json.decode(latest, type=Deployment | None) or Deployment()
    resources = (msgspec.json.decode(latest, type=_Latest | None) or _Latest()).resources
    for each in resources:
        if not each.urn.startswith(f"urn:pulumi:{stack}::{PROJECT}::"):
            raise ValueError("it is of another stack")
    last, changing = (next(found, None) for found in (iter(operations), filter(_changes, operations)))
    state = state_of(stack, deployment, _update(last), _update(changing))
    held = [each for each in resources if not each.delete]
    return Sight(
        outputs=state.outputs,
        digest=state.record.digest,
        emulator=state.record.cloud,
        unfinished=_unfinished(state, changing),
        meddled=_meddled(operations),
        updated=changing.end if changing else None,
        written=_written(deployment, last),
        looked=next((each.start for each in operations if each.looks), None),
        resources=state.resources,
        leftovers=len(resources) - len(held),
        groups={_text(each.outputs, "id"): each.name for each in held if each.type == _GROUP},
        told=dict(_told(held)),
        rules=tuple(Rule(_way_of(each.outputs), each.created) for each in held if each.type == _INGRESS),
        logs=tuple(_logs(held, state.outputs)),
    )


def _changes(operation: Operation) -> bool:
    return operation.kind in _UP or operation.kind == "destroy"


def _update(operation: Operation | None) -> Update | None:
    return None if operation is None else Update(operation.kind, operation.result, operation.end_time)


def _unfinished(state: StackState, changing: Operation | None) -> str:
    if state.pending:
        return f"an engine ended in the middle of {state.pending[0].kind} {state.pending[0].name}"
    if changing is None:
        return "nothing was ever brought up in it"
    if not changing.succeeded:
        return f"its last {changing.kind} did not succeed"
    if state.failed:
        return "an engine was cut off at work on it"
    return "all that it held was destroyed" if changing.kind == "destroy" else ""


def _meddled(operations: Sequence[Operation]) -> str:
    """What came after the last `up` and may have changed the state; a refresh that found nothing has not."""
    for each in operations:
        if each.kind in _UP:
            break
        if not each.changed_nothing:
            return f"{each.kind} of {each.end:%Y-%m-%d %H:%M} UTC"
    return ""


def _written(deployment: Deployment, last: Operation | None) -> dt.datetime | None:
    found = [last.end] if last else []
    if deployment.manifest.time:
        moment = dt.datetime.fromisoformat(deployment.manifest.time)
        if moment.tzinfo is None:
            raise ValueError("its moment has no zone")
        found.append(moment.astimezone(dt.UTC))
    return max(found, default=None)


def _told(held: Sequence[_Resource]) -> Iterator[tuple[str, tuple[Way, ...]]]:
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


def _logs(held: Sequence[_Resource], outputs: Mapping[str, Value]) -> Iterator[Log]:
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
