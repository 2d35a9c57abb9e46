"""Stands in for engine and cloud: takes what a program registers, and answers what only the cloud would know."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, get_args, get_origin

from pulumi import CustomResource
from pulumi._types import is_output_type, output_type_types, resource_types
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks
from pulumi.runtime.rpc import deserialize_properties

from pagerworthy.stacks.render.rendered import RenderedResource

_PROVIDER = "pulumi:providers:"
# How Pulumi marks a value as secret on the wire; what it wraps never leaves this module.
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "<secret>"  # noqa: S105 -- stands in for one
# Lists of which a program reads more than the first element: the keys that sign a domain's letters.
_LENGTHS: Mapping[str, int] = {"tokens": 3}


class Answers(Mocks):
    """Each output that the program did not set itself is a text in angle brackets that says what it is."""

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        # An instance that is only announced has no type of ours, such as the provider.
        unknown = {} if args.typ.startswith(_PROVIDER) else _unknown(args.typ)
        # What the program set is as it was set, so that nothing has to be made up for it, nor for what it might hold.
        missing = {name: kind for name, kind in unknown.items() if name not in args.inputs}
        state = {name: _placeholder(args.name, name, kind) for name, kind in missing.items()}
        return f"<{args.name}.id>", {**state, **args.inputs}

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], None]:
        message = f"a program asked the cloud for {args.token}: what it renders would depend on the answer"
        raise RuntimeError(message)


class Recorder(MockMonitor):
    """The mock monitor, which also keeps the options of each resource."""

    def __init__(self, mocks: Mocks) -> None:
        super().__init__(mocks)
        self.recorded: list[RenderedResource] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 -- the name of the call in Pulumi's protocol
        answer = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        if request.custom and not request.type.startswith(_PROVIDER):
            inputs = deserialize_properties(request.object)
            self.recorded.append(
                RenderedResource(
                    type=request.type,
                    name=request.name,
                    inputs=_plain(inputs),
                    depends_on=tuple(sorted({urn.rpartition("::")[2] for urn in request.dependencies} - {"aws"})),
                    protect=request.protect,
                    ignore_changes=tuple(sorted(request.ignoreChanges)),
                    keep=request.retainOnDelete,
                    taggable="tags" in _unknown(request.type),
                )
            )
        return answer


def _plain(value: Any) -> Any:
    """A property as JSON has it: whole numbers whole, secrets not said."""
    if isinstance(value, Mapping):
        if _SIGNATURE in value:
            return _SECRET
        return {key: _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


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
