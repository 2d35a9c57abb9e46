"""The keys that data is encrypted with: one of all services, and one of those that are regulated."""

from collections.abc import Sequence

from pulumi import Input, Output
from pulumi_aws.kms.alias import Alias
from pulumi_aws.kms.key import Key

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.policies import Statement, document, partition
from pagerworthy.stacks.program.scope import Scope

# The services that read and write with a key on behalf of whoever may use them.
_SERVICES = ("backup", "dynamodb", "ec2", "ecr", "elasticache", "mq", "rds", "s3", "secretsmanager", "sns", "sqs")


def declare_key(scope: Scope[PlatformInputs], account: Input[str], *, regulated: bool) -> Key:
    """Declares a key that turns every year, and its alias."""
    word = "regulated" if regulated else "general"
    alias = scope.name(word)
    whose = "regulated services" if regulated else "all services that are not regulated, and of pager topics"
    key = Key(
        f"{word}-key",
        description=f"Data of {whose} in {scope.inputs.environment}",
        enable_key_rotation=True,
        # The longest there is: whoever deletes a key deletes all that it encrypts.
        deletion_window_in_days=30,
        policy=document(_policy(scope, account, regulated=regulated)),
        tags=scope.tagged(alias),
        opts=scope.options(protect=scope.inputs.spec.purpose == "production"),
    )
    Alias(f"{word}-key-alias", name=f"alias/{alias}", target_key_id=key.id, opts=scope.options())
    return key


def _policy(scope: Scope[PlatformInputs], account: Input[str], *, regulated: bool) -> Sequence[Statement]:
    """Who may do what with a key.

    Nobody encrypts or decrypts with it directly: only through a service of AWS that keeps data, and only who has the
    right to both. Within a key's policy, the resource `*` is that key.
    """
    region = scope.inputs.spec.region
    arn = f"arn:{partition(region)}"
    owner = {"AWS": Output.concat(f"{arn}:iam::", account, ":root")}
    statements: list[Statement] = [
        {
            "Sid": "Administer",
            "Effect": "Allow",
            "Principal": owner,
            "Action": [
                "kms:CancelKeyDeletion",
                "kms:CreateAlias",
                "kms:DeleteAlias",
                "kms:Describe*",
                "kms:DisableKey*",
                "kms:EnableKey*",
                "kms:Get*",
                "kms:List*",
                "kms:PutKeyPolicy",
                "kms:RetireGrant",
                "kms:RevokeGrant",
                "kms:RotateKeyOnDemand",
                "kms:ScheduleKeyDeletion",
                "kms:TagResource",
                "kms:UntagResource",
                "kms:UpdateAlias",
                "kms:UpdateKeyDescription",
            ],
            "Resource": "*",
        },
        {
            "Sid": "UseThroughServices",
            "Effect": "Allow",
            "Principal": owner,
            "Action": ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            "Resource": "*",
            "Condition": {
                "StringEquals": {"kms:ViaService": [f"{service}.{region}.amazonaws.com" for service in _SERVICES]}
            },
        },
        {
            # Databases, caches, brokers and repositories hold a grant of their own for as long as they live.
            "Sid": "LendToServices",
            "Effect": "Allow",
            "Principal": owner,
            "Action": "kms:CreateGrant",
            "Resource": "*",
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Principal": {"Service": f"logs.{region}.amazonaws.com"},
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"],
            "Resource": "*",
            "Condition": {
                "ArnLike": {
                    "kms:EncryptionContext:aws:logs:arn": Output.concat(
                        f"{arn}:logs:{region}:", account, ":log-group:*"
                    )
                }
            },
        },
        # A topic that delivers to a queue encrypts what it puts there.
        _publishers("Topics", ["sns.amazonaws.com"], account),
    ]
    if not regulated:
        senders = ["budgets.amazonaws.com"] if scope.inputs.spec.budget is not None else []
        statements.append(_publishers("Alarms", [*senders, "cloudwatch.amazonaws.com"], account))
    return statements


def _publishers(sid: str, services: Sequence[str], account: Input[str]) -> Statement:
    """Lets services of AWS write into topics or queues that the key encrypts, for this account alone."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": ["kms:Decrypt", "kms:GenerateDataKey*"],
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account}},
    }
