"""The schemas and the typed model say the same; every property explains itself to whoever edits an entry."""

import json
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from referencing import Registry, Resource

from pagerworthy.catalog import ENTRY_TYPES
from pagerworthy.catalog.faults import failing
from pagerworthy.catalog.schema_view import SchemaView
from pagerworthy.catalog.schemas import Schemas
from pagerworthy.catalog.slow_validator import explained
from pagerworthy.project import data_folder
from tests.catalog.documents import documents, resolved

SCHEMAS = Schemas()
KINDS = list(ENTRY_TYPES)
_WRONG: tuple[Any, ...] = (None, "", "x", -1, 0.5, True, [], {}, "a\n")
_CALM = settings(max_examples=30, suppress_health_check=list(HealthCheck))


def subschemas(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property of a schema with its path; references are not followed."""
    for name, part in schema.get("properties", {}).items():
        if isinstance(part, Mapping):
            yield f"{path}.{name}", part
            yield from subschemas(part, f"{path}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield f"{path}[]", schema[key]
            yield from subschemas(schema[key], f"{path}[]")


def every_property() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for kind in KINDS:
        for path, part in subschemas(SCHEMAS.of(kind)):
            yield kind, path, part
    for name, definition in SCHEMAS.common()["$defs"].items():
        yield "common", name, definition
        for path, part in subschemas(definition, name):
            yield "common", path, part


EVERY = [pytest.param(kind, part, id=f"{kind}{path}") for kind, path, part in every_property()]


@pytest.mark.parametrize(("kind", "part"), EVERY)
def test_property_has_a_description_and_a_right_example(kind: str, part: Mapping[str, Any]) -> None:
    rule = resolved(part)
    assert rule.get("description", "").strip(), "no description"
    assert rule["description"].strip()[-1] in ".:;", "a description is a sentence"
    if part.get("type") != "object" or part.get("properties"):
        assert rule.get("examples"), "no example"
    common: Resource[Any] = Resource.from_contents(SCHEMAS.common())
    registry: Registry[Any] = Registry().with_resource("common.schema.json", common).with_resource("", common)
    checker = jsonschema.Draft202012Validator(
        {**part, "$defs": SCHEMAS.common()["$defs"]},
        registry=registry,
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )
    for example in rule.get("examples", ()):
        assert not list(checker.iter_errors(example)), example


@pytest.mark.parametrize(("kind", "part"), EVERY)
def test_property_is_closed(kind: str, part: Mapping[str, Any]) -> None:
    rule = resolved(part)
    if rule.get("type") == "string":
        assert "pattern" in rule or "enum" in rule, "any text would do"
        assert "enum" in rule or rule.get("maxLength"), "text of any length would do"
    elif rule.get("type") == "array":
        assert "maxItems" in rule, "any number of items would do"
    elif rule.get("type") in {"integer", "number"}:
        assert "enum" in rule or ("minimum" in rule or "exclusiveMinimum" in rule)
        assert "enum" in rule or ("maximum" in rule or "exclusiveMaximum" in rule)
    elif rule.get("type") == "object":
        assert "additionalProperties" in rule or "maxProperties" in rule, "unknown properties would do"
    else:
        assert rule.get("type") == "boolean" or "const" in rule


def test_schemas_are_schemas() -> None:
    for path in data_folder("schemas").glob("*.schema.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        # An editor opens these by their path; a reference to anywhere else would need a network.
        assert all(not ref.startswith(("http", "//", "file")) for ref in _references(schema)), path


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key == "$ref":
                yield value
            else:
                yield from _references(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _references(value)


@pytest.mark.parametrize("kind", KINDS)
def test_model_has_the_properties_of_the_schema(kind: str) -> None:
    _same(ENTRY_TYPES[kind], SCHEMAS.of(kind), kind)


def _same(model: Any, schema: Mapping[str, Any], path: str) -> None:
    rule = resolved(schema)
    origin, arguments = typing.get_origin(model), typing.get_args(model)
    if origin in {types.UnionType, typing.Union}:
        (model,) = [argument for argument in arguments if argument is not type(None)]
        origin, arguments = typing.get_origin(model), typing.get_args(model)
    if isinstance(model, type) and issubclass(model, msgspec.Struct):
        _same_object(model, rule, path)
    elif origin is tuple:
        assert rule["type"] == "array", path
        _same(arguments[0], rule["items"], f"{path}[]")
    elif origin is dict:
        assert rule["type"] == "object", path
        if isinstance(rule.get("additionalProperties"), Mapping):
            _same(arguments[1], rule["additionalProperties"], f"{path}[]")
    elif origin is typing.Literal:
        # "" stands for a property that is not there.
        assert {value for value in arguments if value != ""} == set(rule.get("enum", [rule.get("const")])), path
    else:
        wanted = {
            str: ("string",),
            int: ("integer",),
            float: ("number",),
            bool: ("boolean",),
            object: (None, "object"),
        }.get(model, ("string",))
        assert rule.get("type", "string" if "const" in rule else None) in wanted, path


def _same_object(model: type[msgspec.Struct], rule: Mapping[str, Any], path: str) -> None:
    fields = {field.encode_name: field for field in msgspec.structs.fields(model)}
    hints = typing.get_type_hints(model)
    properties = dict(rule["properties"])
    required = set(rule.get("required", ()))
    if model.__struct_config__.tag is not None:
        assert properties.pop("kind")["const"] == model.__struct_config__.tag
        required.discard("kind")
    assert set(fields) == set(properties), path
    assert {name for name, field in fields.items() if field.required} == required, path
    assert rule["additionalProperties"] is False, path
    for name, field in fields.items():
        _same(hints[field.name], properties[name], f"{path}.{name}")


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_the_schema_admits_the_model_holds(kind: str) -> None:
    @_CALM
    @given(documents(kind))
    def holds(document: dict[str, Any]) -> None:
        assert not list(SCHEMAS.validator(kind).iter_errors(document))
        entry = msgspec.convert(document, ENTRY_TYPES[kind])
        # And back: what the model says is again what the schema admits, and means the same.
        again = msgspec.to_builtins(entry)
        # An empty list that is there is, to the model, one that is not; some conditions ask for it.
        assert not list(SCHEMAS.validator(kind).iter_errors(again)) or _has_empty(document)
        assert msgspec.convert(again, ENTRY_TYPES[kind]) == entry
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(entry), type=ENTRY_TYPES[kind]) == entry

    holds()


def _has_empty(value: Any) -> bool:
    parts = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
    return parts is not None and (not parts or any(_has_empty(part) for part in parts))


@pytest.mark.parametrize("kind", KINDS)
def test_two_validators_agree(kind: str) -> None:
    fast, view = SCHEMAS.validator(kind), SchemaView(SCHEMAS.of(kind), SCHEMAS.common())

    @_CALM
    @given(
        documents(kind),
        st.randoms(use_true_random=False),
        st.sampled_from(_WRONG),
    )
    def agree(document: dict[str, Any], chance: Any, value: Any) -> None:
        for wrong in (document, _changed(document, chance, value)):
            said = list(fast.iter_errors(wrong))
            slow = explained(wrong, view, None, most=1_000, steps=1_000_000)
            assert bool(said) == bool(slow)
            assert {(tuple(e.instance_path), tuple(e.evaluation_path)) for e in said} == {(e.path, e.way) for e in slow}
            # To look only where the fast tier found something is to find the same.
            paths = [error.instance_path for error in said]
            assert explained(wrong, view, failing(wrong, paths), most=1_000, steps=1_000_000) == slow

    agree()


def _changed(document: Any, chance: Any, value: Any) -> Any:
    """The document with one part replaced, renamed or left out."""
    if isinstance(document, dict) and document and chance.random() < 0.9:
        key = chance.choice(sorted(document))
        rest = {name: part for name, part in document.items() if name != key}
        match chance.randrange(6):
            case 0:
                return rest
            case 1:
                return {**rest, key + "x": document[key]}
        return {**document, key: _changed(document[key], chance, value)}
    if isinstance(document, list) and document and chance.random() < 0.8:
        index = chance.randrange(len(document))
        return [*document[:index], _changed(document[index], chance, value), *document[index + 1 :]]
    return value


def test_modelines_lead_to_the_schemas() -> None:
    root = Path(__file__).parents[2]
    for path in (root / "catalog").rglob("*.yaml"):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        if first.startswith("# yaml-language-server: $schema="):
            target = (path.parent / first.partition("=")[2]).resolve()
            assert target.is_file(), f"{path}: {target}"
            assert target.parent == root / "schemas"
