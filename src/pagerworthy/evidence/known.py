"""A record that was read and found right, with its typed value."""

import abc
from collections.abc import Iterator, Mapping

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


class Subjects(Mapping[str, SubjectEvidence]):
    """Evidence by subject, which knows of some questions how to answer them without reading all of it."""

    @abc.abstractmethod
    def digest_of(self, subject: str) -> bytes:
        """A digest of what is known of one service. Raises KeyError where nothing is."""

    @abc.abstractmethod
    def having(self, key: str) -> Iterator[tuple[str, Mapping[str, Known]]]:
        """The subjects of which there are records of a key, with these by item."""
