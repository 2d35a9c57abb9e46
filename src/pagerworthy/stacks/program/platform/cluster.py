"""Where services run, and the private names by which they find each other."""

from pulumi_aws.ecs.cluster import Cluster
from pulumi_aws.servicediscovery.private_dns_namespace import PrivateDnsNamespace

from pagerworthy.stacks.inputs import PlatformInputs
from pagerworthy.stacks.program.platform.network import Network
from pagerworthy.stacks.program.scope import Scope


def declare_cluster(scope: Scope[PlatformInputs]) -> Cluster:
    """Declares the cluster, which counts what its services use."""
    name = scope.name("cluster", limit=255)
    return Cluster(
        "cluster",
        name=name,
        settings=[{"name": "containerInsights", "value": "enabled"}],
        tags=scope.tagged(name),
        opts=scope.options(),
    )


def declare_names(scope: Scope[PlatformInputs], network: Network) -> PrivateDnsNamespace:
    """Declares the private domain of the environment: `cart.production.internal`."""
    name = f"{scope.inputs.environment}.internal"
    return PrivateDnsNamespace(
        "names",
        name=name,
        vpc=network.vpc.id,
        description=f"The services of {scope.inputs.environment}",
        tags=scope.tagged(name),
        opts=scope.options(),
    )
