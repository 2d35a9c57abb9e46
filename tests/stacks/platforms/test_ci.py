"""CI's roles: to whom they are bound, and what they may do."""

import json
import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from pagerworthy.stacks.program.platform.ci_grants import PARTS
from pagerworthy.stacks.render import Rendered
from tests.stacks.platforms.made import PRODUCTION, STAGING, one, platform, statements

REPOSITORY = "astronomy-shop/catalog"
PROGRAM = Path(__file__).parents[3] / "src/pagerworthy/stacks/program"
# What only looks, by the first word of an action.
LOOKS = ("Describe", "Get", "List", "View")
# What looks into what is kept, or at what is secret.
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


def grants(rendered: Rendered, word: str) -> str:
    policy = one(rendered, "iam/rolePolicy:RolePolicy", f"ci-{word}-grants").inputs["policy"]
    assert isinstance(policy, str)
    return policy


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
        }
    }


def test_previews_look_at_what_there_is_and_not_into_it(rendered: Rendered) -> None:
    (look,) = statements(grants(rendered, "preview")).values()
    for action in look["Action"]:
        prefix, _, verb = action.partition(":")
        assert verb.startswith(LOOKS), action
        pattern = re.compile(re.escape(action).replace(r"\*", ".*"))
        assert not [each for each in CONTENTS if pattern.fullmatch(each)], action
        assert prefix in {part.prefix for part in PARTS.values()}


def test_changes_stay_in_region_or_have_the_environments_name(rendered: Rendered) -> None:
    allowed = {sid: each for sid, each in statements(grants(rendered, "change")).items() if each["Effect"] == "Allow"}
    for sid, each in allowed.items():
        everything = each["Resource"] == "*"
        assert not everything or sid == "Look" or "aws:RequestedRegion" in str(each["Condition"]), sid
        actions = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
        assert not [action for action in actions if action.endswith(":*") or action == "*"], sid
    for part in ("S3", "Sns", "Sqs", "Iam", "Rds"):
        for arn in allowed[f"Change{part}"]["Resource"]:
            # RDS gives each database a group of options, which is its own.
            assert "production-*" in arn or arn.endswith(":og:default:*")


def test_changes_make_no_users_keys_or_rights_of_their_own(rendered: Rendered) -> None:
    policy = statements(grants(rendered, "change"))
    iam = {
        action
        for each in policy.values()
        if each["Effect"] == "Allow"
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
        if action.startswith("iam:")
    }
    assert not [each for each in iam if "User" in each or "AccessKey" in each or "*" in each.removeprefix("iam:")]
    own = policy["NotItself"]
    assert own["Effect"] == "Deny"
    assert "arn:aws:iam::111122223333:role/production-platform-ci-*" in own["Resource"]
    assert policy["HandOver"]["Condition"]["StringEquals"]["iam:PassedToService"]


def test_the_parts_are_those_that_the_programs_use() -> None:
    used = {
        found
        for path in PROGRAM.rglob("*.py")
        for found in re.findall(r"^from pulumi_aws\.(\w+)\.", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    # What one program uses under another name of the same part.
    assert used - PARTS.keys() == set()
    assert PARTS.keys() - used - {"logs"} == set()


def test_policies_are_not_longer_than_aws_takes() -> None:
    long = platform(
        replace(PRODUCTION, region="us-gov-west-1"),
        environment="a" * 40,
        repository=REPOSITORY,
        backend=f"s3://{'b' * 63}/{'c' * 40}",
        secrets_provider="awskms:///arn:aws:kms:eu-west-1:111122223333:key/00000000-0000-0000-0000-000000000000",
    )
    # IAM counts all inline policies of a role together, without spaces.
    assert len(re.sub(r"\s", "", grants(long, "change"))) <= 10_240


def test_ci_reaches_the_state_and_previews_only_read_it() -> None:
    backend = "s3://shop-state/pulumi?region=eu-west-1"
    rendered = platform(repository=REPOSITORY, backend=backend, secrets_provider="awskms://alias/state")
    reads, changes = (statements(grants(rendered, word)) for word in ("preview", "change"))
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
    assert statements(grants(rendered, "change"))["StateSecrets"]["Resource"] == resource


@pytest.mark.parametrize("backend", ["", "file://state", "https://api.pulumi.com", "gs://shop-state"])
def test_a_state_elsewhere_needs_nothing_of_aws(backend: str) -> None:
    rendered = platform(repository=REPOSITORY, backend=backend, secrets_provider="gcpkms://key")
    assert statements(grants(rendered, "preview")).keys() == {"Look"}


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
