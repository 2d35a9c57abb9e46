"""`postgres`: PostgreSQL on RDS."""

from pagerworthy.catalog import Resource
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Provided
from pagerworthy.stacks.program.resources.database import Dialect, declare_database
from pagerworthy.stacks.program.scope import Scope

_POSTGRES = Dialect(
    user="postgres",
    logs=("postgresql", "upgrade"),
    at_restart=frozenset({"max_connections", "rds.force_ssl"}),
)


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """An instance that refuses connections without TLS (`rds.force_ssl`)."""
    return declare_database(scope, name, resource, _POSTGRES)
