"""Buckets: encrypted, closed unless the entry says otherwise, and kept as long as it says."""

import json
from typing import Any

from pagerworthy.stacks.render import Rendered
from tests.stacks.resources.asked import KEY, REGULATED_KEY, kinds, only, stack, store


def rules(rendered: Rendered) -> dict[str, Any]:
    return {each["id"]: each for each in only(rendered, "BucketLifecycleConfiguration").inputs["rules"]}


def encryption(rendered: Rendered) -> Any:
    [rule] = only(rendered, "BucketServerSideEncryptionConfiguration").inputs["rules"]
    return rule["applyServerSideEncryptionByDefault"]


def actions(rendered: Rendered, effect: str) -> list[str]:
    policy = json.loads(only(rendered, "BucketPolicy").inputs["policy"])
    return [each["Action"] for each in policy["Statement"] if each["Effect"] == effect]


def test_a_bucket_is_closed_and_encrypted() -> None:
    rendered = stack("statements", "bucket", versioned=True, retention="400d")
    access = only(rendered, "BucketPublicAccessBlock").inputs
    assert all(access[each] for each in access if each != "bucket")
    assert encryption(rendered) == {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": KEY}
    assert only(rendered, "BucketOwnershipControls").inputs["rule"] == {"objectOwnership": "BucketOwnerEnforced"}
    assert (actions(rendered, "Deny"), actions(rendered, "Allow")) == (["s3:*"], [])
    assert only(rendered, "BucketVersioning").inputs["versioningConfiguration"] == {"status": "Enabled"}
    assert rules(rendered)["expired"]["expiration"] == {"days": 400}
    assert only(rendered, "Bucket").protect
    assert rendered.outputs["statements.name"] == "live-store-statements-111122223333"


def test_a_public_bucket_can_be_read_and_nothing_else() -> None:
    rendered = stack("pictures", "bucket", public=True)
    access = only(rendered, "BucketPublicAccessBlock").inputs
    assert access["blockPublicAcls"] is access["ignorePublicAcls"] is True
    assert access["blockPublicPolicy"] is access["restrictPublicBuckets"] is False
    assert actions(rendered, "Allow") == ["s3:GetObject"]
    assert encryption(rendered)["sseAlgorithm"] == "AES256"


def test_a_regulated_bucket_is_never_public_and_keeps_a_year() -> None:
    rendered = stack("statements", "bucket", store(regulations=("sox",)), public=True)
    assert only(rendered, "BucketPublicAccessBlock").inputs["blockPublicPolicy"] is True
    assert actions(rendered, "Allow") == []
    assert encryption(rendered)["kmsMasterKeyId"] == REGULATED_KEY
    assert rules(rendered)["old-versions"]["noncurrentVersionExpiration"]["noncurrentDays"] >= 365
    [rule] = only(rendered, "Plan").inputs["rules"]
    assert rule["lifecycle"]["deleteAfter"] >= 365


def test_nothing_expires_unless_the_entry_says_so() -> None:
    rendered = stack("statements", "bucket")
    assert set(rules(rendered)) == {"unfinished"}
    assert "Vault" not in kinds(rendered)
    assert only(rendered, "BucketVersioning").inputs["versioningConfiguration"] == {"status": "Suspended"}
    assert not only(stack("statements", "bucket", store("staging")), "Bucket").protect
