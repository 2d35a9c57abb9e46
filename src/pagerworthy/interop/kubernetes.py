"""Documents that Sloth and Pyrra read: which are theirs, and whether they have the right shape."""

from functools import cache
from typing import Any

import msgspec

from pagerworthy.catalog import Part, Schemas, Shape
from pagerworthy.interop.reading import Problems, pruned


class Format(msgspec.Struct, frozen=True):
    """A format's own word for its version: the `key` of a document and its `value`, and the `kind` where it has one.

    `schema` and `definition` say where its shape is described.
    """

    name: str
    key: str
    value: str
    schema: str
    definition: str
    kind: str = ""


def shaped(part: Part, formats: tuple[Format, ...], problems: Problems) -> tuple[Format, dict[str, Any]] | None:
    """The format of a document and its value, if it is one of the formats and has its shape."""
    value = pruned(part.value, frozenset())
    form = _format(part, value, formats, problems)
    if form is None:
        return None
    found = _shape(form.schema, form.definition).problems(msgspec.structs.replace(part, value=value))
    problems.found.extend(found)
    return None if found else (form, value)


def _format(part: Part, value: Any, formats: tuple[Format, ...], problems: Problems) -> Format | None:
    begin = " or ".join(f"{form.key}: {form.value}" for form in formats)
    name = formats[0].name
    if not isinstance(value, dict):
        problems.of("PW601", f"a document of {name} is a mapping of keys to values", part, (), f"begin with {begin}")
        return None
    for form in formats:
        said = value.get(form.key)
        if said is None:
            continue
        if said != form.value:
            message = f"{form.key} is {str(said)[:60]}, which is not read as {name}"
            problems.of("PW601", message, part, (form.key,), f"what is read begins with {begin}")
            return None
        if form.kind and value.get("kind") != form.kind:
            message = f"a {str(value.get('kind'))[:60]} does not say what is promised"
            problems.of("PW602", message, part, ("kind",), f"the kind that is read is {form.kind}")
            return None
        return form
    problems.of("PW601", f"this does not say that it is of {name}", part, (), f"begin with {begin}")
    return None


@cache
def _shape(schema: str, definition: str) -> Shape:
    return Shape(Schemas().named(schema)["$defs"][definition])
