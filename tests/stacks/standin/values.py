"""Pulumi's property values on the wire, and how two of them are compared."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import struct_pb2

# How the engine writes what is not known yet, and marks what is special. From the SDK's `runtime/rpc.py`.
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 -- the mark of a secret, not one
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

Props = dict[str, Any]


def words(text: str) -> frozenset[str]:
    """The words of a text: how the tables of types list names of properties."""
    return frozenset(text.split())


def named(props: Mapping[str, Any], names: Mapping[str, str]) -> Props:
    """The properties that are there, under AWS's names."""
    return {name: props[key] for key, name in names.items() if key in props}


def pascal(value: Any) -> Any:
    """The value with every key as most of AWS writes it: `minCapacity` as `MinCapacity`."""
    if isinstance(value, Mapping):
        return {key[0].upper() + key[1:]: pascal(each) for key, each in value.items() if each is not None}
    return [pascal(each) for each in value] if isinstance(value, list) else value


def camel(value: Any) -> Any:
    """The value with every key as Pulumi writes it: `MinCapacity` as `minCapacity`."""
    if isinstance(value, Mapping):
        return {key[0].lower() + key[1:]: camel(each) for key, each in value.items()}
    return [camel(each) for each in value] if isinstance(value, list) else value


def from_struct(struct: struct_pb2.Struct) -> Props:
    """The properties in plain Python: secrets are unwrapped, whole numbers are ints, nulls are left out."""
    return {key: _plain(value) for key, value in struct.fields.items() if value.WhichOneof("kind") != "null_value"}


def _plain(value: struct_pb2.Value) -> Any:
    match value.WhichOneof("kind"):
        case "struct_value":
            fields = from_struct(value.struct_value)
            if fields.get(_SIGNATURE) in {_SECRET, _OUTPUT}:
                return fields.get("value", UNKNOWN)
            return fields
        case "list_value":
            return [_plain(each) for each in value.list_value.values]
        case "number_value":
            number = value.number_value
            return int(number) if number.is_integer() else number
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
    return None


def to_struct(props: Mapping[str, Any], secret: Iterable[str] = ()) -> struct_pb2.Struct:
    """The properties for the wire; those named in `secret` are marked so."""
    hidden = frozenset(secret)
    struct = struct_pb2.Struct()
    for key, value in props.items():
        if value is None:
            continue
        if key in hidden:
            value = {_SIGNATURE: _SECRET, "value": value}  # noqa: PLW2901
        struct.fields[key].CopyFrom(_wire(value))
    return struct


def _wire(value: Any) -> struct_pb2.Value:
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, int | float):
        return struct_pb2.Value(number_value=value)
    if isinstance(value, str):
        return struct_pb2.Value(string_value=value)
    if isinstance(value, Mapping):
        return struct_pb2.Value(struct_value=to_struct(value))
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value) if isinstance(value, set | frozenset) else value
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[_wire(each) for each in items]))
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    raise TypeError(f"a property cannot be {type(value).__name__}: {value!r}")


def has_unknown(value: Any) -> bool:
    """Whether any part of it is only known once the engine has made something else."""
    if isinstance(value, str):
        return value == UNKNOWN
    if isinstance(value, Mapping):
        return any(has_unknown(each) for each in value.values())
    return isinstance(value, list) and any(has_unknown(each) for each in value)


def known(value: Any) -> Any:
    """The value without its unknown parts."""
    if isinstance(value, Mapping):
        return {key: known(each) for key, each in value.items() if each != UNKNOWN}
    if isinstance(value, list):
        return [known(each) for each in value if each != UNKNOWN]
    return value


def normal(value: Any, *, document: bool = False) -> Any:
    """A form in which equal values are equal: lists as sets, documents parsed, nothing empty, numbers as text."""
    if document and isinstance(value, str):
        try:
            return normal(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, Mapping):
        # An empty block inside a block says something: `{"allow": {}}`.
        items = {key: {} if each == {} else normal(each) for key, each in value.items() if not key.startswith("__")}
        return {key: each for key, each in sorted(items.items()) if each is not None} or None
    if isinstance(value, list | tuple):
        return sorted((normal(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True)) or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.10g}"
    return value if value != "" else None


def within(wanted: Any, have: Any) -> bool:
    """Whether `have` (normal) is what is wanted (normal); parts of it that are not spoken of may be anything."""
    if isinstance(wanted, Mapping):
        return isinstance(have, Mapping) and all(within(each, have.get(key)) for key, each in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(have, list) or len(wanted) != len(have):
            return False
        rest = list(have)
        for each in wanted:
            found = next((other for other in rest if within(each, other)), None)
            if found is None:
                return False
            rest.remove(found)
        return True
    # What is wanted as false is as well not there at all.
    return bool(wanted == have or (wanted == "false" and have is None))
