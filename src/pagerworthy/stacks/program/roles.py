"""Roles of services: each within the environment's boundary, so that no policy of its own can give it more."""

from collections.abc import Sequence

from pulumi_aws.iam.role import Role, RoleArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.policies import Statement, document
from pagerworthy.stacks.program.scope import Scope


def declare_role(
    scope: Scope[ServiceInputs], logical: str, name: str, description: str, trust: Sequence[Statement]
) -> Role:
    """Declares a role that those in `trust` may take on; CI may make none without the boundary."""
    return Role(
        logical,
        RoleArgs(
            name=name,
            description=description,
            assume_role_policy=document(trust),
            permissions_boundary=scope.platform("boundary_arn"),
            tags=scope.tagged(name),
        ),
        scope.options(),
    )
