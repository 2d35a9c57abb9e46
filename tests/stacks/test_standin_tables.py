"""The stand-in's tables say of each type only what Pulumi's own classes know."""

import importlib
import re
from types import ModuleType

import pytest

from tests.stacks.standin.kind import Kind
from tests.stacks.standin.services import all_kinds


def _class(kind: Kind) -> type:
    """The class of `aws:ec2/vpc:Vpc` is `pulumi_aws.ec2.vpc.Vpc`."""
    place, _, name = kind.type_name.removeprefix("aws:").partition(":")
    leaf = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", place.replace("/", ".")).lower()
    module: ModuleType = importlib.import_module(f"pulumi_aws.{leaf}")
    found: type = getattr(module, name)
    return found


def _properties(of: type) -> set[str]:
    """The names of a resource's properties on the wire."""
    properties = ((name, each) for name, each in vars(of).items() if isinstance(each, property))
    return {getattr(each.fget, "_pulumi_name", name) for name, each in properties}


KINDS = {kind.type_name: kind for kind in all_kinds()}


@pytest.mark.parametrize("name", KINDS)
def test_a_type_has_the_properties_of_its_class(name: str):
    kind = KINDS[name]
    known = _properties(_class(kind))
    assert kind.known_inputs() | kind.known_outputs() <= known


@pytest.mark.parametrize("name", KINDS)
def test_what_a_table_says_of_properties_is_about_inputs(name: str):
    kind = KINDS[name]
    said = kind.replaces | kind.fixed | kind.unkept | kind.documents | kind.secret | set(kind.defaults)
    assert said | ({kind.named} if kind.named else set()) <= kind.inputs
