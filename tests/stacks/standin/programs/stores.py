"""Where data lives: databases, caches, buckets, secrets, brokers and backups."""

import json
import os

from pulumi import Input, Output, ResourceOptions
from pulumi_aws import backup, ec2, elasticache, iam, kms, mq, rds, s3, secretsmanager


def declare(opts: ResourceOptions, changed: bool) -> dict[str, Input[str]]:
    token: Output[str] = Output.secret(os.environ["TOKEN"])
    net = ec2.Vpc("vpc", cidr_block="10.0.0.0/16", opts=opts)
    subnets = [
        ec2.Subnet(
            f"data-{zone}",
            vpc_id=net.id,
            cidr_block=f"10.0.{n}.0/24",
            availability_zone=f"eu-central-1{zone}",
            opts=opts,
        ).id
        for n, zone in enumerate("ab")
    ]
    group = ec2.SecurityGroup("group", name="data", description="Data", vpc_id=net.id, opts=opts)
    key = kms.Key("key", description="Data", enable_key_rotation=True, deletion_window_in_days=7, opts=opts)
    tags = {"Name": "data", "turn": "2" if changed else "1"}
    places = rds.SubnetGroup("places", name="data", subnet_ids=subnets, tags=tags, opts=opts)
    parameters = rds.ParameterGroup(
        "parameters",
        name="data-postgres16",
        family="postgres16",
        parameters=[
            {"name": "max_connections", "value": "200" if changed else "100", "apply_method": "pending-reboot"},
            {"name": "rds.force_ssl", "value": "1", "apply_method": "immediate"},
        ],
        tags=tags,
        opts=opts,
    )
    database = rds.Instance(
        "database",
        identifier="data",
        engine="postgres",
        engine_version="16",
        instance_class="db.t4g.medium" if changed else "db.t4g.small",
        allocated_storage=20,
        max_allocated_storage=100,
        storage_type="gp3",
        storage_encrypted=True,
        kms_key_id=key.arn,
        db_name="shop",
        username="owner",
        manage_master_user_password=True,
        master_user_secret_kms_key_id=key.arn,
        db_subnet_group_name=places.name,
        parameter_group_name=parameters.name,
        vpc_security_group_ids=[group.id],
        multi_az=True,
        backup_retention_period=35 if changed else 7,
        backup_window="02:00-03:00",
        maintenance_window="sun:04:00-sun:05:00",
        auto_minor_version_upgrade=True,
        copy_tags_to_snapshot=True,
        deletion_protection=False,
        skip_final_snapshot=True,
        performance_insights_enabled=True,
        enabled_cloudwatch_logs_exports=["postgresql"],
        iam_database_authentication_enabled=True,
        ca_cert_identifier="rds-ca-rsa2048-g1",
        apply_immediately=True,
        tags=tags,
        opts=opts,
    )
    cache_places = elasticache.SubnetGroup("cache", name="cache", subnet_ids=subnets, tags=tags, opts=opts)
    cache_parameters = elasticache.ParameterGroup(
        "cache",
        name="cache-valkey8",
        family="valkey8",
        parameters=[{"name": "maxmemory-policy", "value": "allkeys-lru" if changed else "noeviction"}],
        opts=opts,
    )
    cache = elasticache.ReplicationGroup(
        "cache",
        replication_group_id="cache",
        description="Carts, all" if changed else "Carts",
        engine="valkey",
        engine_version="8.0",
        node_type="cache.t4g.medium" if changed else "cache.t4g.small",
        num_cache_clusters=2,
        automatic_failover_enabled=True,
        multi_az_enabled=True,
        parameter_group_name=cache_parameters.name,
        subnet_group_name=cache_places.name,
        security_group_ids=[group.id],
        at_rest_encryption_enabled=True,
        kms_key_id=key.arn,
        transit_encryption_enabled=True,
        transit_encryption_mode="required",
        auth_token=token,
        snapshot_retention_limit=7,
        snapshot_window="03:00-04:00",
        maintenance_window="sun:05:00-sun:06:00",
        apply_immediately=True,
        tags=tags,
        opts=opts,
    )
    memcached = elasticache.Cluster(
        "memcached",
        cluster_id="pages",
        engine="memcached",
        engine_version="1.6.22",
        node_type="cache.t4g.small",
        num_cache_nodes=3 if changed else 2,
        az_mode="cross-az",
        parameter_group_name="default.memcached1.6",
        subnet_group_name=cache_places.name,
        security_group_ids=[group.id],
        transit_encryption_enabled=True,
        tags=tags,
        opts=opts,
    )
    secret = secretsmanager.Secret(
        "secret", name="shop/token", kms_key_id=key.arn, recovery_window_in_days=0, tags=tags, opts=opts
    )
    secretsmanager.SecretVersion(
        "secret",
        secret_id=secret.id,
        secret_string=token.apply(lambda text: text + ("-2" if changed else "-1")),
        opts=opts,
    )
    broker = mq.Broker(
        "broker",
        broker_name="shop",
        engine_type="RabbitMQ",
        engine_version="3.13",
        host_instance_type="mq.m5.large" if changed else "mq.t3.micro",
        deployment_mode="SINGLE_INSTANCE",
        publicly_accessible=False,
        auto_minor_version_upgrade=True,
        subnet_ids=[subnets[0]],
        security_groups=[group.id],
        encryption_options={"use_aws_owned_key": False, "kms_key_id": key.arn},
        logs={"general": True},
        users=[{"username": "shop", "password": token}],
        maintenance_window_start_time={"day_of_week": "SUNDAY", "time_of_day": "03:00", "time_zone": "UTC"},
        tags=tags,
        opts=opts,
    )
    bucket = s3.Bucket("bucket", bucket="shop-files", tags=tags, opts=opts)
    s3.BucketVersioning(
        "bucket",
        bucket=bucket.id,
        versioning_configuration={"status": "Suspended" if changed else "Enabled"},
        opts=opts,
    )
    s3.BucketServerSideEncryptionConfiguration(
        "bucket",
        bucket=bucket.id,
        rules=[
            {
                "apply_server_side_encryption_by_default": {"sse_algorithm": "aws:kms", "kms_master_key_id": key.arn},
                "bucket_key_enabled": True,
            }
        ],
        opts=opts,
    )
    s3.BucketPublicAccessBlock(
        "bucket",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
        opts=opts,
    )
    s3.BucketOwnershipControls("bucket", bucket=bucket.id, rule={"object_ownership": "BucketOwnerEnforced"}, opts=opts)
    s3.BucketLifecycleConfiguration(
        "bucket",
        bucket=bucket.id,
        rules=[
            {
                "id": "old",
                "status": "Enabled",
                "filter": {},
                "noncurrent_version_expiration": {"noncurrent_days": 60 if changed else 30},
                "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
            },
            {"id": "logs", "status": "Enabled", "filter": {"prefix": "logs/"}, "expiration": {"days": 365}},
        ],
        opts=opts,
    )
    s3.BucketPolicy(
        "bucket",
        bucket=bucket.id,
        policy=bucket.arn.apply(
            lambda arn: json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Sid": "tls",
                            "Effect": "Deny",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": [arn, f"{arn}/*"],
                            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                        }
                    ],
                }
            )
        ),
        opts=opts,
    )
    role = iam.Role(
        "backup",
        name="backup",
        assume_role_policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",'
        '"Principal":{"Service":"backup.amazonaws.com"}}]}',
        opts=opts,
    )
    vault = backup.Vault("vault", name="data", kms_key_arn=key.arn, tags=tags, opts=opts)
    plan = backup.Plan(
        "plan",
        name="data",
        rules=[
            {
                "rule_name": "monthly",
                "target_vault_name": vault.name,
                "schedule": "cron(0 5 1 * ? *)",
                "lifecycle": {"delete_after": 400 if changed else 365},
            }
        ],
        tags=tags,
        opts=opts,
    )
    backup.Selection("data", name="data", plan_id=plan.id, iam_role_arn=role.arn, resources=[database.arn], opts=opts)
    return {
        "endpoint": database.endpoint,
        "secret": database.master_user_secrets[0].secret_arn,
        "cache": cache.primary_endpoint_address,
        "pages": memcached.configuration_endpoint,
        "broker": broker.instances[0].endpoints[0],
        "bucket": bucket.bucket_regional_domain_name,
    }
