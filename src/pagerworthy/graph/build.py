"""Reads nodes and edges out of a catalog."""

import msgspec

from pagerworthy.catalog import Catalog, Dependency, Service, Unreadable
from pagerworthy.graph import redundancy
from pagerworthy.graph.node import Edge, Node, NodeKind, Redundancy, Relation, external_id


def nodes_and_edges(catalog: Catalog) -> tuple[dict[str, Node], tuple[Edge, ...]]:
    """All nodes by id (services, then resources, then externals, each by name), and all edges, sorted.

    A service needs each resource that it owns, hard unless it lists the resource as a soft dependency. What
    entries name but the catalog does not have becomes a node that is not `known`, as does a service whose entry cannot
    be read; what that one needs is not known either. Where a service lists the
    same target twice, one edge stands for both (see `_merge`).
    """
    nodes: dict[str, Node] = {}
    edges: dict[tuple[str, str], Edge] = {}
    for service in catalog.services.values():
        nodes[service.name] = _service_node(service)
        for resource_node in _resource_nodes(service):
            nodes[resource_node.id] = resource_node
    for lost in catalog.unreadable.values():
        nodes[lost.name] = _unreadable_node(lost)
    for service in catalog.services.values():
        for dependency in service.spec.dependencies:
            edge = _edge(service, dependency)
            earlier = edges.get((edge.source, edge.target))
            edges[edge.source, edge.target] = edge if earlier is None else _merge(earlier, edge)
            if edge.target not in nodes:
                nodes[edge.target] = _outside_node(edge.target, dependency, catalog)
        for name in service.spec.resources:
            target = f"{service.name}/{name}"
            if (service.name, target) not in edges:
                edges[service.name, target] = Edge(
                    source=service.name,
                    target=target,
                    criticality="hard",
                    relation=Relation.OWNS,
                    declared=False,
                )
    kinds = list(NodeKind)
    ordered = sorted(nodes.values(), key=lambda node: (kinds.index(node.kind), node.id))
    return {node.id: node for node in ordered}, tuple(edges[key] for key in sorted(edges))


def _service_node(service: Service) -> Node:
    judged, weakness = redundancy.of_compute(service.spec.compute)
    return Node(
        id=service.name,
        kind=NodeKind.SERVICE,
        name=service.name,
        label=service.metadata.label,
        redundancy=judged,
        weakness=weakness,
        tier=service.spec.tier,
        owner=service.spec.owner,
        service=service.name,
    )


def _resource_nodes(service: Service) -> list[Node]:
    nodes = []
    for name, resource in service.spec.resources.items():
        judged, weakness = redundancy.of_resource(resource)
        nodes.append(
            Node(
                id=f"{service.name}/{name}",
                kind=NodeKind.RESOURCE,
                name=f"{service.name}/{name}",
                label=f"{service.name}/{name}",
                redundancy=judged,
                weakness=weakness,
                tier=service.spec.tier,
                owner=service.spec.owner,
                service=service.name,
                type=resource.type,
            )
        )
    return nodes


def _unreadable_node(lost: Unreadable) -> Node:
    return Node(
        id=lost.name,
        kind=NodeKind.SERVICE,
        name=lost.name,
        label=lost.label,
        redundancy=Redundancy.UNKNOWN,
        weakness="its entry cannot be read",
        owner=lost.owner,
        service=lost.name,
        known=False,
        unread=lost.place,
    )


def _outside_node(target: str, dependency: Dependency, catalog: Catalog) -> Node:
    """A provider, or a service or resource that the catalog does not have."""
    kind = NodeKind(dependency.kind)
    is_external = kind is NodeKind.EXTERNAL
    service = "" if is_external else dependency.target.partition("/")[0]
    lost = catalog.unreadable.get(service)
    return Node(
        id=target,
        kind=kind,
        name=dependency.target,
        label=dependency.target,
        redundancy=Redundancy.SINGLE if is_external else Redundancy.UNKNOWN,
        weakness="1 provider" if is_external else "its entry cannot be read" if lost else "not in the catalog",
        owner=lost.owner if lost else "",
        service=service,
        known=is_external,
        unread=lost.place if lost else "",
    )


def _edge(service: Service, dependency: Dependency) -> Edge:
    target = external_id(dependency.external) if dependency.external else dependency.target
    owns = dependency.resource.partition("/")[0] == service.name
    return Edge(
        source=service.name,
        target=target,
        criticality=dependency.criticality,
        relation=Relation.OWNS if owns else Relation.DEPENDS_ON,
        protocol=dependency.protocol,
        access=dependency.access,
        fallback=dependency.fallback,
        on_failure=dependency.on_failure,
        availability=dependency.availability,
        any_of=dependency.any_of,
    )


def _merge(one: Edge, other: Edge) -> Edge:
    """One edge for two of the same ends: the harder criticality, all access, and the lowest promise count.

    It is one of several alternatives only where both say so, and of the same.
    """
    first, second = (other, one) if other.is_hard and not one.is_hard else (one, other)
    access = {part for edge in (first, second) for part in edge.access.split("-")}
    if "" in access and "write" not in access:
        access = set()  # one of the two may write without saying so
    promised = [edge.availability for edge in (first, second) if edge.availability is not None]
    return msgspec.structs.replace(
        first,
        protocol=first.protocol or second.protocol,
        access="-".join(sorted(access - {""})),
        fallback=first.fallback or second.fallback,
        on_failure=first.on_failure or second.on_failure,
        availability=min(promised, default=None),
        any_of=first.any_of if not second.is_hard or first.any_of == second.any_of else "",
    )
