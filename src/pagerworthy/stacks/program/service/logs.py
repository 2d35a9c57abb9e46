"""The log group: what the service writes, encrypted, and kept for as long as its data asks for."""

from pulumi_aws.cloudwatch.log_group import LogGroup, LogGroupArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.offerings import log_days
from pagerworthy.stacks.program.scope import Scope


def declare_log_group(scope: Scope[ServiceInputs]) -> LogGroup:
    """Declares the log group. That of a regulated service in production is protected: its logs are records."""
    inputs = scope.inputs
    name = f"/pagerworthy/{inputs.environment}/{inputs.service}"
    return LogGroup(
        "logs",
        LogGroupArgs(
            name=name,
            kms_key_id=scope.key(regulated=inputs.regulated),
            retention_in_days=log_days(inputs.classification, regulated=inputs.regulated),
            tags=scope.tagged(name),
        ),
        scope.options(protect=inputs.regulated and inputs.spec.purpose == "production"),
    )
