"""Which program declares which type of resource."""

from importlib import import_module
from typing import Protocol, cast

from pagerworthy.catalog import Resource
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Provided
from pagerworthy.stacks.program.scope import Scope

TYPES = ("postgres", "mysql", "redis", "memcached", "queue", "rabbitmq", "topic", "bucket", "edge", "email")


class _Declares(Protocol):
    def declare(self, scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided: ...


def declare_resource(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """Declares a resource of the service's entry. Raises LookupError for a type that no program knows.

    Each type is a module of its own, imported when an entry has one: a service without a database pays for none.
    """
    if resource.type not in TYPES:
        message = f"no program declares a {resource.type}"
        raise LookupError(message)
    module = import_module(f"pagerworthy.stacks.program.resources.{resource.type}")
    return cast("_Declares", module).declare(scope, name, resource)
