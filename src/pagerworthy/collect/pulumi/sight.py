"""What is kept of the state of a stack: all that evidence follows from, and no secret."""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Annotated

import msgspec

from pagerworthy.collect.pulumi.resources import Log, Resource, Rule, Way, groups_of, logs_of, rules_of, told_of
from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.outputs import Value
from pagerworthy.stacks.run.state import Deployment, StackState, Update, state_of

_UP = frozenset({"update", "up"})
_LOOKING = _UP | {"refresh"}
# Up to the year 9000, as everywhere: later moments could not be moved by a zone.
_Seconds = Annotated[int, msgspec.Meta(ge=0, le=221_845_392_000)]


class Sight(msgspec.Struct, frozen=True, omit_defaults=True):
    """A stack as its backend has it.

    `outputs` are those in plain text; `digest` is of what it was brought up from, and `emulator` where, unless in the
    real cloud. `unfinished` says why its last update did not succeed, `meddled` what may have changed the state since
    one did; each is empty where nothing did. `updated` is when it was last to be changed, `written` when the state was
    written. `looked` is when the cloud was last looked at for it, `compared` when that was to see whether it differed;
    `adopted` counts what differed since the last update and is now in the state, and `changed` is when the cloud was
    last changed by it. `leftovers` counts what was replaced and is not deleted yet. Of its security groups, `groups`
    says what each is called, by its id; `told` has the ways into those of which the cloud told all that there are, and
    `rules` those that the stack itself makes, into whatever group.
    """

    outputs: dict[str, Value] = {}
    digest: str = ""
    emulator: str = ""
    unfinished: str = ""
    meddled: str = ""
    updated: dt.datetime | None = None
    written: dt.datetime | None = None
    looked: dt.datetime | None = None
    compared: dt.datetime | None = None
    changed: dt.datetime | None = None
    adopted: int = 0
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
    resource_changes: dict[str, int] | None = None
    environment: dict[str, str] | None = None

    @property
    def succeeded(self) -> bool:
        return self.result == "succeeded"

    @property
    def looks(self) -> bool:
        """Whether it looked at all that the stack holds in the cloud."""
        return self.succeeded and (self.kind == "refresh" or "pulumi.flag.refresh" in (self.environment or {}))

    @property
    def refreshes(self) -> bool:
        """Whether all that it did was to look, and to take over what it saw."""
        return self.succeeded and self.kind == "refresh"

    @property
    def differences(self) -> int:
        """How many resources it changed, in the cloud or in the state."""
        return sum(count for name, count in (self.resource_changes or {}).items() if name != "same")

    @property
    def changed_nothing(self) -> bool:
        """Whether it says so; one that does not say may have."""
        return self.succeeded and self.kind in _LOOKING and bool(self.resource_changes) and not self.differences

    @property
    def start(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.start_time, dt.UTC)

    @property
    def end(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self.end_time, dt.UTC)


class _Latest(msgspec.Struct, frozen=True):
    resources: tuple[Resource, ...] = ()


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
        compared=next((each.start for each in operations if each.looks and _compares(each)), None),
        changed=next((each.end for each in operations if not (each.refreshes or each.changed_nothing)), None),
        adopted=sum(each.differences for each in _since_update(operations) if each.refreshes),
        resources=state.resources,
        leftovers=len(resources) - len(held),
        groups=dict(groups_of(held)),
        told=dict(told_of(held)),
        rules=tuple(rules_of(held)),
        logs=tuple(logs_of(held, state.outputs)),
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


def _compares(operation: Operation) -> bool:
    """Whether nothing else came of it than to see what differs."""
    return operation.refreshes or operation.changed_nothing


def _since_update(operations: Sequence[Operation]) -> Iterator[Operation]:
    return takewhile(lambda each: each.kind not in _UP, operations)


def _meddled(operations: Sequence[Operation]) -> str:
    """What came after the last `up` and may have changed the state, beside a refresh, which says what it did."""
    odd = next((each for each in _since_update(operations) if not each.refreshes), None)
    return f"{odd.kind} of {odd.end:%Y-%m-%d %H:%M} UTC" if odd else ""


def _written(deployment: Deployment, last: Operation | None) -> dt.datetime | None:
    found = [last.end] if last else []
    if deployment.manifest.time:
        moment = dt.datetime.fromisoformat(deployment.manifest.time)
        if moment.tzinfo is None:
            raise ValueError("its moment has no zone")
        found.append(moment.astimezone(dt.UTC))
    return max(found, default=None)
