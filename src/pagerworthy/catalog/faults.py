"""What a schema has against a value, as one kind of record, whichever validator said it.

The fast tier's validator says whether a value is valid and where it is not; Python's jsonschema says why. Where that
would take too long, or cannot be done safely, the fast tier's own words have to do.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from pagerworthy.catalog.composed import Value
from pagerworthy.catalog.limits import errors_of
from pagerworthy.catalog.schema_view import SchemaView
from pagerworthy.problem import DocumentPath

if TYPE_CHECKING:
    import jsonschema_rs

# No one reads more of one file, and a hostile one could have tens of thousands.
MOST = 60
# Of the keywords that are tried, those of our own schemas are some hundreds: this takes about 40 ms.
STEPS = 2_000
# The words of the fast tier that are not those of the schema.
_KEYWORDS = {"contains": "contains", "oneOfNotValid": "oneOf", "oneOfMultipleValid": "oneOf"}


class Fault(msgspec.Struct, frozen=True):
    """One keyword of a schema that a value breaks.

    `path` leads to the value and `way` to the keyword, through references and branches; `asked` is what the keyword
    asks for. `names` are the properties that are missing or unknown, or the key that is not of the right form.
    """

    path: DocumentPath
    way: tuple[str | int, ...]
    keyword: str
    asked: Any
    names: tuple[str, ...] = ()


def faults(
    validator: "jsonschema_rs.Draft202012Validator", value: Value, view: SchemaView, steps: int = STEPS
) -> list[Fault]:
    """What is wrong with the value, the first of it; nothing if the validator, that of the fast tier, accepts it."""
    if validator.is_valid(value):
        return []
    found = list(islice(errors_of(validator, value), MOST))
    # Most files are right, and jsonschema takes longer to import than a hundred of them to read.
    from pagerworthy.catalog.slow_validator import GaveUpError, explained

    try:
        slow = explained(value, view, failing(value, (error.instance_path for error in found)), MOST, steps)
    except GaveUpError:
        slow = []
    return slow or [_of_fast(error, view) for error in found]


def failing(value: Value, paths: Iterable[Sequence[str | int]]) -> frozenset[tuple[int, str | int]]:
    """The parts of a value that lie on the way to one of the paths, each as the identity of what holds it and its key.

    The identities hold while the value is there.
    """
    parts: set[tuple[int, str | int]] = set()
    for path in paths:
        here: Any = value
        for part in path:
            parts.add((id(here), part))
            here = here[part]
    return frozenset(parts)


def _of_fast(error: "jsonschema_rs.ValidationError", view: SchemaView) -> Fault:
    keyword, kind = error.kind.name, error.kind
    names: Iterable[Any] = ()
    if keyword == "required":
        names = (getattr(kind, "property", ""),)
    elif keyword == "propertyNames":
        names = (kind.error.instance,) if hasattr(kind, "error") else ()
    elif keyword in {"additionalProperties", "unevaluatedProperties"}:
        names = getattr(kind, "unexpected", ())
    way = tuple(error.evaluation_path)
    keyword = _KEYWORDS.get(keyword, keyword)
    return Fault(tuple(error.instance_path), way, keyword, view.asked(way), tuple(str(name) for name in names))
