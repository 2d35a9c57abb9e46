"""From the catalog and the decisions to what each stack follows from."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

import msgspec

from pagerworthy.catalog import Catalog, Compute, Data, Environment, Resource, Service, Slo, glance
from pagerworthy.cloud import is_regulated, name_in
from pagerworthy.graph import DependencyGraph, Edge, NodeKind
from pagerworthy.project import StacksSettings
from pagerworthy.slo import Objective, objectives_of
from pagerworthy.slo.indicator import counts_events
from pagerworthy.slo.routes import Route, routes_of
from pagerworthy.slo.rules.alerts import MIN_EVENTS, declared_alert, generated_name, reachable
from pagerworthy.stacks.accounts import holder_of
from pagerworthy.stacks.images import ImageOwners
from pagerworthy.stacks.inputs import (
    FIRST_VERSION,
    Access,
    Level,
    Need,
    PlatformInputs,
    ServiceInputs,
    StackInputs,
    Window,
)
from pagerworthy.stacks.names import PLATFORM, stack_name
from pagerworthy.stacks.ports import RESOURCE_PORTS


class _Compute(msgspec.Struct, frozen=True):
    type: str


class _Spec(msgspec.Struct, frozen=True):
    owner: str
    environments: tuple[str, ...] = ()
    compute: _Compute | None = None
    resources: dict[str, msgspec.Raw] = {}
    data: Data | None = None


class _Service(msgspec.Struct, frozen=True):
    """What is looked at of every entry; of a stack that is asked for, all of it is."""

    spec: _Spec


class EnvironmentStacks:
    """The stacks of one environment: the platform's, and one for each service that is deployed there.

    Everything is worked out per service when it is asked for, so that one service of thousands costs what one costs.
    `versions` says which release of each service runs, by service.
    """

    def __init__(
        self,
        catalog: Catalog,
        graph: DependencyGraph,
        environment: Environment,
        as_of: dt.datetime,
        versions: Mapping[str, str],
        settings: StacksSettings = StacksSettings(),  # noqa: B008 -- nothing changes it
        *,
        images: ImageOwners | None = None,
    ) -> None:
        self.environment = environment.name
        self._spec = environment.spec
        self._catalog = catalog
        self._graph = graph
        self._versions = versions
        self._settings = settings
        self._route = {route.service: route for route in routes_of(catalog, as_of)}
        self._here = {
            name: seen.spec
            for name, seen in glance(catalog.services, _Service)
            if _is_provisioned(seen.spec.compute, seen.spec.resources, seen.spec.environments, environment.name)
        }
        self.services: tuple[str, ...] = tuple(self._here)
        self._production_domains = tuple(
            each.spec.domain
            for each in catalog.environments.values()
            if each.spec.purpose == "production" and each.spec.domain
        )
        self._images = images or ImageOwners(catalog)

    def __contains__(self, service: object) -> bool:
        """Whether a service has a stack here."""
        return service in self._here

    def stacks(self) -> tuple[str, ...]:
        """The names of all stacks, the platform's first, then by service."""
        return (stack_name(PLATFORM, self.environment), *(stack_name(each, self.environment) for each in self.services))

    def inputs(self, services: Iterable[str] | None = None) -> Iterable[StackInputs]:
        """What the platform and these services (or all) follow from, in the order of `stacks`."""
        yield self.platform()
        for name in self.services if services is None else services:
            yield self.service(name)

    def platform(self) -> PlatformInputs:
        """What the environment's platform stack follows from."""
        # Every team has topics, whoever it is that holds a pager today: the platform comes first, and a topic that went
        # with a team's last service would be gone before that service's alarms had moved to another.
        holders = {seen.owner for seen in self._here.values()} | self._catalog.teams.keys()
        receivers = {f"{severity}-{name}" for name in holders for severity in ("page", "ticket")}
        payers = [name for name, team in self._catalog.teams.items() if team.spec.role in {"platform", "sre"}]
        return PlatformInputs(
            environment=self.environment,
            spec=self._spec,
            receivers=tuple(sorted(receivers)),
            regulated=any(
                seen.data is not None and is_regulated(seen.data.regulations) for seen in self._here.values()
            ),
            repository=self._settings.repository,
            branch=self._settings.branch,
            backend=self._settings.backend,
            secrets_provider=self._settings.secrets_provider,
            identity_provider=self.environment == holder_of(self.environment, self._catalog.environments),
            budget_receivers=tuple(f"ticket-{name}" for name in payers if f"ticket-{name}" in receivers),
        )

    def service(self, name: str) -> ServiceInputs:
        """What the stack of a service follows from. Raises KeyError for one that is not deployed here."""
        if name not in self._here:
            raise KeyError(name)
        service = self._catalog.services[name]
        spec = service.spec
        route = self.route(name)
        owns_image = self._images.owner(spec.compute) == (name, self.environment)
        return ServiceInputs(
            environment=self.environment,
            spec=self._spec,
            service=name,
            title=service.metadata.label,
            owner=spec.owner,
            system=spec.system,
            tier=spec.tier,
            version=self.version(name),
            page=route.page,
            ticket=route.ticket,
            classification=spec.data.classification if spec.data else "",
            regulations=spec.data.regulations if spec.data else (),
            compute=spec.compute,
            release=spec.release,
            costs=spec.costs,
            resources=self.resources(name),
            needs=self.needs(name),
            levels=tuple(_level(objective) for objective in objectives_of(service)),
            runbook=next((each.place for each in spec.runbooks), ""),
            owns_image=owns_image,
            image_readers=self._images.readers(spec.compute) if owns_image else (),
        )

    def _named(self, resource: Resource) -> Resource:
        """The resource, with its public name as it is here."""
        name = name_in(resource.domain, self._spec.domain, self._production_domains) if resource.domain else ""
        return resource if name == resource.domain else msgspec.structs.replace(resource, domain=name)

    def resources(self, name: str) -> dict[str, Resource]:
        """What a service owns, by name, with public names as they are here."""
        owned = self._catalog.services[name].spec.resources
        return {each: self._named(resource) for each, resource in sorted(owned.items())}

    def needs(self, name: str) -> tuple[Need, ...]:
        """What a service needs, as the cloud has to allow it; the same as in its inputs."""
        found = (self._need(edge) for edge in self._graph.needs(name))
        return tuple(need for need in found if need is not None)

    def route(self, name: str) -> Route:
        """Where the alarms of a service go."""
        return self._route[name]

    def version(self, name: str) -> str:
        """The release of a service that runs here, or `FIRST_VERSION`."""
        return self._versions.get(name, FIRST_VERSION)

    def _need(self, edge: Edge) -> Need | None:
        """The edge as the cloud has to allow it; None for what the catalog does not know: nothing is opened to it."""
        node = self._graph.nodes[edge.target]
        if not node.known:
            return None
        if node.kind is NodeKind.EXTERNAL:
            return Need(target=node.name, kind="external", hard=edge.is_hard, port=443)
        owner = self._catalog.services[node.service]
        there = node.service in self._here
        if node.kind is NodeKind.SERVICE:
            compute = owner.spec.compute
            port = compute.port if compute else None
            runs = compute is not None and compute.type == "fargate"
            runs_here = there and runs
            if runs and not there:
                # It runs in other environments, and here there is nothing to connect to.
                return Need(target=node.name, kind="service", hard=edge.is_hard)
            return Need(
                target=node.name,
                kind="service",
                hard=edge.is_hard,
                owner=node.service if runs_here else "",
                port=port if runs_here else port or 443,
            )
        resource = node.id.partition("/")[2]
        own = edge.source == node.service
        return Need(
            target=node.name,
            kind="resource",
            hard=edge.is_hard,
            owner=node.service if there else "",
            resource=resource,
            type=node.type,
            # SES is an API like others, but one for which not every region has an endpoint within the VPC.
            port=443 if node.type == "email" else RESOURCE_PORTS.get(node.type),
            access=_access(edge, own=own),
            regulated=_regulated(owner),
            public=node.type == "email" or (node.type == "edge" and bool(owner.spec.resources[resource].public)),
        )


def is_provisioned(service: Service, environment: str) -> bool:
    """Whether a service has a stack in an environment: it names it, and has something that a cloud can hold."""
    spec = service.spec
    return _is_provisioned(spec.compute, spec.resources, spec.environments, environment)


def _is_provisioned(
    compute: "Compute | _Compute | None", resources: Collection[str], environments: Collection[str], environment: str
) -> bool:
    runs = compute is not None and compute.type == "fargate"
    return environment in environments and (runs or bool(resources))


def _access(edge: Edge, *, own: bool) -> Access:
    """What the entry says; else everything for the owner, and reading for others."""
    if edge.access in {"read", "write", "read-write"}:
        return edge.access  # type: ignore[return-value]
    return "read-write" if own else "read"


def _regulated(service: Service) -> bool:
    return service.spec.data is not None and is_regulated(service.spec.data.regulations)


def _fewest(slo: Slo) -> int:
    """The fewest events for a page; where the SLI counts none, no number of them can be too few."""
    if not counts_events(slo.sli):
        return 0
    return MIN_EVENTS if slo.min_events is None else slo.min_events


def _level(objective: Objective) -> Level:
    slo, period = objective.slo, objective.period
    names, runbooks = [], []
    for severity in ("page", "ticket"):
        declared = declared_alert(objective, severity)
        names.append(declared.name if declared else generated_name(objective, f"Burn{severity.capitalize()}"))
        runbooks.append(next((each.place for each in objective.service.spec.runbooks if names[-1] in each.alerts), ""))
    return Level(
        name=slo.name,
        objective=slo.objective,
        budget=objective.budget,
        page=names[0],
        ticket=names[1],
        windows=tuple(
            Window(severity, burn.long, burn.short, round(period.factor(burn), 6))
            for severity in ("page", "ticket")
            for burn in reachable(objective, severity)
        ),
        min_events=_fewest(slo),
        page_runbook=runbooks[0],
        ticket_runbook=runbooks[1],
    )
