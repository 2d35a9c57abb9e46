"""The log bucket: where load balancers and the network write down who asked for what."""

from pulumi import Input, Output
from pulumi_aws.ec2.flow_log import FlowLog
from pulumi_aws.s3.bucket import Bucket
from pulumi_aws.s3.bucket_lifecycle_configuration import (
    BucketLifecycleConfiguration,
)
from pulumi_aws.s3.bucket_ownership_controls import BucketOwnershipControls
from pulumi_aws.s3.bucket_policy import BucketPolicy
from pulumi_aws.s3.bucket_public_access_block import BucketPublicAccessBlock
from pulumi_aws.s3.bucket_server_side_encryption_configuration import (
    BucketServerSideEncryptionConfiguration,
)
from pulumi_aws.s3.bucket_versioning import BucketVersioning

from pagerworthy.cloud import LOG_DAYS
from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.platform.network import Network
from pagerworthy.stacks.program.policies import document, only_encrypted, partition
from pagerworthy.stacks.program.scope import Scope

_DAYS = 90
# How long a version that was written over or deleted stays.
_OLD_DAYS = 30


def declare_logs(scope: Scope[PlatformInputs], network: Network, account: Input[str]) -> Bucket:
    """Declares the bucket and the network's flow log into it.

    It is encrypted with S3's own key, since load balancers write to no bucket that has another.
    """
    # The names of buckets are shared by all of AWS's customers; the account's number keeps this one ours.
    production = scope.inputs.spec.purpose == "production"
    name = Output.concat(scope.name("logs", limit=50), "-", account)
    bucket = Bucket(
        "logs",
        bucket=name,
        # Elsewhere than in production logs go with their environment.
        force_destroy=not production,
        tags=scope.tagged(scope.name("logs")),
        opts=scope.options(protect=production),
    )
    BucketOwnershipControls(
        "logs-ownership",
        bucket=bucket.id,
        rule={"object_ownership": "BucketOwnerEnforced"},
        opts=scope.options(),
    )
    closed = BucketPublicAccessBlock(
        "logs-closed",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=scope.options(),
    )
    BucketServerSideEncryptionConfiguration(
        "logs-encryption",
        bucket=bucket.id,
        rules=[{"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}],
        opts=scope.options(),
    )
    versioning = BucketVersioning(
        "logs-versions",
        bucket=bucket.id,
        versioning_configuration={"status": "Enabled"},
        opts=scope.options(),
    )
    _lifecycle(scope, bucket, versioning)
    policy = _policy(scope, bucket, account, closed)
    FlowLog(
        "flow",
        vpc_id=network.vpc.id,
        traffic_type="ALL",
        log_destination_type="s3",
        log_destination=bucket.arn,
        max_aggregation_interval=600,
        destination_options={
            "file_format": "parquet",
            "hive_compatible_partitions": True,
            "per_hour_partition": True,
        },
        tags=scope.tagged(scope.name("flow")),
        opts=scope.options(depends_on=[policy]),
    )
    return bucket


def _lifecycle(scope: Scope[PlatformInputs], bucket: Bucket, versioning: BucketVersioning) -> None:
    days = LOG_DAYS if scope.inputs.regulated else _DAYS
    BucketLifecycleConfiguration(
        "logs-lifecycle",
        bucket=bucket.id,
        rules=[
            {
                "id": "expire",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "transitions": [{"days": 30, "storage_class": "STANDARD_IA"}],
                "expiration": {"days": days},
                "noncurrent_version_expiration": {"noncurrent_days": _OLD_DAYS},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            },
            {
                "id": "tidy",
                "status": "Enabled",
                "filter": {"prefix": ""},
                "expiration": {"expired_object_delete_marker": True},
            },
        ],
        opts=scope.options(depends_on=[versioning]),
    )


def _policy(
    scope: Scope[PlatformInputs], bucket: Bucket, account: Input[str], closed: BucketPublicAccessBlock
) -> BucketPolicy:
    """Who may write: load balancers and the network's flow log, each for this account under its own prefix."""
    region = scope.inputs.spec.region
    arn = f"arn:{partition(region)}"
    flow_logs = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": Output.concat(f"{arn}:logs:{region}:", account, ":*")},
    }
    statements = [
        only_encrypted([bucket.arn, Output.concat(bucket.arn, "/*")], "s3:*"),
        {
            "Sid": "LoadBalancers",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": Output.concat(bucket.arn, "/edge/*/AWSLogs/", account, "/*"),
            "Condition": {
                "ArnLike": {
                    "aws:SourceArn": Output.concat(f"{arn}:elasticloadbalancing:{region}:", account, ":loadbalancer/*")
                }
            },
        },
        {
            "Sid": "FlowLogs",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": Output.concat(bucket.arn, "/AWSLogs/*"),
            "Condition": flow_logs,
        },
        {
            "Sid": "FlowLogsLook",
            "Effect": "Allow",
            "Principal": {"Service": "delivery.logs.amazonaws.com"},
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": bucket.arn,
            "Condition": flow_logs,
        },
    ]
    return BucketPolicy(
        "logs-policy",
        bucket=bucket.id,
        policy=document(statements),
        # S3 refuses a policy while the block beside it is being set.
        opts=scope.options(depends_on=[closed]),
    )
