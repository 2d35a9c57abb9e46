"""The whole graph: layers by depth as a drawing, and the same as a list."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pagerworthy.graph import Edge, Node, NodeKind, layers_of
from pagerworthy.site import links, words
from pagerworthy.site.drawing import Written, box_height, outline, text_in
from pagerworthy.site.index import Index
from pagerworthy.site.pages.page import Page
from pagerworthy.site.pages.services import script_data

# More nodes than a person can read are drawn as systems, and more systems than that only listed.
DRAWN = 90
_WIDTH = 176
_GAP = 18
# Between layers, and between the edge of a box and its text.
_BETWEEN = 52
_INSIDE = 12
# Boxes side by side, so that the drawing fits a page; and what stands left of them.
_ROW = 6
_HEAD = 64
_SWEEPS = 4
_OWNER_COLOURS = 8


class GraphBox(NamedTuple):
    """A node of the drawing; of the three texts below its name (verdict, tier, owner) the colours choose one."""

    number: int
    x: int
    y: int
    outline: str
    kind: str
    text: Written
    title: str
    href: str
    mark: str
    tier_class: str
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
        f"{words.count(kinds[NodeKind.EXTERNAL], 'external provider')} and {words.count(len(graph.edges), 'edge')}, "
        "drawn from those that nobody needs to those that need nobody."
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
    depths = _depths([mini.id for mini in minis], edges)
    minis = [mini._replace(layer=depths[mini.id]) for mini in minis]
    if of == "all":
        layers = depths
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


def _depths(names: Sequence[str], edges: Sequence[tuple[str, str, bool]]) -> dict[str, int]:
    """The longest way to each node from one that nobody needs, over edges that close no cycle.

    Most cycles are closed by a soft edge, such as that of a collector back to what it watches. Hard edges and edges
    to what many need come first, so that it is the odd edge that points backwards.
    """
    needed: dict[str, int] = defaultdict(int)
    for _, target, _ in edges:
        needed[target] += 1
    down: dict[str, list[str]] = {name: [] for name in names}

    def reaches(start: str, goal: str) -> bool:
        seen = {start}
        waiting = [start]
        while waiting:
            name = waiting.pop()
            if name == goal:
                return True
            fresh = [target for target in down[name] if target not in seen]
            seen.update(fresh)
            waiting.extend(fresh)
        return False

    for source, target, _ in sorted(edges, key=lambda edge: (not edge[2], -needed[edge[1]], edge)):
        if source in down and target in down and not reaches(target, source):
            down[source].append(target)
    above = dict.fromkeys(names, 0)
    for targets in down.values():
        for target in targets:
            above[target] += 1
    depths = dict.fromkeys(names, 0)
    ready = [name for name in names if not above[name]]
    while ready:
        name = ready.pop()
        for target in down[name]:
            depths[target] = max(depths[target], depths[name] + 1)
            above[target] -= 1
            if not above[target]:
                ready.append(target)
    return depths


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
    rows = _ordered(minis, edges)
    widest = max(len(row) for row in rows)
    high = box_height((mini.label for mini in minis), _WIDTH - 2 * _INSIDE)
    pitch = high + _BETWEEN
    place: dict[str, tuple[int, int, int]] = {}
    boxes: list[GraphBox] = []
    owners = {name: position % _OWNER_COLOURS for position, name in enumerate(index.source.catalog.teams)}
    for number, row in enumerate(rows):
        y = 1 + number * pitch
        left = _HEAD + (widest - len(row)) * (_WIDTH + _GAP) // 2
        for position, mini in enumerate(row):
            x = left + position * (_WIDTH + _GAP)
            place[mini.id] = (len(boxes), x, y)
            boxes.append(_box(index, mini, len(boxes), (x, y, high), owners))
    lines = []
    for source, target, hard in edges:
        if source in place and target in place:
            first, x, y = place[source]
            last, to_x, to_y = place[target]
            path = _down(x, y, to_x, to_y, high) if to_y > y else _back(x, y, to_x, to_y, high)
            lines.append(GraphLine(path, not hard, first, last))
    heads = []
    for number, row in enumerate(rows):
        if number == 0 or rows[number - 1][0].layer != row[0].layer:
            heads.append((number * pitch + high // 2 + 5, "on top" if row[0].layer == 0 else f"layer {row[0].layer}"))
    width = _HEAD + widest * (_WIDTH + _GAP) - _GAP + 2
    return tuple(boxes), tuple(lines), tuple(heads), width, len(rows) * pitch - _BETWEEN + 2


def _down(x: int, y: int, to_x: int, to_y: int, high: int) -> str:
    """A line from the lower edge of a box to the upper edge of one further down."""
    x, to_x, y = x + _WIDTH // 2, to_x + _WIDTH // 2, y + high
    if x == to_x and to_y - y <= _BETWEEN:
        return f"M{x} {y}V{to_y}"
    middle = min((to_y - y) // 2, high + _BETWEEN)
    return f"M{x} {y}C{x} {y + middle} {to_x} {to_y - middle} {to_x} {to_y}"


def _back(x: int, y: int, to_x: int, to_y: int, high: int) -> str:
    """A line to a box further up or beside: out at the right and back in at the right."""
    right = max(x, to_x) + _WIDTH + _GAP
    return f"M{x + _WIDTH} {y + high // 2}C{right} {y} {right} {to_y + high} {to_x + _WIDTH} {to_y + high // 2}"


def _ordered(minis: Sequence[_Mini], edges: Sequence[tuple[str, str, bool]]) -> list[list[_Mini]]:
    """Rows by layer, each ordered by where its neighbours stand, so that lines cross less; long layers are broken."""
    used = sorted({mini.layer for mini in minis})
    rows = [[mini for mini in minis if mini.layer == layer] for layer in used]
    near: dict[str, list[str]] = defaultdict(list)
    for source, target, _ in edges:
        near[source].append(target)
        near[target].append(source)
    across = {mini.id: (position + 0.5) / len(row) for row in rows for position, mini in enumerate(row)}

    def mean(mini: _Mini) -> tuple[float, str]:
        known = [across[name] for name in near[mini.id] if name in across]
        return (round(sum(known) / len(known), 6) if known else across[mini.id], mini.id)

    for sweep in range(_SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=mean)
            for position, mini in enumerate(row):
                across[mini.id] = (position + 0.5) / len(row)
    return [part for row in rows for part in _broken(row)]


def _broken(row: list[_Mini]) -> Iterator[list[_Mini]]:
    """A layer that is too long as several rows, none of them much shorter than the others."""
    size = -(-len(row) // -(-len(row) // _ROW))
    return (row[start : start + size] for start in range(0, len(row), size))


def _box(index: Index, mini: _Mini, number: int, place: tuple[int, int, int], owners: dict[str, int]) -> GraphBox:
    x, y, high = place
    node = mini.node
    ref = index.refs[mini.id] if node else None
    team = index.source.catalog.teams.get(node.owner) if node else None
    verdict = (ref.word if ref else "") or mini.about
    tier = f"tier {node.tier}" if node and node.tier else mini.about
    owner = team.metadata.label if team else mini.about
    return GraphBox(
        number=number,
        x=x,
        y=y,
        outline=outline(node.kind.value if node else "service", _WIDTH, high),
        kind=node.kind.value if node else "system",
        text=text_in(high, _WIDTH - 2 * _INSIDE, mini.label, verdict, tier, owner),
        title=f"{mini.label}: {mini.about}",
        href=mini.href,
        mark=ref.mark if ref else "",
        tier_class=f"t{node.tier}" if node and node.tier else "",
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
    edges = index.source.graph.needs(name)

    def labels(edges: list[Edge]) -> str:
        return words.listed([index.refs[edge.target].name for edge in edges], 8)

    return labels([edge for edge in edges if edge.is_hard]), labels([edge for edge in edges if not edge.is_hard])


def graph_data(index: Index) -> bytes:
    """Names, labels and pages of all nodes for the search, as a classic script: `window.pagerworthy.nodes`."""
    return script_data(
        "nodes",
        [(ref.name, ref.label, ref.href, ref.kind, ref.about) for ref in index.refs.values() if ref.href],
    )
