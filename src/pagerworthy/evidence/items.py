"""The parts of a service that keys are kept per."""

from pagerworthy.catalog import Service
from pagerworthy.evidence.keys import Per

# The types of resources that keep data.
STORES = frozenset({"postgres", "mysql", "redis", "bucket"})


def items_of(service: Service, per: Per) -> tuple[str, ...]:
    """The parts of which there should be a record each, as records call them; one empty name for the whole service."""
    spec = service.spec
    if per == "service":
        return ("",)
    if per == "slo":
        return tuple(slo.name for slo in spec.slos)
    if per == "runbook":
        return tuple(dict.fromkeys(runbook.place for runbook in spec.runbooks))
    if per == "dashboard":
        return tuple(dict.fromkeys(link.url for link in spec.monitoring.dashboards))
    if per == "store":
        return tuple(name for name, resource in spec.resources.items() if resource.type in STORES)
    wanted = [each for each in spec.dependencies if per in {"dependency", each.criticality}]
    return tuple(dict.fromkeys(each.target for each in wanted))
