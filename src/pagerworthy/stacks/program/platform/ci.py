"""What CI may do: two roles, which GitHub's runners take on with a token, so that no key is kept anywhere.

Both are bound to the repository and to one of its environments, whose rules say who may use it: `production-preview`
for a job of the main branch that shows what would change, and `production`, with reviewers, for the one that changes
it. No role trusts a pull request: what it would change is rendered, which needs no cloud, and the code of a request
that nobody has read runs beside no credentials.

Whoever may change services may do through them what they may, so that the reviewers of the environment are the guard.
What CI cannot change is what it may do itself: an `up` that would is left to a person, once.
"""

from collections.abc import Sequence
from typing import Literal

from pulumi import Input, Output
from pulumi_aws.iam.open_id_connect_provider import OpenIdConnectProvider
from pulumi_aws.iam.role import Role
from pulumi_aws.iam.role_policy import RolePolicy

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.platform.ci_grants import PARTS, Part
from pagerworthy.stacks.program.platform.ci_state import state_statements
from pagerworthy.stacks.program.policies import Statement, document, partition
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
# The one policy of AWS's own that a program attaches, to roles of AWS Backup.
_ATTACHED = "service-role/AWSBackupServiceRolePolicyFor*"


def declare_ci(scope: Scope[PlatformInputs], account: Input[str]) -> dict[str, Input[str]]:
    """Declares the roles, where the inputs name a repository. Returns their ARNs, as outputs."""
    if not scope.inputs.repository:
        return {}
    provider = _provider(scope, account)
    environment = scope.inputs.environment
    preview = _role(scope, provider, "preview", f"{environment}-preview")
    _policy(scope, preview, "preview", [_read(), *state_statements(scope, account, writes=False)])
    change = _role(scope, provider, "change", environment)
    changes = [_read(), *_writes(scope, account), *state_statements(scope, account, writes=True)]
    _policy(scope, change, "change", changes)
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
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {
            "StringEquals": {
                f"{_ISSUER}:aud": _AUDIENCE,
                f"{_ISSUER}:sub": f"repo:{repository}:environment:{environment}",
            }
        },
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


def _policy(scope: Scope[PlatformInputs], role: Role, word: str, statements: Sequence[Statement]) -> None:
    RolePolicy(f"ci-{word}-grants", name="grants", role=role.id, policy=document(statements), opts=scope.options())


def _read() -> Statement:
    actions = sorted(f"{part.prefix}:{action}" for part in PARTS.values() for action in part.reads)
    return {"Sid": "Look", "Effect": "Allow", "Action": actions, "Resource": "*"}


def _writes(scope: Scope[PlatformInputs], account: Input[str]) -> Sequence[Statement]:
    region = scope.inputs.spec.region
    arn = f"arn:{partition(region)}"
    anywhere = sorted(
        f"{part.prefix}:{action}" for part in PARTS.values() for action in (part.unnamed if part.named else part.writes)
    )
    roles = Output.concat(f"{arn}:iam::", account, f":role/{scope.inputs.environment}-*")
    return [
        {
            "Sid": "ChangeInRegion",
            "Effect": "Allow",
            "Action": anywhere,
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": region}},
        },
        *(_named(scope, account, name, part) for name, part in PARTS.items() if part.named),
        {
            "Sid": "Attach",
            "Effect": "Allow",
            "Action": ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            "Resource": roles,
            "Condition": {"ArnLike": {"iam:PolicyARN": f"{arn}:iam::aws:policy/{_ATTACHED}"}},
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
        {
            # Whoever could change these could do anything; a person with other rights does it.
            "Sid": "NotItself",
            "Effect": "Deny",
            "NotAction": ["iam:Get*", "iam:List*"],
            "Resource": [
                Output.concat(f"{arn}:iam::", account, f":role/{scope.name('ci', limit=60)}-*"),
                Output.concat(f"{arn}:iam::", account, f":oidc-provider/{_ISSUER}"),
            ],
        },
    ]


def _named(scope: Scope[PlatformInputs], account: Input[str], name: str, part: Part) -> Statement:
    region = scope.inputs.spec.region

    def filled(number: str) -> list[str]:
        arn = f"arn:{partition(region)}:{part.prefix}:{region}:{number}"
        words = {"arn": arn, "partition": partition(region), "region": region, "account": number}
        return [each.format(**words, name=f"{scope.inputs.environment}-") for each in part.named]

    return {
        "Sid": f"Change{name.capitalize()}",
        "Effect": "Allow",
        "Action": [f"{part.prefix}:{action}" for action in part.writes],
        "Resource": Output.from_input(account).apply(filled),
    }
