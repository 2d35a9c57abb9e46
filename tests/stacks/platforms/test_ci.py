"""CI's roles: to whom they are bound, and what they may do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from pagerworthy.stacks.program.platform.ci_types import TYPES
from pagerworthy.stacks.render import Rendered
from tests.stacks.platforms.made import PRODUCTION, STAGING, one, platform, statements
from tests.stacks.platforms.test_boundary import stacks

REPOSITORY = "astronomy-shop/catalog"
PROGRAM = Path(__file__).parents[3] / "src/pagerworthy/stacks/program"
# What only looks, by the first word of an action.
LOOKS = ("Describe", "Get", "List", "View")
# What looks into what is kept, or at what is secret.
BOUNDARY = "arn:aws:iam::111122223333:policy/production-platform-boundary"
# What IAM has an action for that is no operation, or is one of another name.
NO_OPERATIONS = {
    "budgets:ModifyBudget",
    "budgets:ViewBudget",
    "elasticloadbalancing:SetWebAcl",
    "iam:PassRole",
    *(f"logs:{each}LogDelivery" for each in ("Create", "Delete", "Get", "Update")),
    "logs:ListLogDeliveries",
    *(f"s3:{verb}{each}" for verb in ("Get", "Put") for each in ("EncryptionConfiguration", "LifecycleConfiguration")),
    *(f"s3:Get{each}" for each in ("AccelerateConfiguration", "BucketCORS", "ReplicationConfiguration")),
    *(f"s3:{verb}BucketPublicAccessBlock" for verb in ("Get", "Put")),
    "s3:GetBucketObjectLockConfiguration",
    "s3:ListBucket",
    # Not in boto3 at all: AWS Backup asks for it itself.
    "backup-storage:MountCapsule",
}
CLIENTS = {"elasticloadbalancing": ("elbv2",), "ses": ("sesv2",), "s3": ("s3", "s3control")}
CONTENTS = {
    "s3:GetObject",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "logs:GetLogEvents",
    "kms:Decrypt",
    "ecr:GetAuthorizationToken",
    "ecr:BatchGetImage",
}


@pytest.fixture(scope="module")
def rendered() -> Rendered:
    return platform(repository=REPOSITORY)


def trust(rendered: Rendered, word: str) -> dict[str, object]:
    (statement,) = json.loads(one(rendered, "iam/role:Role", f"ci-{word}").inputs["assumeRolePolicy"])["Statement"]
    assert isinstance(statement, dict)
    return statement


def policies(rendered: Rendered, word: str) -> dict[str, str]:
    """The policies that a role has, by name."""
    attached = {
        each.inputs["policyArn"]
        for each in rendered.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
        if each.inputs["role"] == one(rendered, "iam/role:Role", f"ci-{word}").inputs["name"]
    }
    return {
        each.name: each.inputs["policy"]
        for each in rendered.of_type("aws:iam/policy:Policy")
        if f"<{each.name}.arn>" in attached
    }


def granted(rendered: Rendered, word: str) -> dict[str, dict[str, Any]]:
    """The statements of all policies of a role, by policy and id."""
    return {
        (sid if sid not in {"ByRegion", "ByTag", "ByAsked"} else f"{name} {sid}"): each
        for name, policy in policies(rendered, word).items()
        for sid, each in statements(policy).items()
    }


def actions(statement: dict[str, Any]) -> list[str]:
    found = statement["Action"]
    return [found] if isinstance(found, str) else found


def resources(statement: dict[str, Any]) -> list[str]:
    found = statement["Resource"]
    return [found] if isinstance(found, str) else found


def allows(found: dict[str, dict[str, Any]], action: str) -> list[dict[str, Any]]:
    """The statements that allow an action."""
    return [each for each in found.values() if each["Effect"] == "Allow" and action in actions(each)]


@pytest.mark.parametrize(("word", "environment"), [("preview", "production-preview"), ("change", "production")])
def test_roles_are_bound_to_repository_and_environment(rendered: Rendered, word: str, environment: str) -> None:
    statement = trust(rendered, word)
    assert statement["Principal"] == {"Federated": "<github.arn>"}
    assert statement["Action"] == "sts:AssumeRoleWithWebIdentity"
    # Equal, not alike: no branch, tag or pull request of any name has this subject.
    assert statement["Condition"] == {
        "StringEquals": {
            "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
            "token.actions.githubusercontent.com:sub": f"repo:{REPOSITORY}:environment:{environment}",
            "token.actions.githubusercontent.com:ref": "refs/heads/main",
        }
    }


def test_a_repository_is_trusted_by_its_numbers_where_it_says_them() -> None:
    found = trust(platform(repository="astronomy-shop@12/catalog@345", branch="trunk"), "change")
    assert isinstance(found["Condition"], dict)
    told = found["Condition"]["StringEquals"]
    subject = "repo:astronomy-shop@12/catalog@345:environment:production"
    assert told["token.actions.githubusercontent.com:sub"] == subject
    assert told["token.actions.githubusercontent.com:ref"] == "refs/heads/trunk"


def test_where_aws_sees_no_branch_none_is_asked_for() -> None:
    found = trust(platform(replace(PRODUCTION, region="us-gov-west-1"), repository=REPOSITORY), "change")
    assert isinstance(found["Condition"], dict)
    assert "token.actions.githubusercontent.com:ref" not in found["Condition"]["StringEquals"]


def test_previews_look_at_what_there_is_and_not_into_it(rendered: Rendered) -> None:
    (look,) = granted(rendered, "preview").values()
    for action in look["Action"]:
        assert action.partition(":")[2].startswith(LOOKS), action
        assert action not in CONTENTS
        assert "*" not in action


def test_changes_stay_in_the_environment_as_far_as_aws_can_say_it(rendered: Rendered) -> None:
    for sid, each in granted(rendered, "change").items():
        if each["Effect"] == "Deny" or sid == "Look":
            continue
        assert not [action for action in actions(each) if "*" in action], sid
        condition = str(each.get("Condition", ""))
        for resource in resources(each):
            # RDS gives each database a group of options and a secret, which have names of their own.
            named = (
                "production-" in resource or "/production/" in resource or resource.endswith((":og:default:*", "rds!*"))
            )
            assert named or condition or sid == "Route531", (sid, resource)


@pytest.mark.parametrize(
    ("action", "bound"),
    [
        ("kms:Decrypt", "aws:ResourceTag/environment"),
        ("kms:PutKeyPolicy", "aws:ResourceTag/environment"),
        ("kms:ScheduleKeyDeletion", "aws:ResourceTag/environment"),
        ("kms:CreateKey", "aws:RequestTag/environment"),
        ("ec2:DeleteVpc", "aws:ResourceTag/environment"),
        ("ecr:DeleteRepository", "aws:ResourceTag/environment"),
        ("ecs:UpdateService", ":service/production-*"),
        ("cloudwatch:DeleteAlarms", ":alarm:production-*"),
        ("cloudwatch:DeleteDashboards", ":dashboard/production-*"),
        ("logs:DeleteLogGroup", ":log-group:/pagerworthy/production/*"),
        ("elasticache:DeleteReplicationGroup", ":replicationgroup:production-*"),
        ("iam:CreateRole", "'iam:PermissionsBoundary': '<boundary.arn>'"),
        ("iam:PutRolePolicy", "'iam:PermissionsBoundary': '<boundary.arn>'"),
        ("iam:AttachRolePolicy", "'iam:PermissionsBoundary': '<boundary.arn>'"),
        ("iam:PutRolePermissionsBoundary", "'iam:PermissionsBoundary': '<boundary.arn>'"),
    ],
)
def test_what_could_reach_others_is_bound(rendered: Rendered, action: str, bound: str) -> None:
    # Pulumi's own ARN of the boundary is known by its name, so that no cycle of resources arises.
    bound = bound.replace("<boundary.arn>", BOUNDARY)
    found = allows(granted(rendered, "change"), action)
    assert found
    for each in found:
        assert bound in str(each), each


def test_nobody_reads_the_passwords_that_rds_keeps(rendered: Rendered) -> None:
    for each in allows(granted(rendered, "change"), "secretsmanager:GetSecretValue"):
        assert not [resource for resource in resources(each) if "rds!" in resource]


def test_what_another_environment_has_is_touched_by_nobody_here(rendered: Rendered) -> None:
    denied = granted(rendered, "change")["NotOfOthers"]
    assert denied["Effect"] == "Deny"
    assert denied["Condition"]["StringNotEquals"] == {"aws:ResourceTag/environment": "production"}
    # What has no such tag is not of another environment.
    assert denied["Condition"]["Null"] == {"aws:ResourceTag/environment": "false"}
    prefixes = {action.partition(":")[0] for calls in TYPES.values() for action in calls.writes}
    assert {f"{prefix}:*" for prefix in prefixes - {"iam"}} == set(denied["Action"])


def test_changes_make_no_users_keys_or_rights_of_their_own(rendered: Rendered) -> None:
    found = granted(rendered, "change")
    iam = {
        action
        for each in found.values()
        if each["Effect"] == "Allow"
        for action in actions(each)
        if action.startswith("iam:") and not action.startswith(("iam:Get", "iam:List"))
    }
    assert not [each for each in iam if "User" in each or "AccessKey" in each or "*" in each]
    assert not iam & {"iam:CreatePolicyVersion", "iam:DeletePolicy", "iam:DeleteRolePermissionsBoundary"}
    own = found["NotItself"]
    assert own["Effect"] == "Deny"
    account = "arn:aws:iam::111122223333"
    assert {
        f"{account}:role/production-platform-ci-*",
        f"{account}:policy/production-platform-ci-*",
        BOUNDARY,
    } <= set(own["Resource"])
    for name in (each.inputs["name"] for each in rendered.of_type("aws:iam/role:Role")):
        assert name.startswith("production-platform-ci-")
    assert one(rendered, "iam/policy:Policy", "boundary").inputs["name"] == BOUNDARY.rpartition("/")[2]
    assert found["HandOver"]["Condition"]["StringEquals"]["iam:PassedToService"]


def test_every_type_that_is_declared_has_its_actions(rendered: Rendered) -> None:
    declared = {
        f"{part}:{name}"
        for path in PROGRAM.rglob("*.py")
        for module, names in re.findall(
            r"^from pulumi_aws\.(\w+\.\w+) import \(?([\w,\s]+?)\)?$", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        if not module.endswith("._inputs") and not module.startswith("provider")
        for part in [re.sub(r"_(\w)", lambda found: found[1].upper(), module.replace(".", "/"))]
        for name in re.findall(r"\w+", names)
        if not name.endswith("Args")
    }
    assert len(declared) > 60
    assert declared == TYPES.keys()


def test_every_action_that_a_type_needs_is_granted(rendered: Rendered) -> None:
    looked, changed = granted(rendered, "preview"), granted(rendered, "change")
    for type_, calls in TYPES.items():
        for action in calls.reads:
            assert allows(looked, action), (type_, action)
            assert allows(changed, action), (type_, action)
        for action in calls.writes:
            assert allows(changed, action), (type_, action)
    # And nothing else is.
    needed = {action for calls in TYPES.values() for action in (*calls.reads, *calls.writes)}
    needed |= {"iam:CreateServiceLinkedRole"}
    assert {action for each in changed.values() if each["Effect"] == "Allow" for action in actions(each)} == needed


def test_actions_are_those_of_aws() -> None:
    """IAM calls nearly all as the operation is called; those that it calls otherwise are these."""
    import boto3

    session = boto3.Session(aws_access_key_id="none", aws_secret_access_key="none")  # noqa: S106 -- asks nobody
    operations: dict[str, set[str]] = {}
    for action in sorted(
        {action for calls in TYPES.values() for action in (*calls.reads, *calls.writes)} - NO_OPERATIONS
    ):
        prefix, _, name = action.partition(":")
        if prefix not in operations:
            clients = CLIENTS.get(prefix, (prefix,))
            operations[prefix] = {
                operation
                for client in clients
                for operation in session.client(client, region_name="eu-west-1").meta.service_model.operation_names
            }
        assert name in operations[prefix], action


def test_what_backups_attach_may_be_attached(rendered: Rendered) -> None:
    allowed = granted(rendered, "change")["Attach"]["Condition"]["ArnLike"]["iam:PolicyARN"]
    attached = {
        each.inputs["policyArn"]
        for stack in stacks()
        for each in stack.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    assert len(attached) == 2
    assert attached <= set(allowed)


def test_policies_are_not_longer_than_aws_takes() -> None:
    long = platform(
        replace(PRODUCTION, region="us-gov-west-1"),
        environment="a" * 40,
        repository=REPOSITORY,
        backend=f"s3://{'b' * 63}/{'c' * 40}",
        secrets_provider="awskms:///arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000",
    )
    for word in ("preview", "change"):
        found = policies(long, word)
        # IAM does not count spaces.
        assert {name: size for name, text in found.items() if (size := len(re.sub(r"\s", "", text))) > 6_144} == {}
        assert len(found) <= 10


def test_ci_reaches_the_state_and_previews_only_read_it() -> None:
    backend = "s3://shop-state/pulumi?region=eu-west-1"
    rendered = platform(repository=REPOSITORY, backend=backend, secrets_provider="awskms://alias/state")
    reads, changes = (granted(rendered, word) for word in ("preview", "change"))
    for found in (reads, changes):
        assert found["State"]["Resource"] == "arn:aws:s3:::shop-state/pulumi/*"
        assert found["StateSecrets"]["Condition"] == {"StringEquals": {"kms:RequestAlias": "alias/state"}}
    assert reads["State"]["Action"] == ["s3:GetObject"]
    assert reads["StateSecrets"]["Action"] == ["kms:Decrypt"]
    assert "s3:PutObject" in changes["State"]["Action"]


@pytest.mark.parametrize(
    ("secrets_provider", "resource"),
    [
        (
            "awskms:///arn:aws:kms:us-east-1:444455556666:key/1234?region=us-east-1",
            "arn:aws:kms:us-east-1:444455556666:key/1234",
        ),
        ("awskms://1234?region=us-east-1", "arn:aws:kms:us-east-1:111122223333:key/1234"),
        ("awskms://1234", "arn:aws:kms:eu-west-1:111122223333:key/1234"),
    ],
)
def test_a_key_of_the_state_is_named_exactly(secrets_provider: str, resource: str) -> None:
    rendered = platform(repository=REPOSITORY, secrets_provider=secrets_provider)
    assert granted(rendered, "change")["StateSecrets"]["Resource"] == resource


@pytest.mark.parametrize("backend", ["", "file://state", "https://api.pulumi.com", "gs://shop-state"])
def test_a_state_elsewhere_needs_nothing_of_aws(backend: str) -> None:
    rendered = platform(repository=REPOSITORY, backend=backend, secrets_provider="gcpkms://key")
    assert granted(rendered, "preview").keys() == {"Look"}


def test_an_account_has_one_identity_provider() -> None:
    provider = "iam/openIdConnectProvider:OpenIdConnectProvider"
    first = one(platform(repository=REPOSITORY), provider, "github")
    assert first.inputs["url"] == "https://token.actions.githubusercontent.com"
    assert first.inputs["clientIdLists"] == ["sts.amazonaws.com"]
    second = platform(repository=REPOSITORY, identity_provider=False)
    assert not second.of_type(f"aws:{provider}")
    assert trust(second, "change")["Principal"] == {
        "Federated": f"arn:aws:iam::{PRODUCTION.account}:oidc-provider/token.actions.githubusercontent.com"
    }


def test_without_a_repository_there_is_no_way_in() -> None:
    for spec in (PRODUCTION, STAGING):
        types = {each.type for each in platform(spec).resources}
        assert {each for each in types if each.startswith("aws:iam/")} == {"aws:iam/policy:Policy"}
