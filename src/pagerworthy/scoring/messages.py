"""Turns typed structs into protobuf messages, so that CEL checks every name and type of an expression statically."""

import types
import typing
from collections.abc import Mapping
from typing import Any

import msgspec
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

_PACKAGE = "pagerworthy"
_SCALARS: dict[Any, Any] = {
    str: descriptor_pb2.FieldDescriptorProto.TYPE_STRING,
    bool: descriptor_pb2.FieldDescriptorProto.TYPE_BOOL,
    int: descriptor_pb2.FieldDescriptorProto.TYPE_INT64,
    float: descriptor_pb2.FieldDescriptorProto.TYPE_DOUBLE,
}
# A message's fields: name -> its type, a scalar, a struct, another message's name, or a tuple of one of these.
Shape = Mapping[str, Any]


class Messages:
    """Message types made from structs and from shapes; `pool` is what CEL checks against."""

    def __init__(self, structs: typing.Iterable[type[msgspec.Struct]], shapes: Mapping[str, Shape]) -> None:
        self._file = descriptor_pb2.FileDescriptorProto(name="pagerworthy.proto", package=_PACKAGE, syntax="proto3")
        self._done: set[str] = set()
        for struct in structs:
            self._add(struct)
        for name, shape in shapes.items():
            self._message(name, shape)
        self.pool = descriptor_pool.DescriptorPool()
        self.pool.Add(self._file)

    def make(self, name: str) -> Any:
        """The class of a message, by the struct's or the shape's name."""
        return message_factory.GetMessageClass(self.pool.FindMessageTypeByName(f"{_PACKAGE}.{name}"))

    @staticmethod
    def type_name(name: str) -> str:
        """The name that CEL knows the message by."""
        return f"{_PACKAGE}.{name}"

    def _add(self, struct: type[msgspec.Struct]) -> None:
        if struct.__name__ not in self._done:
            self._done.add(struct.__name__)
            self._message(struct.__name__, typing.get_type_hints(struct))

    def _message(self, name: str, shape: Shape) -> None:
        message = self._file.message_type.add(name=name)
        for number, (field_name, hint) in enumerate(shape.items(), start=1):
            inner, repeated = _unwrap(hint)
            field = message.field.add(name=field_name, number=number)
            field.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
            if inner in _SCALARS:
                field.type = _SCALARS[inner]
                continue
            field.type = field.TYPE_MESSAGE
            if isinstance(inner, str):
                field.type_name = f".{_PACKAGE}.{inner}"
            else:
                self._add(inner)
                field.type_name = f".{_PACKAGE}.{inner.__name__}"


def _unwrap(hint: Any) -> tuple[Any, bool]:
    origin = typing.get_origin(hint)
    if origin is typing.Annotated:
        return _unwrap(typing.get_args(hint)[0])
    if origin is tuple:
        inner, _ = _unwrap(typing.get_args(hint)[0])
        return inner, True
    if origin is types.UnionType:
        raise TypeError(f"a fact has one type, not {hint}")
    return hint, False
