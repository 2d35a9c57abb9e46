"""Infrastructure and cost on a service's page: what the entry asks for, and what is known of it."""

from typing import NamedTuple

from pagerworthy.catalog import Resource, Service
from pagerworthy.evidence import SubjectEvidence
from pagerworthy.evidence.keys import Cost
from pagerworthy.site import words
from pagerworthy.site.pages.gathered import ServiceInput


class ResourceLine(NamedTuple):
    """A resource that the service owns."""

    name: str
    type: str
    about: str
    facts: str


class Infrastructure(NamedTuple):
    """What the service runs on, what it owns, how it is released, and what it costs."""

    facts: tuple[tuple[str, str], ...]
    resources: tuple[ResourceLine, ...]


def infrastructure_of(found: ServiceInput, currency: str) -> Infrastructure:
    """The infrastructure of a service, as its entry declares it; what it comes to in the cloud is `cloud_of`."""
    service = found.service
    spec = service.spec
    facts: list[tuple[str, str]] = []
    compute = spec.compute
    if compute:
        parts: list[str] = [compute.type]
        if compute.cpu and compute.memory:
            parts.append(f"{words.number(compute.cpu / 1024)} CPU and {compute.memory:,} MiB a replica")
        if compute.replicas:
            parts.append(f"{compute.replicas.min} to {compute.replicas.max} replicas")
        parts.append(words.count(compute.zones, "zone"))
        if compute.port:
            parts.append(f"port {compute.port}")
        facts.append(("Compute", ", ".join(parts)))
        if compute.image:
            facts.append(("Image", compute.image))
    elsewhere = [each for each in found.environments if each not in [environment for environment, _ in found.held]]
    if elsewhere:
        labels = words.listed([each.metadata.label for each in elsewhere], len(elsewhere))
        facts.append(("Environments", f"{labels}, where it has nothing in the cloud"))
    if spec.release:
        switches = ", with switches" if spec.release.switches else ""
        facts.append(("Release", f"{spec.release.strategy}, rollback {spec.release.rollback}{switches}"))
    facts.extend(_capacity(service))
    facts.extend(_money(service, found.evidence, currency))
    resources = (_resource(name, each) for name, each in sorted(spec.resources.items()))
    return Infrastructure(tuple(facts), tuple(resources))


def _capacity(service: Service) -> list[tuple[str, str]]:
    capacity = service.spec.capacity
    facts = []
    if capacity and capacity.peak is not None:
        text = f"peak {words.number(capacity.peak)} requests a second"
        if capacity.forecast:
            text += f", forecast {words.number(capacity.forecast.peak)} by {capacity.forecast.by.isoformat()}"
        if capacity.overload:
            text += f"; under overload: {capacity.overload}"
        facts.append(("Capacity", text))
    if service.spec.toil:
        facts.append(("Toil", f"budget {words.number(service.spec.toil.budget)} hours a week"))
    return facts


def _money(service: Service, evidence: SubjectEvidence, currency: str) -> list[tuple[str, str]]:
    costs = service.spec.costs
    if costs is None:
        return []
    text = f"budget {words.number(costs.budget)} {currency} a month"
    actual = evidence.get("cost.actual", {}).get("")
    if actual and isinstance(actual.value, Cost):
        text += f", last month {words.number(actual.value.monthly)} {currency}"
    else:
        text += f"; what it really costs is {words.NOT_KNOWN}"
    return [("Cost", text)]


def _resource(name: str, resource: Resource) -> ResourceLine:
    facts = []
    if resource.size:
        facts.append(resource.size)
    if resource.version:
        facts.append(f"version {resource.version}")
    facts.append(words.count(resource.zones, "zone"))
    if resource.encrypted is not None:
        facts.append("encrypted" if resource.encrypted else "not encrypted")
    if resource.public is not None:
        facts.append("public" if resource.public else "private")
    if resource.backup:
        facts.append(f"backups kept {resource.backup.retention}")
        if resource.backup.rpo:
            facts.append(f"at most {resource.backup.rpo} of data lost")
        if resource.backup.rto:
            facts.append(f"restored within {resource.backup.rto}")
    if resource.retention:
        facts.append(f"kept {resource.retention}")
    if resource.domain:
        facts.append(resource.domain)
    return ResourceLine(name, resource.type, resource.description, ", ".join(facts))
