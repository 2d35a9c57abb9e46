"""Stands in for engine and cloud: takes what a program registers, and answers what only the cloud would know."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, get_args, get_origin

from google.protobuf.struct_pb2 import Struct, Value
from pulumi import CustomResource
from pulumi._types import is_output_type, output_type_types, resource_types
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.proto.resource_pb2 import RegisterResourceResponse

from pagerworthy.stacks.render.rendered import RenderedResource

_PROVIDER = "pulumi:providers:"
_STACK = "pulumi:pulumi:Stack"
# How Pulumi marks a value as secret on the wire; what it wraps never leaves this module.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "<secret>"  # noqa: S105 -- stands in for one
# Lists of which a program reads more than the first element: the keys that sign a domain's letters.
_LENGTHS: Mapping[str, int] = {"tokens": 3}


class NothingElse(Mocks):
    """What a program may not ask for: `Recorder` answers all that it registers, and there is no cloud to look into."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        raise RuntimeError(_looked(args.typ))

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        raise RuntimeError(_looked(args.token))


def _looked(what: str) -> str:
    return f"a program asked the cloud for {what}: what it renders would depend on the answer"


class Recorder(MockMonitor):
    """The mock monitor, which keeps each resource with its options.

    What the program set comes back as it was set; each other output is a text in angle brackets that says what it is.
    Pulumi's own monitor would read and write every property twice.
    """

    def __init__(self) -> None:
        super().__init__(NothingElse())
        self.recorded: list[RenderedResource] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 -- the name of the call in Pulumi's protocol
        urn = self.make_urn(request.parent, request.type, request.name)
        if request.type == _STACK:
            return RegisterResourceResponse(urn=urn)
        answer = RegisterResourceResponse(urn=urn, id=f"<{request.name}.id>", object=request.object)
        # An instance that is only announced has no type of ours, such as the provider.
        if request.custom and not request.type.startswith(_PROVIDER):
            unknown = _unknown(request.type)
            given = request.object.fields
            answer.object.update(
                {
                    name: _placeholder(request.name, name, kind)
                    for name, kind in unknown.items()
                    if name not in given or given[name].WhichOneof("kind") == "null_value"
                }
            )
            self.recorded.append(
                RenderedResource(
                    type=request.type,
                    name=request.name,
                    inputs=_plain(request.object),
                    depends_on=tuple(sorted({urn.rpartition("::")[2] for urn in request.dependencies} - {"aws"})),
                    protect=request.protect,
                    ignore_changes=tuple(sorted(request.ignoreChanges)),
                    keep=request.retainOnDelete,
                    taggable="tags" in unknown,
                )
            )
        return answer


def _plain(struct: Struct) -> Any:
    """Properties as JSON has them: whole numbers whole, secrets not said, nothing for null."""
    fields = struct.fields
    if _SIGNATURE in fields:
        return _SECRET
    return {key: _value(each) for key, each in fields.items() if each.WhichOneof("kind") != "null_value"}


def _value(value: Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _plain(value.struct_value)
    if kind == "list_value":
        return [_value(each) for each in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    return value.string_value if kind == "string_value" else None


@lru_cache(512)
def _unknown(token: str) -> Mapping[str, Any]:
    """The outputs of a resource type, by Pulumi's names, with their types."""
    found = next((each for each in _classes(CustomResource) if getattr(each, "pulumi_type", "") == token), None)
    if found is None:
        message = f"no class of type {token} is imported"
        raise RuntimeError(message)
    return {name: kind for name, kind in resource_types(found).items() if name not in {"id", "urn"}}


def _classes(base: type) -> Sequence[type]:
    direct: list[type] = base.__subclasses__()
    return [each for sub in direct for each in (sub, *_classes(sub))]


def _placeholder(resource: str, name: str, kind: Any) -> Any:
    """A value of this type that says what it stands for; nothing for what may be absent, such as inputs not given."""
    if _is_list(kind):
        return [_placeholder(resource, each, get_args(kind)[0]) for each in _elements(name)]
    if isinstance(kind, type) and is_output_type(kind):
        # What lies in a part may be absent by its type, and is there all the same once the cloud has answered.
        parts = {part: _certain(each) for part, each in output_type_types(kind).items()}
        return {part: _part(f"{resource}.{name}", part, each) for part, each in parts.items()}
    return _scalar(resource, name, kind)


def _part(resource: str, name: str, kind: Any) -> Any:
    """A scalar, or a list of them: no deeper, since some types hold themselves."""
    if _is_list(kind):
        return [_scalar(resource, each, get_args(kind)[0]) for each in _elements(name)]
    return _scalar(resource, name, kind)


def _is_list(kind: Any) -> bool:
    origin = get_origin(kind)
    return isinstance(origin, type) and issubclass(origin, Sequence)


def _elements(name: str) -> list[str]:
    return [f"{name}[{each}]" for each in range(_LENGTHS[name])] if name in _LENGTHS else [name]


def _scalar(resource: str, name: str, kind: Any) -> str | int | None:
    if kind is str:
        return f"<{resource}.{name}>"
    return kind() if kind in {int, float, bool} else None


def _certain(kind: Any) -> Any:
    """The type of what may be absent where it is not."""
    arguments = get_args(kind)
    return next((each for each in arguments if each is not type(None)), kind) if type(None) in arguments else kind
