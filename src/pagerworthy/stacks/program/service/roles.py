"""The two roles of a service: what it may do itself, and what ECS may do in order to start it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pulumi import Input, Output
from pulumi_aws.cloudwatch.log_group import LogGroup
from pulumi_aws.iam.role import Role
from pulumi_aws.iam.role_policy import RolePolicy, RolePolicyArgs

from pagerworthy.stacks.images import repository_of
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.policies import Statement, document, partition
from pagerworthy.stacks.program.roles import declare_role
from pagerworthy.stacks.program.scope import Scope
from pagerworthy.stacks.program.service.grants import secret_statements
from pagerworthy.stacks.program.service.places import account, arn


@dataclass(frozen=True, slots=True)
class Roles:
    """The declared roles, and the policies that have to be there before a task starts."""

    task: Role
    execution: Role
    policies: tuple[RolePolicy, ...]


def declare_roles(
    scope: Scope[ServiceInputs],
    log_group: LogGroup,
    grants: Sequence[Statement],
    secrets: Mapping[str, tuple[Input[str], bool]],
) -> Roles:
    """Declares both roles: `grants` for the service, `secrets` (ARN, and whether regulated) for its start."""
    task = _role(scope, "task", f"What {scope.inputs.service} may do")
    execution = _role(scope, "execution", f"What ECS may do to start {scope.inputs.service}")
    starting = [*_pull(scope), *_write_logs(log_group), *secret_statements(scope, secrets)]
    policies = [_policy(scope, "execution", execution, starting)]
    if grants:
        policies.append(_policy(scope, "task", task, grants))
    return Roles(task, execution, tuple(policies))


def _role(scope: Scope[ServiceInputs], word: str, description: str) -> Role:
    return declare_role(scope, f"{word}-role", scope.name(word, limit=64), description, [_trust(scope)])


def _trust(scope: Scope[ServiceInputs]) -> Statement:
    """Only tasks of this account and region: another customer's tasks cannot make ECS act in our name."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "ecs-tasks.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account(scope)},
            "ArnLike": {"aws:SourceArn": arn(scope, "ecs", "*")},
        },
    }


def _policy(scope: Scope[ServiceInputs], word: str, role: Role, statements: Sequence[Statement]) -> RolePolicy:
    return RolePolicy(
        f"{word}-grants",
        RolePolicyArgs(name="grants", role=role.id, policy=document(statements)),
        scope.options(),
    )


def _pull(scope: Scope[ServiceInputs]) -> list[Statement]:
    """Pulling the image, where it lies in Amazon's registry: that one repository, in whichever account it is."""
    compute = scope.inputs.compute
    repository = repository_of(compute.image) if compute else None
    if repository is None:
        return []
    whole = f"arn:{partition(repository.region)}:ecr:{repository.region}:{repository.account}:repository"
    return [
        {
            # A token is for a whole registry, so AWS has no other resource for this action.
            "Sid": "LogInToRegistry",
            "Effect": "Allow",
            "Action": ["ecr:GetAuthorizationToken"],
            "Resource": "*",
        },
        {
            "Sid": "PullImage",
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": f"{whole}/{repository.name}",
        },
    ]


def _write_logs(log_group: LogGroup) -> list[Statement]:
    return [
        {
            "Sid": "WriteLogs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            # Each task has a stream of its own, whose name nobody knows before.
            "Resource": Output.concat(log_group.arn, ":log-stream:*"),
        }
    ]
