"""The boundary: every role of a service stands within it, and it holds what these roles need and no way out."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from pagerworthy.catalog import Release, Resource
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.render import Rendered, render
from tests.stacks.platforms.made import one, platform, statements
from tests.stacks.service.made import COMPUTE, EVERY_TYPE, GRANTS, ROLE, checkout, demo_stacks, resource_need

BOUNDARY = "iam/policy:Policy"
EDGE = {"shop": Resource(type="edge", domain="pay.shop.example.com", public=True)}
MANAGED = re.compile(r"arn:aws:iam::aws:policy/(service-role/)?AWSBackupServiceRolePolicyFor(S3)?Backup")


@pytest.fixture(scope="module")
def boundary() -> dict[str, dict[str, Any]]:
    return statements(one(platform(regulated=True), BOUNDARY, "boundary").inputs["policy"])


def busy() -> ServiceInputs:
    """A regulated canary behind an edge, which owns and needs one of each type."""
    needs = tuple(resource_need("store", name, name, access="read-write") for name in EVERY_TYPE if name != "edge")
    return checkout(
        resources={**EVERY_TYPE, **EDGE},
        needs=needs,
        regulations=("pci-dss",),
        compute=COMPUTE,
        release=Release(strategy="canary", rollback="automated"),
    )


def stacks() -> Iterator[Rendered]:
    yield render(busy())
    yield from demo_stacks().values()


def test_every_role_of_a_service_has_the_boundary() -> None:
    found = [role for stack in stacks() for role in stack.of_type(ROLE)]
    assert {"task-role", "execution-role", "shifting-role", "postgres-backup-role", "bucket-backup-role"} <= {
        each.name for each in found
    }
    assert {each.inputs.get("permissionsBoundary") for each in found} == {"<platform.production:boundary_arn>"}


def test_what_roles_are_granted_lies_within_the_boundary(boundary: dict[str, dict[str, Any]]) -> None:
    within = [
        re.compile(re.escape(action).replace(r"\*", ".*"))
        for each in boundary.values()
        for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])
    ]
    for stack in stacks():
        for policy in stack.of_type(GRANTS):
            for statement in json.loads(policy.inputs["policy"])["Statement"]:
                for action in statement["Action"]:
                    assert any(each.fullmatch(action) for each in within), (stack.stack, policy.name, action)
        for attached in stack.of_type("aws:iam/rolePolicyAttachment:RolePolicyAttachment"):
            # Of what these give, the boundary holds the part that is of databases and buckets.
            assert MANAGED.fullmatch(attached.inputs["policyArn"])


def test_the_boundary_is_of_this_environment_and_gives_no_rights(boundary: dict[str, dict[str, Any]]) -> None:
    for sid, each in boundary.items():
        actions = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
        assert not [action for action in actions if action.startswith(("iam:", "sts:", "*"))], sid
        resources = [each["Resource"]] if isinstance(each["Resource"], str) else each["Resource"]
        for resource in resources:
            bound = "production-" in resource or "/production/" in resource or "Condition" in each
            # The rest is what AWS names itself, images of other accounts, and looking at what there is.
            assert bound or sid in {"Images", "Look", "Letters"} or sid.startswith("Backups"), (sid, resource)


def test_the_boundary_is_not_longer_than_aws_takes() -> None:
    policy = one(platform(environment="a" * 40), BOUNDARY, "boundary").inputs["policy"]
    assert len(re.sub(r"\s", "", policy)) <= 6_144
