"""The digest of all that a stack follows from: where it is the same, there is nothing to do."""

import hashlib
from collections.abc import Mapping

import msgspec

from pagerworthy.stacks.inputs import StackInputs, digest
from pagerworthy.stacks.outputs import Value

_encoder = msgspec.json.Encoder(order="deterministic")


def digest_of(inputs: StackInputs, values: Mapping[str, Mapping[str, Value]], emulator: str = "") -> str:
    """`sha256:` and the digest of the inputs, of the peers' values that they ask for, and of the cloud meant."""
    whole = _encoder.encode([digest(inputs), values, emulator])
    return f"sha256:{hashlib.sha256(whole).hexdigest()}"
