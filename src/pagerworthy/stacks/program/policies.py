"""Policy documents: who may do what, as JSON."""

from collections.abc import Mapping, Sequence

import pulumi
from pulumi import Output

Statement = Mapping[str, object]


def document(statements: Sequence[Statement]) -> Output[str]:
    """A policy of these statements; values of other resources may stand anywhere in them."""
    return Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)}, sort_keys=True)


def partition(region: str) -> str:
    """The first part of ARNs after `arn:`, for a region."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def only_encrypted(resource: Sequence[pulumi.Input[str]], action: str) -> Statement:
    """A statement that turns away whoever does not use TLS."""
    return {
        "Sid": "OnlyEncrypted",
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": list(resource),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
