"""What a stack would be, as data: the same bytes for the same inputs, on every machine; schemas/stack.schema.json."""

from typing import Any

import msgspec

from pagerworthy.stacks.outputs import Value

FORM = 1


class RenderedResource(msgspec.Struct, frozen=True, omit_defaults=True):
    """One desired resource of the cloud.

    `type` and `name` are Pulumi's (`aws:sns/topic:Topic`, `page-sre`), `inputs` what is asked for, with Pulumi's names.
    What only the cloud knows stands in angle brackets: `<topic-page-sre.arn>` is of this stack,
    `<platform.production:vpc_id>` of another. `depends_on` are the names of the resources that have to be there first.
    `keep` is whether it stays in the cloud when the stack has it no more, `taggable` whether the cloud lets a resource
    of its type have tags.
    """

    type: str
    name: str
    inputs: dict[str, Any]
    depends_on: tuple[str, ...] = ()
    protect: bool = False
    ignore_changes: tuple[str, ...] = ()
    keep: bool = False
    taggable: bool = False


class Rendered(msgspec.Struct, frozen=True):
    """A stack as it should be: `resources` by type and name, `digest` that of what it follows from."""

    stack: str
    digest: str
    resources: tuple[RenderedResource, ...]
    outputs: dict[str, Value]
    form: int = FORM

    def json(self) -> bytes:
        """As a file: sorted, indented, the same bytes each time."""
        compact = msgspec.json.encode(self, order="sorted")
        return msgspec.json.format(compact, indent=2) + b"\n"

    def of_type(self, type_: str) -> tuple[RenderedResource, ...]:
        """The resources of a type, by name."""
        return tuple(each for each in self.resources if each.type == type_)
