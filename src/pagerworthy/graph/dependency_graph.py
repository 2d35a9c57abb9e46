"""The graph of a catalog: who needs what, and what follows from that."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

import msgspec

from pagerworthy.catalog import Catalog
from pagerworthy.catalog.ties import EXTERNAL_PREFIX
from pagerworthy.graph.alternatives import failing_with
from pagerworthy.graph.build import nodes_and_edges
from pagerworthy.graph.closure import bits, transitive_closure
from pagerworthy.graph.node import Edge, Node, NodeKind
from pagerworthy.reliability.components import components


@dataclass(frozen=True, eq=False)
class DependencyGraph:
    """Services, resources and external providers, and the edges from each service to what it needs to work.

    `nodes` is by id: services, then resources, then externals, each by name. `edges` is sorted by source and
    target.

    Only services have outgoing edges. A resource is provisioned by its owner's stack and works on its own:
    who depends on `cart/valkey` needs that resource, and its stack comes after cart's, but it does not need
    the service cart to run. The owner itself needs each resource that it owns (`Relation.OWNS`).
    """

    nodes: dict[str, Node]
    edges: tuple[Edge, ...]

    @classmethod
    def of(cls, catalog: Catalog) -> "DependencyGraph":
        """The whole graph of a catalog; what an entry names and the catalog lacks is a node not `known`."""
        nodes, edges = nodes_and_edges(catalog)
        return cls(nodes, edges)

    @classmethod
    def about(cls, catalog: Catalog, services: Collection[str]) -> "DependencyGraph":
        """The part of a catalog's graph that says what these services need; it costs what they cost, not the catalog.

        Who needs them is not all in it, nor what those need that they need.
        """
        wanted = set(services)
        for name in services:
            ties = catalog.ties.get(name)
            if ties is not None:
                wanted.update(target.partition("/")[0] for target in ties.targets)
        part = {name: catalog.services[name] for name in sorted(wanted) if name in catalog.services}
        return cls.of(msgspec.structs.replace(catalog, services=part))

    def find(self, name: str) -> Node | None:
        """The node of that id, or the external provider of that name where nothing else is called so."""
        return self.nodes.get(name) or self.nodes.get(EXTERNAL_PREFIX + name)

    def services(self) -> tuple[Node, ...]:
        """The services of the catalog, by name."""
        return tuple(node for node in self.nodes.values() if node.kind is NodeKind.SERVICE and node.known)

    def needs(self, node: str) -> tuple[Edge, ...]:
        """The edges to what a node needs, by target."""
        return self._needs[self.index[node]]

    def needed_by(self, node: str) -> tuple[Edge, ...]:
        """The edges from the services that need a node, by source."""
        return self._needed_by[self.index[node]]

    def names(self, mask: int) -> tuple[str, ...]:
        """The ids of the nodes of which the bits are set."""
        return tuple(self.ids[bit] for bit in bits(mask))

    def around(self, node: str, depth: int) -> "DependencyGraph":
        """The part of the graph at most `depth` steps up or down from a node."""
        near = {node}
        for upward in (True, False):
            seen = front = {node}
            for _ in range(depth):
                front = {
                    edge.source if upward else edge.target
                    for name in front
                    for edge in (self.needed_by(name) if upward else self.needs(name))
                } - seen
                if not front:
                    break
                seen = seen | front
            near |= seen
        return self.restricted_to(near)

    def restricted_to(self, names: Iterable[str]) -> "DependencyGraph":
        """The nodes of these ids and the edges among them."""
        kept = set(names)
        nodes = {name: node for name, node in self.nodes.items() if name in kept}
        edges = tuple(edge for edge in self.edges if edge.source in kept and edge.target in kept)
        return DependencyGraph(nodes, edges)

    # Services come first in `nodes`, so that the upward bit sets, in which only services are, stay short.
    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The node ids; a node's position here is its bit in the bit sets."""
        return tuple(self.nodes)

    @cached_property
    def index(self) -> dict[str, int]:
        """The position of each node in `ids`."""
        return {name: position for position, name in enumerate(self.ids)}

    @cached_property
    def hard_up(self) -> tuple[int, ...]:
        """For each node, as a bit set, all services that fail when it alone fails: those that reach it by hard edges.

        A service that needs one of several fails only with what all of them fail with.
        """
        if not self.choices:
            return self._alone_up
        down, ordered = self._alone_down
        needs = [[*([target] for target in targets), *self.choices.get(n, ())] for n, targets in enumerate(down)]
        return failing_with(needs, self.hard_components, self._alone_up, transitive_closure(down, ordered))

    @cached_property
    def soft_up(self) -> tuple[int, ...]:
        """For each node, as a bit set, all services that degrade when it alone fails: those that do without something
        that fails, softly or because another stands in for it, and those that fail with them.

        The services that notice at all (`all_up`) and neither fail nor degrade may notice: they need, softly, what
        degrades.
        """
        first = [0] * len(self.nodes)
        for row in self._needed_by:
            for edge in row:
                if not self.alone(edge):
                    source = self.index[edge.source]
                    first[self.index[edge.target]] |= self._alone_up[source] | 1 << source
        found = list(first)
        for component in self._alone_down[1][::-1]:
            total = 0
            for node in component:
                total |= first[node]
                for edge in self._needed_by[node]:
                    if self.alone(edge):
                        total |= found[self.index[edge.source]]
            for node in component:
                found[node] = total
        soft = []
        for node, fails in enumerate(self.hard_up):
            total = found[node]
            for other in bits(fails & ~self._alone_up[node]):
                total |= found[other]
            soft.append(total & ~fails & ~(1 << node))
        return tuple(soft)

    @cached_property
    def _alone_down(self) -> tuple[list[list[int]], list[list[int]]]:
        """For each node those without which it fails, whatever stands in for others; and the components of that."""
        if not self.choices:
            return self._successors(hard=True), self.hard_components
        down = [[self.index[edge.target] for edge in row if self.alone(edge)] for row in self._needs]
        return down, components(down)

    @cached_property
    def _alone_up(self) -> tuple[int, ...]:
        """For each node the services that reach it over such edges."""
        up = [[self.index[edge.source] for edge in row if self.alone(edge)] for row in self._needed_by]
        return transitive_closure(up, self._alone_down[1][::-1])

    @cached_property
    def choices(self) -> dict[int, list[list[int]]]:
        """For each node with alternatives, the groups of nodes of each of which one is enough, two or more in each."""
        found = {}
        for position, row in enumerate(self._needs):
            groups: dict[str, list[int]] = {}
            for edge in row:
                if edge.is_hard and edge.any_of:
                    groups.setdefault(edge.any_of, []).append(self.index[edge.target])
            several = [group for group in groups.values() if len(group) > 1]
            if several:
                found[position] = several
        return found

    def alone(self, edge: Edge) -> bool:
        """Whether the source fails with the target: a hard edge, and no other can stand in for the target."""
        if not edge.any_of or not edge.is_hard:
            return edge.is_hard
        target = self.index[edge.target]
        return not any(target in group for group in self.choices.get(self.index[edge.source], ()))

    @cached_property
    def all_up(self) -> tuple[int, ...]:
        """For each node, as a bit set, all services that reach it."""
        return transitive_closure(self._predecessors(hard=False), self.components[::-1])

    @cached_property
    def components(self) -> list[list[int]]:
        """The strongly connected components over all edges, each after those that it needs."""
        return components(self._successors(hard=False))

    @cached_property
    def hard_components(self) -> list[list[int]]:
        """The strongly connected components over hard edges, each after those that it needs."""
        return components(self._successors(hard=True))

    @cached_property
    def _needs(self) -> tuple[tuple[Edge, ...], ...]:
        rows: list[list[Edge]] = [[] for _ in self.nodes]
        for edge in self.edges:
            rows[self.index[edge.source]].append(edge)
        return tuple(tuple(row) for row in rows)

    @cached_property
    def _needed_by(self) -> tuple[tuple[Edge, ...], ...]:
        rows: list[list[Edge]] = [[] for _ in self.nodes]
        for edge in self.edges:
            rows[self.index[edge.target]].append(edge)
        return tuple(tuple(row) for row in rows)

    def _successors(self, *, hard: bool) -> list[list[int]]:
        return [[self.index[e.target] for e in row if e.is_hard or not hard] for row in self._needs]

    def _predecessors(self, *, hard: bool) -> list[list[int]]:
        return [[self.index[e.source] for e in row if e.is_hard or not hard] for row in self._needed_by]
