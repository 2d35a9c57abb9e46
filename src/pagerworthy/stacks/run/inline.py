"""The program of one stack as the engine runs it, and what it is told of its peers."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from pagerworthy.stacks.inputs import StackInputs
from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.outputs import MissingOutputError, Peers, Value
from pagerworthy.stacks.run.digests import digest_of
from pagerworthy.stacks.run.state import RECORD, Record

if TYPE_CHECKING:
    from pulumi import Input

    from pagerworthy.stacks.program.cloud import Cloud

Declare = Callable[[StackInputs, Peers, "Cloud"], "Mapping[str, Input[Value]]"]


class PeerValues(msgspec.Struct, frozen=True):
    """The outputs of other stacks that a program may read, by stack and key, and those that are not there yet."""

    values: dict[str, dict[str, Value]]
    missing: tuple[str, ...] = ()

    @property
    def peers(self) -> Peers:
        return Peers(self.values)


def peers_of(
    inputs: StackInputs, outputs: Callable[[str], Mapping[str, Value] | None], without: frozenset[str] = frozenset()
) -> PeerValues:
    """The values that a stack asks for, and no other: what it is not given, it cannot come to depend on.

    `outputs` gives those of a stack, or None where there is no such stack. Those of `without` are left out. Raises
    MissingOutputError for a required one that is not there.
    """
    values: dict[str, dict[str, Value]] = {}
    missing = []
    for ask in inputs.asks():
        found = None if ask.stack in without else outputs(ask.stack)
        value = None if found is None else found.get(ask.key)
        if value is None or value in ("", []):
            if ask.required:
                raise MissingOutputError(ask.stack, ask.key)
            missing.append(f"{ask.stack}:{ask.key}")
        else:
            values.setdefault(ask.stack, {})[ask.key] = value
    return PeerValues(values, tuple(missing))


def record_of(inputs: StackInputs, given: PeerValues, cloud: "Cloud") -> Record:
    """What a stack is to remember once it is up."""
    return Record(
        digest=digest_of(inputs, given.values, cloud.emulator),
        asks=tuple(sorted(given.values)),
        cloud=cloud.emulator,
    )


def program_of(
    inputs: StackInputs, given: PeerValues, cloud: "Cloud", declare: Declare, record: Record
) -> Callable[[], None]:
    """The inline program. It refuses to run for any stack but its own."""

    def program() -> None:
        import pulumi

        if (pulumi.get_project(), pulumi.get_stack()) != (PROJECT, inputs.stack):
            raise RuntimeError(f"the program of {inputs.stack} was started for {pulumi.get_stack()}")
        outputs: Mapping[str, Any] = declare(inputs, given.peers, cloud)
        for key, value in outputs.items():
            pulumi.export(key, value)
        pulumi.export(RECORD, msgspec.to_builtins(record))

    return program
