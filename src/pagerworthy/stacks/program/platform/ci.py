"""What CI may do: two roles, which GitHub's runners take on with a token, so that no key is kept anywhere.

Both are bound to the repository, to its main branch and to one of its environments, whose rules say who may use it:
`production-preview` for a job that shows what would change, and `production`, with reviewers, for the one that changes
it. No role trusts a pull request: what it would change is rendered, which needs no cloud, and the code of a request
that nobody has read runs beside no credentials.

Whoever may change services may do through them what they may: within the boundary of all their roles, which ends at
the environment. What CI cannot change is what it may do itself, and that boundary: an `up` that would is left to a
person, once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from pulumi import Input, Output
from pulumi_aws.iam.open_id_connect_provider import OpenIdConnectProvider
from pulumi_aws.iam.policy import Policy
from pulumi_aws.iam.role import Role
from pulumi_aws.iam.role_policy_attachment import RolePolicyAttachment

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.platform.boundary import boundary_arn
from pagerworthy.stacks.program.platform.ci_grants import GROUPS, Bound, bound_writes, reads
from pagerworthy.stacks.program.platform.ci_state import state_statements
from pagerworthy.stacks.program.policies import Statement, document, partition
from pagerworthy.stacks.program.resources.backup import BUCKET_POLICIES, DATABASE_POLICIES
from pagerworthy.stacks.program.scope import Scope

_ISSUER = "token.actions.githubusercontent.com"
_AUDIENCE = "sts.amazonaws.com"
# A first bring-up waits for databases, one wave after another.
_CHANGE_SECONDS = 4 * 3600
# To whom a role of a service may be handed, and whose own roles AWS may make.
_TAKERS = ("backup.amazonaws.com", "ecs-tasks.amazonaws.com", "ecs.amazonaws.com")
_LINKED = (
    "autoscaling",
    "backup",
    "ecs",
    "ecs.application-autoscaling",
    "elasticache",
    "elasticloadbalancing",
    "mq",
    "rds",
    "wafv2",
)
# The policies of AWS's own that a program attaches, to roles of AWS Backup.
_ATTACHED = (*DATABASE_POLICIES, *BUCKET_POLICIES)
# So many characters of a name are left at least, where AWS wants short ones: of 40, nine may be those of a digest.
_SHORTEST = 31


def declare_ci(scope: Scope[PlatformInputs], account: Input[str]) -> dict[str, Input[str]]:
    """Declares the roles, where the inputs name a repository. Returns their ARNs, as outputs."""
    if not scope.inputs.repository:
        return {}
    provider = _provider(scope, account)
    environment = scope.inputs.environment
    look = _policy(scope, "look", [{"Sid": "Look", "Effect": "Allow", "Action": reads(), "Resource": "*"}])
    preview = _role(scope, provider, "preview", f"{environment}-preview")
    _attach(scope, preview, "preview", "look", look)
    if state := state_statements(scope, account, writes=False):
        _attach(scope, preview, "preview", "state", _policy(scope, "preview-state", state))
    change = _role(scope, provider, "change", environment)
    _attach(scope, change, "change", "look", look)
    for word, prefixes in GROUPS.items():
        _attach(scope, change, "change", word, _policy(scope, f"change-{word}", _writes(scope, account, prefixes)))
    rights = [*_roles(scope, account), *_denials(scope, account), *state_statements(scope, account, writes=True)]
    _attach(scope, change, "change", "rights", _policy(scope, "change-rights", rights))
    return {"ci_preview_role_arn": preview.arn, "ci_change_role_arn": change.arn}


def _provider(scope: Scope[PlatformInputs], account: Input[str]) -> Input[str]:
    """The ARN of the account's identity provider for GitHub: an account has one, which one environment declares."""
    if not scope.inputs.identity_provider:
        arn = f"arn:{partition(scope.inputs.spec.region)}:iam::"
        return Output.concat(arn, account, f":oidc-provider/{_ISSUER}")
    return OpenIdConnectProvider(
        "github",
        url=f"https://{_ISSUER}",
        client_id_lists=[_AUDIENCE],
        tags=scope.tagged("github"),
        opts=scope.options(),
    ).arn


def _role(
    scope: Scope[PlatformInputs], provider: Input[str], word: Literal["preview", "change"], environment: str
) -> Role:
    repository = scope.inputs.repository
    name = scope.name("ci", word, limit=64)
    told = {
        f"{_ISSUER}:aud": _AUDIENCE,
        f"{_ISSUER}:sub": f"repo:{repository}:environment:{environment}",
    }
    if partition(scope.inputs.spec.region) == "aws":
        # GitHub makes an environment without any rules when a workflow first names it. Elsewhere AWS cannot see this.
        told[f"{_ISSUER}:ref"] = f"refs/heads/{scope.inputs.branch}"
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": told},
    }
    return Role(
        f"ci-{word}",
        name=name,
        description=f"CI of {repository}, in its environment {environment}",
        assume_role_policy=document([trust]),
        max_session_duration=_CHANGE_SECONDS if word == "change" else 3600,
        tags=scope.tagged(name),
        opts=scope.options(),
    )


def _policy(scope: Scope[PlatformInputs], word: str, statements: Iterable[Statement]) -> Policy:
    name = scope.name("ci", word, limit=128)
    return Policy(
        f"ci-{word}", name=name, policy=document(list(statements)), tags=scope.tagged(name), opts=scope.options()
    )


def _attach(scope: Scope[PlatformInputs], role: Role, word: str, part: str, policy: Policy) -> None:
    RolePolicyAttachment(f"ci-{word}-{part}", role=role.name, policy_arn=policy.arn, opts=scope.options())


def _writes(scope: Scope[PlatformInputs], account: Input[str], prefixes: Sequence[str]) -> Iterator[Statement]:
    """What may be changed, each where it is bound to. Those that are bound alike share a statement."""
    environment = scope.inputs.environment
    conditions: Mapping[str, Statement] = {
        "tag": {"StringEquals": {"aws:ResourceTag/environment": environment}},
        "asked": {"StringEquals": {"aws:RequestTag/environment": environment}},
        "region": {"StringEquals": {"aws:RequestedRegion": scope.inputs.spec.region}},
    }
    anywhere: dict[str, list[str]] = {}
    for prefix in prefixes:
        for number, (bound, actions) in enumerate(bound_writes(prefix), start=1):
            if bound.by and bound.resources == ("*",):
                anywhere.setdefault(bound.by, []).extend(actions)
                continue
            statement = {
                "Sid": f"{''.join(word.capitalize() for word in prefix.split('-'))}{number}",
                "Effect": "Allow",
                "Action": actions,
                "Resource": _resources(scope, account, prefix, bound),
            }
            yield {**statement, "Condition": conditions[bound.by]} if bound.by else statement
    for by, actions in anywhere.items():
        yield {
            "Sid": f"By{by.capitalize()}",
            "Effect": "Allow",
            "Action": sorted(actions),
            "Resource": "*",
            "Condition": conditions[by],
        }


def _resources(scope: Scope[PlatformInputs], account: Input[str], prefix: str, bound: Bound) -> Output[list[str]]:
    region, environment = scope.inputs.spec.region, scope.inputs.environment
    name = f"{environment}-"

    def filled(number: str) -> list[str]:
        words = {
            "arn": f"arn:{partition(region)}:{prefix}:{region}:{number}",
            "partition": partition(region),
            "account": number,
            "environment": environment,
            "name": name,
            "short": name[:_SHORTEST],
        }
        return [each.format(**words) for each in bound.resources]

    return Output.from_input(account).apply(filled)


def _roles(scope: Scope[PlatformInputs], account: Input[str]) -> Sequence[Statement]:
    """What may be done with the roles of services: all that AWS lets be bound to their boundary is."""
    arn = f"arn:{partition(scope.inputs.spec.region)}"
    roles = Output.concat(f"{arn}:iam::", account, f":role/{scope.inputs.environment}-*")
    within = {"StringEquals": {"iam:PermissionsBoundary": boundary_arn(scope, account)}}
    return [
        {
            "Sid": "RolesWithin",
            "Effect": "Allow",
            "Action": [
                "iam:CreateRole",
                "iam:DeleteRolePolicy",
                "iam:PutRolePermissionsBoundary",
                "iam:PutRolePolicy",
            ],
            "Resource": roles,
            "Condition": within,
        },
        {
            # AWS does not look at the boundary here: nobody else may name a role after the environment.
            "Sid": "Roles",
            "Effect": "Allow",
            "Action": [
                "iam:DeleteRole",
                "iam:TagRole",
                "iam:UntagRole",
                "iam:UpdateAssumeRolePolicy",
                "iam:UpdateRole",
                "iam:UpdateRoleDescription",
            ],
            "Resource": roles,
        },
        {
            "Sid": "Attach",
            "Effect": "Allow",
            "Action": ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            "Resource": roles,
            "Condition": {
                **within,
                "ArnLike": {"iam:PolicyARN": [f"{arn}:iam::aws:policy/{each}" for each in _ATTACHED]},
            },
        },
        {
            "Sid": "HandOver",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": roles,
            "Condition": {"StringEquals": {"iam:PassedToService": list(_TAKERS)}},
        },
        {
            "Sid": "LetServicesIn",
            "Effect": "Allow",
            "Action": "iam:CreateServiceLinkedRole",
            "Resource": Output.concat(f"{arn}:iam::", account, ":role/aws-service-role/*"),
            "Condition": {"StringEquals": {"iam:AWSServiceName": [f"{each}.amazonaws.com" for each in _LINKED]}},
        },
    ]


def _denials(scope: Scope[PlatformInputs], account: Input[str]) -> Sequence[Statement]:
    arn = f"arn:{partition(scope.inputs.spec.region)}:iam::"
    own = scope.name("ci", limit=60)
    return [
        {
            # Whoever could change these could do anything; a person with other rights does it.
            "Sid": "NotItself",
            "Effect": "Deny",
            "NotAction": ["iam:Get*", "iam:List*"],
            "Resource": [
                Output.concat(arn, account, f":role/{own}-*"),
                Output.concat(arn, account, f":policy/{own}-*"),
                boundary_arn(scope, account),
                Output.concat(arn, account, f":oidc-provider/{_ISSUER}"),
            ],
        },
        {
            "Sid": "NotOfOthers",
            "Effect": "Deny",
            "Action": sorted(f"{prefix}:*" for prefixes in GROUPS.values() for prefix in prefixes),
            "Resource": "*",
            "Condition": {
                "Null": {"aws:ResourceTag/environment": "false"},
                "StringNotEquals": {"aws:ResourceTag/environment": scope.inputs.environment},
            },
        },
    ]
