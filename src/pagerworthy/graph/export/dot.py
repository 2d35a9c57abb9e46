"""DOT, the language of Graphviz. https://graphviz.org/doc/info/lang.html"""

from collections.abc import Mapping

from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Edge, Node, NodeKind

_SHAPES = {NodeKind.SERVICE: "box", NodeKind.RESOURCE: "cylinder", NodeKind.EXTERNAL: "ellipse"}


def to_dot(graph: DependencyGraph, marks: Mapping[str, str]) -> str:
    """A drawing from left to right: solid hard edges, dashed soft ones; marks stand below labels."""
    lines = [
        "digraph catalog {",
        "  rankdir=LR;",
        '  node [fontname="sans-serif", fontsize=11];',
        '  edge [fontname="sans-serif", fontsize=9];',
    ]
    lines += [_node(node, marks.get(node.id, "")) for node in graph.nodes.values()]
    lines += [_edge(edge) for edge in graph.edges]
    lines.append("}")
    return "\n".join(lines) + "\n"


def _node(node: Node, mark: str) -> str:
    style = "rounded" if node.kind is NodeKind.SERVICE else "solid"
    if not node.known:
        style += ",dotted"
    if mark:
        style += ",bold"
    label = f"{node.label}\n{mark}" if mark else node.label
    return f'  {quote(node.id)} [label={quote(label)}, shape={_SHAPES[node.kind]}, style="{style}"];'


def _edge(edge: Edge) -> str:
    attributes = [f"style={'solid' if edge.is_hard else 'dashed'}"]
    label = " ".join(part for part in (edge.protocol, f"any of {edge.any_of}" if edge.any_of else "") if part)
    if label:
        attributes.append(f"label={quote(label)}")
    return f"  {quote(edge.source)} -> {quote(edge.target)} [{', '.join(attributes)}];"


def quote(text: str) -> str:
    r"""A quoted string that shows as `text` in a label.

    In a label a backslash begins an escape (`\N` is the node's name) and an ampersand an HTML entity, so both
    are written as escapes themselves. Control characters, which no label needs, show as the replacement
    character.
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("&", "&amp;").replace("\n", "\\n")
    return '"' + "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in escaped) + '"'
