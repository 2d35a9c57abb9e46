"""A document with the place of each of its parts, as the slow tier reads it."""

from typing import NamedTuple

import msgspec

from pagerworthy.problem import DocumentPath, Problem

Value = dict[str, "Value"] | list["Value"] | str | int | float | bool | None


class Spot(NamedTuple):
    """Where a value stands in the file, and where its key does; counted from 1, 0 for a value without a key."""

    line: int
    column: int
    key_line: int
    key_column: int
    scalar: bool

    @property
    def shown(self) -> tuple[int, int]:
        """The line and column to show a person: those of the value, or of the key of a mapping or list."""
        return (self.line, self.column) if self.scalar or not self.key_line else (self.key_line, self.key_column)

    @property
    def key(self) -> tuple[int, int]:
        """The line and column of the key, or of the value that has none."""
        return (self.key_line, self.key_column) if self.key_line else (self.line, self.column)


class Composed(msgspec.Struct, frozen=True):
    """What was read of a document.

    `doubtful` are the places whose value is not what was written, because a problem stood in its way; `gaps` are
    mappings of which a key was left out. `written` has the spelling of each scalar without quotes that is not text:
    `1.10` is the number 1.1.
    """

    value: Value
    spots: dict[DocumentPath, Spot]
    problems: tuple[Problem, ...]
    doubtful: frozenset[DocumentPath]
    complete: bool
    gaps: frozenset[DocumentPath]
    written: dict[DocumentPath, str]
