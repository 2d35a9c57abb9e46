"""The tags of every resource: who owns it, what it belongs to, and who pays."""

from pagerworthy.stacks.inputs import PlatformInputs, ServiceInputs
from pagerworthy.stacks.names import PROJECT


def platform_tags(inputs: PlatformInputs) -> dict[str, str]:
    """The tags of an environment's platform."""
    return {"managed-by": PROJECT, "stack": inputs.stack, "environment": inputs.environment}


def service_tags(inputs: ServiceInputs) -> dict[str, str]:
    """The tags of a service's resources; who pays is the cost centre, or else the owner."""
    return {
        "managed-by": PROJECT,
        "stack": inputs.stack,
        "environment": inputs.environment,
        "service": inputs.service,
        "owner": inputs.owner,
        "system": inputs.system,
        "tier": str(inputs.tier),
        "data-class": inputs.classification or "internal",
        "cost-center": (inputs.costs.center if inputs.costs else "") or inputs.owner,
    }
