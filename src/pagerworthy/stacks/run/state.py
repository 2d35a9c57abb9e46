"""What a backend knows of a stack, as far as a run needs it."""

from datetime import datetime
from typing import Any

import msgspec

from pagerworthy.stacks.losses import Loss, loss
from pagerworthy.stacks.outputs import Value

# The output in which a run keeps what it needs at the next one.
RECORD = "pagerworthy"
# By this key Pulumi marks a value that it keeps encrypted.
_SIGNATURE = "4dabf18193072939515e22adb298388d"


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a stack remembers of the run that brought it up.

    `digest` is of all that it followed from. `asks` are the stacks whose outputs it used, so that the order is known
    even after its entry is gone. `cloud` is the emulator's address, or empty. `seed` is the mark of the seed that its
    secrets were made from, which tells nothing of it. `release` is the version of its image, empty where none was
    released.
    """

    digest: str = ""
    asks: tuple[str, ...] = ()
    cloud: str = ""
    seed: str = ""
    release: str = ""


class Pending(msgspec.Struct, frozen=True):
    """An operation that was under way when its engine ended: whether it happened, nobody knows."""

    kind: str
    urn: str

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    @property
    def type(self) -> str:
        return self.urn.split("::")[2].rpartition("$")[2]


class StackState(msgspec.Struct, frozen=True):
    """A stack as its backend has it.

    `outputs` are those in plain text, `secret` the names of the others. `resources` counts what the cloud holds,
    `losses` are whose data would be lost with it. `settled` is whether the last operation was an `up` that succeeded
    and nothing happened since; `failed` whether the last that was to change something did not succeed, so that its
    outputs may be those of one before.
    """

    stack: str
    outputs: dict[str, Value]
    record: Record
    secret: tuple[str, ...] = ()
    pending: tuple[Pending, ...] = ()
    protected: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    resources: int = 0
    losses: tuple[Loss, ...] = ()
    settled: bool = False
    failed: bool = False


class _Resource(msgspec.Struct, frozen=True):
    urn: str
    type: str
    custom: bool = False
    protect: bool = False
    external: bool = False
    delete: bool = False
    outputs: dict[str, Any] = {}


class _Operation(msgspec.Struct, frozen=True):
    resource: _Resource
    type: str = ""


class _Manifest(msgspec.Struct, frozen=True):
    time: str = ""


class Deployment(msgspec.Struct, frozen=True):
    """A deployment as Pulumi writes it: in the checkpoint of a file backend, and as `pulumi stack export`."""

    manifest: _Manifest = _Manifest()
    resources: tuple[_Resource, ...] = ()
    pending_operations: tuple[_Operation, ...] = ()


class Update(msgspec.Struct, frozen=True):
    """The last operation on a stack: `end` in seconds since 1970."""

    kind: str
    result: str
    end: int

    @property
    def changes(self) -> bool:
        """Whether it was to change the stack, and not only to look."""
        return self.kind in {"update", "up", "destroy"}


def state_of(stack: str, deployment: Deployment, last: Update | None, update: Update | None) -> StackState:
    """What a run needs of a deployment, of the last operation that its backend tells of, and of the last `update`
    among them, or whatever else was to change something. Raises ValueError for a deployment that makes no sense."""
    for operation in deployment.pending_operations:
        # urn:pulumi:STACK::PROJECT::TYPES::NAME
        if operation.resource.urn.count("::") < 3:
            raise ValueError(f"an operation is pending on {operation.resource.urn[:80]!r}, which is no URN")
    outputs: dict[str, Any] = {}
    held = []
    for each in deployment.resources:
        if each.type == "pulumi:pulumi:Stack":
            outputs = each.outputs
        elif each.custom and not each.external and not each.type.startswith("pulumi:providers:"):
            held.append(each)
    settled = last is not None and last.kind in {"update", "up"} and last.result == "succeeded"
    cut_off = False
    if last is not None and deployment.manifest.time:
        # An engine that was killed leaves a newer checkpoint, and tells of no operation.
        cut_off = int(datetime.fromisoformat(deployment.manifest.time).timestamp()) > last.end
    plain = {key: value for key, value in outputs.items() if key != RECORD and not _is_secret(value)}
    return StackState(
        stack=stack,
        outputs=plain,
        record=_record(outputs.get(RECORD)),
        secret=tuple(sorted(outputs.keys() - plain.keys() - {RECORD})),
        pending=tuple(Pending(each.type, each.resource.urn) for each in deployment.pending_operations),
        protected=tuple(each.urn for each in held if each.protect),
        types=tuple(sorted({each.type for each in held})),
        resources=len(held),
        losses=tuple(sorted(lost for each in held if (lost := _loss(each)) is not None)),
        settled=settled and not cut_off,
        failed=cut_off or bool(deployment.pending_operations) or (update is not None and update.result != "succeeded"),
    )


def _loss(resource: _Resource) -> Loss | None:
    return loss("delete", resource.type, resource.urn.rpartition("::")[2], resource.outputs)


def _record(value: object) -> Record:
    """The record of the last run; an empty one where there is none, or none that this version reads."""
    try:
        return msgspec.convert(value, Record)
    except msgspec.ValidationError:
        return Record()


def _is_secret(value: object) -> bool:
    """Whether a value is secret, or any part of it."""
    if isinstance(value, dict):
        return _SIGNATURE in value or any(map(_is_secret, value.values()))
    return isinstance(value, list) and any(map(_is_secret, value))
