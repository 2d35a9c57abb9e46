"""The program of one stack as the engine runs it, and what it is told of its peers."""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from pagerworthy.stacks.inputs import FIRST_VERSION, StackInputs
from pagerworthy.stacks.names import PROJECT
from pagerworthy.stacks.outputs import MissingOutputError, Peers, Value
from pagerworthy.stacks.run.config import SEED
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
        release=release_of(inputs),
    )


def release_of(inputs: StackInputs) -> str:
    """The version that a stack is to run; empty where nothing was released, or nothing runs."""
    version = getattr(inputs, "version", "")
    return "" if version == FIRST_VERSION else version


def seed_mark(stack: str, seed: str) -> str:
    """By what a stack knows its seed again: 32 hexadecimal digits of HMAC-SHA-256 of its name, or nothing of none."""
    return hmac.digest(seed.encode(), f"mark of {stack}".encode(), hashlib.sha256).hex()[:32] if seed else ""


def program_of(
    inputs: StackInputs, given: PeerValues, cloud: "Cloud", declare: Declare, record: Record, seed: str = ""
) -> Callable[[], None]:
    """The inline program. It refuses to run for any stack but its own, and with any seed but that of the mark `seed`,
    where there is one."""

    def program() -> None:
        import pulumi

        if (pulumi.get_project(), pulumi.get_stack()) != (PROJECT, inputs.stack):
            raise RuntimeError(f"the program of {inputs.stack} was started for {pulumi.get_stack()}")
        mark = seed_mark(inputs.stack, pulumi.runtime.get_config(SEED) or "")
        if seed and mark != seed:
            raise pulumi.RunError(
                f"the seed of {inputs.stack} is not the one that its passwords were made from: in stacks/, set what it "
                f"was (`pulumi config set --secret {SEED} -s {inputs.stack}`) and `pulumi refresh -s {inputs.stack}`, "
                f"or `pulumi up -s {inputs.stack}` for new passwords"
            )
        outputs: Mapping[str, Any] = declare(inputs, given.peers, cloud)
        for key, value in outputs.items():
            pulumi.export(key, value)
        pulumi.export(RECORD, msgspec.to_builtins(msgspec.structs.replace(record, seed=mark)))

    return program
