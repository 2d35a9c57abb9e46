"""The public names of the environment."""

from pulumi_aws.route53.zone import Zone

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.scope import Scope


def declare_zone(scope: Scope[PlatformInputs]) -> Zone | None:
    """Declares the DNS zone of the environment's domain, where it has one.

    The zone above has to name this one's servers, which are the output `zone_name_servers`, before a certificate for a
    name in it can be had. Deleting it would change those servers, so it is protected.
    """
    domain = scope.inputs.spec.domain
    if not domain:
        return None
    return Zone(
        "zone",
        name=domain,
        comment=f"Public names of {scope.inputs.environment}",
        tags=scope.tagged(domain),
        opts=scope.options(protect=scope.inputs.spec.purpose == "production"),
    )
