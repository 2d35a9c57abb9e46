"""The log bucket: what is written there stays there, and nobody else reads it."""

import pytest

from tests.stacks.platforms.made import STAGING, one, platform, statements


def test_it_is_encrypted_versioned_and_closed() -> None:
    rendered = platform()
    bucket, elsewhere = (one(each, "s3/bucket:Bucket", "logs") for each in (rendered, platform(STAGING)))
    assert (bucket.protect, bucket.inputs["forceDestroy"]) == (True, False)
    assert (elsewhere.protect, elsewhere.inputs["forceDestroy"]) == (False, True)
    # Load balancers write to no bucket with a key of ours.
    encryption = one(
        rendered,
        "s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "logs-encryption",
    )
    (rule,) = encryption.inputs["rules"]
    assert rule["applyServerSideEncryptionByDefault"] == {"sseAlgorithm": "AES256"}
    versions = one(rendered, "s3/bucketVersioning:BucketVersioning", "logs-versions")
    assert versions.inputs["versioningConfiguration"] == {"status": "Enabled"}
    closed = one(rendered, "s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "logs-closed").inputs
    assert all(value is True for key, value in closed.items() if key != "bucket")
    assert len(closed) == 5


@pytest.mark.parametrize(("regulated", "least"), [(True, 365), (False, 30)])
def test_it_keeps_what_regulations_ask_for(regulated: bool, least: int) -> None:
    lifecycle = one(
        platform(regulated=regulated),
        "s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        "logs-lifecycle",
    )
    expire, tidy = lifecycle.inputs["rules"]
    assert expire["expiration"]["days"] >= least
    assert expire["transitions"][0]["days"] < expire["expiration"]["days"]
    assert tidy["expiration"] == {"expiredObjectDeleteMarker": True}


def test_load_balancers_and_the_network_write_and_nobody_else_does_anything() -> None:
    policy = statements(one(platform(), "s3/bucketPolicy:BucketPolicy", "logs-policy").inputs["policy"])
    assert policy["OnlyEncrypted"]["Effect"] == "Deny"
    allowed = {sid: each for sid, each in policy.items() if each["Effect"] == "Allow"}
    assert {sid: each["Principal"] for sid, each in allowed.items()} == {
        "LoadBalancers": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
        "FlowLogs": {"Service": "delivery.logs.amazonaws.com"},
        "FlowLogsLook": {"Service": "delivery.logs.amazonaws.com"},
    }
    assert all("111122223333" in str(each["Condition"]) for each in allowed.values())
    assert allowed["LoadBalancers"]["Resource"] == "<logs.arn>/edge/*/AWSLogs/111122223333/*"
    assert not any("Get" in action for action in [allowed["FlowLogs"]["Action"], allowed["LoadBalancers"]["Action"]])
