"""What the rubric asks the graph about each service, for all services at once."""

from collections.abc import Mapping

import msgspec

from pagerworthy.catalog import Catalog, Service
from pagerworthy.graph.availability import Survived, ceilings
from pagerworthy.graph.cycles import hard_cycles
from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Edge, NodeKind, Redundancy, Relation
from pagerworthy.graph.single_points import weak_needs

# The types that keep data, which two writers can spoil for each other. Queues and topics are made for many
# writers.
STORE_TYPES = frozenset({"postgres", "mysql", "redis", "memcached", "bucket"})
CARDHOLDER_REGULATION = "pci-dss"


class GraphFacts(msgspec.Struct, frozen=True):
    """The facts of one service that follow from the graph. Tuples are of node ids, sorted.

    - `in_hard_cycle`: its stack needs itself over hard edges.
    - `hard_lower_tier`: direct hard dependencies of a less critical tier, others' resources at their owner's
      tier.
    - `ceiling`, `limiting`, `limiting_path`: see `Ceiling`; percent, or None where nothing is known. The path is not
      sorted: it leads from the service to what limits it.
    - `survived`: direct hard dependencies that do not limit, because their loss was survived in a drill.
    - `unpromised`: direct hard dependencies that promise no availability, even where their own dependencies limit it.
    - `dependents_hard`, `dependents_all`: how many services fail with it; and how many notice at all.
    - `single_points`, `unclear_points`: itself, its resources and its direct hard dependencies, as far as
      they have no redundancy, or as far as nobody says whether they have.
    - `shared_writers`: data stores that it owns or writes and that more than one service writes. The owner
      writes unless it says that it only reads.
    - `unclear_writers`: such data stores of which another service does not say whether it writes.
    - `unexplained`: dependencies of which the entry does not say what happens when they fail: `on_failure` of
      a hard one, `fallback` of a soft one.
    - `zone_crossings`: for a service under PCI DSS, the services not under it that connect to it or to its
      resources.
    """

    in_hard_cycle: bool
    hard_lower_tier: tuple[str, ...]
    ceiling: float | None
    limiting: str
    limiting_path: tuple[str, ...]
    survived: tuple[str, ...]
    unpromised: tuple[str, ...]
    dependents_hard: int
    dependents_all: int
    single_points: tuple[str, ...]
    unclear_points: tuple[str, ...]
    shared_writers: tuple[str, ...]
    unclear_writers: tuple[str, ...]
    unexplained: tuple[str, ...]
    zone_crossings: tuple[str, ...]


class _Store(msgspec.Struct, frozen=True):
    """Who writes a data store, and whose entry does not say."""

    writers: frozenset[str]
    unclear: frozenset[str]


def graph_facts(catalog: Catalog, graph: DependencyGraph, survived: Survived | None = None) -> dict[str, GraphFacts]:
    """The facts of every service of the catalog, by name; `graph` is the whole graph of that catalog. `survived`: see
    `ceilings`.

    One pass over nodes and edges, beside the transitive closures.
    """
    cyclic = {name for cycle in hard_cycles(graph) for name in cycle.services}
    limits = ceilings(catalog, survived)
    stores = {
        name: _store(graph, name, node.service)
        for name, node in graph.nodes.items()
        if node.kind is NodeKind.RESOURCE and (node.type in STORE_TYPES or not node.known)
    }
    found = {}
    for name, service in catalog.services.items():
        position = graph.index[name]
        ceiling = limits.of(name)
        touched = sorted(edge.target for edge in graph.needs(name) if edge.target in stores)
        found[name] = GraphFacts(
            in_hard_cycle=name in cyclic,
            hard_lower_tier=_lower_tier(graph, service),
            ceiling=ceiling.percent,
            limiting=ceiling.limiting,
            limiting_path=ceiling.path,
            survived=ceiling.survived,
            unpromised=ceiling.unpromised,
            dependents_hard=graph.hard_up[position].bit_count(),
            dependents_all=graph.all_up[position].bit_count(),
            single_points=weak_needs(graph, name, Redundancy.SINGLE),
            unclear_points=weak_needs(graph, name, Redundancy.UNKNOWN),
            shared_writers=tuple(
                store
                for store in touched
                if len(stores[store].writers) > 1
                and (name in stores[store].writers or graph.nodes[store].service == name)
            ),
            unclear_writers=tuple(
                store
                for store in touched
                if stores[store].unclear and (name in stores[store].unclear or graph.nodes[store].service == name)
            ),
            unexplained=tuple(edge.target for edge in graph.needs(name) if _is_unexplained(edge)),
            zone_crossings=_zone_crossings(catalog, graph, service),
        )
    return found


def with_ceilings(facts: Mapping[str, GraphFacts], catalog: Catalog, survived: Survived) -> dict[str, GraphFacts]:
    """The same facts with the ceilings that hold where these losses were survived, see `ceilings`."""
    limits = ceilings(catalog, survived)
    found = {}
    for name, each in facts.items():
        ceiling = limits.of(name)
        found[name] = msgspec.structs.replace(
            each,
            ceiling=ceiling.percent,
            limiting=ceiling.limiting,
            limiting_path=ceiling.path,
            survived=ceiling.survived,
            unpromised=ceiling.unpromised,
        )
    return found


def _lower_tier(graph: DependencyGraph, service: Service) -> tuple[str, ...]:
    lower = []
    for edge in graph.needs(service.name):
        tier = graph.nodes[edge.target].tier
        if edge.is_hard and tier is not None and tier > service.spec.tier:
            lower.append(edge.target)
    return tuple(lower)


def _store(graph: DependencyGraph, store: str, owner: str) -> _Store:
    edges = graph.needed_by(store)
    return _Store(
        writers=frozenset(
            edge.source for edge in edges if "write" in edge.access or (edge.source == owner and not edge.access)
        ),
        unclear=frozenset(edge.source for edge in edges if edge.source != owner and not edge.access),
    )


def _is_unexplained(edge: Edge) -> bool:
    return edge.relation is not Relation.OWNS and not (edge.on_failure if edge.is_hard else edge.fallback)


def _zone_crossings(catalog: Catalog, graph: DependencyGraph, service: Service) -> tuple[str, ...]:
    if not _is_cardholder_zone(service):
        return ()
    own = [service.name, *(f"{service.name}/{name}" for name in service.spec.resources)]
    callers = {edge.source for node in own for edge in graph.needed_by(node)}
    return tuple(sorted(name for name in callers if not _is_cardholder_zone(catalog.services[name])))


def _is_cardholder_zone(service: Service) -> bool:
    return service.spec.data is not None and CARDHOLDER_REGULATION in service.spec.data.regulations
