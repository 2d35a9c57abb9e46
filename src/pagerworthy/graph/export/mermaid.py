"""Mermaid flowcharts, which GitHub draws in Markdown. https://mermaid.js.org/syntax/flowchart.html"""

import re
from collections.abc import Mapping

from pagerworthy.graph.dependency_graph import DependencyGraph
from pagerworthy.graph.node import Node, NodeKind

_BRACKETS = {NodeKind.SERVICE: ("[", "]"), NodeKind.RESOURCE: ("[(", ")]"), NodeKind.EXTERNAL: ("([", "])")}
# Everything else is written as a number, so that no label can close its quotes, begin Markdown or carry HTML.
_UNSAFE = re.compile(r"[^0-9A-Za-z ./:,-]")


def to_mermaid(graph: DependencyGraph, marks: Mapping[str, str]) -> str:
    """A flowchart from left to right: solid hard edges, dotted soft ones; marks stand below labels."""
    ids = {name: f"n{position}" for position, name in enumerate(graph.nodes)}
    lines = ["flowchart LR"]
    lines += [f"  {ids[node.id]}{_shape(node, marks.get(node.id, ''))}" for node in graph.nodes.values()]
    for edge in graph.edges:
        arrow = "-->" if edge.is_hard else "-.->"
        parts = (edge.protocol, f"any of {edge.any_of}" if edge.any_of else "")
        words = " ".join(part for part in parts if part)
        label = f'|"{escape(words)}"|' if words else ""
        lines.append(f"  {ids[edge.source]} {arrow}{label} {ids[edge.target]}")
    return "\n".join(lines) + "\n"


def _shape(node: Node, mark: str) -> str:
    left, right = _BRACKETS[node.kind]
    below = f"<br/>{escape(mark)}" if mark else ""
    return f'{left}"{escape(node.label)}{below}"{right}'


def escape(text: str) -> str:
    """Text as Mermaid shows it literally: all but plain characters as numbered entities (`#34;`)."""
    return _UNSAFE.sub(lambda match: f"#{ord(match[0])};", text)
