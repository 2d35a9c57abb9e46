"""A record that was read and found right, with its typed value."""

from collections.abc import Mapping

import msgspec

from pagerworthy.evidence.keys import Value
from pagerworthy.evidence.record import Record, Strength


class Known(msgspec.Struct, frozen=True, gc=False):
    """A record, its typed value, and the line that it was read from; `value` is None where the collector failed."""

    record: Record
    value: Value | None
    line: bytes

    @property
    def level(self) -> Strength:
        return self.record.level

    @property
    def reference(self) -> str:
        return self.record.reference


# key -> item ("" for a key that is kept per service) -> the newest record
SubjectEvidence = Mapping[str, Mapping[str, Known]]
