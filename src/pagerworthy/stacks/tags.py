"""The tags of every resource: who owns it, what it belongs to, and who pays."""

from pagerworthy.catalog import Service
from pagerworthy.stacks.inputs import PlatformInputs, ServiceInputs
from pagerworthy.stacks.names import PROJECT


def platform_tags(inputs: PlatformInputs) -> dict[str, str]:
    """The tags of an environment's platform."""
    return {"managed-by": PROJECT, "stack": inputs.stack, "environment": inputs.environment}


def service_tags(inputs: ServiceInputs) -> dict[str, str]:
    """The tags of a service's resources."""
    return {
        "managed-by": PROJECT,
        "stack": inputs.stack,
        "environment": inputs.environment,
        **_tags(
            inputs.service,
            inputs.owner,
            inputs.system,
            inputs.tier,
            inputs.classification,
            inputs.costs.center if inputs.costs else "",
        ),
    }


def entry_tags(service: Service) -> dict[str, str]:
    """Those that are the same in every environment, from the entry alone."""
    spec = service.spec
    return _tags(
        service.name,
        spec.owner,
        spec.system,
        spec.tier,
        spec.data.classification if spec.data else "",
        spec.costs.center if spec.costs else "",
    )


def _tags(service: str, owner: str, system: str, tier: int, classification: str, center: str) -> dict[str, str]:
    """Who pays is the cost centre, or else the owner."""
    return {
        "service": service,
        "owner": owner,
        "system": system,
        "tier": str(tier),
        "data-class": classification or "internal",
        "cost-center": center or owner,
    }
