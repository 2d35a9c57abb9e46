"""The graph in the formats that other tools read; the same graph always gives the same bytes."""

from collections.abc import Callable, Mapping

from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.export.dot import to_dot
from pagerworthy.graph.export.graphml import to_graphml
from pagerworthy.graph.export.mermaid import to_mermaid
from pagerworthy.graph.export.node_link import to_json

# From a graph, and the marks of some of its nodes, to text that ends with a line feed.
Exporter = Callable[[DependencyGraph, Mapping[str, str]], str]

EXPORTERS: dict[str, Exporter] = {
    "json": to_json,
    "dot": to_dot,
    "mermaid": to_mermaid,
    "graphml": to_graphml,
}

__all__ = ["EXPORTERS", "Exporter", "to_dot", "to_graphml", "to_json", "to_mermaid"]
