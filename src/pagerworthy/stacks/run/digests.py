"""The digest of all that a stack follows from: where it is the same, there is nothing to do."""

import functools
import hashlib
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import msgspec

from pagerworthy.stacks.inputs import StackInputs, digest
from pagerworthy.stacks.outputs import Value

_encoder = msgspec.json.Encoder(order="deterministic")
_STACKS = Path(__file__).parents[1]
# What lies beside the programs and declares nothing.
_BESIDE = ("run", "render", "cost")


def digest_of(inputs: StackInputs, values: Mapping[str, Mapping[str, Value]], emulator: str = "") -> str:
    """`sha256:` and the digest of the inputs, of the peers' values that they ask for, of the cloud that is meant, and
    of the programs themselves."""
    whole = _encoder.encode([digest(inputs), values, emulator, programs()])
    return f"sha256:{hashlib.sha256(whole).hexdigest()}"


@functools.cache
def programs() -> str:
    """The digest of the code that says what stacks are made of, and the version of the provider: another Pagerworthy
    may make other resources of the same inputs."""
    found = hashlib.sha256(metadata.version("pulumi-aws").encode())
    for folder in (_STACKS, _STACKS.with_name("cloud")):
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(_STACKS.parent)
            if name.parts[1] not in _BESIDE:
                found.update(f"{name.as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return found.hexdigest()
