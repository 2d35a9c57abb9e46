"""The boundary of all roles of services: the most that any of them may ever do, whatever its own policies say.

Whoever changes stacks writes the policies of services' roles, and starts programs that take these roles on. Without a
boundary that would be the way to every right there is. It gives nothing itself: a role has what both allow.
"""

from collections.abc import Sequence
from functools import partial

from pulumi import Input, Output
from pulumi_aws.iam.policy import Policy

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.policies import Statement, document, partition
from pagerworthy.stacks.program.scope import Scope

# What backups of databases and buckets need besides: AWS's own policies for them, as far as we have such things.
_BACKUP_EVENTS = (
    "events:DeleteRule",
    "events:DescribeRule",
    "events:DisableRule",
    "events:EnableRule",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
)
# What RDS says of the secrets that it keeps itself: the ARN of the database.
_TAG_OF_RDS = "aws:ResourceTag/aws:rds:primaryDBInstanceArn"


def boundary_name(scope: Scope[PlatformInputs]) -> str:
    """What the boundary of an environment is called; CI may not change what has this name."""
    return scope.name("boundary", limit=128)


def boundary_arn(scope: Scope[PlatformInputs], account: Input[str]) -> Output[str]:
    """The ARN of the environment's boundary."""
    return Output.concat(f"arn:{partition(scope.inputs.spec.region)}:iam::", account, f":policy/{boundary_name(scope)}")


def declare_boundary(scope: Scope[PlatformInputs], account: Input[str]) -> Policy:
    """Declares the boundary."""
    name = boundary_name(scope)
    return Policy(
        "boundary",
        name=name,
        description=f"The most that a service of {scope.inputs.environment} may do",
        policy=document(_statements(scope, account)),
        tags=scope.tagged(name),
        opts=scope.options(),
    )


def _statements(scope: Scope[PlatformInputs], account: Input[str]) -> Sequence[Statement]:
    environment = scope.inputs.environment
    arn = f"arn:{partition(scope.inputs.spec.region)}"
    of = partial(_arns, scope, account)
    ours = {"StringEquals": {"aws:ResourceTag/environment": environment}}
    return [
        {
            "Sid": "Messages",
            "Effect": "Allow",
            "Action": [
                "sns:Publish",
                "sqs:ChangeMessageVisibility",
                "sqs:DeleteMessage",
                "sqs:GetQueueAttributes",
                "sqs:ReceiveMessage",
                "sqs:SendMessage",
            ],
            "Resource": [*of("sns", f"{environment}-*"), *of("sqs", f"{environment}-*")],
        },
        {
            "Sid": "Objects",
            "Effect": "Allow",
            "Action": ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject*", "s3:PutObject"],
            "Resource": f"{arn}:s3:::{environment}-*/*",
        },
        {
            "Sid": "Letters",
            "Effect": "Allow",
            "Action": ["ses:SendEmail", "ses:SendRawEmail"],
            "Resource": of("ses", "identity/*", f"configuration-set/{environment}-*"),
        },
        {
            "Sid": "Secrets",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": of("secretsmanager", f"secret:{environment}-*"),
        },
        {
            # RDS names what it keeps itself after nothing of ours, and tags it with the database.
            "Sid": "SecretsOfDatabases",
            "Effect": "Allow",
            "Action": "secretsmanager:GetSecretValue",
            "Resource": of("secretsmanager", "secret:rds!*"),
            "Condition": {
                "ArnLike": {"aws:ResourceTag/aws:rds:primaryDBInstanceArn": of("rds", f"db:{environment}-*")}
            },
        },
        {
            "Sid": "Keys",
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": of("kms", "key/*"),
            "Condition": ours,
        },
        {
            # An image may lie in the account of another environment, where it was tested.
            "Sid": "Images",
            "Effect": "Allow",
            "Action": [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:GetAuthorizationToken",
                "ecr:GetDownloadUrlForLayer",
            ],
            "Resource": "*",
        },
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": of("logs", f"log-group:/pagerworthy/{environment}/*"),
        },
        {"Sid": "Look", "Effect": "Allow", "Action": "elasticloadbalancing:Describe*", "Resource": "*"},
        {
            "Sid": "Shift",
            "Effect": "Allow",
            "Action": [
                "elasticloadbalancing:DeregisterTargets",
                "elasticloadbalancing:ModifyRule",
                "elasticloadbalancing:RegisterTargets",
            ],
            "Resource": of("elasticloadbalancing", "listener-rule/*", "targetgroup/*"),
            "Condition": ours,
        },
        *_backups(scope, account),
    ]


def _backups(scope: Scope[PlatformInputs], account: Input[str]) -> Sequence[Statement]:
    environment = scope.inputs.environment
    arn = f"arn:{partition(scope.inputs.spec.region)}"
    of = partial(_arns, scope, account)

    return [
        {
            # AWS Backup looks for what to back up among all that there is.
            "Sid": "BackupsLook",
            "Effect": "Allow",
            "Action": [
                "cloudwatch:GetMetricData",
                "events:ListRules",
                "rds:Describe*",
                "rds:ListTagsForResource",
                "s3:ListAllMyBuckets",
                "tag:GetResources",
            ],
            "Resource": "*",
        },
        {
            "Sid": "BackupsOfDatabases",
            "Effect": "Allow",
            "Action": [
                "rds:AddTagsToResource",
                "rds:CopyDBSnapshot",
                "rds:CreateDBSnapshot",
                "rds:DeleteDBSnapshot",
            ],
            "Resource": of("rds", f"db:{environment}-*", "snapshot:awsbackup:*"),
        },
        {
            "Sid": "BackupsOfBuckets",
            "Effect": "Allow",
            "Action": [
                "s3:GetBucket*",
                "s3:GetInventoryConfiguration",
                "s3:ListBucket*",
                "s3:PutBucketNotification",
                "s3:PutInventoryConfiguration",
            ],
            "Resource": f"{arn}:s3:::{environment}-*",
        },
        {
            "Sid": "BackupsHear",
            "Effect": "Allow",
            "Action": list(_BACKUP_EVENTS),
            "Resource": of("events", "rule/AwsBackupManagedRule*"),
        },
        {
            "Sid": "BackupsKeep",
            "Effect": "Allow",
            "Action": [
                "backup:CopyFromBackupVault",
                "backup:CopyIntoBackupVault",
                "backup:DescribeBackupVault",
                "backup:TagResource",
            ],
            # Recovery points are named after what they are of, or by number.
            "Resource": of("backup", f"backup-vault:{environment}-*", "recovery-point:*"),
        },
    ]


def _arns(scope: Scope[PlatformInputs], account: Input[str], part: str, *rest: str) -> list[Output[str]]:
    region = scope.inputs.spec.region
    return [Output.concat(f"arn:{partition(region)}:{part}:{region}:", account, f":{each}") for each in rest]
