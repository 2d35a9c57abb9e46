"""Strongly connected components of a graph given as successor lists, each after those that it leads to."""

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

Successors = Sequence[Sequence[int]]


def components(successors: Successors) -> list[list[int]]:
    """The strongly connected components of the nodes `0..n-1`, each after all components that it leads to.

    The standard library orders a graph without cycles. networkx takes one with cycles apart; its import costs
    more than half a second, which only a graph that has a cycle should pay.
    """
    # An edge from a node to itself makes no component larger, and the sorter would take it for a cycle.
    loopless = [[target for target in targets if target != node] for node, targets in enumerate(successors)]
    try:
        order = TopologicalSorter(dict(enumerate(loopless))).static_order()
        return [[node] for node in order]
    except CycleError:
        return _condensed(loopless)


def _condensed(successors: Successors) -> list[list[int]]:
    import networkx as nx

    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(successors)))
    graph.add_edges_from((node, target) for node, targets in enumerate(successors) for target in targets)
    condensation = nx.condensation(graph)
    order = reversed(list(nx.topological_sort(condensation)))
    return [sorted(condensation.nodes[number]["members"]) for number in order]
