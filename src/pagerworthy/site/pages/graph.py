"""The whole graph: layers by depth as a drawing, and the same as a list."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pagerworthy.graph import Edge, Node, NodeKind, Relation, layers_of
from pagerworthy.site import links, words
from pagerworthy.site.drawing import HEIGHT, curve, outline
from pagerworthy.site.index import Index
from pagerworthy.site.pages.page import Page
from pagerworthy.site.pages.services import script_data

# More nodes than a person can read are drawn as systems, and more systems than that only listed.
DRAWN = 90
_WIDTH = 148
_PITCH = 52
_GAP = 60
_HEAD = 28
_LABEL = 17
_SWEEPS = 4
_OWNER_COLOURS = 8


class GraphBox(NamedTuple):
    """A node of the drawing; one of the three lines of text is shown, as the colours are chosen."""

    number: int
    x: int
    y: int
    outline: str
    kind: str
    label: str
    title: str
    href: str
    mark: str
    verdict: str
    tier: str
    tier_class: str
    owner: str
    owner_class: str


class GraphLine(NamedTuple):
    """An edge of the drawing between two boxes, by their numbers."""

    path: str
    soft: bool
    source: int
    target: int


class Layer(NamedTuple):
    """A layer as a list: what stands in it and what each needs."""

    number: int
    lines: tuple[tuple[str, str, str, str], ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphPage(Page):
    """The context of `graph.html`."""

    summary: str
    of: str
    width: int
    height: int
    boxes: tuple[GraphBox, ...]
    lines: tuple[GraphLine, ...]
    heads: tuple[tuple[int, str], ...]
    layers: tuple[Layer, ...]


class _Mini(NamedTuple):
    """A node to draw, whatever it stands for."""

    id: str
    layer: int
    node: Node | None
    label: str
    about: str
    href: str


def graph_page(index: Index) -> GraphPage:
    """The context of the graph's page: all nodes where a person can read them, else the systems."""
    graph = index.source.graph
    layers = layers_of(graph)
    kinds = {kind: sum(node.kind is kind for node in graph.nodes.values()) for kind in NodeKind}
    summary = (
        f"{words.count(kinds[NodeKind.SERVICE], 'service')}, {words.count(kinds[NodeKind.RESOURCE], 'resource')}, "
        f"{words.count(kinds[NodeKind.EXTERNAL], 'external provider')} and {words.count(len(graph.edges), 'edge')}, in "
        f"{words.count(max(layers.values(), default=-1) + 1, 'layer')}."
    )
    if len(graph.nodes) <= DRAWN:
        minis = [_mini(index, name, layers[name]) for name in graph.nodes]
        edges = [(edge.source, edge.target, edge.is_hard) for edge in graph.edges]
        of = "all"
    else:
        minis, edges = _systems(index, layers)
        of = "systems"
    if len(minis) > DRAWN:
        minis, edges, of = [], [], "none"
    boxes, lines, heads, width, height = _layout(index, minis, edges)
    return GraphPage(
        path="graph.html",
        title="Graph",
        section="graph",
        about="How the services hang together: who needs whom, in layers.",
        summary=summary,
        of=of,
        width=width,
        height=height,
        boxes=boxes,
        lines=lines,
        heads=heads,
        layers=tuple(_layers(index, layers)),
    )


def _mini(index: Index, name: str, layer: int) -> _Mini:
    node, ref = index.source.graph.nodes[name], index.refs[name]
    return _Mini(name, layer, node, ref.label, ref.about, ref.href)


def _systems(index: Index, layers: dict[str, int]) -> tuple[list[_Mini], list[tuple[str, str, bool]]]:
    """The systems as nodes, each at the mean layer of its services, and the edges between them."""
    catalog = index.source.catalog
    system_of = {name: service.spec.system for name, service in catalog.services.items()}
    depths: dict[str, list[int]] = defaultdict(list)
    for name, system in system_of.items():
        depths[system].append(layers.get(name, 0))
    minis = []
    for name in sorted(depths):
        entry = catalog.systems.get(name)
        minis.append(
            _Mini(
                name,
                round(sum(depths[name]) / len(depths[name])),
                None,
                entry.metadata.label if entry else name,
                words.count(len(depths[name]), "service"),
                links.system(name) if entry else "",
            )
        )
    strongest: dict[tuple[str, str], bool] = {}
    nodes = index.source.graph.nodes
    for edge in index.source.graph.edges:
        source = system_of.get(edge.source)
        target = system_of.get(nodes[edge.target].service or edge.target)
        if source and target and source != target:
            strongest[source, target] = strongest.get((source, target), False) or edge.is_hard
    return minis, [(source, target, hard) for (source, target), hard in sorted(strongest.items())]


def _layout(
    index: Index, minis: Sequence[_Mini], edges: Sequence[tuple[str, str, bool]]
) -> tuple[tuple[GraphBox, ...], tuple[GraphLine, ...], tuple[tuple[int, str], ...], int, int]:
    if not minis:
        return (), (), (), 0, 0
    columns = _ordered(minis, edges)
    tallest = max(len(column) for column in columns)
    place: dict[str, tuple[int, int, int]] = {}
    boxes: list[GraphBox] = []
    owners = {name: position % _OWNER_COLOURS for position, name in enumerate(index.source.catalog.teams)}
    for number, column in enumerate(columns):
        x = 1 + number * (_WIDTH + _GAP)
        top = _HEAD + (tallest - len(column)) * _PITCH // 2
        for position, mini in enumerate(column):
            y = top + position * _PITCH
            place[mini.id] = (len(boxes), x, y)
            boxes.append(_box(index, mini, len(boxes), x, y, owners))
    lines = []
    for source, target, hard in edges:
        if source in place and target in place:
            first, x, y = place[source]
            last, to_x, to_y = place[target]
            start = x + _WIDTH if to_x > x else x
            lines.append(GraphLine(curve(start, y + HEIGHT // 2, to_x, to_y + HEIGHT // 2), not hard, first, last))
    heads = tuple(
        (1 + number * (_WIDTH + _GAP), "nobody needs these" if number == 0 else f"layer {number}")
        for number in range(len(columns))
    )
    return (
        tuple(boxes),
        tuple(lines),
        heads,
        len(columns) * (_WIDTH + _GAP) - _GAP + 2,
        _HEAD + tallest * _PITCH,
    )


def _ordered(minis: Sequence[_Mini], edges: Sequence[tuple[str, str, bool]]) -> list[list[_Mini]]:
    """Columns by layer, each ordered by where its neighbours stand, so that lines cross less."""
    used = sorted({mini.layer for mini in minis})
    columns = [[mini for mini in minis if mini.layer == layer] for layer in used]
    near: dict[str, list[str]] = defaultdict(list)
    for source, target, _ in edges:
        near[source].append(target)
        near[target].append(source)
    height = {mini.id: (position + 0.5) / len(column) for column in columns for position, mini in enumerate(column)}

    def mean(mini: _Mini) -> tuple[float, str]:
        known = [height[name] for name in near[mini.id] if name in height]
        return (round(sum(known) / len(known), 6) if known else height[mini.id], mini.id)

    for sweep in range(_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=mean)
            for position, mini in enumerate(column):
                height[mini.id] = (position + 0.5) / len(column)
    return columns


def _box(index: Index, mini: _Mini, number: int, x: int, y: int, owners: dict[str, int]) -> GraphBox:
    node = mini.node
    ref = index.refs[mini.id] if node else None
    team = index.source.catalog.teams.get(node.owner) if node else None
    return GraphBox(
        number=number,
        x=x,
        y=y,
        outline=outline(node.kind.value if node else "service", _WIDTH),
        kind=node.kind.value if node else "system",
        label=words.cut(mini.label, _LABEL),
        title=f"{mini.label}: {mini.about}",
        href=mini.href,
        mark=ref.mark if ref else "",
        verdict=words.cut(ref.word or mini.about if ref else mini.about, _LABEL + 4),
        tier=f"tier {node.tier}" if node and node.tier else words.cut(mini.about, _LABEL + 4),
        tier_class=f"t{node.tier}" if node and node.tier else "",
        owner=words.cut(team.metadata.label if team else mini.about, _LABEL + 4),
        owner_class=f"o{owners[node.owner]}" if node and node.owner in owners else "",
    )


# Nodes that are listed in a layer; the rest is counted.
_LISTED = 40


def _layers(index: Index, layers: dict[str, int]) -> list[Layer]:
    by_layer: dict[int, list[str]] = defaultdict(list)
    for name, layer in layers.items():
        if index.source.graph.nodes[name].kind is NodeKind.SERVICE:
            by_layer[layer].append(name)
    budget = 2 * _LISTED
    found = []
    for number, names in sorted(by_layer.items()):
        shown = names[: max(min(_LISTED, budget), 0)]
        budget -= len(shown)
        found.append(
            Layer(
                number,
                tuple((index.refs[name].label, index.refs[name].href, *_needs(index, name)) for name in shown),
                len(names) - len(shown),
            )
        )
    return found


def _needs(index: Index, name: str) -> tuple[str, str]:
    edges = [edge for edge in index.source.graph.needs(name) if edge.relation is not Relation.OWNS]

    def labels(edges: list[Edge]) -> str:
        return words.listed([index.refs[edge.target].name for edge in edges], 8)

    return labels([edge for edge in edges if edge.is_hard]), labels([edge for edge in edges if not edge.is_hard])


def graph_data(index: Index) -> bytes:
    """Names, labels and pages of all nodes for the search, as a classic script: `window.pagerworthy.nodes`."""
    return script_data(
        "nodes",
        [(ref.name, ref.label, ref.href, ref.kind, ref.about) for ref in index.refs.values() if ref.href],
    )
