"""Whether the loss of one replica or one zone takes a node down."""

from pagerworthy.catalog import Compute, Resource
from pagerworthy.graph.node import Redundancy

# The types of which an entry chooses the number of zones. The provider spreads all others over the zones by
# itself.
ZONED_TYPES = frozenset({"postgres", "mysql", "redis", "memcached", "rabbitmq", "topic"})

Judgement = tuple[Redundancy, str]


def of_compute(compute: Compute | None) -> Judgement:
    """Two replicas in two zones are redundant; what runs elsewhere is unknown unless the entry says how."""
    if compute is None:
        return Redundancy.UNKNOWN, "compute not declared"
    replicas = compute.replicas
    if replicas is None and (compute.type == "external" or compute.zones > 1):
        return Redundancy.UNKNOWN, "replicas not declared"
    weaknesses = []
    if replicas is not None and replicas.min < 2:
        weaknesses.append("1 replica" if replicas.min else "may run no replica")
    if compute.zones < 2:
        weaknesses.append("1 zone")
    if weaknesses:
        return Redundancy.SINGLE, ", ".join(weaknesses)
    return Redundancy.REDUNDANT, ""


def of_resource(resource: Resource) -> Judgement:
    """A resource of which the entry chooses the zones needs two of them."""
    if resource.type in ZONED_TYPES and resource.zones < 2:
        return Redundancy.SINGLE, "1 zone"
    return Redundancy.REDUNDANT, ""
