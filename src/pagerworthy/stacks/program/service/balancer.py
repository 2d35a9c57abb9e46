"""Behind a load balancer: where its requests come in, and how ECS shifts them to a new version."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pulumi import Input, Resource
from pulumi_aws.ecs._inputs import ServiceLoadBalancerAdvancedConfigurationArgs, ServiceLoadBalancerArgs
from pulumi_aws.iam.role import Role
from pulumi_aws.iam.role_policy import RolePolicy, RolePolicyArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.policies import Statement, document
from pagerworthy.stacks.program.provided import Provided
from pagerworthy.stacks.program.roles import declare_role
from pagerworthy.stacks.program.scope import Scope

# ECS looks these up, and AWS limits none of them to one resource.
_LOOK = (
    "elasticloadbalancing:DescribeListeners",
    "elasticloadbalancing:DescribeRules",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
)


@dataclass(frozen=True, slots=True)
class Balanced:
    """How the service registers with its load balancers, and what has to be there before it can."""

    registrations: tuple[ServiceLoadBalancerArgs, ...] = ()
    first: tuple[Resource, ...] = ()


def balanced(scope: Scope[ServiceInputs], own: Mapping[str, Provided], port: int | None, *, shifts: bool) -> Balanced:
    """How the service registers with the load balancers that it owns."""
    edges = [each for each in own.values() if each.target_group is not None]
    if port is None or not edges:
        return Balanced()
    first: list[Resource] = [listener for each in edges for listener in each.listeners]
    role = None
    if shifts and any(each.other_target_group is not None for each in edges):
        role, policy = _shifting_role(scope, edges)
        first.append(policy)
    registrations = tuple(_registration(scope, each, port, role) for each in edges)
    return Balanced(registrations, tuple(first))


def _registration(scope: Scope[ServiceInputs], edge: Provided, port: int, role: Role | None) -> ServiceLoadBalancerArgs:
    advanced = None
    if role is not None and edge.other_target_group is not None and edge.listener_rule is not None:
        advanced = ServiceLoadBalancerAdvancedConfigurationArgs(
            alternate_target_group_arn=edge.other_target_group,
            production_listener_rule=edge.listener_rule,
            role_arn=role.arn,
        )
    return ServiceLoadBalancerArgs(
        container_name=scope.inputs.service,
        container_port=port,
        target_group_arn=edge.target_group,
        advanced_configuration=advanced,
    )


def _shifting_role(scope: Scope[ServiceInputs], edges: Sequence[Provided]) -> tuple[Role, RolePolicy]:
    """The role in which ECS moves requests: between these target groups, by these rules."""
    # Without a condition on whose behalf, as AWS documents it for this role: one that ECS did not meet would stop every
    # release. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
    trust = {"Effect": "Allow", "Principal": {"Service": "ecs.amazonaws.com"}, "Action": "sts:AssumeRole"}
    description = f"How ECS moves requests of {scope.inputs.service} to a new version"
    role = declare_role(scope, "shifting-role", scope.name("shifting", limit=64), description, [trust])
    statements: list[Statement] = [
        {"Sid": "Look", "Effect": "Allow", "Action": list(_LOOK), "Resource": "*"},
        {
            "Sid": "Register",
            "Effect": "Allow",
            "Action": ["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"],
            "Resource": list(_groups(edges)),
        },
        {
            "Sid": "Shift",
            "Effect": "Allow",
            "Action": ["elasticloadbalancing:ModifyRule"],
            "Resource": [each.listener_rule for each in edges if each.listener_rule is not None],
        },
    ]
    policy = RolePolicy(
        "shifting-grants",
        RolePolicyArgs(name="grants", role=role.id, policy=document(statements)),
        scope.options(),
    )
    return role, policy


def _groups(edges: Sequence[Provided]) -> Iterator[Input[str]]:
    for edge in edges:
        for group in (edge.target_group, edge.other_target_group):
            if group is not None:
                yield group
