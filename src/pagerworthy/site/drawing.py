"""Lays out drawings at build time: boxes with text and links, and the lines between them. Units are pixels."""

from collections.abc import Sequence
from typing import NamedTuple

from pagerworthy.site import links, words
from pagerworthy.site.index import Ref

WIDTH = 176
HEIGHT = 40
PITCH = 50
GAP = 76
HEAD = 26
_LABEL = 21
_ABOUT = 26
_POINT = 10


class Box(NamedTuple):
    """A node: its outline, two lines of text and where it leads; `about` is the second line."""

    x: int
    y: int
    outline: str
    kind: str
    label: str
    about: str
    mark: str
    href: str
    title: str


class Line(NamedTuple):
    """An edge, from the left to the right."""

    path: str
    soft: bool


class Drawing(NamedTuple):
    """A drawing and what it shows, in words."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    heads: tuple[tuple[int, str], ...]
    says: str


class Neighbour(NamedTuple):
    """A node on one side of the drawing, and whether the edge to it is hard."""

    ref: Ref
    hard: bool


def outline(kind: str, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The path of a node's outline, from its upper left corner: each kind has its shape.

    A service is a box, a resource has round ends, an external provider pointed ones.
    """
    if kind == "resource":
        r = height // 2
        return f"M{r} 0H{width - r}A{r} {r} 0 0 1 {width - r} {height}H{r}A{r} {r} 0 0 1 {r} 0Z"
    if kind == "external":
        half = height // 2
        return f"M{_POINT} 0H{width - _POINT}L{width} {half}L{width - _POINT} {height}H{_POINT}L0 {half}Z"
    right, low = width - 4, height - 4
    return f"M4 0H{right}Q{width} 0 {width} 4V{low}Q{width} {height} {right} {height}H4Q0 {height} 0 {low}V4Q0 0 4 0Z"


def curve(x: int, y: int, to_x: int, to_y: int) -> str:
    """A line that leaves and arrives level."""
    if y == to_y:
        return f"M{x} {y}H{to_x}"
    middle = (x + to_x) // 2
    return f"M{x} {y}C{middle} {y} {middle} {to_y} {to_x} {to_y}"


def draw_neighbours(
    own: Ref,
    needed_by: Sequence[Neighbour],
    more_needed_by: int,
    needs: Sequence[Neighbour],
    more_needs: int,
) -> Drawing:
    """Who depends on a node at the left, itself, and what it depends on at the right; `more` counts the rest."""
    page = links.service(own.name)
    left = _column(needed_by, more_needed_by, f"{page}#dependents")
    right = _column(needs, more_needs, f"{page}#dependencies")
    tallest = max(len(left), len(right), 1)
    height = HEAD + tallest * PITCH
    own_x = WIDTH + GAP if left else 0
    right_x = own_x + WIDTH + GAP
    own_y = HEAD + (tallest * PITCH - PITCH) // 2
    level = own_y + HEIGHT // 2
    boxes = [_box(own_x, own_y, own)]
    lines = []
    for x, column in ((0, left), (right_x, right)):
        top = HEAD + (tallest - len(column)) * PITCH // 2
        for position, (ref, hard) in enumerate(column):
            y = top + position * PITCH
            boxes.append(_box(x, y, ref))
            middle = y + HEIGHT // 2
            path = (
                curve(WIDTH, middle, own_x, level) if column is left else curve(own_x + WIDTH, level, right_x, middle)
            )
            lines.append(Line(path, not hard))
    heads = [(own_x, "this service")]
    if left:
        heads.append((0, "depends on it"))
    if right:
        heads.append((right_x, "it depends on"))
    width = (right_x if right else own_x) + WIDTH
    says = (
        f"{words.count(len(needed_by) + more_needed_by, 'service depends', 'services depend')} on {own.label}; "
        f"{own.label} depends on {words.count(len(needs) + more_needs, 'other')}."
    )
    return Drawing(width + 2, height, tuple(boxes), tuple(lines), tuple(heads), says)


def _column(neighbours: Sequence[Neighbour], more: int, href: str) -> list[Neighbour]:
    column = list(neighbours)
    if more:
        column.append(Neighbour(Ref("", f"{more:,} more", href, "more", "", "", "in the list"), hard=False))
    return column


def _box(x: int, y: int, ref: Ref) -> Box:
    about = f"{ref.about} · {ref.word}" if ref.word else ref.about
    full = f"{ref.label}: {about}"
    return Box(
        x + 1,
        y,
        outline(ref.kind),
        ref.kind,
        words.cut(ref.label, _LABEL),
        words.cut(about, _ABOUT),
        ref.mark,
        ref.href,
        full if len(ref.label) > _LABEL or len(about) > _ABOUT else "",
    )
