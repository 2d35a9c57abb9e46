"""What a freeze stops: changes of what runs. The rest of the stack, its alarms and its scaling too, is brought up.

Only where something new would run beside what does, or in its place under another name, what depends on it has to wait:
there is nothing yet that it could depend on.
"""

from collections.abc import Callable, Iterable, Mapping

import msgspec

from pagerworthy.catalog import EnvironmentSpec
from pagerworthy.stacks.inputs import StackInputs
from pagerworthy.stacks.run.watch import Change

# What a deployment changes: what runs, from which image, and how many of it.
DEPLOYED = frozenset({"aws:ecs/taskDefinition:TaskDefinition", "aws:ecs/service:Service"})
_RUNS = "aws:ecs/service:Service"
_TAKE_AWAY = frozenset({"delete", "replace"})
# What a task that runs on relies on as it is: ways to and from it, and its rights.
_RELIED_ON = ("aws:vpc/securityGroup", "aws:iam/role", "aws:lb/", "aws:servicediscovery/", "aws:sqs/queuePolicy")


def holds_in(environment: EnvironmentSpec) -> bool:
    """Whether freezes hold in an environment: only what users meet is frozen."""
    return environment.purpose == "production"


class Stop(msgspec.Struct, frozen=True):
    """That a stack may not be deployed, and `why`; `callees` are the frozen services whose entries it would follow,
    none where it is frozen itself."""

    why: str
    callees: tuple[str, ...] = ()

    def held(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Those of these changes that it stops."""
        return _held_with(changes, self.callees) if self.callees else _held_back(changes)


class Freezes:
    """The services whose deployments are frozen, with what stops each, such as "frozen by decision on 2026-11-18".

    `glass` breaks them all: it is called with service and reason before anything is deployed, and keeps the record.
    """

    def __init__(self, frozen: Mapping[str, str], glass: Callable[[str, str], None] | None = None) -> None:
        self._frozen = frozen
        self.glass = glass

    def stop(self, inputs: StackInputs) -> Stop | None:
        """What stops a stack's deployments; None where nothing does."""
        if why := self._frozen.get(_service(inputs)):
            return Stop(why)
        callees = sorted({name for ask in inputs.asks() if self._frozen.get(name := ask.stack.rpartition(".")[0])})
        return Stop(f"to follow {', '.join(callees)}, which may not be deployed", tuple(callees)) if callees else None

    def break_glass(self, inputs: StackInputs, why: str) -> None:
        """Records that a service is deployed all the same. Raises OSError where that cannot be recorded."""
        if self.glass:
            self.glass(_service(inputs), why)


def runs(held: Iterable[str]) -> bool:
    """Whether a stack that holds resources of these types runs its service."""
    return _RUNS in held


def _held_back(changes: Iterable[Change]) -> tuple[Change, ...]:
    """The changes that a freeze of the service stops: its deployment, and with that what it would no longer need.

    What runs on was made for the rules, rights, ports and resources that are there: while it waits, nothing of them
    goes or becomes another. What is added harms nobody, nor does another size or alarm, which may mend the breach.
    """
    all_ = tuple(changes)
    if not any(change.type in DEPLOYED for change in all_):
        return ()
    return tuple(
        change
        for change in all_
        if change.type in DEPLOYED
        or change.operation in _TAKE_AWAY
        or (change.operation == "update" and change.type.startswith(_RELIED_ON))
    )


def _held_with(changes: Iterable[Change], frozen: Iterable[str]) -> tuple[Change, ...]:
    """The changes of a caller that follow a frozen service's entry and not what of it runs: another way to it, and the
    deployment that would use that."""
    all_ = tuple(changes)
    ways = tuple(f"to-{name}-" for name in frozen)
    moved = tuple(
        change
        for change in all_
        if ways and change.operation in {"update", "replace"} and change.name.startswith(ways) and _is_rule(change)
    )
    return (*moved, *(change for change in all_ if change.type in DEPLOYED)) if moved else ()


def _is_rule(change: Change) -> bool:
    return change.type.startswith("aws:vpc/securityGroup")


def is_new(held: Iterable[Change]) -> bool:
    """Whether something of what is held back is not there yet."""
    return any(change.operation == "create" for change in held)


def _service(inputs: StackInputs) -> str:
    return inputs.stack.rpartition(".")[0]
