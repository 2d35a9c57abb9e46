"""Names of what is not declared by this stack: ARNs that follow from account, region and name."""

from pagerworthy.stacks.inputs import ServiceInputs
from pagerworthy.stacks.program.policies import partition
from pagerworthy.stacks.program.scope import Scope


def account(scope: Scope[ServiceInputs]) -> str:
    """The AWS account: as the environment's entry says, or else that of its cluster."""
    if scope.inputs.spec.account:
        return scope.inputs.spec.account
    parts = scope.platform("cluster_arn").split(":")
    # While a stack is only rendered, an ARN of the platform is a placeholder and has no parts.
    return parts[4] if len(parts) > 5 else "<account>"


def arn(scope: Scope[ServiceInputs], service: str, rest: str) -> str:
    """The ARN of something in this account and region: `arn:aws:ecs:eu-west-1:111122223333:...`."""
    region = scope.inputs.spec.region
    return f"arn:{partition(region)}:{service}:{region}:{account(scope)}:{rest}"
