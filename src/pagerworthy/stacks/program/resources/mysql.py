"""`mysql`: MySQL on RDS."""

from pagerworthy.catalog import Resource
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.provided import Provided
from pagerworthy.stacks.program.resources.database import Dialect, declare_database
from pagerworthy.stacks.program.scope import Scope

_MYSQL = Dialect(user="admin", logs=("error", "slowquery"), at_restart=frozenset())


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """An instance that refuses connections without TLS (`require_secure_transport`)."""
    return declare_database(scope, name, resource, _MYSQL)
