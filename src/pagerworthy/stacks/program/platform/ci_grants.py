"""What CI may do, by the parts of AWS that the programs use: reading for previews, and writing for changes.

Reading is of what things are, never of what they hold: no object, message, log line or secret. Writing is, wherever
AWS lets it be said, of what has the environment's name; the rest is bound to the environment's region.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One part of AWS: `reads` and `writes` are actions without its prefix.

    IAM reads actions without regard to case, so that `*TagResource` is `TagResource` and `UntagResource`: a role's
    policies may be 10,240 characters long, and these are nearly so.
    `named` are the ARNs that the writes are bound to, with `{arn}` for `arn:aws:<prefix>:<region>:<account>` and
    `{name}` for what names of the environment begin with. Empty, where AWS makes the names itself. `unnamed` are
    writes that AWS binds to no resource, whatever is named.
    """

    prefix: str
    reads: Sequence[str]
    writes: Sequence[str]
    named: Sequence[str] = ()
    unnamed: Sequence[str] = ()


# By Pulumi's name of the part.
PARTS: Mapping[str, Part] = {
    "acm": Part(
        "acm",
        ("DescribeCertificate", "ListTagsForCertificate"),
        ("AddTagsToCertificate", "DeleteCertificate", "RemoveTagsFromCertificate", "RequestCertificate"),
    ),
    "appautoscaling": Part(
        "application-autoscaling",
        ("Describe*", "ListTagsForResource"),
        (
            "DeleteScalingPolicy",
            "DeregisterScalableTarget",
            "PutScalingPolicy",
            "RegisterScalableTarget",
            "*TagResource",
        ),
    ),
    "backup": Part(
        "backup",
        ("DescribeBackupVault", "GetBackupPlan", "GetBackupSelection", "ListTags"),
        (
            "CreateBackup*",
            "DeleteBackupPlan",
            "DeleteBackupSelection",
            "DeleteBackupVault",
            "*TagResource",
            "UpdateBackupPlan",
        ),
    ),
    "budgets": Part(
        "budgets",
        ("ListTagsForResource", "ViewBudget"),
        ("ModifyBudget", "*TagResource"),
        ("arn:{partition}:budgets::{account}:budget/{name}*",),
    ),
    "cloudwatch": Part(
        "cloudwatch",
        ("DescribeAlarms", "GetDashboard", "ListTagsForResource"),
        (
            "DeleteAlarms",
            "DeleteDashboards",
            "PutCompositeAlarm",
            "PutDashboard",
            "PutMetricAlarm",
            "*TagResource",
        ),
    ),
    "ec2": Part(
        "ec2",
        ("Describe*",),
        (
            "*AssociateRouteTable",
            "*InternetGateway",
            "*NatGateway",
            "AllocateAddress",
            "AuthorizeSecurityGroup*",
            "CreateFlowLogs",
            # Amazon MQ stands in the network by the hands of whoever makes a broker.
            "CreateNetworkInterface*",
            "CreateRoute*",
            "CreateSecurityGroup",
            "CreateSubnet",
            "CreateTags",
            "CreateVpc",
            "CreateVpcEndpoint",
            "DeleteFlowLogs",
            "DeleteNetworkInterface*",
            "DeleteRoute*",
            "DeleteSecurityGroup",
            "DeleteSubnet",
            "DeleteTags",
            "DeleteVpc",
            "DeleteVpcEndpoints",
            "DisassociateAddress",
            "ModifySecurityGroupRules",
            "ModifySubnetAttribute",
            "ModifyVpcAttribute",
            "ModifyVpcEndpoint",
            "ReleaseAddress",
            "ReplaceRoute*",
            "RevokeSecurityGroup*",
        ),
    ),
    "ecr": Part(
        "ecr",
        ("DescribeRepositories", "GetLifecyclePolicy", "GetRepositoryPolicy", "ListTagsForResource"),
        (
            "CreateRepository",
            "DeleteLifecyclePolicy",
            "DeleteRepository",
            "DeleteRepositoryPolicy",
            "PutImageScanningConfiguration",
            "PutImageTagMutability",
            "PutLifecyclePolicy",
            "SetRepositoryPolicy",
            "*TagResource",
        ),
    ),
    "ecs": Part(
        "ecs",
        ("Describe*", "ListTagsForResource"),
        (
            "CreateCluster",
            "CreateService",
            "DeleteCluster",
            "DeleteService",
            "DeregisterTaskDefinition",
            "RegisterTaskDefinition",
            "*TagResource",
            "UpdateCluster*",
            "UpdateService",
        ),
    ),
    "elasticache": Part(
        "elasticache",
        ("Describe*", "ListTagsForResource"),
        (
            "AddTagsToResource",
            "CreateCache*",
            "CreateReplicationGroup",
            "DecreaseReplicaCount",
            "DeleteCache*",
            "DeleteReplicationGroup",
            "IncreaseReplicaCount",
            "ModifyCache*",
            "ModifyReplicationGroup*",
            "RemoveTagsFromResource",
            "ResetCacheParameterGroup",
        ),
    ),
    "iam": Part(
        "iam",
        (
            "GetOpenIDConnectProvider",
            "GetRole",
            "GetRolePolicy",
            "ListAttachedRolePolicies",
            "ListInstanceProfilesForRole",
            "ListRolePolicies",
        ),
        (
            "CreateRole",
            "DeleteRole",
            "DeleteRolePolicy",
            "PutRolePolicy",
            "TagRole",
            "UntagRole",
            "UpdateAssumeRolePolicy",
            "UpdateRole",
            "UpdateRoleDescription",
        ),
        ("arn:{partition}:iam::{account}:role/{name}*",),
    ),
    "kms": Part(
        "kms",
        ("DescribeKey", "GetKeyPolicy", "GetKeyRotationStatus", "ListAliases", "ListResourceTags"),
        (
            "CreateAlias",
            "CreateGrant",
            "CreateKey",
            "Decrypt",
            "DeleteAlias",
            "EnableKeyRotation",
            "Encrypt",
            "GenerateDataKey*",
            "PutKeyPolicy",
            "ScheduleKeyDeletion",
            "*TagResource",
            "UpdateAlias",
            "UpdateKeyDescription",
        ),
    ),
    "lb": Part(
        "elasticloadbalancing",
        ("Describe*",),
        ("AddTags", "Create*", "Delete*", "Modify*", "RemoveTags", "SetSecurityGroups", "SetSubnets", "SetWebACL"),
    ),
    "logs": Part(
        "logs",
        ("DescribeLogGroups", "ListTagsForResource"),
        (
            "AssociateKmsKey",
            "CreateLogDelivery",
            "CreateLogGroup",
            "DeleteLogDelivery",
            "DeleteLogGroup",
            "DeleteRetentionPolicy",
            "PutRetentionPolicy",
            "*TagResource",
        ),
    ),
    "mq": Part(
        "mq",
        ("Describe*", "ListTags"),
        ("CreateBroker", "CreateTags", "DeleteBroker", "DeleteTags", "RebootBroker", "UpdateBroker"),
    ),
    "rds": Part(
        "rds",
        ("Describe*", "ListTagsForResource"),
        (
            "AddTagsToResource",
            "CreateDB*",
            "DeleteDBInstance",
            "DeleteDBParameterGroup",
            "DeleteDBSubnetGroup",
            "ModifyDB*",
            "RebootDBInstance",
            "RemoveTagsFromResource",
            "ResetDBParameterGroup",
        ),
        (*(f"{{arn}}:{kind}:{{name}}*" for kind in ("db", "pg", "snapshot", "subgrp")), "{arn}:og:default:*"),
    ),
    "route53": Part(
        "route53",
        ("GetChange", "GetHostedZone", "ListHostedZones*", "ListResourceRecordSets", "ListTagsForResource"),
        (
            "AssociateVPCWithHostedZone",
            "ChangeResourceRecordSets",
            "ChangeTagsForResource",
            "CreateHostedZone",
            "DeleteHostedZone",
            "UpdateHostedZoneComment",
        ),
        # What makes a zone is not of any zone yet, and the names of zones are AWS's.
        ("*",),
    ),
    "s3": Part(
        "s3",
        (
            "GetAccelerateConfiguration",
            "GetBucket*",
            "GetEncryptionConfiguration",
            "GetLifecycleConfiguration",
            "GetReplicationConfiguration",
            "ListBucket",
        ),
        (
            "CreateBucket",
            "DeleteBucket",
            "DeleteBucketPolicy",
            "PutBucket*",
            "PutEncryptionConfiguration",
            "PutLifecycleConfiguration",
        ),
        ("arn:{partition}:s3:::{name}*",),
    ),
    "secretsmanager": Part(
        "secretsmanager",
        ("DescribeSecret", "GetResourcePolicy"),
        (
            "CreateSecret",
            "DeleteSecret",
            "GetSecretValue",
            "PutSecretValue",
            "RotateSecret",
            "*TagResource",
            "UpdateSecret",
            "UpdateSecretVersionStage",
        ),
        # RDS keeps the passwords of its masters itself, under a name of its own.
        ("{arn}:secret:{name}*", "{arn}:secret:rds!*"),
    ),
    "servicediscovery": Part(
        "servicediscovery",
        ("Get*", "List*"),
        (
            "CreatePrivateDnsNamespace",
            "CreateService",
            "DeleteNamespace",
            "DeleteService",
            "*TagResource",
            "UpdatePrivateDnsNamespace",
            "UpdateService",
        ),
    ),
    "sesv2": Part(
        "ses",
        ("GetConfigurationSet*", "GetEmailIdentity", "ListTagsForResource"),
        (
            "CreateConfigurationSet*",
            "CreateEmailIdentity",
            "DeleteConfigurationSet*",
            "DeleteEmailIdentity",
            "PutConfigurationSet*",
            "PutEmailIdentity*",
            "*TagResource",
            "UpdateConfigurationSet*",
        ),
    ),
    "sns": Part(
        "sns",
        ("GetSubscriptionAttributes", "GetTopicAttributes", "ListTagsForResource"),
        (
            "CreateTopic",
            "DeleteTopic",
            "SetTopicAttributes",
            "Subscribe",
            "*TagResource",
        ),
        ("{arn}:{name}*",),
        ("SetSubscriptionAttributes", "Unsubscribe"),
    ),
    "sqs": Part(
        "sqs",
        ("GetQueueAttributes", "GetQueueUrl", "ListQueueTags"),
        ("CreateQueue", "DeleteQueue", "SetQueueAttributes", "TagQueue", "UntagQueue"),
        ("{arn}:{name}*",),
    ),
    "wafv2": Part(
        "wafv2",
        ("GetWebACL*", "ListTagsForResource"),
        (
            "AssociateWebACL",
            "CreateWebACL",
            "DeleteWebACL",
            "DisassociateWebACL",
            "*TagResource",
            "UpdateWebACL",
        ),
    ),
    # Pulumi keeps the rules of security groups apart; AWS does not.
    "vpc": Part("ec2", (), ()),
}
