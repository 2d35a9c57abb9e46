"""Looks into a schema: what it says of a place in a document, and which condition led to an error."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from pagerworthy.problem import DocumentPath

Schema = Mapping[str, Any]

COMMON_FILE = "common.schema.json"

_EMPTY: Schema = {}


class Condition(msgspec.Struct, frozen=True):
    """The innermost `if` on the way to an error, and whether its `then` or its `else` was followed."""

    schema: Schema
    holds: bool
    branch: Schema


class SchemaView:
    """A schema and the definitions that it may refer to; never fetches anything."""

    def __init__(self, schema: Schema, common: Schema) -> None:
        self._schema = schema
        self._common = common
        self._places: dict[str, list[DocumentPath]] | None = None

    @property
    def schema(self) -> Schema:
        """The schema itself."""
        return self._schema

    def others(self) -> dict[str, Schema]:
        """The schemas that it may refer to, by the names by which it does."""
        return {COMMON_FILE: self._common} if self._common else {}

    def at(self, path: DocumentPath) -> Schema:
        """What the schema says of the place: its own words before those of the definition that it refers to."""
        here = self._merged(self._schema)
        for part in path:
            here = self._merged(_step(here, part))
        return here

    def definition(self, name: str) -> Schema:
        """A definition by its name; empty where there is none."""
        return self._target(f"#/$defs/{name}")

    def properties_at(self, path: DocumentPath) -> dict[str, Schema]:
        """The properties that an object at this place may have, by name."""
        properties = self.at(path).get("properties", {})
        return {name: part for name, part in properties.items() if isinstance(part, Mapping)}

    def places_of(self, name: str) -> list[DocumentPath]:
        """Where a property of this name belongs, the highest places first; within lists and maps, not at all."""
        if self._places is None:
            self._places = self._all_places()
        return self._places.get(name, [])

    def _all_places(self) -> dict[str, list[DocumentPath]]:
        found: dict[str, list[DocumentPath]] = {}
        pending: list[DocumentPath] = [()]
        while pending:
            path = pending.pop(0)
            for key, part in self.properties_at(path).items():
                found.setdefault(key, []).append(path)
                if len(path) < 3 and "properties" in self._merged(part):
                    pending.append((*path, key))
        return found

    def condition(self, way: Sequence[str | int]) -> Condition | None:
        """The innermost condition on the way to a keyword, through references and branches."""
        found: Condition | None = None
        for here, part in self._steps(way):
            if part in {"then", "else"} and "if" in here:
                found = Condition(schema=here["if"], holds=part == "then", branch=here[str(part)])
        return found

    def asked(self, way: Sequence[str | int]) -> Any:
        """What the keyword at the end of the way asks for."""
        steps = list(self._steps(way))
        return _into(*steps[-1]) if steps else _EMPTY

    def defined_as(self, way: Sequence[str | int]) -> str:
        """The name of the definition whose own keyword is at the end of the way; empty for one in no definition."""
        steps = list(self._steps(way))
        if len(steps) < 2 or steps[-2][1] != "$ref":
            return ""
        return str(steps[-2][0]["$ref"]).rpartition("/")[2]

    def _steps(self, way: Sequence[str | int]) -> Iterator[tuple[Schema, str | int]]:
        """Each part of the way with the schema that it is taken from."""
        here: Any = self._schema
        for part in way:
            if isinstance(here, Mapping):
                yield here, part
            follow = part == "$ref" and isinstance(here, Mapping) and isinstance(here.get("$ref"), str)
            here = self._target(here["$ref"]) if follow else _into(here, part)

    def _merged(self, schema: Schema) -> Schema:
        steps = 0
        while "$ref" in schema and steps < 20:
            own = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**self._target(schema["$ref"]), **own}
            steps += 1
        return schema

    def _target(self, reference: str) -> Schema:
        _, _, pointer = reference.partition("#")
        parts = pointer.strip("/").split("/")
        for schema in (self._schema, self._common):
            here: Any = schema
            for part in parts:
                here = _into(here, part)
            if isinstance(here, Mapping) and here:
                return here
        return _EMPTY


def allowed_by(condition: Condition) -> list[str]:
    """The names of which an `if not any of ... required` asks for one; empty for any other condition."""
    negated = condition.schema.get("not", _EMPTY)
    options = negated.get("anyOf", [negated]) if isinstance(negated, Mapping) else []
    return [name for option in options for name in option.get("required", [])]


def names_required(condition: Condition) -> list[str]:
    """The names whose presence alone is the condition."""
    return [] if "properties" in condition.schema else list(condition.schema.get("required", []))


def values_asked(condition: Condition) -> dict[str, list[Any]]:
    """The values of properties on which the condition rests."""
    asked: dict[str, list[Any]] = {}
    for name, part in condition.schema.get("properties", _EMPTY).items():
        asked[name] = list(part["enum"]) if "enum" in part else [part["const"]] if "const" in part else []
    return asked


def forbidden_in(branch: Schema) -> set[str]:
    """The properties that a branch does not allow."""
    return {name for name, part in branch.get("properties", _EMPTY).items() if part is False}


def _step(here: Schema, part: str | int) -> Schema:
    if isinstance(part, int):
        inner = here.get("items", _EMPTY)
    else:
        inner = here.get("properties", _EMPTY).get(part, here.get("additionalProperties", _EMPTY))
    return inner if isinstance(inner, Mapping) else _EMPTY


def _into(here: Any, part: str | int) -> Any:
    if isinstance(here, Mapping):
        return here.get(str(part), _EMPTY)
    if isinstance(here, Sequence) and not isinstance(here, str) and isinstance(part, int) and part < len(here):
        return here[part]
    return _EMPTY


def listed(names: Iterable[object], most: int = 12) -> str:
    """`a, b, c`, shortened after `most` of them."""
    first = [str(name) for name in islice(names, most + 1)]
    return ", ".join(first[:most]) + (", ..." if len(first) > most else "")
