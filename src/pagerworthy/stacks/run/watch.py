"""What an engine tells while it works: counts, changes and what went wrong."""

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from pagerworthy.stacks.losses import Loss, loss
from pagerworthy.stacks.run.values import Shift, shifts

if TYPE_CHECKING:
    from pulumi.automation.events import EngineEvent, StepEventMetadata

_SAME = frozenset({"same", "read", "refresh", "read-discard", "discard"})
# The steps of one replacement are one change; so are those of the stack itself, which is no resource.
_STACK = "pulumi:pulumi:Stack"
_PROVIDER = "pulumi:providers:"


class Change(msgspec.Struct, frozen=True, order=True):
    """One change of one resource: `operation` is `create`, `update`, `replace` or `delete`.

    `properties` are the names of what differs, and `shifts` their values, which are for a terminal and in no report.
    `loss` is what a replacement or deletion loses.
    """

    type: str
    name: str
    operation: str
    urn: str = ""
    properties: tuple[str, ...] = ()
    shifts: tuple[Shift, ...] = ()
    loss: Loss | None = None


_OPERATIONS = {
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "import": "import",
}


class Watch:
    """Takes the events of one engine. `tell` is told each change when it is done."""

    def __init__(self, tell: Callable[[Change], object] | None = None) -> None:
        self._tell = tell
        self._changes: dict[str, Change] = {}
        self._errors: dict[tuple[str, str], None] = {}
        self._looked: Counter[str] = Counter()

    def __call__(self, event: "EngineEvent") -> None:
        if event.resource_pre_event and event.resource_pre_event.planning:
            self._step(event.resource_pre_event.metadata)
        elif event.res_outputs_event:
            self._step(event.res_outputs_event.metadata)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            found = event.diagnostic_event
            name = (found.urn or "").rpartition("::")[2]
            self._errors[name, found.message.strip()] = None

    @property
    def changes(self) -> tuple[Change, ...]:
        """The changes so far, by type and name."""
        return tuple(sorted(self._changes.values()))

    @property
    def errors(self) -> tuple[tuple[str, str], ...]:
        """What went wrong, as pairs of a resource's name, or an empty text, and what its provider said."""
        return tuple(self._errors)

    def _step(self, step: "StepEventMetadata") -> None:
        operation = str(getattr(step.op, "value", step.op))
        if step.type == _STACK or step.type.startswith(_PROVIDER) or operation in _SAME:
            return
        known = _OPERATIONS.get(operation)
        if known is None:
            return
        earlier = self._changes.get(step.urn)
        # A replacement is several steps, and a preview tells of each step twice.
        if earlier is not None and earlier.operation in {"replace", known}:
            return
        changed = Change(
            type=step.type,
            name=step.urn.rpartition("::")[2],
            operation=known,
            urn=step.urn,
            properties=tuple(sorted(step.diffs or ())),
            shifts=shifts(step),
            loss=_loss(known, step),
        )
        self._changes[step.urn] = changed
        if self._tell:
            self._tell(changed)


def _loss(operation: str, step: "StepEventMetadata") -> Loss | None:
    old = step.old
    if old is None or old.retain_on_delete:
        return None
    return loss(operation, step.type, step.urn.rpartition("::")[2], old.inputs or {})


def counts(changes: tuple[Change, ...]) -> dict[str, int]:
    """How many resources each operation is of, in the order create, update, replace, delete."""
    found = Counter(change.operation for change in changes)
    return {name: found[name] for name in ("create", "import", "update", "replace", "delete") if found[name]}
