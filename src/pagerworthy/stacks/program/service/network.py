"""The service's place in the network: a security group that lets nothing in and nothing out."""

from pulumi_aws.ec2.security_group import SecurityGroup, SecurityGroupArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.names import physical
from pagerworthy.stacks.program.scope import Scope


def declare_security_group(scope: Scope[ServiceInputs]) -> SecurityGroup:
    """Declares the group of the service's tasks, without rules.

    Rules are resources of their own, in the stack of whoever connects. The provider removes the rule with which AWS
    lets a new group reach everything. Neither name nor description ever change, since that would replace the group,
    and with it each rule that names it.
    """
    # No name of a service or resource has a slash, so that no resource's group is called the same.
    name = physical(f"{scope.inputs.environment}/{scope.inputs.service}", limit=255)
    return SecurityGroup(
        "security-group",
        SecurityGroupArgs(
            name=name,
            description=f"Tasks of {scope.inputs.service}; rules follow from the catalog",
            vpc_id=scope.platform("vpc_id"),
            tags=scope.tagged(name),
        ),
        scope.options(),
    )
