"""JSON in networkx's node-link form, as `schemas/graph.schema.json` describes it."""

from collections.abc import Mapping

import msgspec

from pagerworthy.catalog import Criticality
from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.layers import layers_of
from pagerworthy.graph.node import NodeKind, Redundancy, Relation


class _NodeRecord(msgspec.Struct, frozen=True):
    id: str
    kind: NodeKind
    name: str
    label: str
    tier: int | None
    owner: str
    service: str
    type: str
    known: bool
    unread: str
    redundancy: Redundancy
    weakness: str
    layer: int
    mark: str


class _EdgeRecord(msgspec.Struct, frozen=True):
    source: str
    target: str
    criticality: Criticality
    relation: Relation
    declared: bool
    protocol: str
    access: str
    fallback: str
    on_failure: str
    availability: float | None
    any_of: str


class _About(msgspec.Struct, frozen=True):
    format: str = "pagerworthy.graph/v1"


class _Document(msgspec.Struct, frozen=True):
    nodes: list[_NodeRecord]
    edges: list[_EdgeRecord]
    directed: bool = True
    multigraph: bool = False
    graph: _About = _About()


def to_json(graph: DependencyGraph, marks: Mapping[str, str]) -> str:
    """All that is known of nodes and edges; `marks` says of some nodes what they are in this answer."""
    layers = layers_of(graph)
    document = _Document(
        nodes=[
            _NodeRecord(
                id=node.id,
                kind=node.kind,
                name=node.name,
                label=node.label,
                tier=node.tier,
                owner=node.owner,
                service=node.service,
                type=node.type,
                known=node.known,
                unread=node.unread,
                redundancy=node.redundancy,
                weakness=node.weakness,
                layer=layers[node.id],
                mark=marks.get(node.id, ""),
            )
            for node in graph.nodes.values()
        ],
        edges=[msgspec.convert(msgspec.to_builtins(edge), _EdgeRecord) for edge in graph.edges],
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode() + "\n"
