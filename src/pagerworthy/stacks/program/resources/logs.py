"""Log groups that resources write to, made before AWS would make them: with a key, and kept as long as they should."""

from pulumi_aws.cloudwatch.log_group import LogGroup, LogGroupArgs

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.offerings import log_days
from pagerworthy.stacks.program.resources.place import key_arn
from pagerworthy.stacks.program.scope import Scope


def log_group(scope: Scope[ServiceInputs], name: str, physical: str) -> LogGroup:
    """A log group of this name in the cloud, kept as long as the service's class of data asks for."""
    inputs = scope.inputs
    return LogGroup(
        name,
        LogGroupArgs(
            name=physical,
            retention_in_days=log_days(inputs.classification, regulated=inputs.regulated),
            kms_key_id=key_arn(scope),
            tags=scope.tagged(physical),
        ),
        scope.options(),
    )
