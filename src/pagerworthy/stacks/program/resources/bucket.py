"""`bucket`: S3."""

from collections.abc import Iterator

from pulumi import Input, Output
from pulumi_aws.s3._inputs import (
    BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs,
    BucketLifecycleConfigurationRuleArgs,
    BucketLifecycleConfigurationRuleExpirationArgs,
    BucketLifecycleConfigurationRuleFilterArgs,
    BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs,
    BucketOwnershipControlsRuleArgs,
    BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs,
    BucketServerSideEncryptionConfigurationRuleArgs,
    BucketVersioningVersioningConfigurationArgs,
)
from pulumi_aws.s3.bucket import Bucket, BucketArgs
from pulumi_aws.s3.bucket_lifecycle_configuration import (
    BucketLifecycleConfiguration,
    BucketLifecycleConfigurationArgs,
)
from pulumi_aws.s3.bucket_ownership_controls import BucketOwnershipControls, BucketOwnershipControlsArgs
from pulumi_aws.s3.bucket_policy import BucketPolicy, BucketPolicyArgs
from pulumi_aws.s3.bucket_public_access_block import BucketPublicAccessBlock, BucketPublicAccessBlockArgs
from pulumi_aws.s3.bucket_server_side_encryption_configuration import BucketServerSideEncryptionConfiguration
from pulumi_aws.s3.bucket_versioning import BucketVersioning

from pagerworthy.catalog import Resource
from pagerworthy.stacks import offerings
from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.policies import document, only_encrypted
from pagerworthy.stacks.program.provided import Provided
from pagerworthy.stacks.program.resources.backup import BUCKET_POLICIES, long_backup
from pagerworthy.stacks.program.resources.place import in_production, key_arn, place_of
from pagerworthy.stacks.program.scope import Scope


def declare(scope: Scope[ServiceInputs], name: str, resource: Resource) -> Provided:
    """A bucket that nobody reads from outside, unless its entry says `public`, and nobody without TLS.

    Names of buckets are shared with the whole world, so that they end in the account, or else in the region.
    """
    offering = offerings.bucket(resource, place_of(scope))
    production = in_production(scope)
    physical = scope.name(name, scope.inputs.spec.account or scope.inputs.spec.region, limit=63)
    bucket = Bucket(
        name,
        BucketArgs(bucket=physical, force_destroy=not production, tags=scope.tagged(physical)),
        scope.options(protect=production),
    )
    BucketOwnershipControls(
        f"{name}-ownership",
        BucketOwnershipControlsArgs(
            bucket=bucket.id, rule=BucketOwnershipControlsRuleArgs(object_ownership="BucketOwnerEnforced")
        ),
        scope.options(),
    )
    access = BucketPublicAccessBlock(
        f"{name}-access",
        BucketPublicAccessBlockArgs(
            bucket=bucket.id,
            block_public_acls=True,
            ignore_public_acls=True,
            block_public_policy=not offering.public,
            restrict_public_buckets=not offering.public,
        ),
        scope.options(),
    )
    _encrypt(scope, name, bucket, offering)
    versioning = BucketVersioning(
        f"{name}-versions",
        bucket=bucket.id,
        versioning_configuration=BucketVersioningVersioningConfigurationArgs(
            status="Enabled" if offering.versioned else "Suspended"
        ),
        opts=scope.options(),
    )
    BucketPolicy(
        f"{name}-policy",
        BucketPolicyArgs(bucket=bucket.id, policy=bucket.arn.apply(lambda arn: _policy(arn, public=offering.public))),
        scope.options(depends_on=[access]),
    )
    BucketLifecycleConfiguration(
        f"{name}-lifecycle",
        BucketLifecycleConfigurationArgs(bucket=bucket.id, rules=list(_rules(offering))),
        scope.options(depends_on=[versioning]),
    )
    if offering.long_backup_days:
        long_backup(scope, name, bucket.arn, offering.long_backup_days, BUCKET_POLICIES)
    return Provided(outputs={"arn": bucket.arn, "name": bucket.bucket})


def _encrypt(scope: Scope[ServiceInputs], name: str, bucket: Bucket, offering: offerings.Bucket) -> None:
    """With the service's key; what everybody may read with S3's own, since nobody else may use the service's."""
    default = BucketServerSideEncryptionConfigurationRuleApplyServerSideEncryptionByDefaultArgs(
        sse_algorithm="AES256" if offering.public else "aws:kms",
        kms_master_key_id=None if offering.public else key_arn(scope),
    )
    BucketServerSideEncryptionConfiguration(
        f"{name}-encryption",
        bucket=bucket.id,
        rules=[
            BucketServerSideEncryptionConfigurationRuleArgs(
                apply_server_side_encryption_by_default=default,
                # One key for many objects: a hundredth of the calls to KMS.
                bucket_key_enabled=not offering.public,
            )
        ],
        opts=scope.options(),
    )


def _policy(arn: Input[str], *, public: bool) -> Output[str]:
    objects = Output.concat(arn, "/*")
    statements = [only_encrypted([arn, objects], "s3:*")]
    if public:
        everybody = {"Sid": "EverybodyReads", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
        statements.append({**everybody, "Resource": objects})
    return document(statements)


def _rules(offering: offerings.Bucket) -> Iterator[BucketLifecycleConfigurationRuleArgs]:
    everything = BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    yield BucketLifecycleConfigurationRuleArgs(
        id="unfinished",
        status="Enabled",
        filter=everything,
        abort_incomplete_multipart_upload=BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
            days_after_initiation=7
        ),
    )
    if offering.expires:
        yield BucketLifecycleConfigurationRuleArgs(
            id="expired",
            status="Enabled",
            filter=everything,
            expiration=BucketLifecycleConfigurationRuleExpirationArgs(days=offering.expires),
        )
    if offering.old_versions:
        yield BucketLifecycleConfigurationRuleArgs(
            id="old-versions",
            status="Enabled",
            filter=everything,
            noncurrent_version_expiration=BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=offering.old_versions
            ),
        )
