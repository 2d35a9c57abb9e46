"""The graph as deployment sees it: one stack a service, in which its resources are provisioned."""

from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Edge, Relation

# From a service to the service of which the stack must be up before, with the edge that says so.
StackEdges = dict[str, dict[str, Edge]]


def stack_edges(graph: DependencyGraph, *, hard: bool) -> StackEdges:
    """For each service, by name, the services whose stacks it needs, by name; only over hard edges if `hard`.

    A dependency on `cart/valkey` is an edge to cart, whose stack provisions it. What is not in the catalog
    has no stack here. Between two services the hardest edge stands, and a direct one before one over a
    resource.
    """
    stacks: StackEdges = {node.id: {} for node in graph.services()}
    for edge in graph.edges:
        if edge.relation is Relation.OWNS or (hard and not edge.is_hard):
            continue
        owner = graph.nodes[edge.target].service
        if owner in stacks and edge.source in stacks:
            earlier = stacks[edge.source].get(owner)
            if earlier is None or (edge.is_hard and not earlier.is_hard):
                stacks[edge.source][owner] = edge
    return {name: dict(sorted(needed.items())) for name, needed in stacks.items()}
