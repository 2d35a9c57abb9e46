"""GraphML, for yEd, Gephi and networkx. http://graphml.graphdrawing.org/"""

import re
from collections.abc import Mapping

from pagerworthy.graph.dependency_graph import DependencyGraph

# What XML 1.0 cannot carry, not even escaped. https://www.w3.org/TR/xml/#charsets
_NOT_XML = re.compile(r"[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")


def to_graphml(graph: DependencyGraph, marks: Mapping[str, str]) -> str:
    """Nodes and edges with their attributes; what an entry does not say is left out."""
    import networkx as nx

    document: nx.DiGraph[str] = nx.DiGraph()
    for node in graph.nodes.values():
        attributes: dict[str, str | int | float | bool] = {
            "kind": node.kind.value,
            "label": text(node.label),
            "redundancy": node.redundancy.value,
            "known": node.known,
        }
        optional = {
            "owner": node.owner,
            "service": node.service,
            "type": node.type,
            "mark": marks.get(node.id),
        }
        attributes |= {key: text(value) for key, value in optional.items() if value}
        if node.tier is not None:
            attributes["tier"] = node.tier
        document.add_node(text(node.id), **attributes)
    for edge in graph.edges:
        attributes = {"criticality": edge.criticality, "relation": edge.relation.value}
        optional = {"protocol": edge.protocol, "access": edge.access, "fallback": edge.fallback, "any_of": edge.any_of}
        attributes |= {key: text(value) for key, value in optional.items() if value}
        document.add_edge(text(edge.source), text(edge.target), **attributes)
    return "\n".join(nx.generate_graphml(document)) + "\n"


def text(value: str) -> str:
    """Text that XML can carry; any other character shows as the replacement character."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", value)
