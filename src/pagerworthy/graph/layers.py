"""In which column of a drawing each node stands."""

from pagerworthy.graph.dependency_graph import DependencyGraph


def layers_of(graph: DependencyGraph) -> dict[str, int]:
    """For each node, in the order of `nodes`, the longest way to it from a node that nobody needs.

    All nodes of a cycle are in one layer, and all other edges lead to a higher layer.
    """
    component_of = [0] * len(graph.ids)
    for number, members in enumerate(graph.components):
        for node in members:
            component_of[node] = number
    layers = [0] * len(graph.components)
    for number in range(len(graph.components) - 1, -1, -1):
        for node in graph.components[number]:
            for edge in graph.needs(graph.ids[node]):
                target = component_of[graph.index[edge.target]]
                if target != number:
                    layers[target] = max(layers[target], layers[number] + 1)
    return {name: layers[component_of[position]] for position, name in enumerate(graph.ids)}
