"""What the stand-in knows of a type of resource: its properties, what changes them, and how the cloud is told."""

from collections.abc import Mapping
from typing import Any, ClassVar

from tests.stacks.standin.aws import Aws
from tests.stacks.standin.values import Props, words

# What all regions have in common.
_GLOBAL = ("aws:budgets/", "aws:iam/", "aws:route53/")


class Kind:
    """A type of resource. Subclasses are tables with as little code as their service allows.

    `inputs` and `outputs` are the properties that it knows, by their names on the wire. Changing one of `replaces`
    makes a new resource; `fixed` ones are only read by the plugin itself, never kept by the cloud. `defaults` are
    what the real plugin fills in. `documents` are compared as JSON. `exact` maps have no keys but those declared.
    `named` is the property that Pulumi makes up when it is absent. `secret` outputs are always encrypted.
    """

    type_name: ClassVar[str]
    inputs: ClassVar[frozenset[str]]
    outputs: ClassVar[frozenset[str]] = frozenset()
    replaces: ClassVar[frozenset[str]] = frozenset()
    fixed: ClassVar[frozenset[str]] = frozenset()
    defaults: ClassVar[Mapping[str, Any]] = {}
    documents: ClassVar[frozenset[str]] = frozenset()
    exact: ClassVar[frozenset[str]] = words("tags dimensions variables")
    secret: ClassVar[frozenset[str]] = frozenset()
    named: ClassVar[str] = ""
    delete_first: ClassVar[bool] = False
    # What moto has no place for: the stand-in keeps it, and shows it in `emulated.json` under the type's token.
    unkept: ClassVar[frozenset[str]] = frozenset()
    # Error codes with which AWS says that there is no such thing.
    missing: ClassVar[frozenset[str]] = frozenset()

    def check(self, props: Props) -> None:
        """Raises ValueError for properties that the real plugin or AWS would refuse."""

    def replaced_by(self, old: Props, new: Props, changed: frozenset[str]) -> frozenset[str]:
        """The changed properties that need a new resource."""
        return changed & self.replaces

    def create(self, aws: Aws, props: Props) -> str:
        """Makes it, and returns its id."""
        raise NotImplementedError

    def read(self, aws: Aws, id_: str, props: Props) -> Props | None:
        """Its properties as the cloud has them; None where it is gone. `props` is what was last known."""
        raise NotImplementedError

    def update(self, aws: Aws, id_: str, props: Props, old: Props, changed: frozenset[str]) -> None:
        """Changes these properties in place."""
        raise NotImplementedError(f"{self.type_name} cannot change {', '.join(sorted(changed))} in place")

    def delete(self, aws: Aws, id_: str, props: Props) -> None:
        """Deletes it."""
        raise NotImplementedError

    def import_props(self, id_: str) -> Props:
        """What an id to be imported says by itself."""
        return {}

    @property
    def taggable(self) -> bool:
        return "tags" in self.inputs

    @property
    def regional(self) -> bool:
        """Whether it lives in a region, which a program may then name."""
        return not self.type_name.startswith(_GLOBAL)

    def known_inputs(self) -> frozenset[str]:
        return self.inputs | ({"region"} if self.regional else frozenset())

    def known_outputs(self) -> frozenset[str]:
        return self.outputs | ({"tagsAll"} if self.taggable else frozenset())
