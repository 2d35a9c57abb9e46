"""Asks a validator for its errors, and never for so many that asking takes long.

A validator writes down all errors at once, each with the value that it is about: of a list or mapping without end, that
is the square of its size. What is longer than its schema allows is therefore reported by itself.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pagerworthy.catalog.composed import Value
from pagerworthy.catalog.schema_view import SchemaView
from pagerworthy.problem import DocumentPath

if TYPE_CHECKING:
    import jsonschema_rs

# Text of this length takes as long to write into an error as a part of a list does.
_TEXT = 100
# Of a list or mapping with more parts than this for which no schema sets a limit, one error is enough.
_MANY = 500


def weight(value: Value) -> int:
    """How much there is of a value: its parts, and its text in proportion."""
    total = 0
    pending = [value]
    while pending:
        here = pending.pop()
        total += 1
        if isinstance(here, dict | list):
            pending.extend(here.values() if isinstance(here, dict) else here)
        elif isinstance(here, str):
            total += len(here) // _TEXT
    return total


def too_long(value: Value, view: SchemaView) -> list[tuple[DocumentPath, int, int]]:
    """The lists and mappings with more parts than the schema allows: their place, their size and the limit."""
    found: list[tuple[DocumentPath, int, int]] = []
    pending: list[tuple[DocumentPath, Value]] = [((), value)]
    while pending:
        path, here = pending.pop()
        if not isinstance(here, dict | list):
            continue
        says = view.at(path)
        limit = says.get("maxItems" if isinstance(here, list) else "maxProperties")
        if isinstance(limit, int) and len(here) > limit:
            found.append((path, len(here), limit))
            continue
        # Where the schema says nothing, it says nothing of the parts either.
        if says:
            parts = here.items() if isinstance(here, dict) else enumerate(here)
            pending.extend(((*path, key), part) for key, part in parts if isinstance(part, dict | list))
    return found


def errors_of(
    validator: "jsonschema_rs.Draft202012Validator", value: Value
) -> "Iterator[jsonschema_rs.ValidationError]":
    """The errors of a value; of one with very many parts in one place, the first."""
    import jsonschema_rs

    if not _has_many(value):
        yield from validator.iter_errors(value)
        return
    try:
        validator.validate(value)
    except jsonschema_rs.ValidationError as error:
        yield error


def _has_many(value: Value) -> bool:
    pending = [value]
    while pending:
        here = pending.pop()
        if isinstance(here, dict | list):
            if len(here) > _MANY:
                return True
            pending.extend(here.values() if isinstance(here, dict) else here)
    return False
